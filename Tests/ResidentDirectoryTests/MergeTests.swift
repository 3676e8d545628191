import Contracts
import Harness
import ResidentDirectory
import Testing

@Suite("A provisional person becomes a real one, and back")
struct MergeTests {
    let counter: Counter
    init() throws { counter = try Counter() }

    /// Somebody known by a blank card alone.
    private func blank(_ token: Token) throws -> PersonID {
        let put = PutPerson(nil, PersonFacts(), tap: try counter.hold(token))
        let answer = try #require(try counter.ask(put, on: .putPerson).answer)
        #expect(answer.person.standing == .provisional && answer.person.cards == 1)
        return answer.person.person
    }

    @Test("The real person gets the cards, groups and relations; every service is told who it was")
    func merges() throws {
        let (real, blank) = (try counter.enrol(with: .card(1)), try blank(.card(2)))
        let friend = try counter.enrol("友 人")
        #expect(try counter.ask(ChangeMembers("club", add: [blank]), on: .changeMembers).answer?.members == 1)
        #expect(try counter.ask(Relate(.helper, person: friend, to: blank, why: "said so"), on: .relate).accepted)
        let ruling = try #require(
            try counter.ask(MergePersons(blank, into: real, why: "showed the card"), on: .mergePersons).answer?.ruling)
        #expect(try counter.view(.lockView, real) == LockView(real, tokens: [.card(1), .card(2)], groups: ["club"]))
        #expect(try counter.view(.lockView, blank) == LockView(blank, into: real))
        let merged = try counter.file(real)
        #expect(merged.relations.map(\.person) == [friend] && merged.history.filter { $0.what == .enrolled }.count == 2)
        #expect(try counter.file(blank).into == real)

        #expect(try counter.ask(UndoRuling(ruling, why: "somebody else"), on: .undoRuling).accepted)
        #expect(try counter.view(.lockView, real) == LockView(real, tokens: [.card(1)], groups: []))
        #expect(try counter.view(.lockView, blank) == LockView(blank, tokens: [.card(2)], groups: ["club"]))
        #expect(try counter.file(blank).relations.map(\.person) == [friend] && counter.file(real).relations.isEmpty)
    }

    @Test("What both had before stays with both after an undo")
    func undoKeepsWhatWasThere() throws {
        let (real, blank) = (try counter.enrol(with: .card(1)), try blank(.card(2)))
        try counter.ask(ChangeMembers("club", add: [real, blank]), on: .changeMembers)
        let ruling = try #require(try counter.ask(MergePersons(blank, into: real, why: "same"), on: .mergePersons).answer?.ruling)
        try counter.ask(UndoRuling(ruling, why: "not the same"), on: .undoRuling)
        #expect(try counter.file(real).groups == ["club"] && counter.file(blank).groups == ["club"])
    }

    @Test("A merge, and another of its result, ends at the last person")
    func chain() throws {
        let (real, one, two) = (try counter.enrol(with: .card(1)), try blank(.card(2)), try blank(.card(3)))
        try counter.ask(MergePersons(one, into: two, why: "same"), on: .mergePersons)
        try counter.ask(MergePersons(two, into: real, why: "same"), on: .mergePersons)
        #expect(try counter.file(one).into == real && counter.file(two).into == real)
        #expect(try counter.view(.lockView, real)?.tokens?.count == 3)
    }

    @Test("Two registered people are not merged, nor anybody with themselves, nor without a reason")
    func refusals() throws {
        let (one, two) = (try counter.enrol("甲"), try counter.enrol("乙"))
        func refusal(_ from: PersonID, _ into: PersonID, _ why: String) throws -> String? {
            try counter.ask(MergePersons(from, into: into, why: why), on: .mergePersons).refusal
        }
        #expect(try refusal(one, two, "looks alike") == "not-provisional")
        #expect(try refusal(one, one, "looks alike") == "same-person")
        #expect(try refusal(one, two, "") == "no-reason")
    }
}
