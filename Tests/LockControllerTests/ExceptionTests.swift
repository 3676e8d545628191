import Contracts
import Harness
import Testing

@testable import LockController

/// Doors that a clerk opens or closes for a time.
@Suite struct ExceptionTests {
    private let staff = TestTown.token(1)

    private func town() throws -> TestTown {
        let town = try TestTown(plans: ["gym": PlanTests.plan(PlanTests.saturdays, for: .known)])
        try town.agentLives()
        _ = try town.ask(.changeGroup, ChangeGroup(group: "staff", addTokens: [staff], addDoors: ["gym"]), for: GroupSummary.self)
        return town
    }

    private func make(
        _ kind: DoorException.Kind, _ from: Int, _ to: Int, _ groups: [GroupID] = [], reason: String? = nil, in town: TestTown
    ) throws -> Reply<ExceptionNote> {
        let wish = AddException(kind, "gym", from: town.minute(from), to: town.minute(to), groups: groups, reason: reason)
        return try town.ask(.addException, wish, for: ExceptionNote.self)
    }

    @Test("A closed door opens for no booking and no group but the ones that are named, until it is opened again")
    func close() throws {
        let town = try town()
        #expect(try town.book(0, 60).accepted)
        let note = try #require(try make(.close, 0, 30, in: town).answer)
        #expect(try town.hold().data.rule == .closed && town.hold(token: staff).data.rule == .closed)
        #expect(try town.ask(.undoException, UndoException(exception: note.exception.id), for: ExceptionNote.self).accepted)
        #expect(try town.hold().data.verdict == .open && town.hold(token: staff).data.verdict == .open)
        _ = try make(.close, 0, 30, ["staff"], in: town)
        #expect(try town.hold().data.rule == .closed && town.hold(token: staff).data.right == .group("staff"))
        #expect(try town.events(.doorExceptions).map(\.data.status) == [.made, .undone, .made])
    }

    @Test("A door is opened for a group that has no other right, on a day of closure too")
    func open() throws {
        var plan = DoorPlan()
        plan.closures = [DoorPlan.Closure("works", [.once("2026-11-01", "2026-12-01")])]
        let town = try TestTown(plans: ["gym": plan])
        try town.agentLives()
        _ = try town.ask(.changeGroup, ChangeGroup(group: "guests", addTokens: [TestTown.card]), for: GroupSummary.self)
        #expect(try town.hold().data.refusal == .noRight)
        let note = try #require(try make(.open, 0, 30, ["guests"], in: town).answer)
        #expect(try town.hold().data.right == .exception(note.exception.id))
        #expect(try town.hold(token: staff).data.refusal == .noRight)
        let all = try #require(try make(.open, 0, 30, ["public"], in: town).answer)
        #expect(try town.hold(token: staff).data.right == .exception(all.exception.id))
    }

    @Test("Of two exceptions that concern a card the one made last counts")
    func last() throws {
        let town = try town()
        _ = try make(.open, 0, 30, ["public"], in: town)
        _ = try make(.close, 0, 30, in: town)
        #expect(try town.hold().data.rule == .closed)
        _ = try make(.open, 0, 30, ["staff"], in: town)
        #expect(try town.hold().data.rule == .closed && town.hold(token: staff).data.right?.exception != nil)
    }

    @Test("The reader is told the rule behind a refusal, for whoever stands there")
    func told() throws {
        let town = try town()
        _ = try make(.close, 0, 30, in: town)
        try town.hold(token: staff)
        let said = try #require(town.said(Channel<Feedback>.doorFeedback.topic(in: TestTown.town, "gate-1")).last)
        let feedback = try Envelope<Feedback>(json: said).data
        #expect(feedback.signal == .refused && feedback.reason == .noRight && feedback.rule == .closed)
    }

    @Test("An order ends before the door is closed")
    func window() throws {
        let town = try town()
        _ = try make(.close, 1, 30, in: town)
        town.now = town.minute(1) - .seconds(3)
        town.settle()
        try town.agentLives()
        try town.hold(token: staff)
        #expect(try town.grants().map(\.exp) == [town.minute(1).milliseconds / 1000 + 2])
    }

    @Test("Exceptions are listed with their reasons until they are over, and the reason is told to nobody else")
    func list() throws {
        let town = try town()
        for number in 0..<51 { #expect(try make(.close, number + 1, number + 2, reason: "reason \(number)", in: town).accepted) }
        let first = try #require(try town.ask(.listExceptions, ListExceptions(), for: ExceptionList.self).answer)
        #expect(first.exceptions.count == 50 && first.more && first.exceptions[7].reason == "reason 7")
        let rest = ListExceptions(door: "gym", after: first.exceptions[49].exception.id)
        #expect(try town.ask(.listExceptions, rest, for: ExceptionList.self).answer?.exceptions.map(\.reason) == ["reason 50"])
        town.now = town.minute(10)
        town.settle()
        #expect(try town.ask(.listExceptions, ListExceptions(), for: ExceptionList.self).answer?.exceptions.count == 42)
        let told = town.said(Channel<DoorExceptionChanged>.doorExceptions.topic(in: TestTown.town, "main"))
        #expect(told.count == 51 && !told.contains { String(decoding: $0, as: UTF8.self).contains("reason") })
    }

    @Test("What cannot be is refused in a sentence")
    func refused() throws {
        let town = try town()
        #expect(try make(.close, 30, 30, in: town).refusal == "bad-times")
        #expect(try make(.close, -30, 0, in: town).refusal == "past")
        #expect(try make(.open, 0, 30, in: town).refusal == "bad-groups")
        #expect(try make(.close, 0, 30, reason: String(repeating: "長", count: 201), in: town).refusal == "bad-reason")
        #expect(
            try town.ask(.undoException, UndoException(exception: town.newID()), for: ExceptionNote.self).refusal == "unknown-exception")
    }

    @Test("A door is explained by the decision that is made at it: every right of the day, and what is missing")
    func explain() throws {
        let town = try town()
        try town.learn(LockView(.person(1), tokens: [TestTown.card]))
        let booking = try #require(try town.book(30, 60, tokens: [], persons: [.person(1)]).answer).booking
        func explained(_ minute: Int, _ token: Token = TestTown.card) throws -> DoorExplanation {
            try #require(
                try town.ask(.explainDoor, ExplainDoor("gym", at: town.minute(minute), token: token), for: DoorExplanation.self).answer)
        }
        let now = try explained(0)
        #expect(now.right == (try town.hold().data.right) && now.right == .schedule("saturdays"))
        #expect(now.rights.map(\.right) == [.booking(booking.id), .schedule("saturdays"), .schedule("saturdays")])
        #expect(now.rights.map(\.says) == [.tooEarly, .opens, .tooEarly])
        #expect(try explained(45).right == .booking(booking.id))
        #expect(try explained(200).refusal == .tooLate)
        let person = ExplainDoor("gym", at: town.minute(45), person: .person(1))
        #expect(try town.ask(.explainDoor, person, for: DoorExplanation.self).answer?.right == .booking(booking.id))
        _ = try make(.close, 0, 30, in: town)
        #expect(try explained(0).rule == .closed && town.hold().data.rule == .closed)
        #expect(try explained(0, TestTown.token(9)).rights == [])
        #expect(try explained(60 * 48).holiday == "勤労感謝の日")
    }
}
