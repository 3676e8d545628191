import Contracts
import Points
import ServiceKit
import Store
import Town

/// One points service without a broker, as `Decide` has it for lock-controller: `valgrind --tool=callgrind bench award DATABASE 20000`.
enum Award {
    /// Taps a turn: what a busy service finds when it looks.
    private static let batch = 100

    /// Takes `count` taps, for each of which a rule gives.
    static func run(database path: String, count: Int) throws {
        let hand = Hand()
        let identity = Identity(
            town: BenchTown.town, role: .points, instance: "main", offset: .japan, version: "bench", roster: PointsTown.roster)
        var (random, now) = (Counted(), wallClock())
        let host = try Host(
            Points(policy: PointsTown.load(at: "\(path).yaml").points), identity: identity, database: Database(path: path), transport: hand,
            now: now, random: { random.next() }, log: { print($0) })
        let epoch = Epoch(after: nil, now: now, random: 1)
        let persons = max(1000, count / 50)
        for person in 0..<persons { hand.give(PointsTown.views, try PointsTown.view(of: person, epoch, at: now, random: &random).json()) }
        _ = try host.step(now: now)
        let (before, start) = (hand.published, nanoseconds())
        for first in stride(from: 0, to: count, by: batch) {
            now = now + .milliseconds(10)
            for number in first..<min(first + batch, count) {
                let tap = BenchTown.tap(
                    by: PointsTown.gym, number: Int64(number + 1), epoch: epoch, token: BenchTown.token(number % persons),
                    at: PointsTown.time(of: number, persons: persons, at: now), for: PointsTown.visit, random: &random)
                hand.give(BenchTown.taps, try tap.json())
            }
            _ = try host.step(now: now)
        }
        print("\(hand.published - before) published for \(count) taps, \((nanoseconds() - start) / 1000 / UInt64(count)) µs each")
    }
}
