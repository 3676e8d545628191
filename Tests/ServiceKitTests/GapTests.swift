import Bus
import Contracts
import Testing

@testable import ServiceKit

struct GapTests {
    static let asks = "nagai/lock-controller/ask/main/reader-agent--gate-1"

    private func asked(_ bench: Bench) throws -> [ClosedRange<Int64>] {
        try bench.transport.sent(on: Self.asks).map { outgoing in
            let ask = try outgoing.payload.decoded(as: Ask.self)
            #expect(ask.topic == tapTopic && ask.epoch == epoch && outgoing.qos == 0 && !outgoing.retain)
            return ask.from...ask.to
        }
    }

    /// 1, 2 and 5 have come.
    private func gappedBench() throws -> Bench {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2), try tap(5))
        #expect(try bench.heard().count == 3, "nothing waits behind a hole")
        return bench
    }

    @Test("Missing numbers are asked for after a second and then ever more rarely, and a batch ends it")
    func gap() throws {
        let bench = try gappedBench()
        var counts: [Int] = []
        // Asks are due after 1, 1 + 2, 1 + 2 + 4 seconds.
        for pause in [999, 1, 1999, 1, 3999, 1] {
            try bench.pass(.milliseconds(Int64(pause)))
            counts.append(try asked(bench).count)
        }
        #expect(counts == [0, 1, 1, 2, 2, 3])
        #expect(try Set(asked(bench)) == [3...4])

        try bench.give(try batch(3...4, taps: [3, 4], by: "gate-2"))
        #expect(bench.host.missing == 2, "only its producer may answer for a stream")
        #expect(try bench.heard().count == 3)

        try bench.give(try batch(3...4, taps: [3, 4]))
        #expect(bench.host.missing == 0)
        #expect(try bench.heard() == (1...5).map { tapID(Int64($0)).description })
        try bench.pass(.seconds(120))
        #expect(try asked(bench).count == 3)
    }

    @Test("A gap outlives a restart")
    func restart() throws {
        let bench = try gappedBench()
        try bench.restart()
        try bench.connect()
        try bench.pass(.milliseconds(1001))
        #expect(try asked(bench) == [3...4])
    }

    @Test("What the producer has no more is written down as lost, and somebody is told")
    func gone() throws {
        let bench = try gappedBench()
        try bench.give(try batch(3...4, .gone))
        #expect(try bench.text("SELECT reason || ' ' || first || ' ' || last FROM lost_range") == ["gone 3 4"])
        try bench.pass(.seconds(10))
        #expect(bench.life?.state == .amber)
        #expect(bench.problem("lost") != nil)
        #expect(bench.host.missing == 0)
    }

    @Test("At first sight everything below is asked for; what the producer had deleted before was never ours to lose")
    func firstSight() throws {
        let bench = try connectedBench()
        try bench.give(try tap(7))
        try bench.pass(.seconds(1))
        #expect(try asked(bench) == [0...6])
        try bench.give(try batch(0...6, taps: [5, 6]))
        #expect(try bench.heard().count == 3)
        #expect(bench.host.missing == 0)
        #expect(try bench.count("SELECT count(*) FROM lost_range") == 0)
    }

    @Test("A batch that covers a part is followed at once by the ask for the rest")
    func partly() throws {
        let bench = try connectedBench()
        try bench.give(try heads(last: 9))
        try bench.pass(.seconds(1))
        try bench.give(try batch(1...4, taps: [1, 2, 3, 4]))
        #expect(try asked(bench) == [1...9, 5...9])
    }

    @Test("Events that waited are not live: behind a newer head, from a batch, or after a stall. The newest one is")
    func live() throws {
        let bench = try connectedBench()
        try bench.give(try heads(last: 9), try tap(5), try tap(9))
        try bench.give(try batch(6...7, taps: [6, 7]))
        try bench.give(try tap(10), stalled: true)
        try bench.give(try tap(11))
        let live = try bench.text("SELECT id FROM heard WHERE live ORDER BY id")
        #expect(live == [tapID(9), tapID(11)].map(\.description))
        #expect(try bench.heard().count == 6)
    }
}
