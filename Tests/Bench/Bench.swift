import Bus
import Contracts
import Glibc
import ServiceKit
import Town

/// One table, one run: `bench --help`.
/// Internal: `bench serve PORT DATABASE [AGENTS]`, `bench backlog PORT DATABASE N`, `bench registry INSTANCE PORT FOLDER`, `bench decide DATABASE N`,
/// `bench award DATABASE N`.
@main
struct Bench {
    private static let parts = [
        "plain", "secure", "backlog", "people", "peer", "slow", "growth", "audit", "leases", "points", "shelters", "mail", "watches",
        "messages", "gate", "visits", "figures",
    ]

    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count >= 4, arguments[1] == "serve", let port = Int(arguments[2]) {
            return try BenchTown.serveController(
                port: port, database: arguments[3], agents: arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1)
        }
        if arguments.count == 5, arguments[1] == "backlog", let port = Int(arguments[2]), let count = Int(arguments[4]) {
            return try BenchTown.serveBacklog(port: port, database: arguments[3], count: count)
        }
        if arguments.count == 5, arguments[1] == "registry", let instance = Instance(arguments[2]), let port = Int(arguments[3]) {
            return try ShelterMeasure.serve(instance, port: port, folder: arguments[4])
        }
        if arguments.count == 4, arguments[1] == "decide", let count = Int(arguments[3]) {
            return try Decide.run(database: arguments[2], count: count)
        }
        if arguments.count == 4, arguments[1] == "award", let count = Int(arguments[3]) {
            return try Award.run(database: arguments[2], count: count)
        }
        if arguments.contains("--help") || arguments.contains("-h") { return print(help) }
        if let stray = stray(in: arguments.dropFirst()) { return fail("bench: \(stray) See bench --help.") }
        func option(_ name: String) -> String? { arguments.firstIndex(of: name).flatMap { arguments.dropFirst($0 + 1).first } }
        let isComplete = try measure(
            events: option("--events").flatMap { Int($0) } ?? 40_000, only: option("--only"), me: arguments[0], target: option("--write"))
        if !isComplete { exit(1) }
    }

    private static var help: String {
        """
        bench                 everything, in half an hour: broker, product and a peer on the same job, in one table
          --only PART         one part: \(parts.joined(separator: ", "))
          --events N          so many taps for a rate (40000)
          --write FOLDER      writes results.json and chart.svg there as well
        """
    }

    /// What is wrong with the words on the command line.
    private static func stray(in words: ArraySlice<String>) -> String? {
        var rest = words
        while let word = rest.popFirst() {
            guard ["--events", "--only", "--write"].contains(word) else { return "\"\(word)\" is unknown." }
            guard let value = rest.popFirst() else { return "\(word) wants a value." }
            if word == "--only", !parts.contains(value) { return "\"\(value)\" is no part." }
            if word == "--events", Int(value).map({ $0 > 0 }) != true { return "--events wants a number, and not \"\(value)\"." }
        }
        return nil
    }

    private static func fail(_ sentence: String) {
        let bytes = Array("\(sentence)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        exit(2)
    }

    /// - Returns: whether everything asked for was measured.
    private static func measure(events: Int, only: String?, me: String, target: String?) throws -> Bool {
        var template = Array("/tmp/kazasu-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Fatal("no temporary folder") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = system("rm -rf '\(folder)'") }
        var report = Report()
        var failed = false
        do { try run(folder: folder, events: events, only: only, me: me, report: &report) } catch {
            say("bench: \(error)")
            failed = true
        }
        report.show()
        if let target, !failed {
            try write(try report.json(), to: "\(target)/results.json")
            if let chart = Chart(report) { try write(chart.svg, to: "\(target)/chart.svg") }
        }
        return !failed
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw Fatal("\(path) cannot be written") }
        fputs(text, file)
        fclose(file)
    }

    private static func run(folder: String, events: Int, only: String?, me: String, report: inout Report) throws {
        let signatures = try Floor.signatures()
        report.add("openssl speed ed25519, signatures", signatures, "/s")
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let rate = try Floor.throughput(broker, count: events * 2)
        report.add("bare broker, QoS 1", rate, "/s")
        report.add("fdatasync of 4 KiB on this disk", try Floor.sync(in: folder), "ms")
        if only ?? "plain" == "plain" {
            try plain(broker, folder: folder, events: events, me: me, rate: rate, signatures: signatures, report: &report)
        }
        if only ?? "secure" == "secure" { try secure(folder: folder, events: events, me: me, rate: rate, report: &report) }
        if only ?? "backlog" == "backlog" { try backlog(folder: folder, events: events, me: me, rate: rate, report: &report) }
        if only ?? "people" == "people" { try PeopleMeasure.run(folder: folder, programs: programs(beside: me), report: &report) }
        let contest = Contest(folder: folder, me: me, events: events / 2)
        if only ?? "peer" == "peer" { try contest.run(report: &report) }
        if only ?? "slow" == "slow" { try contest.slow(report: &report) }
        if only ?? "growth" == "growth" { try Growth.run(folder: folder, me: me, events: events / 2, report: &report) }
        if only ?? "leases" == "leases" { try LeaseMeasure.run(folder: folder, report: &report) }
        if only ?? "points" == "points" {
            try AwardMeasure.run(folder: folder, programs: programs(beside: me), rate: rate, report: &report)
            try PointsMeasure.run(folder: folder, events: events, report: &report)
        }
        if only ?? "shelters" == "shelters" {
            try ShelterMeasure.run(folder: folder, me: me, programs: programs(beside: me), report: &report)
        }
        if only ?? "mail" == "mail" { try MailMeasure.run(folder: folder, report: &report) }
        if only ?? "gate" == "gate" { try GateMeasure.run(folder: folder, programs: programs(beside: me), report: &report) }
        if only ?? "watches" == "watches" { try NoticeMeasure.watches(folder: folder, report: &report) }
        if only ?? "messages" == "messages" { try NoticeMeasure.messages(folder: folder, report: &report) }
        if only ?? "visits" == "visits" {
            try VisitsMeasure.run(folder: folder, programs: programs(beside: me), rate: rate, report: &report)
        }
        if only ?? "figures" == "figures" { try FiguresMeasure.run(folder: folder, report: &report) }
        if only ?? "audit" == "audit" { try AuditMeasure.run(folder: folder, me: me, report: &report) }
    }

    private static func programs(beside me: String) -> String {
        me.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    /// lock-controller on plain TCP, beside the bare broker.
    private static func plain(
        _ broker: Broker, folder: String, events: Int, me: String, rate: Double, signatures: Double, report: inout Report
    ) throws {
        let trip = try Floor.roundTrip(broker, count: 600, perSecond: 200)
        let controller = try Child([me, "serve", "\(broker.port)", "\(folder)/plain.sqlite"])
        defer { controller.stop() }
        let measure = try Measure(broker)
        let latency = try measure.latency(count: 600, perSecond: 200)
        report.add("tap → durable signed grant, 200/s, p50", latency.p50, "ms", floor: trip.p50, floorName: "ms round trip", asked: "≤ 0.4")
        report.add("the same, p99", latency.p99, "ms", floor: trip.p99, floorName: "ms round trip", asked: "≤ 2")
        // The tap goes through the broker, and so does the grant; between them lie a signature and one commit.
        let alone = 2 * trip.p50 + 1000 / signatures + (try Floor.commit(in: folder))
        report.add("two round trips, a signature and a commit as large, without any program of ours", alone, "ms")
        let tenth = try measure.throughput(count: events, opensEvery: 10).rate
        report.add("decided taps, one in ten opens", tenth, "/s", floor: rate, floorName: "/s broker", asked: "≥ 25,000")
        let before = controller.resident
        let every = try measure.throughput(count: events, opensEvery: 1).rate
        let bound = 1 / (1 / rate + 1 / signatures)
        report.add(
            "decided taps, every one granted and signed", every, "/s", floor: bound, floorName: "/s 1/(1/a+1/b)", asked: "ratio ≥ 0.60")
        report.add("lock-controller: growth over \(events) events", controller.resident - before, "MB", asked: "< 10 over 1 M")
        measure.close()
    }

    /// The real programs with TLS, certificates and ACL.
    private static func secure(folder: String, events: Int, me: String, rate: Double, report: inout Report) throws {
        let townFile = "\(folder)/town.yaml"
        try BenchTown.write(to: townFile)
        let broker = try Broker(of: Town.load(path: townFile), in: "\(folder)/data")
        defer { broker.stop() }
        let programs = programs(beside: me)
        let watch = try broker.client("operator-watch").connect(["\(BenchTown.town)/lock-controller/health/main/life"])
        var isReady = false
        watch.onMessage = { _ in isReady = true }
        for _ in 0..<5 {
            wait([watch], 20)
            watch.turn()
        }
        let controller = try Child([
            "\(programs)/lock-controller", "--town", townFile, "--data", "\(folder)/data", "--port", "\(broker.port)",
        ])
        defer { controller.stop() }
        while !isReady {
            wait([watch], 5)
            watch.turn()
        }
        report.add("lock-controller: exec to ready, TLS", Double(nanoseconds() - controller.started) / 1e6, "ms", asked: "≤ 100")
        watch.close()
        poll(nil, 0, 1000)
        report.add("lock-controller: resident, idle", controller.resident, "MB", asked: "≤ 20")
        let measure = try Measure(broker)
        let latency = try measure.latency(count: 600, perSecond: 200)
        report.add("tap → grant with TLS and ACL, p50", latency.p50, "ms", asked: "≤ 0.6")
        report.add("the same, p99", latency.p99, "ms")
        let throughput = try measure.throughput(count: events, opensEvery: 10).rate
        report.add(
            "decided taps with TLS and ACL, one in ten opens", throughput, "/s", floor: rate, floorName: "/s broker, plain",
            asked: "≥ 12,000")
        measure.close()
        try AgentMeasure.cardToBus(broker, townFile: townFile, folder: folder, programs: programs, count: 200, report: &report)
    }

    /// An agent that was cut off, a controller that was away.
    private static func backlog(folder: String, events: Int, me: String, rate: Double, report: inout Report) throws {
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let watch = try broker.client("operator-watch").connect([BenchTown.taps, BenchTown.decisions])
        var taps = 0
        var decisions = 0
        watch.onMessage = { message in if message.topic == BenchTown.taps { taps += 1 } else { decisions += 1 } }
        let agent = try Child([me, "backlog", "\(broker.port)", "\(folder)/agent.sqlite", "\(events)"])
        defer { agent.stop() }
        func run(until done: () -> Bool) -> Double {
            let start = nanoseconds()
            while !done() {
                wait([watch], 100)
                watch.turn()
            }
            return Double(nanoseconds() - start) / 1e9
        }
        _ = run { taps > 0 }
        let before = agent.resident
        let drain = run { taps >= events }
        report.add("agent: \(events) unsent taps drain", Double(events) / drain, "/s", floor: rate, floorName: "/s broker")
        report.add("agent: growth meanwhile", agent.resident - before, "MB", asked: "flat")
        // A tap a second was accepted meanwhile: each is one more than the backlog.
        _ = run { taps > events }
        let accepted = taps - events
        report.add("agent: new taps accepted during and after the drain", Double(accepted), "")
        let controller = try Child([me, "serve", "\(broker.port)", "\(folder)/late.sqlite"])
        defer { controller.stop() }
        _ = run { decisions > 0 }
        let first = decisions
        let start = controller.resident
        let catchUp = run { decisions >= events }
        report.add(
            "controller: catch-up from the journal", Double(events - first) / catchUp, "/s", floor: rate, floorName: "/s broker",
            asked: "≥ 20,000")
        report.add("controller: growth meanwhile", controller.resident - start, "MB", asked: "flat")
        watch.close()
    }
}
