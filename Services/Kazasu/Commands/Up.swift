import Contracts
import Glibc
import Launch
import ServiceKit
import Town

extension Flag {
    static var noAgents: Self { Self("--no-agents", "start no reader-agent: they run on machines of their own") }
}

extension Command {
    package static var up: Command {
        Command(
            "up", "[TOWN.yaml]", count: 0...1, summary: "run a town: the broker and every service, until Ctrl-C",
            options: [Option<String>.data.shape, Option<Int>.port.shape, Option<SiteID>.site.shape, Flag.noAgents.shape],
            details: """
                The first start makes the certificate authority, certificates, keys and the broker's settings in the data folder; later starts add what the
                town's file has gained and never replace a key. What ends by itself is started again.
                In the folder of a station (kazasu station bundle) it runs that site: its broker, its agents, and its lock-controller, shelter-registry,
                reception or pages.
                """
        ) { arguments, console in
            let path = arguments.operands.first ?? "town.yaml"
            let town = try Town.load(path: path)
            for warning in town.warnings { console.note(warning.described(in: path)) }
            let data = DataFolder(try arguments.optional(.data) ?? "\(folder(of: path))/data")
            let site = try town.site(named: try arguments.optional(.site) ?? data.site)
            return try run(town, at: site, townFile: path, data, arguments, console)
        }
    }

    /// Runs a town or one of its sites until a signal comes.
    /// - Parameter remarks: what is said beside the news of processes, asked for again and again once all are ready.
    static func run(
        _ town: Town, at site: Town.Site?, townFile path: String, _ data: DataFolder, _ arguments: Arguments, _ console: Console,
        remarks: @escaping (LifeWatch) -> [String] = { _ in [] }
    ) throws -> ExitCode {
        for missing in missingFiles(of: town) { console.note(missing) }
        // The file's port, not the one of the last start: what is configured is what runs.
        let port = try arguments.optional(.port) ?? town.broker(at: site?.id).port
        let signals = try Signals()
        try data.makeFolders()
        let lock = try FolderLock(data)
        let prepare = {
            guard let site else { return try data.prepare(town, port: port, now: console.now(), progress: console.progress) }
            return try data.prepare(town, at: site, port: port)
        }
        let made = try prepare()
        console.progress("")
        for thing in made { console.note("made \(thing)") }
        let devicePort = site == nil ? town.devicePort(beside: port) : nil
        for port in [port] + (devicePort.map { [$0] } ?? []) where !isFree(port: port) {
            throw Failure.refused(
                "port \(port) is in use by another program. Stop it, or choose another port with --port or in \(path) (broker: { port: …, device-port: … })."
            )
        }
        let processes = town.processes(withAgents: !arguments.has(.noAgents), at: site?.id)
        let line = site.map { town.premises($0).line }
        let specs = try Programs(
            processes: processes, townFile: absolute(path), data: data, port: port, folder: console.programs, line: line,
            tellsMetrics: site == nil && town.metrics != nil
        ).specs()
        let log = EventLog(
            path: data.log, offset: town.offset, names: specs.map(\.name) + ["kazasu"], now: console.now, show: console.err)
        let supervisor = Supervisor(specs, log: log.line)
        let watch = LifeWatch(console.connect(try login(town, at: site?.id, data, port, console)), town: town, at: site?.id)
        let keeper = BackupKeeper(town, townFile: absolute(path), data, program: "\(console.programs)/kazasu", log.line)
        let run = TownRun(
            town: town, processes: processes, supervisor: supervisor, watch: watch, log: log, console: console, port: port, keeper: keeper,
            rights: RightsKeeper(data, supervisor, log.line) { _ = try prepare() }, remarks: remarks)
        let code = try run.untilSignal(signals)
        _ = consume lock
        return code
    }

    private static func login(_ town: Town, at place: SiteID?, _ data: DataFolder, _ port: Int, _ console: Console) throws -> Login {
        let user = Role.operator.user(Town.supervisor(at: place))
        let files = data.certificate(of: user)
        return Login(
            host: town.broker(at: place).host, port: port, user: user, client: "\(user)-\(String(console.random(), radix: 36))",
            authority: data.authority.certificate,
            certificate: files.certificate, key: files.key)
    }
}

/// A town from its start to its stop.
private struct TownRun {
    let town: Town
    let processes: [(role: Role, instance: Instance)]
    let supervisor: Supervisor
    let watch: LifeWatch
    let log: EventLog
    let console: Console
    let port: Int
    let keeper: BackupKeeper?
    let rights: RightsKeeper
    let remarks: (LifeWatch) -> [String]

    /// Milliseconds the broker has to accept us, and the services to say that they live.
    static let brokerPatience: Int64 = 15_000
    static let servicePatience: Int64 = 15_000

    func untilSignal(_ signals: borrowing Signals) throws -> ExitCode {
        do {
            try startBroker(signals)
            let start = console.now()
            for stage in [ChildSpec.Stage.service, .agent] { try supervisor.start(stage) }
            try watchOver(signals, since: start)
        } catch {
            supervisor.stop()
            throw error
        }
        log.line("kazasu", "stopping")
        supervisor.stop()
        log.line("kazasu", "stopped")
        return .done
    }

    /// Waits until the broker has accepted our certificate: then it accepts the services' too.
    private func startBroker(_ signals: borrowing Signals) throws {
        try supervisor.start(.broker)
        let deadline = monotonicMilliseconds() + Self.brokerPatience
        while !watch.isConnected, !signals.haveCome() {
            guard monotonicMilliseconds() < deadline else {
                let words = supervisor.lastWords(of: Programs.broker).joined(separator: " / ")
                throw Failure.refused(
                    "the broker does not accept connections on port \(port): \(watch.lastTrouble).\(words.isEmpty ? "" : " It said: \(words).") Look at the broker's host in the town's file, and at the data folder."
                )
            }
            try turn(signals)
        }
    }

    private func watchOver(_ signals: borrowing Signals, since start: Instant) throws {
        var isReady = false
        var reminder = monotonicMilliseconds() + Self.servicePatience
        let words = PlainWords(.en, town)
        while !signals.haveCome() {
            try turn(signals)
            rights.look()
            if isReady { keeper?.look(now: console.now()) }
            let missing = isReady ? [] : watch.missing(processes, since: start)
            if isReady {
                for (name, text) in watch.news(now: console.now(), words) { log.line(name, text) }
                for remark in remarks(watch) { log.line("kazasu", remark) }
            } else if missing.isEmpty {
                isReady = true
                log.line("kazasu", "ready: \(processes.count) process\(processes.count == 1 ? "" : "es"), broker on port \(port)")
                // Whoever is simply ready was just counted; the rest is news.
                for (name, text) in watch.news(now: console.now(), words) where text != words.life(Life(.ready, at: start)) {
                    log.line(name, text)
                }
            } else if monotonicMilliseconds() > reminder {
                log.line(
                    "kazasu",
                    "still waiting for \(missing.prefix(8).joined(separator: ", "))\(missing.count > 8 ? " and \(missing.count - 8) more" : "")"
                )
                reminder += 2 * Self.servicePatience
            }
        }
    }

    private func turn(_ signals: borrowing Signals) throws(Failure) {
        supervisor.turn(atMost: watch.patience, [signals.interest] + watch.interest)
        try watch.hear()
    }
}
