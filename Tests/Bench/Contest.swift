import Glibc
import ServiceKit

/// lock-controller beside `peer.py`, which somebody might write instead: one driver, one broker, one run.
struct Contest {
    let folder: String
    /// This program, which serves the lock-controller.
    let me: String
    let events: Int

    /// Milliseconds each fsync takes longer: what a mini PC's eMMC or an SD card adds.
    static let delays = [2, 5, 10]

    private enum Side: String, CaseIterable { case product, peer }

    private struct Result {
        var latency: Percentiles
        var rate: Double
        var processor: Double
        var resident: Double
        var own: Double
        var disk: Double
        var catchUp: Double
    }

    func run(report: inout Report) throws {
        let product = try measure(.product)
        let peer = try measure(.peer)
        report.compare("beside the peer: decided taps, one in ten opens", product.rate, "/s", peer: peer.rate, asked: "ratio ≥ 2")
        for (name, one, other) in [
            ("tap → durable signed grant, 400/s, p50", product.latency.p50, peer.latency.p50),
            ("the same, p99", product.latency.p99, peer.latency.p99), ("the same, p99.9", product.latency.p999, peer.latency.p999),
        ] { report.compare("beside the peer: \(name)", one, "ms", peer: other, lessIsBetter: true) }
        report.compare(
            "beside the peer: processor for 1,000 taps", product.processor, "s", peer: peer.processor, lessIsBetter: true)
        report.compare(
            "beside the peer: resident after the taps", product.resident, "MB", peer: peer.resident, lessIsBetter: true,
            asked: "ratio ≥ 2.5")
        report.compare("beside the peer: of that not shared", product.own, "MB", peer: peer.own, lessIsBetter: true)
        report.compare("beside the peer: a tap on disk", product.disk, "bytes", peer: peer.disk, lessIsBetter: true)
        report.compare("beside the peer: catch-up after an absence", product.catchUp, "/s", peer: peer.catchUp)
    }

    /// The same throughput on disks that take longer to say that something is written.
    func slow(report: inout Report) throws {
        for delay in Self.delays {
            let product = try slow(.product, delay)
            let peer = try slow(.peer, delay)
            report.compare(
                "decided taps, fsync \(delay) ms slower", product, "/s", peer: peer, asked: delay == 5 ? "ratio ≥ 20" : "")
        }
    }

    private func slow(_ side: Side, _ delay: Int) throws -> Double {
        // Its own, so that nothing waits there for the one that is away.
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let child = try start(side, broker, database: "\(folder)/\(side)-\(delay).sqlite", slowedBy: delay)
        defer { child.stop() }
        let measure = try Measure(broker, residents: 1000)
        defer { measure.close() }
        return try measure.throughput(count: events, opensEvery: 10, longest: 3).rate
    }

    private func measure(_ side: Side) throws -> Result {
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let database = "\(folder)/\(side).sqlite"
        var child = try start(side, broker, database: database)
        defer { child.stop() }
        let measure = try Measure(broker, residents: 1000)
        defer { measure.close() }
        // Not in one go: what the second half adds to the file is what a tap takes, tables and indexes apart.
        _ = try measure.throughput(count: events, opensEvery: 10, longest: 8)
        child.stop()
        let before = bytes(of: database)
        child = try start(side, broker, database: database)
        let processor = child.processor
        let (rate, count) = try measure.throughput(count: events, opensEvery: 10, longest: 8)
        let spent = child.processor - processor
        let (resident, own) = (child.resident, child.own)
        let latency = try measure.latency(count: 2000, perSecond: 400)
        child.stop()
        let disk = Double(bytes(of: database) - before) / Double(count + 2000)
        let catchUp = try measure.catchUp(count: events) { child = try start(side, broker, database: database) }
        return Result(
            latency: latency, rate: rate, processor: spent * 1000 / Double(count), resident: resident, own: own, disk: disk,
            catchUp: catchUp)
    }

    private func start(_ side: Side, _ broker: Broker, database: String, slowedBy delay: Int = 0) throws -> Child {
        let command: [String] =
            switch side {
            case .product: [me, "serve", "\(broker.port)", database]
            case .peer: ["/usr/bin/python3", Self.peer, "\(broker.port)", database]
            }
        guard delay > 0 else { return try Child(command) }
        let shim = me.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/libslowdisk.so"
        guard access(shim, R_OK) == 0 else { throw Fatal("\(shim) is not there: make build") }
        return try Child(command, environment: ["LD_PRELOAD=\(shim)", "KAZASU_SYNC_MS=\(delay)"])
    }

    private static let peer = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/peer.py"

    /// Of the database and what stands beside it.
    private func bytes(of database: String) -> Int {
        ["", "-wal", "-journal"].reduce(0) { sum, ending in
            var status = stat()
            return sum + (stat(database + ending, &status) == 0 ? Int(status.st_size) : 0)
        }
    }
}
