import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Analytics

/// What whoever runs a house may ask, and what others have counted.
@Suite struct HouseDayTests {
    @Test("A day of a house: hours, purposes, stays, the most at once")
    func day() throws {
        let town = try TestVisits()
        for (card, time, way) in [
            (1, "9:00", Direction.in), (2, "9:30", .in), (1, "10:00", .out), (3, "10:00", .in), (4, "10:30", .in), (2, "11:30", .out),
            (3, "12:00", .out), (1, "20:00", .in),
        ] {
            try town.go(to: time)
            try town.hold(card, at: "gym", way, for: card == 3 ? "class:yoga" : "visit")
        }
        let day = try town.day()
        #expect(day.visits == 5 && day.hours[5] == 2 && day.hours[6] == 2 && day.hours[16] == 1)
        #expect(day.inside == 1 && day.peak == 3 && day.medianStay == 120 && day.assumedEnds == 1)
        #expect(day.purposes == [.init(.visit, 4), .init(Purpose("class:yoga")!, 1)])
        #expect(
            try town.ask(.showVisits, ShowVisits("2026-11-21", facility: "nowhere")).text
                == "No house of the town's file is nowhere. Known: gym, library, hall.")
        #expect(try town.ask(.showVisits, ShowVisits("2020-01-01")).refusal == "not-kept")
    }

    @Test(
        "Of the visits' ends that touch, whoever leaves has left before another comes; one whose end nobody saw lasts until the next beginning"
    )
    func peaks() {
        func visit(_ from: String?, _ until: String?, who: Int64) -> (visit: Visit, who: Int64) {
            let times = [from, until].map { $0.map { TestVisits.moment($0) } }
            return (Visit(came: times[0], left: times[1], marks: [], purpose: 1), who)
        }
        let now = TestVisits.moment("20:00")
        #expect(peak(of: [visit("9:00", "10:00", who: 1), visit("10:00", "11:00", who: 2)], at: now) == 1)
        #expect(peak(of: [visit("9:00", nil, who: 1), visit("10:00", "11:00", who: 1)], at: now) == 1)
        #expect(peak(of: [visit("9:00", nil, who: 1), visit("10:00", "11:00", who: 2)], at: now) == 2)
        #expect(peak(of: [visit(nil, "10:00", who: 1)], at: now) == 0)
        #expect(peak(of: [visit("9:00", "23:00", who: 1), visit("21:00", "23:00", who: 2)], at: now) == 1)
    }

    @Test("What sensors, hands and paper have counted stands beside the visits; the newest word holds, and is told")
    func counts() throws {
        let town = try TestVisits()
        try town.hold(1, at: "hall")
        let taken = try town.ask(
            .putCounts,
            PutCounts([
                Counted("hall", "2026-11-21", hour: 0, .sensor, 4), Counted("hall", "2026-11-21", hour: 23, .sensor, 5),
                Counted("hall", "2026-11-21", .paper, 7), Counted("gym", "2026-11-20", .hand, 2),
            ]))
        #expect(taken.answer == CountsTaken(taken: 4, changed: 0))
        let again = try town.ask(
            .putCounts, PutCounts([Counted("hall", "2026-11-21", .paper, 8), Counted("hall", "2026-11-21", hour: 0, .sensor, 4)]))
        #expect(again.answer == CountsTaken(taken: 2, changed: 1))
        #expect(try town.day(of: "hall").visits == 1)
        #expect(try town.day(of: "hall").counts == [.init(.paper, 8), .init(.sensor, 9)])
        try town.ask(.putCounts, PutCounts([Counted("hall", "2026-11-21", .sensor, 20)]))
        #expect(try town.day(of: "hall").counts.last == .init(.sensor, 20))
        #expect(
            try town.rig.said(.counts).map(\.data.counts.count) == [4, 2, 1] && town.rig.said(.counts).first?.data.by == TestVisits.desk)
    }

    @Test(
        "A count that cannot be is refused whole, and says what to do",
        arguments: [
            (
                Counted("pool", "2026-11-21", .hand, 1), "unknown-facility",
                "No house of the town's file is pool. Known: gym, library, hall."
            ),
            (Counted("gym", "2026-11-21", .hand, -1), "wrong-count", "gym on 2026-11-21: -1 is no number of people. Give 0 to 100000."),
            (
                Counted("gym", "2026-11-21", .hand, 100_001), "wrong-count",
                "gym on 2026-11-21: 100001 is no number of people. Give 0 to 100000."
            ),
            (
                Counted("gym", "2026-11-21", hour: 24, .hand, 1), "wrong-hour",
                "gym on 2026-11-21: there is no hour 24. Give 0 to 23, or none for the whole day."
            ),
            (
                Counted("gym", "2026-11-21", hour: -1, .hand, 1), "wrong-hour",
                "gym on 2026-11-21: there is no hour -1. Give 0 to 23, or none for the whole day."
            ),
            (
                Counted("gym", "2026-11-22", .hand, 1), "future",
                "gym on 2026-11-22: that day has not come yet. Nothing was taken; correct the day."
            ),
            (
                Counted("gym", "2020-11-21", .hand, 1), "not-kept",
                "gym on 2020-11-21: counts are kept for 400 days. Nothing was taken; correct the day or leave it out."
            ),
        ])
    func refused(count: Counted, word: String, text: String) throws {
        let town = try TestVisits()
        let reply = try town.ask(.putCounts, PutCounts([Counted("gym", "2026-11-21", .hand, 1), count]))
        #expect(reply.refusal == word && reply.text == text)
        #expect(try town.number("SELECT count(*) FROM counted") == 0 && town.rig.said(.counts).isEmpty)
    }

    @Test("As many counts as a command may hold, and no more")
    func tooMany() throws {
        let town = try TestVisits()
        let counts = [Counted](repeating: Counted("gym", "2026-11-21", .hand, 3), count: PutCounts.most + 1)
        #expect(try town.ask(.putCounts, PutCounts(counts)).refusal == "too-many")
        #expect(try town.ask(.putCounts, PutCounts(Array(counts.dropLast()))).answer == CountsTaken(taken: PutCounts.most, changed: 0))
    }

    @Test("Doors that were opened are counted by means, and those that were not are not")
    func doors() throws {
        let town = try TestVisits()
        try town.open("gym", by: nil)
        try town.open("gym", by: nil)
        try town.open("gym", by: .code)
        try town.open("gym", by: .desk)
        try town.open("gym", by: nil, .refuse(.noRight))
        try town.go(to: "3:00", day: "2026-11-22")
        try town.open("hall", by: nil)
        #expect(try town.number("SELECT count FROM unlocked WHERE day = 20778 AND means = 'card'") == 3)
        #expect(try town.number("SELECT group_concat(count, '') FROM unlocked") == 311)
    }

    @Test("What is kept goes when its time has come, and not before: taps first, then visits and all that was counted")
    func keeping() throws {
        let town = try TestVisits()
        try town.go(to: "10:00")
        try town.hold(1, at: "hall")
        try town.hold(2, at: "hall", when: TestVisits.moment("9:00", day: "2019-01-01"))
        try town.open("gym", by: nil)
        try town.ask(.putCounts, PutCounts([Counted("hall", "2026-11-21", .paper, 7)]))
        try town.say(try town.held(3, at: "gym", of: "gate-2", uptime: 5), of: "gate-2")
        try town.learnTime("gate-3", town.now, uptime: 5)
        func pass(to day: CalendarDate) throws {
            try town.go(to: "3:58", day: day)
            try town.rig.pass(.seconds(61), step: .seconds(61))
        }
        try pass(to: "2026-12-31")
        #expect(try town.number("SELECT count(*) FROM tap") == 1 && town.number("SELECT count(*) FROM unplaced") == 1)
        try pass(to: "2027-01-02")
        for count in [
            try town.number("SELECT count(*) FROM tap"), try town.number("SELECT count(*) FROM unplaced"),
            try town.number("SELECT count(*) FROM started"),
        ] { #expect(count == 0) }
        #expect(try town.number("SELECT count(*) FROM visit") == 1)
        try pass(to: "2027-12-26")
        #expect(
            try town.number("SELECT (SELECT count(*) FROM visit) + (SELECT count(*) FROM counted) + (SELECT count(*) FROM unlocked)") == 3)
        try pass(to: "2027-12-28")
        #expect(
            try town.number(
                """
                SELECT (SELECT count(*) FROM visit) + (SELECT count(*) FROM counted) + (SELECT count(*) FROM unlocked)
                    + (SELECT count(*) FROM odd) + (SELECT count(*) FROM house_day WHERE visits > 0) + (SELECT count(*) FROM tap)
                """) == 0)
    }
}
