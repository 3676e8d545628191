import Contracts
import Harness
import Testing

@testable import Points

/// Rides as they follow from cards held on board.
@Suite struct RideFoldTests {
    /// So many seconds after the first one.
    private func tap(_ seconds: Int64, _ direction: Direction? = nil, isOver: Bool = false, number: UInt64 = 1) -> RideTap {
        let at = Instant(milliseconds: 1_795_000_000_000 + seconds * 1000)
        return RideTap(
            id: EventID(at: at, random: (0, number)), at: at, direction: direction, spot: RideSpot("bus-1"), isOver: isOver)
    }

    /// `0-600` from boarding to alighting, `0-?` and `?-600` where the other end is not known, `!` where nothing more is waited for.
    private func words(_ rides: [Ride], from start: Instant = Instant(milliseconds: 1_795_000_000_000)) -> [String] {
        func second(_ tap: RideTap?) -> String { tap.map { "\(($0.at - start).milliseconds / 1000)" } ?? "?" }
        return rides.map { "\(second($0.boarding))-\(second($0.alighting))\($0.isForgotten ? "!" : $0.isDecided ? "" : "…")" }
    }

    private func rides(_ taps: RideTap..., alights: Bool = true) -> [String] { words(Ride.all(following: taps, alights: alights)) }

    @Test("Boarding and alighting make a ride, whether the reader says which or they alternate")
    func pairs() {
        #expect(rides(tap(0, .in), tap(600, .out), tap(900, .in), tap(1500, .out)) == ["0-600", "900-1500"])
        #expect(rides(tap(0), tap(600), tap(900)) == ["0-600", "900-?…"])
        #expect(rides(tap(0), tap(600), alights: false) == ["0-?", "600-?"])
    }

    @Test("What is missing is waited for, and then forgotten")
    func missing() {
        #expect(rides(tap(0, .in), tap(900, .in), tap(1200, .out)) == ["0-?…", "900-1200"])
        #expect(rides(tap(0, .in, isOver: true), tap(900, .in, isOver: true)) == ["0-?!", "900-?!"])
        #expect(rides(tap(600, .out), tap(900, .in)) == ["?-600…", "900-?…"])
        #expect(rides(tap(600, .out, isOver: true)) == ["?-600!"])
        // What is complete is no less so when it is over.
        #expect(rides(tap(0, .in, isOver: true), tap(600, .out, isOver: true)) == ["0-600"])
    }

    @Test("A card held again within a minute in the same way says nothing new; getting off at once is getting off")
    func again() {
        #expect(rides(tap(0, .in), tap(3, .in), tap(600, .out), tap(659, .out)) == ["0-600"])
        #expect(rides(tap(0), tap(59), tap(600)) == ["0-600"])
        #expect(rides(tap(0), tap(60)) == ["0-60"])
        #expect(rides(tap(0), tap(40), tap(80), alights: false) == ["0-?", "80-?"])
        #expect(rides(tap(0, .in), tap(20, .out)) == ["0-20"])
    }

    @Test("Any order in which they become known gives the same rides", arguments: 0..<300)
    func order(seed: UInt64) {
        var chance = Seeded(seed)
        let taps = (0..<6).map { n in
            tap(Int64(n) * 40 + Int64(chance.below(400)), [.in, .out, nil][chance.below(3)], isOver: chance.oneIn(3), number: UInt64(n))
        }
        let found = Ride.all(following: taps, alights: seed % 4 > 0)
        #expect(Ride.all(following: taps.shuffled(using: &chance), alights: seed % 4 > 0) == found)
        // Each card is in one ride at most.
        let held = found.flatMap { [$0.boarding?.id, $0.alighting?.id] }.compactMap(\.self)
        #expect(Set(held).count == held.count && !found.isEmpty)
    }
}
