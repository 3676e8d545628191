import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    /// `KAZASU_ISLAND_NOTES=5000` plays a large one.
    private static var crowd: Int64 { getenv("KAZASU_ISLAND_NOTES").flatMap { Int64(String(cString: $0)) } ?? 500 }

    @Test(
        "A laptop that is cut off checks people in, counts, prints and outlives a power cut; when the line is back both registries agree, and nobody is counted twice"
    )
    func island() throws {
        let places = try IslandTown()
        defer { places.strike() }
        #expect(places.island.lines.contains { $0.contains("町と") }, "it says whether the town is heard: \(places.island.lines)")
        for words in [["shelter", "add", "s01", "公民館"], ["shelter", "open", "s01"]] { _ = try places.finish(places.start(words)) }
        for words in [["shelter", "add", "west-1", "西小学校"], ["shelter", "open", "west-1"]] {
            _ = try places.finish(places.start(words, atIsland: true))
        }
        let card = Cast.felica(7)
        let enrolment = try places.start(
            ["person", "add", "--tap", "office/counter"],
            typing: "name: 長井 花子\nreading: ナガイ ハナコ\nborn: S29.3.1\nhousehold: 77\ndistrict: 宮前\n")
        try places.wait("the counter to ask for the card") {
            enrolment.look()
            return enrolment.lines.contains { $0.contains("hold the card over office/counter") }
        }
        try places.hold(card, at: IslandTown.counter)
        _ = try places.finish(enrolment)
        // The island hears of the shelters and people of the town, and the town of the island's, whom it does not command.
        try places.wait("the line to hold") {
            try places.listed("s01", atIsland: true) != nil && places.listed("west-1")?.now.condition == .open
        }
        try places.wait("the island to know her") {
            try places.finish(places.start(["shelter", "missing", "district/宮前"], atIsland: true), code: nil).contains("長井 花子")
        }
        let health = try places.finish(places.start(["health"], atIsland: true), code: nil)
        #expect(health.contains("shelter-registry west") && !health.contains("resident-directory") && !health.contains("lock-controller"))
        #expect(try places.say("shelter", "close", "west-1", code: 1).contains("kept by the registry of west"))
        #expect(try places.say("booking", "list", atIsland: true, code: 1).contains("this is the station of site west"))

        places.cut()
        try places.hold(card, at: IslandTown.hall)
        try places.wait("her at the town's shelter") { try places.listed("s01")?.now.headcount == 1 }
        // Nobody could tell the island. One tap of a resident, one of a card nobody knows, one person without a card.
        try places.hold(card, at: IslandTown.gate)
        try places.hold(Cast.felica(8), at: IslandTown.gate)
        try places.say("shelter", "guest", "west-1", atIsland: true, typing: "name: 旅の人\n")
        try places.wait("three at the island") { try places.listed("west-1", atIsland: true)?.now.headcount == 3 }
        #expect(try places.roster("west-1", atIsland: true).compactMap(\.name) == ["長井 花子", "旅の人"])
        #expect(try places.roster("s01").map(\.name) == ["長井 花子"], "two places know her, each as its own")
        let all = Int(Self.crowd) + 3
        try places.crowd(Self.crowd)
        try places.wait("all at the island", seconds: 120) { try places.listed("west-1", atIsland: true)?.now.headcount == all }
        let page = "\(places.folder)/roster.html"
        try places.say("shelter", "print", "roster", "west-1", "-o", page, atIsland: true)
        let printed = String(decoding: try readWhole(page), as: UTF8.self)
        #expect(printed.contains("長井 花子") && printed.contains("旅の人"))

        try places.powerCut()
        #expect(try places.listed("west-1", atIsland: true)?.now.headcount == all)
        #expect(places.headcountAtTown == 0, "the town has heard nothing of it")

        places.mend()
        let start = monotonicMilliseconds()
        try places.wait("the first of them") { places.headcountAtTown > 0 }
        let contact = monotonicMilliseconds()
        try places.wait("the town to learn everything", seconds: 90) { places.headcountAtTown == all }
        print(
            "\(all) people of an island were counted at the town \(monotonicMilliseconds() - contact) ms after the first of them, who came \(contact - start) ms after the line was mended"
        )
        try places.wait("her to be in one place") {
            try places.listed("s01")?.now.headcount == 0 && places.listed("s01", atIsland: true)?.now.headcount == 0
        }
        #expect(try places.roster("s01") == [])
        let roster = try places.say("shelter", "roster", "west-1")
        #expect(roster.contains("長井 花子") && roster.contains("旅の人"))
        try places.end()
        let (town, island) = (try places.stays(atIsland: false), try places.stays(atIsland: true))
        #expect(town.all == island.all && town.twice == 0)
        #expect(town.all.count == all + 1, "each came once, and she was at the town's shelter before")
    }
}
