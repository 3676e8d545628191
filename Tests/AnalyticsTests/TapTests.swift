import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Analytics

/// From the bus to visits, and what is done with taps that cannot be believed.
@Suite struct TapTests {
    @Test("A morning at three houses, each counted its own way")
    func morning() throws {
        let town = try TestVisits()
        try town.agree(1)
        try town.go(to: "9:00")
        for place: PlaceID in ["gym", "library", "hall"] {
            try town.hold(1, at: place, place == "gym" ? .in : nil)
            try town.hold(2, at: place, place == "gym" ? .in : nil)
        }
        try town.go(to: "10:00")
        try town.hold(1, at: "gym", .out)
        try town.hold(1, at: "library")
        #expect(
            try town.visits().map { $0.replacing("2026-11-21T", with: "").replacing(":00.000+09:00", with: "") } == [
                "20778 gym: 09:00–10:00 1 visit 40 西町 resident", "20778 gym: 09:00–15:00 2 visit",
                "20778 hall: 09:00–? 0 visit", "20778 hall: 09:00–? 1 visit 40 西町 resident",
                "20778 library: 09:00–10:00 1 visit 40 西町 resident", "20778 library: 09:00–12:00 2 visit",
            ])
    }

    @Test("Exit without entry, entry twice: a visit with a mark each, and no number without one")
    func oneSided() throws {
        let town = try TestVisits()
        try town.go(to: "9:30")
        try town.hold(1, at: "gym", .out)
        try town.hold(2, at: "gym", .in)
        try town.go(to: "10:30")
        try town.hold(2, at: "gym", .in)
        let day = try town.day()
        #expect(day.visits == 3 && day.missedEntries == 1 && day.missedExits == 1 && day.assumedEnds == 0)
        #expect(day.inside == 1 && day.peak == 1 && day.medianStay == nil)
        #expect(day.hours[5] == 2 && day.hours[6] == 1)
    }

    @Test("Taps years old or of a time to come are in no visit; they are counted, and somebody is told what to do")
    func odd() throws {
        let town = try TestVisits()
        try town.hold(1, at: "hall", when: TestVisits.moment("9:00", day: "2019-01-01"))
        try town.hold(2, at: "hall", when: TestVisits.moment("9:00", day: "2031-01-01"), of: "gate-2")
        try town.hold(3, at: "hall", when: town.now + .seconds(61), of: "gate-2")
        try town.hold(4, at: "hall", when: town.now + .seconds(59))
        try town.hold(5, at: "hall", when: town.now - .seconds(39 * 86_400))
        #expect(try town.visits().count == 2)
        let answer = try #require(town.ask(.showVisits, ShowVisits("2026-11-21")).answer)
        #expect(answer.odd == [OddTaps(.tooOld, "gate-1", 1), OddTaps(.future, "gate-2", 2)])
        try town.rig.pass(.seconds(11))
        let problems = try #require(town.rig.life().problems).filter { $0.code == "odd-taps" }
        #expect(problems.map(\.weight) == [.amber, .amber])
        #expect(
            problems[0].text.hasPrefix("gate-1: 1 tap of more than 40 days ago")
                && problems[1].text.contains("gate-2: 2 taps of a time to come"))
        try town.go(to: "8:00", day: "2026-11-22")
        try town.rig.pass(.seconds(11))
        #expect(try town.rig.life().problems?.contains { $0.code == "odd-taps" } != true)
    }

    @Test("A reader that is moved to another house in the middle of the day counts at each for what was held there")
    func movedReader() throws {
        let town = try TestVisits()
        try town.go(to: "9:30")
        try town.hold(1, at: "gym", .in)
        try town.go(to: "10:30")
        try town.hold(1, at: "hall", .out)
        try town.hold(1, at: "library")
        try town.go(to: "11:00")
        try town.hold(1, at: "pool", .out)
        #expect(try town.day(of: "gym").medianStay == 90 && town.day(of: "gym").visits == 1)
        #expect(try town.day(of: "library").visits == 1 && town.day(of: "hall").visits == 0)
    }

    @Test("A place of no house is a house of its own")
    func otherPlaces() throws {
        let town = try TestVisits()
        try town.hold(1, at: "kiosk")
        let answer = try #require(town.ask(.showVisits, ShowVisits("2026-11-21")).answer)
        #expect(answer.facilities.map(\.facility) == ["gym", "library", "hall", "kiosk"] && answer.facilities[3].visits == 1)
        #expect(answer.facilities[3].inside == nil && answer.facilities[0].inside == 0)
    }

    @Test("A day goes from four to four: whoever leaves after midnight came today, and whoever comes at four came tomorrow")
    func dayBoundary() throws {
        var policy = TestVisits.policy
        policy.facilities[0].schedule = nil
        let town = try TestVisits(policy)
        try town.go(to: "23:50")
        try town.hold(1, at: "gym", .in)
        try town.go(to: "0:30", day: "2026-11-22")
        try town.hold(1, at: "gym", .out)
        try town.hold(2, at: "gym", .in, when: TestVisits.moment("3:59:59", day: "2026-11-22") - .seconds(4 * 3600))
        #expect(try town.day().visits == 2 && town.day().medianStay == 40 && town.day().missedEntries == 0)
        try town.go(to: "4:00", day: "2026-11-22")
        try town.hold(3, at: "gym", .in)
        try town.hold(4, at: "gym", .in, when: town.now - .milliseconds(1))
        #expect(try town.day("2026-11-22").visits == 1 && town.day("2026-11-22").hours[0] == 1 && town.day().visits == 3)
        #expect(try town.day().hours[23] == 1)
    }

    @Test(
        "A machine without a clock is put in its place when it has learnt the time, in whichever order that comes",
        arguments: [false, true])
    func bootClock(learnsFirst: Bool) throws {
        let town = try TestVisits()
        try town.go(to: "12:00")
        // Started at 11:00.
        let taps = try [600_000, 1_800_000].map { uptime in
            try town.held(1, at: "library", when: .distantPast + .milliseconds(uptime), of: "gate-2", uptime: uptime)
        }
        if learnsFirst { try town.learnTime("gate-2", town.now, uptime: 3_600_000) }
        try town.say(taps[1], of: "gate-2")
        if !learnsFirst {
            #expect(try town.ask(.showVisits, ShowVisits("2026-11-21")).answer?.odd == [OddTaps(.noClock, "gate-2", 1)])
            #expect(try town.visits().isEmpty)
            try town.restart()
            try town.learnTime("gate-2", town.now, uptime: 3_600_000)
        }
        try town.say(taps[0], of: "gate-2")
        #expect(try town.visits() == ["20778 library: 2026-11-21T11:10:00.000+09:00–2026-11-21T11:30:00.000+09:00 0 visit"])
        #expect(try town.ask(.showVisits, ShowVisits("2026-11-21")).answer?.odd == [])
        #expect(try town.number("SELECT count(*) FROM unplaced") == 0)
    }

    @Test("What a machine says of its uptime is not believed beyond measure")
    func sillyUptime() throws {
        let town = try TestVisits()
        try town.learnTime("gate-2", town.now, uptime: .max)
        try town.say(try town.held(1, at: "hall", of: "gate-2", uptime: .max), of: "gate-2")
        try town.say(try town.held(1, at: "hall", of: "gate-2", uptime: -5), of: "gate-2")
        try town.learnTime("gate-3", town.now, uptime: 0)
        try town.say(try town.held(1, at: "hall", of: "gate-3", uptime: 1 << 53), of: "gate-3")
        #expect(try town.visits().isEmpty)
        #expect(
            try town.ask(.showVisits, ShowVisits("2026-11-21")).answer?.odd == [
                OddTaps(.noClock, "gate-2", 2), OddTaps(.future, "gate-3", 1),
            ])
    }

    @Test("Our own clock is set back: what has been counted stays, and goes on")
    func clockBack() throws {
        let town = try TestVisits()
        try town.go(to: "12:00")
        try town.hold(1, at: "library")
        try town.go(to: "10:00")
        try town.hold(2, at: "library")
        try town.rig.pass(.seconds(1))
        #expect(try town.told("library").last?.visits == 2)
        // The first of them is a time to come for the new clock, and is believed as long as it stands.
        #expect(try town.day(of: "library").visits == 2)
    }

    @Test("Polls, schools, rides and shops are nobody's visit, and nothing of them is kept")
    func uncounted() throws {
        let town = try TestVisits()
        for purpose in ["enrol", "school-gate", "shelter:s01", "locker:library", "ride:blue", "shop:bakery"] {
            try town.hold(1, at: "hall", for: purpose)
        }
        #expect(try town.visits().isEmpty && town.number("SELECT count(*) FROM tap") == 0)
        for purpose in ["event:marathon", "class"] {
            try town.hold(1, at: "hall", for: purpose)
            try town.rig.pass(.seconds(60), step: .seconds(60))
        }
        #expect(try town.day(of: "hall").purposes.map(\.purpose.description) == ["class", "event:marathon"])
    }

    @Test("A tap that comes late corrects the past, and says so where figures were made")
    func late() throws {
        let town = try TestVisits()
        try town.go(to: "12:00", day: "2026-11-30")
        try town.hold(1, at: "gym", .in)
        try town.go(to: "12:00", day: "2026-12-02")
        #expect(try town.visits() == ["20787 gym: 2026-11-30T12:00:00.000+09:00–2026-11-30T18:00:00.000+09:00 2 visit"])
        try town.hold(1, at: "gym", .out, when: TestVisits.moment("13:00", day: "2026-11-30"))
        #expect(try town.visits() == ["20787 gym: 2026-11-30T12:00:00.000+09:00–2026-11-30T13:00:00.000+09:00 0 visit"])
        #expect(try town.number("SELECT count(*) FROM late") == 0)
        try town.rig.disk.write { db in
            try db.run("INSERT INTO figures (month, revision, at, visits, late) VALUES (2026 * 12 + 10, 1, 0, 1, 0)")
        }
        try town.hold(2, at: "gym", .in, when: TestVisits.moment("13:00", day: "2026-11-30"))
        try town.hold(2, at: "gym", .out, when: TestVisits.moment("14:00", day: "2026-11-30"))
        try town.hold(3, at: "gym", .in)
        #expect(try town.number("SELECT visits FROM late WHERE month = 2026 * 12 + 10") == 2)
        #expect(try town.number("SELECT count(*) FROM late") == 1)
    }
}
