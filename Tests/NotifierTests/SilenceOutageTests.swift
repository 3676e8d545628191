import Contracts
import Harness
import Store
import Testing

@testable import Notifier

/// Silence is told apart from machines and clocks that fail.
@Suite struct SilenceOutageTests {
    private static let quiet = QuietHours()

    private static func at(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Instant {
        Rig<Notifier>.morning + .seconds(Int64(day * 86_400 + (hour - 8) * 3600 + minute * 60))
    }

    @Test(
        "What could not be heard by day does not count, once, wherever it lies; a night does not delay",
        arguments: [
            ([], at(2, 8)),
            ([at(0, 10)..<at(0, 12)], at(2, 10)),
            ([at(0, 10)..<at(0, 12), at(0, 11)..<at(0, 13)], at(2, 11)),
            ([at(0, 22)..<at(1, 6)], at(2, 8)),
            ([at(0, 20)..<at(1, 8)], at(2, 10)),
            ([at(-1, 10)..<at(0, 9)], at(2, 9)),
            ([at(2, 7)..<at(2, 9, 30)], at(2, 10, 30)),
            ([at(2, 8, 30)..<at(2, 12)], at(2, 8)),
            ([at(0, 9)..<at(0, 10), at(2, 8, 30)..<at(2, 12)], at(2, 12, 30)),
            ([at(0, 8)..<at(0, 21), at(1, 19)..<at(1, 21)], at(3, 7)),
        ] as [([Range<Instant>], Instant)])
    func lost(outages: [Range<Instant>], expected: Instant) {
        let end = silenceEnds(after: Self.at(0, 8), days: 2, outages: outages, quiet: Self.quiet, .japan)
        #expect(end == expected, "\(end)")
        #expect(end == silenceEnds(after: Self.at(0, 8), days: 2, outages: outages.reversed(), quiet: Self.quiet, .japan))
    }

    @Test("A reader that somebody uses is silent: the family is not alarmed, the office hears once that nobody knows, and then it goes on")
    func outage() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        try town.hold(1, at: "gym-gate")
        try town.live(to: "7:30", onDay: 1)
        try town.live(to: "9:20", onDay: 1, butFor: ["gym-gate"])
        #expect(town.mails.map(\.to) == ["office@town.example"])
        #expect(town.mails.first?.subject == "【見守り】確認できない方がいます")
        let raised = try #require(try town.silences().first)
        #expect(raised.outcome == .unknown && raised.silent?.map(\.agent) == ["gym-gate"])
        let listed = try #require(try town.ask(.listWatches, ListWatches()).answer?.watches.first)
        #expect(listed.stage == .unknown && listed.silent?.map(\.agent) == ["gym-gate"])
        try town.restart()
        try town.live(to: "9:30", onDay: 1, butFor: ["gym-gate"])
        try town.live(to: "10:00", onDay: 1)
        #expect(town.watch(1)?.stage == .quiet && town.mails.count == 1, "two hours and ten minutes were lost")
        try town.live(to: "10:20", onDay: 1)
        #expect(town.mails.map(\.to) == ["office@town.example", "daughter@mail.example"])
        #expect(try town.silences().map(\.outcome) == [.unknown, .family])
    }

    @Test("What was held at a reader while it could not be heard becomes known with it: no alarm, and the office hears that all is well")
    func returns() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        try town.hold(1, at: "gym-gate")
        try town.live(to: "7:30", onDay: 1)
        let tap = try town.held(1, at: "gym-gate")
        try town.live(to: "9:20", onDay: 1, butFor: ["gym-gate"])
        try town.say(tap, of: "gym-gate")
        try town.live(to: "12:00", onDay: 1)
        #expect(town.mails.map(\.subject) == ["【見守り】確認できない方がいます", "【見守り】カードが使われました"])
        #expect(try town.silences().map(\.outcome) == [.unknown, .seen])
    }

    @Test("A reader where somebody was once is not waited for, nor one they have never used")
    func others() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 2)
        try town.hold(1, at: "gym-gate")
        try town.live(to: "12:00", onDay: 1)
        try town.hold(1, at: "gym-gate")
        try town.hold(1, at: "club-gate")
        try town.live(to: "12:00", onDay: 2)
        try town.live(to: "12:10", onDay: 3, butFor: ["club-gate", "bus-1"])
        #expect(town.mails.map(\.to) == ["daughter@mail.example"])
    }

    @Test("An event that is missing of a reader they use is waited for")
    func gap() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        try town.hold(1, at: "gym-gate")
        let missing = try town.held(2, at: "gym-gate")
        try town.live(to: "8:30", onDay: 1)
        #expect(try town.silences().map(\.outcome) == [.unknown])
        try town.say(missing, of: "gym-gate")
        try town.live(to: "8:50", onDay: 1)
        #expect(try town.silences().map(\.outcome) == [.unknown, .family])
    }

    @Test("A broker that was away alarms nobody, and neither does a start after days")
    func away() throws {
        let town = try TestNotices()
        for number in 1...20 { try town.watchOver(number * 10, days: 1) }
        town.rig.now = town.now + .seconds(2 * 86_400)
        try town.restart()
        try town.pass(.seconds(300), step: .seconds(30))
        #expect(town.mails.isEmpty && town.watch(10)?.stage == .quiet)
        for gate in town.agents.keys { try town.sayHeads(of: gate) }
        try town.pass(.seconds(600), step: .seconds(60))
        #expect(try town.silences().map(\.outcome) == Array(repeating: .family, count: 20), "and now it is known")
    }

    @Test("Our clock leaps a day ahead and is set back: nobody is told anything, and what is due later comes when it is due")
    func leaps() throws {
        let town = try TestNotices()
        for number in 1...20 { try town.watchOver(number * 10, days: 1) }
        try town.live(to: "12:00", onDay: 0)
        try town.pass(.seconds(61))
        let real = town.now
        town.rig.now = real + .seconds(86_400)
        for minute in 0..<90 {
            for gate in town.agents.keys { try town.sayHeads(of: gate, at: real + .seconds(Int64(minute) * 60)) }
            try town.pass(.seconds(60), step: .seconds(60))
        }
        #expect(try town.mails.isEmpty && town.silences().isEmpty)
        town.rig.now = real + .seconds(5400)
        try town.settle()
        try town.live(to: "7:55", onDay: 1)
        #expect(try town.silences().isEmpty)
        try town.live(to: "8:10", onDay: 1)
        #expect(try town.silences().count == 20)
    }

    @Test("Our clock falls a day behind: a card held meanwhile counts by the machines' time, and no alarm comes a day early")
    func behind() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 2)
        try town.live(to: "12:00", onDay: 1)
        let real = town.now
        town.rig.now = real - .seconds(86_400)
        try town.settle()
        for gate in town.agents.keys { try town.sayHeads(of: gate, at: real) }
        try town.hold(1, at: "gym-gate", ago: -86_400)
        #expect(town.watch(1)?.last == real)
        town.rig.now = real + .seconds(60)
        try town.live(to: "11:50", onDay: 3)
        #expect(town.mails.isEmpty)
        try town.live(to: "12:10", onDay: 3)
        #expect(town.mails.count == 1)
    }

    @Test("More alarms at once than one turn looks at are all raised")
    func many() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        let transaction = try town.rig.disk.begin()
        for number in 1000..<2200 {
            try transaction.run(
                "INSERT INTO watch (person, days, places, begun, last, stage, due) SELECT ?, days, places, begun, last, stage, due FROM watch LIMIT 1",
                PersonID.person(number).text)
        }
        try transaction.commit()
        try town.live(to: "8:10", onDay: 1)
        #expect(Set(try town.silences().map(\.person)).count == 1201)
        #expect(try town.silences().count == 1201)
    }
}
