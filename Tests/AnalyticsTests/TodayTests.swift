import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Analytics

/// What everybody may see: how busy a house is now.
@Suite struct TodayTests {
    @Test("A house says how many came and are inside, within a second and at most once a second")
    func live() throws {
        let town = try TestVisits()
        #expect(try town.told("gym").last.map { [$0.visits, $0.inside, $0.maxAge] } == [0, 0, 3600])
        #expect(try town.told("hall").last.map { [$0.visits, $0.inside] } == [0, nil])
        try town.go(to: "9:30")
        try town.rig.pass(.seconds(2))
        let others = try town.told("library").count
        try town.hold(1, at: "gym", .in)
        #expect(try town.told("gym").last.map { [$0.visits, $0.inside] } == [1, 1])
        let count = try town.told("gym").count
        for card in 2...20 {
            try town.hold(card, at: "gym", .in)
            town.rig.now = town.now + .milliseconds(10)
        }
        try town.hold(1, at: "gym", .out)
        #expect(try town.told("gym").count == count)
        try town.rig.pass(.milliseconds(1000), step: .milliseconds(100))
        let told = try town.told("gym")
        #expect(told.count == count + 1 && told.last?.visits == 20 && told.last?.inside == 19)
        try town.rig.pass(.seconds(600), step: .seconds(1))
        #expect(try town.told("gym").count == count + 1 && town.told("library").count == others)
    }

    @Test("A card that turns out to be of somebody who was there already takes their second visit back, and everybody is told")
    func claimed() throws {
        let town = try TestVisits()
        try town.agree(1)
        try town.go(to: "9:30")
        try town.hold(1, at: "hall")
        try town.rig.pass(.seconds(20))
        try town.hold(9, at: "hall")
        try town.rig.pass(.seconds(2))
        #expect(try town.told("hall").last?.visits == 2)
        try town.agree(1, cards: [1, 9])
        try town.rig.pass(.seconds(2))
        #expect(try town.visits().count == 1 && town.told("hall").last?.visits == 1)
    }

    @Test("Whoever has not left is taken to have left when the house closes, as soon as that has come, also after a restart")
    func closing() throws {
        let town = try TestVisits()
        try town.go(to: "16:30")
        try town.hold(1, at: "gym", .in)
        try town.go(to: "18:00")
        try town.hold(2, at: "gym", .in)
        try town.restart()
        try town.go(to: "20:59:59")
        #expect(try town.told("gym").last?.inside == 2 && town.day().assumedEnds == 0)
        try town.go(to: "21:00")
        #expect(try town.told("gym").last?.inside == 0 && town.told("gym").last?.visits == 2)
        #expect(try town.day().assumedEnds == 2 && town.day().inside == 0 && town.day().medianStay == nil && town.day().peak == 2)
        // Late, but seen.
        try town.go(to: "21:04")
        try town.hold(1, at: "gym", .out)
        #expect(try town.day().assumedEnds == 1 && town.day().medianStay == 274)
    }

    @Test("After the longest stay somebody has left, whatever the hours say")
    func longestStay() throws {
        let town = try TestVisits()
        try town.go(to: "9:30")
        try town.hold(1, at: "gym", .in)
        try town.go(to: "15:29:59")
        #expect(try town.told("gym").last?.inside == 1)
        try town.go(to: "15:30")
        #expect(try town.told("gym").last?.inside == 0)
    }

    @Test("A new day begins with nobody; what is not news is told again within the hour, and to a broker that has forgotten")
    func newDay() throws {
        var policy = TestVisits.policy
        policy.facilities[0].schedule = nil
        let town = try TestVisits(policy)
        try town.go(to: "23:30")
        try town.hold(1, at: "gym", .in)
        try town.go(to: "3:59:59", day: "2026-11-22")
        #expect(try town.told("gym").last.map { [$0.visits, $0.inside] } == [1, 1] && town.told("gym").last?.day == "2026-11-21")
        try town.go(to: "4:00", day: "2026-11-22")
        #expect(try town.told("gym").last.map { [$0.visits, $0.inside] } == [0, 0] && town.told("gym").last?.day == "2026-11-22")
        town.rig.forgetWhatWasSaid()
        try town.rig.pass(.seconds(3599), step: .seconds(60))
        #expect(try town.told("gym").count == 1)
        town.rig.forgetWhatWasSaid()
        try town.restart()
        for house: FacilityID in ["gym", "library", "hall"] { #expect(try town.told(house).count == 1) }
    }
}
