import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Analytics

/// Visits are a fold: the same taps make the same rows, in whatever order they come and however often.
@Suite struct HistoryTests {
    /// Something somebody says, and can say again.
    private enum Word {
        case tap(Envelope<Tapped>, AgentID)
        case time(AgentID, Instant, uptime: Int64)
        case agrees(Int)
    }

    /// Four days around the end of a month, at three houses, by cards that are known and others, through machines with a clock and one without.
    private static func history(_ chance: inout Seeded, in town: TestVisits) throws -> [Word] {
        let start = TestVisits.moment("8:00", day: "2026-11-29")
        var words: [Word] = []
        for _ in 0..<120 {
            let place: PlaceID = ["gym", "pool", "library", "hall", "kiosk"][chance.below(5)]
            let way: Direction? = [.in, .out, nil][chance.below(3)]
            // Often close together, so that bursts and turns matter.
            let after = chance.below(40) * 7_200_000 + chance.below(6) * 40_000
            let agent: AgentID = chance.oneIn(4) ? "gate-2" : "gate-1"
            let tap = try town.held(
                chance.below(6), at: place, way, for: ["visit", "class:yoga", "ride:blue"][chance.below(3)],
                when: agent == "gate-2" ? .distantPast : start + .milliseconds(after), of: agent,
                uptime: agent == "gate-2" ? Int64(after) : nil)
            words.append(.tap(tap, agent))
        }
        words.append(.time("gate-2", start + .seconds(100), uptime: 100_000))
        return words + (0..<3).map { .agrees($0) }
    }

    private static func say(_ word: Word, in town: TestVisits) throws {
        switch word {
        case .tap(let tap, let agent): try town.say(tap, of: agent)
        case .time(let agent, let moment, let uptime): try town.learnTime(agent, moment, uptime: uptime)
        case .agrees(let number): try town.agree(number, at: TestVisits.moment("8:00", day: "2026-11-30"))
        }
    }

    @Test("Shuffled, repeated, with restarts and a clock that is learnt late: the same visits and the same counts", arguments: 0..<60)
    func anyOrder(seed: UInt64) throws {
        var chance = Seeded(seed)
        let end = TestVisits.moment("23:00", day: "2026-12-03")
        let straight = try TestVisits(at: end, seed: seed)
        let words = try Self.history(&chance, in: straight)
        for word in words { try Self.say(word, in: straight) }

        let crooked = try TestVisits(at: end, seed: seed &+ 1000)
        for word in words.shuffled(using: &chance) {
            try Self.say(word, in: crooked)
            if chance.oneIn(10) { try crooked.restart() }
            if chance.oneIn(4), case .tap(let tap, let agent) = words[chance.below(words.count)] { try crooked.say(tap, of: agent) }
        }
        #expect(try crooked.visits() == straight.visits())
        #expect(try straight.visits().contains { $0.contains("西町") } && straight.visits().count > 20)
        #expect(try crooked.number("SELECT count(*) FROM unplaced") == 0 && crooked.number("SELECT count(*) FROM odd") == 0)
        for day: CalendarDate in ["2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"] {
            #expect(try crooked.ask(.showVisits, ShowVisits(day)).answer == straight.ask(.showVisits, ShowVisits(day)).answer)
        }
    }
}
