import Bus
import Contracts
import Harness
import Store
import Testing

@testable import ShelterRegistry

/// Goods at shelters, and whoever receives them.
@Suite struct SupplyTests {
    private func town() throws -> TestShelters {
        let town = try TestShelters()
        try town.add("s01")
        try put(town, "bento") { $0.stock = 10 }
        return town
    }

    @discardableResult
    private func put(
        _ town: TestShelters, _ item: SupplyID, at shelter: ShelterID = "s01", _ change: (inout PutSupply) -> Void
    ) throws
        -> Reply<SupplyChanged>
    {
        var wish = PutSupply(item, at: shelter)
        change(&wish)
        return try town.ask(.putSupply, wish)
    }

    private func bento(each: Int = 1, household: Bool = false) -> HandOut {
        HandOut("bento", at: "s01", each: each, household: household, agent: "gate-1", reader: "reader-1")
    }

    /// As headquarters see it two seconds later.
    private func told(_ town: TestShelters) throws -> ShelterSupplies {
        try town.pass(.seconds(2))
        return try #require(town.rig.said(.supplies).last).data
    }

    @Test("What arrives adds to the stock and is wanted no longer; what is not said stays as it is")
    func arriving() throws {
        let town = try town()
        try put(town, "water") { ($0.wanted, $0.title) = (400, "飲料水") }
        let changed = try put(town, "water") { $0.arrived = 240 }
        #expect(changed.answer?.supply == Supply("water", stock: 240, wanted: 160, title: "飲料水"))
        #expect(try put(town, "water") { $0.arrived = 300 }.answer?.supply.wanted == 0)
        #expect(try put(town, "water") { $0.stock = 12 }.answer?.supply == Supply("water", stock: 12, wanted: 0, title: "飲料水"))
        #expect(try told(town).supplies.map(\.item) == ["bento", "water"])
        #expect(try put(town, "water") { $0.stock = -1 }.refusal == "bad-number")
        #expect(try put(town, "water", at: "s99") { $0.stock = 1 }.refusal == "unknown-shelter")
        #expect(try put(town, "water", at: "hall-1") { $0.stock = 1 }.refusal == "elsewhere")
    }

    @Test("A card held where something is handed out receives it once, and says nothing of where its holder stays")
    func receiving() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        #expect(try town.ask(.runHandOut, RunHandOut(bento(each: 2))).accepted)
        for _ in 1...3 { try town.hold(1, at: "s01") }
        try town.hold(9, at: "s01")
        let said = try told(town)
        #expect(said.supplies == [Supply("bento", stock: 6)] && said.handOuts.map(\.received) == [2])
        #expect(try town.headcount("s01") == 0 && town.rig.said(.stayNotes).isEmpty)
        #expect(try town.rig.said(.handedOut).map(\.data.who) == [.card(.card(1)), .card(.card(9))])

        #expect(try town.ask(.runHandOut, RunHandOut(bento(each: 2), ends: true)).answer?.ended != nil)
        try town.hold(1, at: "s01")
        #expect(try town.headcount("s01") == 1)
        #expect(try told(town).handOuts.isEmpty)
    }

    @Test("A tap that arrives late is what its reader stood for when it was made")
    func late() throws {
        let town = try town()
        try town.pass(.seconds(60))
        try town.ask(.runHandOut, RunHandOut(bento()))
        try town.hold(1, at: "s01", ago: 30)
        try town.pass(.seconds(60))
        try town.ask(.runHandOut, RunHandOut(bento(), ends: true))
        try town.hold(2, at: "s01", ago: 30)
        #expect(try town.rig.said(.handedOut).map(\.data.who) == [.card(.card(2))])
        #expect(try town.headcount("s01") == 1)
    }

    @Test("What is for each household goes to one of it, whoever holds the card, and to who joined it meanwhile")
    func household() throws {
        let town = try town()
        let homes = (1...3).map { HouseholdID(Array(repeating: $0, count: 10)) }
        for number in 1...2 { try town.learn(number, cards: [number], household: homes[0]) }
        try town.learn(3, cards: [3], household: homes[1])
        try town.ask(.runHandOut, RunHandOut(bento(household: true)))
        for card in [1, 2, 3] { try town.hold(card, at: "s01") }
        #expect(try told(town).handOuts.map(\.received) == [2])
        // Whose card the fourth is becomes known afterwards: that household has received.
        try town.hold(4, at: "s01")
        try town.learn(4, cards: [4], household: homes[2])
        try town.learn(5, cards: [5], household: homes[2])
        try town.hold(5, at: "s01")
        #expect(try told(town).handOuts.map(\.received) == [3])
    }

    @Test("Staff hand to whoever has no card; who has received is said with the time, also as a guest found to be a resident")
    func byHand() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        #expect(try town.ask(.handTo, HandTo("bento", to: [.person(.person(1))], at: "s01")).refusal == "not-running")
        try town.ask(.runHandOut, RunHandOut(HandOut("bento", at: "s01")))
        var facts = GuestFacts()
        facts.name = "旅の人"
        let guest = try #require(try town.ask(.putGuest, PutGuest(facts)).answer?.who)
        let first = try #require(try town.ask(.handTo, HandTo("bento", to: [guest, .person(.person(1))], at: "s01")).answer)
        #expect(first.entries.count == 2 && first.entries.allSatisfy { $0.before == nil })
        try town.learn(2, cards: [2])
        try town.ask(.identifyGuest, IdentifyGuest(#require(guest.guest), as: .person(.person(2))))
        let again = try #require(try town.ask(.handTo, HandTo("bento", to: [.card(.card(2))], at: "s01")).answer)
        #expect(again.entries.first?.before != nil && again.entries.first?.brief.who == .person(.person(2)))
        #expect(try told(town).supplies == [Supply("bento", stock: 8)])
    }

    @Test("Of one thing there is one hand-out at a time, at a reader too; the same one begun again is that one")
    func twice() throws {
        let town = try town()
        try put(town, "water") { $0.stock = 5 }
        #expect(try town.ask(.runHandOut, RunHandOut(HandOut("tea", at: "s01"))).refusal == "unknown-supply")
        let first = try #require(try town.ask(.runHandOut, RunHandOut(bento())).answer)
        try town.pass(.seconds(5))
        #expect(try town.ask(.runHandOut, RunHandOut(bento())).answer?.since == first.since)
        #expect(try town.ask(.runHandOut, RunHandOut(bento(each: 3))).refusal == "running")
        var water = bento()
        water.item = "water"
        #expect(try town.ask(.runHandOut, RunHandOut(water)).refusal == "reader-busy")
        #expect(try town.ask(.runHandOut, RunHandOut(water, ends: true)).refusal == "not-running")
    }

    @Test("A rehearsal hands out nothing that was counted")
    func drill() throws {
        let town = try TestShelters()
        try town.add("s01", drill: true)
        try put(town, "bento") { $0.stock = 10 }
        try town.ask(.runHandOut, RunHandOut(bento()))
        try town.hold(1, at: "s01")
        let said = try told(town)
        #expect(said.supplies == [Supply("bento", stock: 10)] && said.handOuts.map(\.received) == [1])
        #expect(try town.rig.said(.handedOut).map(\.data.drill) == [true])
    }

    @Test("Headquarters know what an island's shelters have and want as the island has told it, and change nothing of it")
    func island() throws {
        let (town, island) = (try town(), try TestShelters.island())
        try island.add("h1")
        try put(island, "water", at: "h1") { ($0.stock, $0.wanted) = (12, 400) }
        try island.pass(.seconds(2))
        for message in island.told() { town.rig.say(message.topic, message.payload) }
        try town.rig.settle()
        let page = try #require(try town.ask(.listSupplies, ListSupplies()).answer)
        #expect(page.shelters.map(\.shelter) == ["h1", "s01"] && !page.more)
        #expect(page.shelters.first?.supplies == [Supply("water", stock: 12, wanted: 400)])
        #expect(try put(town, "water", at: "h1") { $0.stock = 0 }.refusal == "elsewhere")
        #expect(try town.ask(.listSupplies, ListSupplies(after: "h1")).answer?.shelters.map(\.shelter) == ["s01"])
    }

    @Test("With the shelter ends what is handed out there, with a rehearsal what was rehearsed: the reader checks people in again")
    func ending() throws {
        let town = try TestShelters()
        try town.add("s01", drill: true)
        try put(town, "bento") { $0.stock = 10 }
        try town.ask(.runHandOut, RunHandOut(bento()))
        try town.hold(1, at: "s01")
        // The rehearsal becomes earnest.
        try town.ask(.runShelter, RunShelter("s01", .open))
        #expect(try town.rig.said(.handOuts).last?.data.ended != nil)
        try town.hold(1, at: "s01")
        #expect(try town.headcount("s01") == 1)
        try town.ask(.runHandOut, RunHandOut(bento()))
        try town.ask(.runShelter, RunShelter("s01", .closed, empties: true))
        try town.pass(.seconds(3))
        #expect(try told(town).handOuts.isEmpty)
        try town.pass(.seconds(1))
        #expect(try town.ask(.wipeDrill, WipeDrill(at: "s01")).accepted)
        #expect(
            try town.rig.disk.read {
                try $0.first("SELECT (SELECT count(*) FROM handed) + count(*) FROM hand_out WHERE drill") { $0.int(0) }
            } == 0)
    }

    @Test("Who received what is forgotten with those who stayed")
    func forgetting() throws {
        let town = try town()
        try town.ask(.runHandOut, RunHandOut(bento()))
        try town.hold(1, at: "s01")
        try town.ask(.runHandOut, RunHandOut(bento(), ends: true))
        try town.ask(.runShelter, RunShelter("s01", .closed))
        func rows() throws -> Int64? {
            try town.rig.disk.read { try $0.first("SELECT (SELECT count(*) FROM handed) + (SELECT count(*) FROM hand_out)") { $0.int(0) } }
        }
        town.rig.now = town.now + .seconds(39 * 86_400)
        try town.pass(.seconds(70))
        #expect(try rows() == 2)
        town.rig.now = town.now + .seconds(2 * 86_400)
        try town.pass(.seconds(130))
        #expect(try rows() == 0)
    }
}
