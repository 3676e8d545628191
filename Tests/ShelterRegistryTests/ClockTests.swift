import Bus
import Contracts
import Harness
import Testing

@testable import ShelterRegistry

@Suite("What registries hear of each other's clocks, and an island of its town")
struct ClockTests {
    @Test(
        "Nothing comes from a time to come; what is late is a clock behind only where two words in a row say so",
        arguments: [
            (0, nil, .right), (60, nil, .right), (61, nil, .wrong(.seconds(61))), (3600, 0, .wrong(.seconds(3600))),
            (-60, -3600, .right), (-61, nil, .unclear), (-61, 0, .unclear), (-3600, -3590, .wrong(.seconds(-3590))),
        ] as [(Int64, Int64?, ClockReading)])
    func readings(ahead: Int64, last: Int64?, expected: ClockReading) {
        #expect(ClockReading(ahead: .seconds(ahead), last: last.map { .seconds($0) }) == expected)
    }

    private func live(_ other: Instance, _ difference: Duration = .zero, at registry: TestShelters) throws {
        registry.rig.say(
            Topic.life(of: Address("shelter-registry", other), in: "nagai").description,
            try Life(.ready, at: registry.now + difference).json())
        try registry.rig.settle()
    }

    /// What its next sign of life tells people.
    private func problems(_ registry: TestShelters) throws -> [Problem] {
        try registry.pass(.seconds(11))
        return try registry.rig.life().problems ?? []
    }

    @Test("The clock of an island that is an hour ahead is said aloud once, with what to do, until it agrees")
    func ahead() throws {
        let town = try TestShelters()
        try live("hall", at: town)
        #expect(try problems(town) == [])
        for _ in 0..<3 {
            try live("hall", .seconds(3600), at: town)
            let found = try #require(problems(town).first)
            #expect(found.code == "clock-differs" && found.weight == .amber)
            #expect(found.text.hasPrefix("The clock of shelter-registry hall is 60 min ahead of ours"), "\(found.text)")
        }
        #expect(town.rig.log.count { $0.contains("60 min ahead") } == 1)
        try live("hall", at: town)
        #expect(try problems(town) == [])
        #expect(town.rig.log.last?.contains("agrees with ours again") == true)
    }

    @Test(
        "An island an hour behind is found at its second word, and is not silent for it; a word carried again after three days tells nothing"
    )
    func behind() throws {
        let (town, island) = (try TestShelters(), try TestShelters.island())
        try island.add("h1")
        for message in island.told() { town.rig.say(message.topic, message.payload) }
        try live("hall", .seconds(-3 * 86_400), at: town)
        #expect(try problems(town).contains { $0.code == "clock-differs" } == false)
        try town.pass(.seconds(60))
        for _ in 0..<3 {
            try live("hall", .seconds(-3600), at: town)
            try town.pass(.seconds(10))
        }
        #expect(try problems(town).map(\.code) == ["clock-differs"])
        #expect(try town.occupancy("h1")?.condition == .open)
    }

    @Test("A note from a time to come is said aloud until that time has come")
    func noteAhead() throws {
        let (town, island) = (try TestShelters(), try TestShelters.island())
        try island.add("h1")
        island.rig.now = island.now + .seconds(3600)
        try island.hold(1, at: "h1")
        for message in island.told() { town.rig.say(message.topic, message.payload) }
        try town.rig.settle()
        #expect(try problems(town).map(\.code).contains("notes-ahead"))
        #expect(town.rig.log.count { $0.contains("a time to come") } == 1)
        // What staff at the town see counts all the same.
        try town.add("s01")
        try town.note(.in, .card(.card(1)), at: "s01")
        #expect(try town.headcount("s01") == 1 && town.headcount("h1") == 0)
        town.rig.now = town.now + .seconds(3600)
        try town.rig.settle()
        #expect(try problems(town).map(\.code).contains("notes-ahead") == false)
    }

    @Test("An island says since when the town is silent, and never complains of other shelters, which it cannot ask after")
    func silentTown() throws {
        let (town, island) = (try TestShelters(), try TestShelters.island())
        try town.add("s01")
        for message in town.told() { island.rig.say(message.topic, message.payload) }
        #expect(try problems(island).map(\.text).contains { $0.contains("has not been heard yet") })
        #expect(try island.rig.life().counters?["town-heard"] == nil)
        try live("main", at: island)
        let heard = island.now
        #expect(try problems(island) == [])
        #expect(try island.occupancy("s01")?.condition == .open)
        #expect(try island.rig.life().counters?["town-heard"] == heard.milliseconds)
        try island.pass(.seconds(11 * 60))
        let left = try problems(island)
        #expect(left.map(\.code) == ["no-town"] && left[0].text.contains(heard.rfc3339(.japan)), "\(left)")
        #expect(try island.occupancy("s01")?.condition == .silent)
        #expect(try problems(town).map(\.code).contains("no-town") == false)
    }

    @Test("A shelter that was opened on the spot at an island is heard with the island")
    func onTheSpot() throws {
        let (town, island) = (try TestShelters(), try TestShelters.island())
        try island.add("hall-school")
        for message in island.told() { town.rig.say(message.topic, message.payload) }
        try live("hall", at: town)
        #expect(try town.occupancy("hall-school")?.condition == .open)
        try town.pass(.seconds(11 * 60))
        #expect(try town.occupancy("hall-school")?.condition == .silent)
    }
}
