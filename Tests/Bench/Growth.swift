import ServiceKit

/// What more residents and more readers cost: the same taps, from a town that is larger.
enum Growth {
    static func run(folder: String, me: String, events: Int, report: inout Report) throws {
        for residents in [1000, 10_000, 100_000] {
            try one(
                folder: folder, me: me, events: events, agents: 1, residents: residents, name: "\(residents) residents",
                report: &report)
        }
        for agents in [50, 500, 5000] {
            try one(
                folder: folder, me: me, events: events, agents: agents, residents: 1000, name: "\(agents) agents", report: &report)
        }
    }

    private static func one(
        folder: String, me: String, events: Int, agents: Int, residents: Int, name: String, report: inout Report
    ) throws {
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let child = try Child([me, "serve", "\(broker.port)", "\(folder)/\(agents)-\(residents).sqlite", "\(agents)"])
        defer { child.stop() }
        let measure = try Measure(broker, agents: agents, residents: residents)
        defer { measure.close() }
        // The first taps of all are first sights of their streams.
        _ = try measure.throughput(count: max(agents, 1000), opensEvery: 10)
        report.add("\(name): decided taps, one in ten opens", try measure.throughput(count: events, opensEvery: 10, longest: 8).rate, "/s")
        report.add("\(name): lock-controller resident", child.resident, "MB")
    }
}
