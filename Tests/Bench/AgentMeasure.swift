import Bus
import Contracts
import Glibc
import Kazasu
import Launch
import ServiceKit
import Store
import VirtualReader

/// Measurements of reader-agent: from a card over a reader to the bus, and what a long absence of the broker costs.
enum AgentMeasure {
    /// A FeliCa card appears in the reader → its tap, committed, is in the hands of a subscriber. Milliseconds.
    static func cardToBus(_ broker: Broker, townFile: String, folder: String, programs: String, count: Int, report: inout Report) throws {
        guard let data = broker.secure else { return }
        let reader = try PrivatePCSCD(directory: "\(folder)/pcscd", readers: ["Bench Reader"])
        try reader.start()
        defer { reader.stop() }
        let watch = try broker.client("operator-watch").connect([BenchTown.taps, BenchTown.life])
        var taps = 0
        var isReady = false
        watch.onMessage = { message in
            if message.topic == BenchTown.taps { taps += 1 } else { isReady = true }
        }
        let agent = try Child(
            ["\(programs)/reader-agent", "--town", townFile, "--data", data.root, "--agent", "gate-1", "--port", "\(broker.port)"],
            environment: ["PCSCLITE_CSOCK_NAME=\(reader.socketPath)"])
        defer { agent.stop() }
        let end = monotonicMilliseconds() + 10_000
        while !isReady, monotonicMilliseconds() < end {
            wait([watch], 1)
            watch.turn()
        }
        report.add("reader-agent: exec to ready", Double(nanoseconds() - agent.started) / 1e6, "ms", asked: "≤ 100")
        let slot = reader.slots[0]
        var times: [Double] = []
        for number in 0..<count {
            let before = taps
            let start = nanoseconds()
            try slot.insert(.felica(idm: [1, 2, 3, 4, 5, 6, UInt8(number >> 8), UInt8(number & 255)]))
            let deadline = monotonicMilliseconds() + 5000
            while taps == before, monotonicMilliseconds() < deadline {
                wait([watch], 100)
                watch.turn()
            }
            if taps > before { times.append(Double(nanoseconds() - start) / 1e6) }
            slot.remove()
            let pause = nanoseconds() + 20_000_000
            while nanoseconds() < pause {
                wait([watch], 5)
                watch.turn()
            }
        }
        guard times.count > count / 2 else { throw Fatal("only \(times.count) of \(count) cards became taps") }
        let result = Percentiles(times)
        report.add("card in the reader → tap at a subscriber, TLS, p50", result.p50, "ms", asked: "≤ 3 (to PUBLISH)")
        report.add("the same, p99", result.p99, "ms")
        report.add("reader-agent: resident, idle", agent.resident, "MB", asked: "≤ 20")
        watch.close()
    }
}
