import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "A reception table that is cut off receives people, with a word of its lamp; when the line is back the town counts them once, and who was received at both is a conflict until it is settled"
    )
    func receptionAtSite() throws {
        let places = try IslandTown(for: "event:festival")
        defer { places.strike() }
        let cards = [Cast.felica(7), Cast.felica(8)]
        for (card, reading) in zip(cards, ["ナガイ ハナコ", "ナガイ タロウ"]) {
            let enrolment = try places.start(
                ["person", "add", "--tap", "office/counter"], typing: "name: \(reading)\nreading: \(reading)\nborn: S29.3.1\n")
            try places.wait("the counter to ask for the card") {
                enrolment.look()
                return enrolment.lines.contains { $0.contains("hold the card over office/counter") }
            }
            try places.hold(card, at: IslandTown.counter)
            _ = try places.finish(enrolment)
        }
        try places.say("reception", "open", "festival", "--yes")
        try places.wait("the island to hear that it is open") { try places.handOver("festival", atIsland: true).count.stage == .open }
        let first = try places.say("reception", "accept", "festival", "--walk-in", "--name", "旅の人", atIsland: true)
        #expect(first.contains("until the town gives its own"))
        try places.wait("the town to hear of a guest of the island") { try places.handOver("festival").count.byName == 1 }
        #expect(try places.say("reception", "close", "festival", "--yes", atIsland: true, code: 1).contains("this is site west"))

        places.cut()
        // The agent's word, and the reception's.
        for card in cards { try places.hold(card, at: IslandTown.gate, words: 2) }
        try places.wait("both at the island") { try places.handOver("festival", atIsland: true).count.accepted == 3 }
        try places.hold(cards[0], at: IslandTown.hall, words: 2)
        try places.wait("one of them at the town") { try places.handOver("festival").count.accepted == 2 }
        try places.powerCut()
        #expect(try places.handOver("festival", atIsland: true).count.accepted == 3)

        places.mend()
        try places.wait("the conflict") { try places.handOver("festival").count.conflicts == 1 }
        try places.wait("both to agree") { try agreed(places) }
        let open = try places.handOver("festival")
        #expect(open.count.accepted == 3 && open.count.byCard == 2 && open.conflicts.count == 1)
        let second = try #require(open.conflicts.first).second
        #expect(second.station == "west-1")
        try places.say("reception", "settle", "festival", "\(second.number)", "--holds", "second", "--yes")
        try places.wait("both to agree once it is settled") { try places.handOver("festival").count.conflicts == 0 && agreed(places) }
        #expect(try places.handOver("festival", atIsland: true).count.accepted == 3)
        // What it says of itself is up to ten seconds old.
        try places.wait("the island's reception to be well") {
            try places.finish(places.start(["health"], atIsland: true), code: nil).contains("reception west         ready")
        }
    }

    private func agreed(_ places: IslandTown) throws -> Bool {
        var (one, other) = (try places.handOver("festival").count, try places.handOver("festival", atIsland: true).count)
        (one.at, other.at) = (.distantPast, .distantPast)
        return one == other
    }
}
