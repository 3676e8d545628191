import Bus
import Contracts
import Harness
import Store
import Testing

@testable import ShelterRegistry

/// A registry of the town and one of an island, with a line between them that is cut, and carries things twice and in any order.
@Suite struct IslandTests {
    /// Carries what one has said to the other.
    private func carry(from one: TestShelters, to other: TestShelters, _ chance: inout Seeded) throws {
        var messages = one.told()
        messages.shuffle(using: &chance)
        for message in messages {
            other.rig.say(message.topic, message.payload)
            if chance.oneIn(5) { other.rig.say(message.topic, message.payload) }
        }
        try other.rig.settle()
    }

    private func stays(_ town: TestShelters) throws -> [String] {
        try town.rig.disk.read {
            try $0.all("SELECT key, n, shelter, kind, away, starts, since, ends, ending FROM stay ORDER BY key, drill, n") { row in
                (0..<9).map { row.text(Int32($0)) }.joined(separator: " ")
            }
        }
    }

    private func both() throws -> (town: TestShelters, island: TestShelters) {
        let (town, island) = (try TestShelters(), try TestShelters.island())
        for shelter in ["s01", "s02"] as [ShelterID] { try town.add(shelter) }
        try island.add("h1")
        return (town, island)
    }

    @Test("An island keeps its own shelters and those opened there on the spot, and the town keeps its hands off them")
    func keeping() throws {
        let (town, island) = try both()
        try island.add("hall-school")
        #expect(try island.ask(.putShelter, PutShelter(Shelter("s09", title: "公民館"))).refusal == "elsewhere")
        #expect(try town.ask(.putShelter, PutShelter(Shelter("hall-x", title: "公民館"))).refusal == "elsewhere")
        #expect(try town.ask(.runShelter, RunShelter("h1", .open)).refusal == "elsewhere")
        #expect(try town.note(.in, .card(.card(1)), at: "h1").refusal == "elsewhere")
        var chance = Seeded(1)
        try carry(from: island, to: town, &chance)
        #expect(try town.ask(.listShelters, ListShelters()).answer?.shelters.map(\.shelter.id) == ["h1", "hall-school", "s01", "s02"])
    }

    @Test(
        "Two islands of knowledge that both checked the same person in agree once they have heard each other: the later place, and one open stay"
    )
    func samePerson() throws {
        let (town, island) = try both()
        for side in [town, island] { try side.learn(1, cards: [1]) }
        try town.hold(1, at: "s01")
        try island.pass(.seconds(60))
        try island.hold(1, at: "h1")
        var chance = Seeded(2)
        try carry(from: island, to: town, &chance)
        try carry(from: town, to: island, &chance)
        #expect(try stays(town) == stays(island))
        #expect(try town.headcount("s01") == 0 && town.headcount("h1") == 1)
        #expect(try town.whereabouts(.person(.person(1)))?.shelter == "h1")
    }

    @Test(
        "Two islands and their town that each checked the same person in agree in whatever order they hear of it: the last place counts, and one holder of a card nobody knows is one guest",
        arguments: 0..<6 as Range<UInt64>)
    func threePlaces(seed: UInt64) throws {
        let (town, west, east) = (try TestShelters(), try TestShelters.island(), try TestShelters.island("east"))
        let all = [(town, "s01"), (west, "h1"), (east, "e1")] as [(TestShelters, ShelterID)]
        for (place, shelter) in all {
            try place.add(shelter)
            try place.learn(1, cards: [1])
            try place.hold(1, at: shelter)
            try place.hold(2, at: shelter)
            for (other, _) in all { try other.pass(.seconds(60)) }
        }
        var chance = Seeded(seed)
        var pairs = all.flatMap { one in all.filter { $0.0 !== one.0 }.map { (one.0, $0.0) } }
        pairs.shuffle(using: &chance)
        for (one, other) in pairs { try carry(from: one, to: other, &chance) }
        for (place, _) in all {
            #expect(try stays(place) == stays(town))
            #expect(try all.map { try place.headcount($0.1) } == [0, 0, 2], "she and a guest, each at the last place alone")
        }
    }

    @Test("A guest's name is told between registries, and lies sealed at both")
    func names() throws {
        let (town, island) = try both()
        var facts = GuestFacts()
        facts.name = "山田はなこ"
        let guest = try #require(try island.ask(.putGuest, PutGuest(facts)).answer).who
        try island.note(.in, guest, at: "h1")
        var chance = Seeded(3)
        try carry(from: island, to: town, &chance)
        #expect(try town.roster("h1").map(\.name) == ["山田はなこ"])
        for side in [town, island] {
            let bytes = try side.rig.disk.read { try $0.all("SELECT row FROM evacuee_file") { $0.blob(0) } }
            #expect(!bytes.isEmpty && bytes.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("山田") })
        }
    }

    @Test(
        "Two guests who were said to be each other, each at another place, are one person as soon as one of them is known; one place alone does not say so"
    )
    func eachOther() throws {
        let (town, island) = try both()
        for side in [town, island] { try side.learn(1, cards: []) }
        var chance = Seeded(6)
        let guests = try ["旅の人", "旅の友"].map { name in
            var facts = GuestFacts()
            facts.name = name
            return try #require(town.ask(.putGuest, PutGuest(facts)).answer).who
        }
        let (one, other) = (try #require(guests[0].guest), try #require(guests[1].guest))
        try town.note(.in, guests[0], at: "s01")
        try town.note(.in, guests[1], at: "s02")
        try carry(from: town, to: island, &chance)
        #expect(try town.ask(.identifyGuest, IdentifyGuest(one, as: guests[1])).accepted)
        #expect(try town.ask(.identifyGuest, IdentifyGuest(other, as: guests[0])).refusal == "same")
        // Now one is the other, who is a person, and is not to be on the way to itself.
        #expect(try town.ask(.identifyGuest, IdentifyGuest(other, as: .person(.person(1)))).accepted)
        #expect(try town.ask(.identifyGuest, IdentifyGuest(other, as: guests[0])).refusal == "same")
        #expect(try town.ask(.identifyGuest, IdentifyGuest(other, as: nil)).accepted)
        // The island has not heard of any of it.
        try island.pass(.seconds(60))
        #expect(try island.ask(.identifyGuest, IdentifyGuest(other, as: guests[0])).accepted)
        try carry(from: island, to: town, &chance)
        try carry(from: town, to: island, &chance)
        try town.pass(.seconds(90))
        #expect(try town.ask(.identifyGuest, IdentifyGuest(other, as: .person(.person(1)))).accepted)
        try carry(from: town, to: island, &chance)
        for side in [town, island] { try side.pass(.seconds(2)) }
        #expect(try stays(town) == stays(island))
        let names = try town.rig.disk.read { try $0.all("SELECT DISTINCT key FROM note") { $0.text(0) } }
        #expect(names == [Evacuee.person(.person(1)).description], "\(names)")
    }

    @Test("An island that nobody hears is silent, with the last number known")
    func silence() throws {
        let (town, island) = try both()
        try island.hold(1, at: "h1")
        var chance = Seeded(4)
        try carry(from: island, to: town, &chance)
        let life = Topic.life(of: Address("shelter-registry", "hall"), in: "nagai").description
        town.rig.say(life, try Life(.ready, at: town.now).json())
        #expect(try town.occupancy("h1")?.condition == .open)
        try town.pass(.seconds(11 * 60))
        #expect(try town.occupancy("h1")?.condition == .silent && town.headcount("h1") == 1)
    }

    @Test("The end of a rehearsal at an island is the island's: the town neither ends it nor turns in a loop waiting for it")
    func drillElsewhere() throws {
        let (town, island) = try both()
        try island.add("hall-school", drill: true)
        var chance = Seeded(5)
        try carry(from: island, to: town, &chance)
        town.rig.now = town.now + .seconds(13 * 3600)
        try town.rig.settle()
        let entry = try town.ask(.listShelters, ListShelters()).answer?.shelters.first { $0.shelter.id == "hall-school" }
        #expect(entry?.run.stage == .open && entry?.run.isDrill == true)
    }

    @Test(
        "Whatever happens on both sides, and in whatever order they hear of it, both end with the same stays",
        arguments: 0..<25 as Range<UInt64>)
    func anyHistory(seed: UInt64) throws {
        let (town, island) = try both()
        var chance = Seeded(seed)
        var notes: [ObjectIdentifier: [EventID]] = [:]
        for _ in 0..<30 {
            let side = chance.oneIn(2) ? town : island
            let shelter: ShelterID = side === island ? "h1" : chance.oneIn(2) ? "s01" : "s02"
            switch chance.below(8) {
            case 0...2: try side.hold(chance.below(4), at: shelter, chance.oneIn(3) ? .out : nil, ago: Int64(chance.below(200)))
            case 3:
                let answer = try side.note(
                    [.in, .away, .out][chance.below(3)], .person(.person(chance.below(3))), at: shelter, kind: chance.oneIn(2) ? .day : nil,
                    when: side.now - .seconds(Int64(chance.below(100))))
                notes[ObjectIdentifier(side), default: []] += answer.answer?.entries.map(\.note) ?? []
            case 4:
                // Both sides hear the directory, at their own times.
                let person = chance.below(3)
                let cards = (0..<4).filter { _ in chance.oneIn(3) }
                for other in [town, island] { try other.learn(person, cards: cards) }
            case 5:
                guard let note = notes[ObjectIdentifier(side)]?.randomElement(using: &chance) else { continue }
                try side.ask(.correctStay, CorrectStay(note, stands: chance.oneIn(2), reason: .mistake))
            case 6:
                guard let guest = try side.roster(shelter).compactMap(\.who.guest).first else { continue }
                try side.ask(.identifyGuest, IdentifyGuest(guest, as: chance.oneIn(3) ? nil : .person(.person(chance.below(3)))))
            default: for other in [town, island] { try other.pass(.seconds(1 + Int64(chance.below(30)))) }
            }
            if chance.oneIn(12) { try carry(from: island, to: town, &chance) }
        }
        try carry(from: town, to: island, &chance)
        try carry(from: island, to: town, &chance)
        for side in [town, island] { try side.pass(.seconds(2)) }
        #expect(try stays(town) == stays(island))
        let open = try town.rig.disk.read {
            try $0.all("SELECT key, count(*) FROM stay WHERE ends IS NULL GROUP BY key, drill") { $0.int(1) }
        }
        #expect(open.allSatisfy { $0 == 1 })
        // Every headcount is the number of open stays there.
        for shelter in ["s01", "s02", "h1"] as [ShelterID] {
            let count = try town.rig.disk.read {
                try $0.first("SELECT count(*) FROM stay WHERE shelter = ? AND ends IS NULL", shelter.text) { Int($0.int(0)) }
            }
            #expect(try town.headcount(shelter) == count)
        }
    }
}
