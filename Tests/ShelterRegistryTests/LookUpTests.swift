import Bus
import Contracts
import Harness
import Testing

@testable import ShelterRegistry

/// Whoever asks for somebody hears as much as that one agreed to, or as their relation allows.
@Suite struct LookUpTests {
    private func town(isProtected: Bool? = nil, agreed: [Name<Consent>]? = nil, isHere: Bool = true) throws -> TestShelters {
        let town = try TestShelters()
        try town.add("s01")
        try town.learn(1, cards: [1], name: "山田 花子", isProtected: isProtected) {
            $0.reading = "やまだ はなこ"
            $0.age = 40
            $0.agreed = agreed
        }
        if isHere { try town.hold(1, at: "s01") }
        return town
    }

    private func ask(
        _ town: TestShelters, _ relation: LookUpEvacuee.Relation, name: String = "山田花子", age: Int? = nil
    ) throws -> LookUpAnswer {
        try #require(town.ask(.lookUpEvacuee, LookUpEvacuee(name, reading: "ヤマダハナコ", age: age, relation: relation)).answer)
    }

    @Test("By relation alone: a household hears where, family that they are safe, others nothing")
    func relations() throws {
        let town = try town()
        #expect(try ask(town, .household).tier == .place && ask(town, .household).shelter == "s01")
        #expect(try ask(town, .family).tier == .safe && ask(town, .family).shelter == nil)
        #expect(try ask(town, .acquaintance) == LookUpAnswer(.nothing))
    }

    @Test(
        "What the person agreed to goes further than a relation",
        arguments: zip(ShelterConsent.all, [LookUpAnswer.Tier.contact, .safe, .place]))
    func consents(kind: Name<Consent>, tier: LookUpAnswer.Tier) throws {
        #expect(try ask(town(agreed: [kind]), .acquaintance).tier == tier)
    }

    @Test("Of somebody who must not be found one hears exactly what one hears of somebody nobody knows")
    func protected() throws {
        let (hidden, unknown) = (try town(isProtected: true, agreed: ShelterConsent.all), try town(isHere: false))
        for relation in LookUpEvacuee.Relation.allCases {
            #expect(try ask(hidden, relation) == ask(unknown, relation, name: "山田太郎") && ask(hidden, relation).tier == .nothing)
            #expect(try ask(unknown, relation) == LookUpAnswer(.nothing))
        }
    }

    @Test("Two people of one name are nobody until age or district tells them apart")
    func ambiguous() throws {
        let town = try town()
        try town.learn(2, cards: [2], name: "山田花子") {
            $0.reading = "やまだはなこ"
            $0.age = 8
        }
        #expect(try ask(town, .household) == LookUpAnswer(.nothing, isAmbiguous: true))
        #expect(try ask(town, .household, age: 41).tier == .place)
    }

    @Test("Whoever has left is safe, and nobody is told where they were")
    func left() throws {
        let town = try town()
        try town.note(.out, .person(.person(1)), at: "s01")
        #expect(try ask(town, .household).tier == .safe && ask(town, .household).shelter == nil)
    }

    @Test("A guest is found by the name they gave")
    func guest() throws {
        let town = try TestShelters()
        try town.add("s01")
        var facts = GuestFacts()
        (facts.name, facts.reading) = ("山田花子", "やまだはなこ")
        try town.note(.in, try #require(town.ask(.putGuest, PutGuest(facts)).answer).who, at: "s01")
        #expect(try ask(town, .family).tier == .safe)
    }

    private func own(_ town: TestShelters, _ person: Int) throws -> OwnShelter {
        try #require(town.ask(.showOwnShelter, ShowOwnShelter(.person(person)), as: "resident-page").answer)
    }

    @Test("Whoever stood on a roster while it was read sees by whom, once for an hour; so does whoever was shown alone, and nobody else")
    func seen() throws {
        let town = try town()
        try town.add("s02")
        try town.learn(2, cards: [2])
        try town.hold(2, at: "s02")
        for _ in 0..<3 { #expect(try town.roster("s01").count == 1) }
        _ = try town.ask(.listRoster, ListRoster(of: "s01"), as: "shelter-desk-east")
        #expect(try own(town, 1).looks.map(\.by).sorted() == ["shelter-desk-east", "shelter-desk-hq"])
        #expect(try own(town, 1).looks.allSatisfy { $0.shelter == "s01" } && own(town, 2).looks.isEmpty)
        #expect(try town.rig.said(.evacueesSeen).map(\.data.shelter) == ["s01", "s01"])
        town.rig.now = town.now + .seconds(3601)
        #expect(try town.roster("s01").count == 1)
        #expect(try own(town, 1).looks.count == 3)
        try town.note(.out, .person(.person(1)), at: "s01")
        town.rig.now = town.now + .seconds(3601)
        #expect(try town.roster("s01").isEmpty)
        #expect(try own(town, 1).looks.count == 3, "they stood on it no longer")
        _ = try town.show(.person(.person(2)))
        #expect(try own(town, 2).looks == [OwnShelter.Look(at: town.now, by: "shelter-desk-hq")])
        #expect(try town.ask(.showOwnShelter, ShowOwnShelter(.person(1))).refusal == "not-yours", "no desk asks so")
    }

    @Test("Whoever stands on somebody's page as one of the household was seen too")
    func household() throws {
        let town = try TestShelters()
        for person in 1...3 {
            try town.learn(person, cards: [person], household: HouseholdID(Array(repeating: person < 3 ? 1 : 2, count: 10)))
        }
        #expect(try town.show(.person(.person(1))).household.count == 1)
        #expect(try (1...3).map { try own(town, $0).looks.count } == [1, 1, 0])
    }

    @Test("What another registry has shown stands there too")
    func seenElsewhere() throws {
        let (town, island) = (try town(), try TestShelters.island())
        try island.add("h1")
        try island.learn(1, cards: [1])
        try island.pass(.seconds(60))
        try island.hold(1, at: "h1")
        #expect(try island.roster("h1").count == 1)
        for said in island.told() { town.rig.say(said.topic, said.payload) }
        try town.rig.settle()
        #expect(try own(town, 1).looks.map(\.shelter) == ["h1"])
    }

    @Test("At one's own page stands what is kept and who has asked; of whoever must not be found no place")
    func ownPage() throws {
        let town = try town()
        _ = try ask(town, .family)
        _ = try town.roster("s01")
        let mine = try own(town, 1)
        #expect(mine.brief?.shelter == "s01" && mine.history.count == 1 && mine.lookUps.map(\.tier) == [.safe])
        let hidden = try self.town(isProtected: true)
        _ = try ask(hidden, .family)
        _ = try hidden.roster("s01")
        let theirs = try own(hidden, 1)
        #expect(theirs.brief == nil && theirs.history.isEmpty && theirs.looks.map(\.shelter) == [nil] && theirs.lookUps.count == 1)
        #expect(try own(town, 99) == OwnShelter())
    }

    @Test("Each look-up is an event without a name, told to whoever was asked for, and nobody tries names out")
    func logged() throws {
        let town = try town()
        _ = try ask(town, .family)
        _ = try ask(town, .family, name: "山田次郎")
        #expect(try town.show(.person(.person(1))).lookUps.map(\.tier) == [.safe])
        #expect(try town.rig.said(.lookUps).map(\.data.who) == [.person(.person(1)), nil])
        for _ in 0..<118 { _ = try ask(town, .family) }
        let wish = LookUpEvacuee("山田花子", reading: "やまだはなこ", relation: .family)
        #expect(try town.ask(.lookUpEvacuee, wish).refusal == "too-many")
        town.rig.now = town.now + .seconds(3601)
        #expect(try town.ask(.lookUpEvacuee, wish).accepted)
    }
}
