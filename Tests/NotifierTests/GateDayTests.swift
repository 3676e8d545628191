import Contracts
import Harness
import Seal
import Testing

@testable import Notifier

/// What cards at a gate mean: a pure function of a day's readings.
@Suite struct GateDayTests {
    private static let morning = Instant(startOf: "2026-11-24") + .seconds(8 * 3600)
    private static let pause = Duration.seconds(120)

    private static func tap(_ seconds: Int64, _ direction: Direction? = nil, id: Int = 0) -> GateTap {
        let at = morning + .seconds(seconds)
        return GateTap(id: .derived(ofType: "tap", identity: "\(seconds) \(id)", at: at), at: at, direction: direction)
    }

    private static func day(_ taps: [GateTap], lasting: Duration? = nil) -> GateDay {
        GateDay(following: taps, pause: pause, lasting: lasting)
    }

    @Test(
        "In and out by turns, a burst being one reading; a reader that says the way is believed",
        arguments: [
            ([], []),
            ([(0, nil)], [.in]),
            ([(0, nil), (5, nil), (100, nil)], [.in]),
            // Held on and on, with no pause between.
            ([(0, nil), (100, nil), (200, nil), (300, nil)], [.in]),
            ([(0, nil), (27_000, nil)], [.in, .out]),
            // Forgot something on the way in, and on the way home.
            ([(0, nil), (360, nil), (600, nil)], [.in, .out, .in]),
            ([(0, nil), (27_000, nil), (27_240, nil), (27_500, nil)], [.in, .out, .in, .out]),
            // Through the other lane at once.
            ([(0, .in), (20, .out)], [.in, .out]),
            ([(0, .in), (20, .in), (400, .in)], [.in]),
            ([(0, .out), (400, .out)], [.out]),
            // A reader that does not say which way, after one that does.
            ([(0, .in), (20, nil), (27_000, nil)], [.in, .out]),
        ] as [([(Int64, Direction?)], [Direction])])
    func ways(taps: [(Int64, Direction?)], ways: [Direction]) {
        #expect(Self.day(taps.map { Self.tap($0.0, $0.1) }).changes.map(\.way) == ways)
    }

    @Test("Any order and any repetition of the readings is the same day", arguments: 0..<100)
    func anyOrder(seed: UInt64) {
        var chance = Seeded(seed)
        let taps = (0..<chance.below(12)).map { id in
            Self.tap(Int64(chance.below(2000)), [nil, nil, .in, .out][chance.below(4)], id: id)
        }
        let again = (taps + taps.filter { _ in chance.oneIn(2) }).shuffled(using: &chance)
        #expect(Self.day(again) == Self.day(taps))
    }

    @Test("Any burst within the pause changes as much as its first reading", arguments: 0..<100)
    func burst(seed: UInt64) {
        var chance = Seeded(seed)
        var taps: [GateTap] = []
        var firsts: [GateTap] = []
        var at: Int64 = 0
        for _ in 0..<(1 + chance.below(5)) {
            at += 120 + Int64(chance.below(4000))
            firsts.append(Self.tap(at))
            taps.append(Self.tap(at))
            for id in 1..<(2 + chance.below(6)) {
                at += 1 + Int64(chance.below(119))
                taps.append(Self.tap(at, id: id))
            }
        }
        let day = Self.day(taps)
        #expect(day.changes.map(\.first) == firsts)
        #expect(day.changes.map(\.way) == Self.day(firsts).changes.map(\.way))
    }

    @Test("Who got on long ago and was not seen getting off gets on again")
    func forgotten() {
        let day = Self.day([Self.tap(0), Self.tap(28_000), Self.tap(28_900)], lasting: .seconds(7200))
        #expect(day.changes.map(\.way) == [.in, .in, .out])
    }

    @Test("When somebody came is the first moment of the day; when they left is the last one, unless they have come back")
    func moments() {
        let day = Self.day([Self.tap(0), Self.tap(300), Self.tap(700)])
        #expect(day.arrived == Self.tap(0).at && day.left == nil && day.isIn)
        #expect(Self.day([Self.tap(0), Self.tap(300)]).left == Self.tap(300).at)
    }
}
