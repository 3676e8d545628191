import Contracts
import Harness
import Store
import Testing

@testable import Points

/// A day of two buses, in whatever order its cards become known.
@Suite struct RideOrderTests {
    /// A ride as its rows say: what it costs, how it is paid and with how much.
    private struct Line: Hashable {
        let id: [UInt8]
        let ends: [[UInt8]]
        let due: Int64
        let outcome: String
        let parts: String
    }

    private func rows(_ buses: TestRides) throws -> [Line] {
        try buses.town.rig.disk.write { (db: borrowing Transaction) throws in
            try db.all(
                """
                SELECT id, boarding, alighting, due, outcome,
                    (SELECT group_concat(account || ' ' || amount) FROM ride_part WHERE ride = ride.id ORDER BY account)
                FROM ride WHERE decided ORDER BY id
                """
            ) { Line(id: $0.blob(0), ends: [$0.blob(1), $0.blob(2)], due: $0.int(3), outcome: $0.text(4), parts: $0.text(5)) }
        }
    }

    /// The day's fares by person and day; all lines are of one carrier.
    private func spent(_ buses: TestRides) throws -> [Int64] {
        try buses.town.rig.disk.write { (db: borrowing Transaction) throws in
            try db.all(
                "SELECT sum(due) FROM ride WHERE decided AND rider LIKE 'p-%' AND carrier = 'nagai-bus' GROUP BY rider, (at + 32400000) / 86400000"
            ) { $0.int(0) }
        }
    }

    private func town() throws -> TestRides {
        let buses = try TestRides()
        for person in 1...3 { try buses.town.award(100_000, of: "bus-yen", to: person) }
        try buses.town.learn(2, cards: [2, 12], eligible: ["disability", "child"])
        return buses
    }

    private func day(_ buses: TestRides, _ chance: inout Seeded) throws -> [Envelope<Tapped>] {
        let places: [PlaceID] = ["station", "hospital", "pass", "bus-1"]
        return try (0..<14).map { _ in
            let line: LineID = chance.oneIn(3) ? "town" : "country"
            return try buses.tap(
                [1, 2, 3, 12, 99][chance.below(5)], on: line, in: chance.oneIn(3) ? "bus-2" : "bus-1", at: places[chance.below(4)],
                [.in, .out, nil][chance.below(3)], when: buses.now + .seconds(Int64(chance.below(40_000))))
        }
    }

    @Test("Known at once or in any order, with pauses between: the same rides, paid with as much; no day above its cap", arguments: 0..<30)
    func order(seed: UInt64) throws {
        var chance = Seeded(seed)
        let live = try town()
        let taps = try day(live, &chance)
        let late = try town()
        for tap in taps.sorted(by: { ($0.time, $0.id) < ($1.time, $1.id) }) {
            try live.town.pass(tap.time - live.now, step: .seconds(600))
            try live.say(tap)
        }
        try late.town.pass(.seconds(40_000 + Int64(chance.below(20_000))), step: .seconds(1200))
        for tap in taps.shuffled(using: &chance) {
            try late.say(tap)
            if chance.oneIn(4) { try late.town.pass(.seconds(Int64(chance.below(4000))), step: .seconds(30)) }
            #expect(try spent(late).allSatisfy { $0 <= 800 })
        }
        for buses in [live, late] { try buses.town.pass(.seconds(4000), step: .seconds(60)) }
        #expect(try rows(live) == rows(late))
        for buses in [live, late] {
            // Each card pays at most once: the carrier has what the rides cost, and nobody has it twice.
            let paid = try buses.rides().filter { $0.carrier == "nagai-bus" && $0.outcome == .paid }.reduce(0) { $0 + $1.fare }
            #expect(try buses.carrier() == paid)
            #expect(try (1...3).reduce(0) { try $0 + buses.town.has($1, "bus-yen") } == 300_000 - paid)
            #expect(try spent(buses).allSatisfy { $0 <= 800 })
            #expect(try buses.town.fault() == nil)
        }
    }
}
