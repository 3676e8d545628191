import Contracts
import Harness
import ResidentDirectory
import Testing

@Suite("A card is linked by being held, and to whom it should be")
struct CeremonyTests {
    let counter: Counter
    let born = CalendarDate("1954-03-01")

    init() throws { counter = try Counter() }

    @Test("A card held now is linked, and doors know of it at once")
    func links() throws {
        let person = try counter.enrol()
        let tap = try counter.hold(.card(1))
        let reply = try counter.ask(LinkCard(tap, to: person, born: born), on: .linkCard)
        #expect(reply.accepted && reply.answer?.person.cards == 1)
        #expect(try counter.view(.lockView, person) == LockView(person, tokens: [.card(1)], groups: []))
        #expect(try counter.rig.said(.persons).map(\.data.what) == [.enrolled, .linked])
    }

    @Test("A tap that nobody made, of another reader, of the time before, or used before links nothing")
    func needsFreshTap() throws {
        let person = try counter.enrol()
        func link(_ tap: EventID) throws -> String? { try counter.ask(LinkCard(tap, to: person, born: born), on: .linkCard).refusal }
        #expect(try link(unheardTap()) == "unknown-tap")
        #expect(try link(try counter.hold(.card(1), purpose: .visit)) == "unknown-tap")
        #expect(try link(try counter.hold(.card(1), ago: .seconds(90))) == "unknown-tap")
        let old = try counter.hold(.card(1))
        try counter.rig.pass(.seconds(59))
        let still = try counter.hold(.card(2))
        try counter.rig.pass(.seconds(2))
        #expect(try link(old) == "old-tap")
        #expect(try link(still) == nil)
        let other = try counter.enrol("別 人")
        #expect(try counter.ask(LinkCard(still, to: other, born: born), on: .linkCard).refusal == "used-tap")
        #expect(try counter.file(person).cards.map(\.token) == [.card(2)])
    }

    private func unheardTap() -> EventID { EventID(high: 1, low: 1) }

    @Test("The file of the person before is found out by the birth date")
    func asksForBirthDate() throws {
        let person = try counter.enrol()
        let tap = try counter.hold(.card(1))
        #expect(try counter.ask(LinkCard(tap, to: person), on: .linkCard).refusal == "no-birth-date")
        #expect(try counter.ask(LinkCard(tap, to: person, born: CalendarDate("1988-07-07")), on: .linkCard).refusal == "wrong-person")
        #expect(try counter.file(person).cards.isEmpty)
        // Nothing was used up.
        #expect(try counter.ask(LinkCard(tap, to: person, born: born), on: .linkCard).accepted)
    }

    @Test("One card has one person: a second is refused and told whose it is, with no name")
    func oneHolder() throws {
        let person = try counter.enrol(with: .card(1))
        let other = try counter.enrol("別 人", born: CalendarDate("1990-01-01"))
        let refused = try counter.ask(LinkCard(try counter.hold(.card(1)), to: other, born: CalendarDate("1990-01-01")), on: .linkCard)
        #expect(refused.refusal == "card-held" && refused.text?.contains(person.text) == true && refused.text?.contains("長井") == false)
        let again = try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: born), on: .linkCard)
        #expect(again.accepted && again.answer?.ruling == nil)
    }

    @Test("A new card takes the old one's place by both cards, or by the clerk's reason")
    func replaces() throws {
        let person = try counter.enrol(with: .card(1))
        let (old, new) = (try counter.hold(.card(1)), try counter.hold(.card(2)))
        #expect(try counter.ask(ReplaceCard(new: new, old: old), on: .replaceCard).accepted)
        #expect(try counter.view(.lockView, person)?.tokens == [.card(2)])
        let third = try counter.hold(.card(3))
        let blind = ReplaceCard(new: third, person: person, oldCard: .card(2), born: born)
        #expect(try counter.ask(blind, on: .replaceCard).refusal == "no-reason")
        var told = blind
        told.why = "lost in the bus"
        #expect(try counter.ask(told, on: .replaceCard).accepted)
        let cards = try counter.file(person).cards
        #expect(
            Dictionary(uniqueKeysWithValues: cards.map { ($0.token, $0.status) }) == [
                .card(1): .replaced, .card(2): .replaced, .card(3): .active,
            ])
        #expect(try counter.view(.lockView, person)?.tokens == [.card(3)])
    }

    @Test("A lost card opens nothing and works again when it is found; an unlinked one is linked anew")
    func marks() throws {
        let person = try counter.enrol(with: .card(1))
        #expect(try counter.ask(MarkCard(.lost, card: .card(1), why: "left in a shop"), on: .markCard).accepted)
        #expect(try counter.view(.lockView, person) == LockView(person, tokens: [], groups: [], barred: [.card(1)]))
        #expect(try counter.ask(MarkCard(.active, card: .card(1), why: "found"), on: .markCard).accepted)
        #expect(try counter.view(.lockView, person)?.tokens == [.card(1)])
        #expect(try counter.ask(MarkCard(.unlinked, card: .card(1), why: "not theirs"), on: .markCard).accepted)
        #expect(try counter.ask(MarkCard(.active, card: .card(1), why: "why not"), on: .markCard).refusal == "card-unlinked")
        let other = try counter.enrol("別 人")
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: other, born: born), on: .linkCard).accepted)
        #expect(try counter.file(person).cards.isEmpty)
    }

    @Test("A guardian is linked to a child by both cards within a minute, and in no other way")
    func guardian() throws {
        let parent = try counter.enrol(with: .card(1))
        let child = try counter.enrol(with: .card(2), "長井 小春", born: CalendarDate("2018-05-05"))
        let claim = Relate(.guardian, person: parent, to: child, why: "says so")
        #expect(try counter.ask(claim, on: .relate).refusal == "two-cards")
        let (one, late) = (try counter.hold(.card(1)), try counter.hold(.card(2)))
        #expect(try counter.ask(Relate(.guardian, tap: one, toTap: late), on: .relate).accepted)
        let relation = try #require(try counter.file(child).relations.first)
        #expect(relation.person == parent && relation.kind == .guardian && !relation.isOfThisPerson)
        #expect(
            try counter.ask(Relate(.guardian, tap: try counter.hold(.card(1)), toTap: try counter.hold(.card(1))), on: .relate).refusal
                == "same-person")
        #expect(
            try counter.ask(Relate(.guardian, tap: try counter.hold(.card(1)), toTap: try counter.hold(.card(9))), on: .relate).refusal
                == "unknown-card")
    }

    @Test("A link is taken back as if it had not been, once")
    func undoesLink() throws {
        let person = try counter.enrol()
        let ruling = try #require(
            try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: born), on: .linkCard).answer?.ruling)
        #expect(try counter.ask(UndoRuling(ruling, why: "wrong person"), on: .undoRuling).accepted)
        #expect(try counter.view(.lockView, person) == LockView(person))
        #expect(try counter.ask(UndoRuling(ruling, why: "again"), on: .undoRuling).refusal == "undone")
        let other = try counter.enrol("別 人")
        #expect(try counter.ask(LinkCard(try counter.hold(.card(1)), to: other, born: born), on: .linkCard).accepted)
        #expect(try counter.file(person).history.map(\.what).contains(.undone))
    }
}
