import Contracts
import Harness
import Store
import Testing

@testable import Points

/// The runs of a vehicle, and who is still on board when one is over.
@Suite struct RunTests {
    private func school() throws -> TestRides {
        let buses = try TestRides()
        try buses.town.learn(1, cards: [1], eligible: ["child"])
        return buses
    }

    @Test("A child who has not alighted when the run is over is told of, once; and so is that it has after all")
    func leftOnBoard() throws {
        let buses = try school()
        try buses.hold(1, on: "country", .in)
        let alighting = try buses.tap(1, on: "country", at: "pass", .out, when: buses.now + .seconds(60))
        try buses.hold(2, on: "country", .in)
        try buses.pass(.seconds(900))
        // The bus still goes: the last card counts, whoever's it is.
        try buses.hold(2, on: "country", at: "pass", .out)
        try buses.pass(.seconds(1770))
        #expect(try buses.left().isEmpty)
        try buses.pass(.seconds(7200))
        let left = try #require(try buses.left().first)
        #expect(left.person == .person(1) && left.agent == "bus-1" && left.line == "country" && left.boarded.place == "station")
        #expect(try buses.left().count == 1 && left.alighted == nil)
        try buses.say(alighting)
        #expect(try buses.left().count == 2 && buses.left().last?.alighted?.place == "pass")
    }

    @Test("The driver ends a run: a minute later it is known who is on board, and cards held after that are of another run")
    func ended() throws {
        let buses = try school()
        try buses.hold(1, on: "country", .in)
        try buses.hold(2, on: "country")
        try buses.pass(.seconds(300))
        let ended = try buses.town.ask(.endRun, EndRun("country", of: "bus-1")).answer
        #expect(ended?.aboard == 2 && ended?.by == "points-desk-chamber")
        #expect(try buses.town.rig.said(.runs).count == 1)
        try buses.pass(.seconds(30))
        #expect(try buses.left().isEmpty)
        try buses.pass(.seconds(60))
        #expect(try buses.left().map(\.person) == [.person(1)])
        // A card that alternates boards in the next run.
        try buses.hold(2, on: "country", at: "pass")
        #expect(try buses.rides().map(\.forgotten) == [true, true])
        try buses.pass(.seconds(600))
        try buses.hold(2, on: "country", at: "hospital")
        // 350, of which the day's cap leaves what 480 have not used up.
        #expect(try buses.rides().last?.fare == 320 && buses.rides().last?.forgotten == nil)
    }

    @Test("A run is ended where there is one")
    func refusals() throws {
        let buses = try school()
        #expect(try buses.town.ask(.endRun, EndRun("coast", of: "bus-1")).refusal == "unknown-line")
        #expect(try buses.town.ask(.endRun, EndRun("town", of: "bus-1")).refusal == "no-alighting")
        #expect(try buses.town.ask(.endRun, EndRun("country", of: "bus-1")).refusal == "unknown-vehicle")
    }

    @Test("A bus that was cut off all day tells its day at night, in any order: nobody is missed who had alighted")
    func cutOffAllDay() throws {
        let buses = try school()
        try buses.town.award(5000, of: "bus-yen", to: 1)
        let morning = buses.now
        var taps: [Envelope<Tapped>] = []
        for (seconds, place, direction) in [(0, "station", .in), (1500, "pass", .out), (30_000, "pass", .in), (31_500, "station", .out)]
            as [(Int64, PlaceID, Direction)]
        {
            taps.append(try buses.tap(1, on: "country", at: place, direction, when: morning + .seconds(seconds)))
        }
        try buses.town.pass(.seconds(43_200), step: .seconds(600))
        for n in [3, 0, 2, 1] {
            try buses.say(taps[n])
            try buses.town.pass(.seconds(10))
        }
        try buses.pass(.seconds(3600))
        #expect(try buses.left().isEmpty && buses.told().allSatisfy { $0.outcome == .paid && $0.forgotten == nil })
        #expect(try buses.rides().map(\.fare).reduce(0, +) == 800 && buses.carrier() == 800)
    }

    @Test("A card that joins two runs changes how others in them have ridden")
    func joined() throws {
        let buses = try school()
        try buses.town.award(5000, of: "bus-yen", to: 2)
        try buses.hold(2, on: "country", at: "station")
        let between = try buses.tap(3, on: "country", at: "hospital", when: buses.now + .seconds(1200))
        try buses.pass(.seconds(2400))
        // Half an hour without a card: this looks like boarding anew.
        try buses.hold(2, on: "country", at: "hospital")
        #expect(try buses.rides().map(\.fare) == [480])
        try buses.say(between)
        #expect(try buses.rides().map(\.fare) == [210] && buses.carrier() == 210)
        #expect(try buses.town.fault() == nil)
    }

    @Test("What is kept of rides ends with the taps; what moved for them stands")
    func forgets() throws {
        let buses = try TestRides { $0.keepsTaps = .seconds(2 * 86_400) }
        try buses.town.award(1000, of: "bus-yen", to: 1)
        try buses.hold(1, on: "town")
        let late = try buses.tap(1, on: "town")
        try buses.town.pass(.seconds(3 * 86_400), step: .seconds(1800))
        try buses.say(late)
        #expect(try buses.told().count == 1 && buses.carrier() == 200)
        let rows = try buses.town.rig.disk.write { (db: borrowing Transaction) throws in
            try db.first("SELECT (SELECT count(*) FROM ride) + (SELECT count(*) FROM ride_tap) + (SELECT count(*) FROM ride_part)") {
                $0.int(0)
            }
        }
        #expect(rows == 0)
    }
}
