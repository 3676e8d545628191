import Contracts
import Harness
import Testing

@testable import ShelterRegistry

/// What is late, early, or of a time nobody knows.
@Suite struct MomentTests {
    private func town() throws -> TestShelters {
        let town = try TestShelters()
        for shelter in ["s01", "s02"] as [ShelterID] { try town.add(shelter) }
        return town
    }

    @Test("A tap that comes late takes its place by its own time")
    func lateTap() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        try town.hold(1, at: "s02")
        try town.hold(1, at: "s01", ago: 3600)
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
        #expect(try town.show(.person(.person(1))).history.map(\.shelter) == ["s02", "s01"])
    }

    @Test("What staff say now comes after all that is known, also after a note from a clock that is ahead")
    func clockAhead() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        try town.hold(1, at: "s01", ago: -3600)
        try town.note(.in, .person(.person(1)), at: "s02")
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
        try town.note(.out, .person(.person(1)), at: "s02")
        #expect(try town.headcount("s02") == 0)
    }

    @Test("A machine that was never told the time says who is here now, and not who was in another century")
    func noClock() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        try town.hold(1, at: "s01")
        try town.pass(.seconds(60))
        try town.hold(1, at: "s02", ago: 800_000_000, clock: .boot)
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
    }

    @Test("When the clock is set back by an hour, the numbers are told as quickly as before")
    func clockSetBack() throws {
        let town = try town()
        #expect(try town.headcount("s01") == 0)
        town.rig.now = town.now - .seconds(3600)
        try town.hold(1, at: "s01")
        #expect(try town.headcount("s01") == 1)
    }
}
