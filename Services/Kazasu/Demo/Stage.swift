import Contracts
import Glibc
import Launch
import ServiceKit
import Town
import VirtualReader

/// A whole town in a temporary folder: broker, services, card readers, locks and a witness, all of them the real programs.
final class Stage {
    let console: Console
    let folder: String
    let say: (String) -> Void
    let signals: Signals
    let town: Town
    let data: DataFolder
    let port: Int
    let cast: Cast
    private var readers: [AgentID: PrivatePCSCD] = [:]
    let supervisor: Supervisor
    let ear: Ear
    let mailbox: Mailbox
    private let lives: LifeWatch
    private(set) var witness: Errand?
    /// Each card held, for the witness.
    let made: MadeFile
    /// When a card was last taken from a reader, monotonic milliseconds.
    var taken: [Spot: Int64] = [:]

    /// A card at a reader.
    struct Spot: Hashable {
        let place: ReaderPlace
        let card: ObjectIdentifier

        init(_ place: ReaderPlace, _ card: VirtualCard) {
            self.place = place
            self.card = ObjectIdentifier(card)
        }
    }

    /// Which door's lock is which program, for people.
    let locks: [DoorID: String]
    let companions: Companions

    /// - Parameter doubleTap: for how long a card held again is the same tap.
    init(
        folder: String, cast: Cast, companions: Companions, doubleTap: String = "2s", console: Console, say: @escaping (String) -> Void,
        signals: consuming Signals
    ) throws {
        self.console = console
        self.folder = folder
        self.cast = cast
        self.companions = companions
        self.say = say
        self.signals = signals
        port = try unusedPort()
        mailbox = try Mailbox(companions)
        data = DataFolder("\(folder)/data")
        made = try MadeFile(path: "\(folder)/made.jsonl")
        locks = [DemoTown.gym: "Swift", DemoTown.hall: companions.lock == nil ? "Swift" : "Python"]
        let file = "\(folder)/town.yaml"
        try Self.write(cast.issuer, to: "\(folder)/card-issuer.pem")
        try Self.write(
            Array(
                DemoTown.text(
                    port: port, mail: mailbox.port, pages: try unusedPort(), issuer: "\(folder)/card-issuer.pem",
                    signals: "\(folder)/signals", doubleTap: doubleTap
                ).utf8),
            to: file)
        town = try Town.load(path: file)
        _ = try data.prepare(town, port: port, now: console.now())
        try data.makeFolder("\(folder)/signals")
        for agent in town.agents {
            let program = "\(folder)/signals/\(agent.id)"
            try Self.write(Array("#!/bin/sh\necho \"$1\" >>\(program).log\n".utf8), to: program, mode: 0o700)
        }
        let processes = try Programs(
            processes: town.processes(withAgents: true), townFile: file, data: data, port: port, folder: console.programs
        ).specs()
        let log = EventLog(path: "\(folder)/town.log", offset: town.offset, names: [], now: console.now, show: { _ in })
        var doors: [ChildSpec] = []
        for door in town.doors { doors.append(try Self.lock(of: door.id, in: folder, town, data, port, console.programs, companions)) }
        supervisor = Supervisor(
            processes.map { spec in
                var spec = spec
                // libpcsclite finds its daemon by this name.
                if spec.stage == .agent { spec.environment["PCSCLITE_CSOCK_NAME"] = "\(folder)/\(spec.name)/pcscd.comm" }
                return spec
            } + doors
        ) { name, text in
            log.line(name, text)
            if text.contains("started again") { say("    \(name): \(text)") }
        }
        supervisor.patience = 3000
        ear = Ear(Self.wire(of: "maintenance", town, data, port, console), town: town, as: "maintenance")
        lives = LifeWatch(Self.wire(of: Town.supervisor(), town, data, port, console), town: town)
    }

    private static func wire(of instance: Instance, _ town: Town, _ data: DataFolder, _ port: Int, _ console: Console) -> any Wire {
        let user = Role.operator.user(instance)
        let files = data.certificate(of: user)
        return console.connect(
            Login(
                host: town.broker.host, port: port, user: user, client: "\(user)-demo", authority: data.authority.certificate,
                certificate: files.certificate, key: files.key))
    }

    private static func lock(
        of door: DoorID, in folder: String, _ town: Town, _ data: DataFolder, _ port: Int, _ programs: String, _ companions: Companions
    ) throws -> ChildSpec {
        let files = ["--log", "\(folder)/\(door).jsonl", "--state", "\(folder)/\(door).lock", "--sensors", "\(folder)/\(door).sensors"]
        guard door == DemoTown.hall, let program = companions.lock else {
            return ChildSpec(
                "lock-\(door)", .service, program: "\(programs)/kazasu",
                arguments: ["virtual-lock", "--door", door.text, "--town", "\(folder)/town.yaml", "--data", data.root, "--port", "\(port)"]
                    + files)
        }
        let pair = data.certificate(of: Role.lock.user(door.named()))
        return ChildSpec(
            "lock-\(door)", .service, program: companions.python,
            arguments: [
                program, "--town", town.name.text, "--door", door.text, "--host", town.broker.host, "--port", "\(port)", "--ca",
                data.authority.certificate, "--cert", pair.certificate, "--key", pair.key, "--grant-key", data.grantPublicKey,
            ] + files)
    }

    /// Starts everything and waits until all of it says that it works.
    func raise() throws {
        for agent in town.agents {
            let pcscd = try PrivatePCSCD(
                directory: "\(folder)/\(Role.readerAgent.user(agent.id.named()))", readers: agent.readers.map(\.device))
            readers[agent.id] = pcscd
            try pcscd.start()
        }
        let start = console.now()
        try supervisor.start(.broker)
        try wait("the broker to accept connections") { ear.isConnected && lives.isConnected }
        try supervisor.start(.service)
        // An agent's clock is compared by its signs of life, the next of which would come ten seconds later.
        try waitForController(since: start)
        try supervisor.start(.agent)
        try startWitness()
        try waitForLives(since: start)
        try wait("the card readers to be ready") { ear.readyReaders == DemoTown.places.count }
        try wait("the observer to watch") { exists("\(folder)/witness.json") }
    }

    private func startWitness() throws {
        let pair = data.certificate(of: "operator-witness")
        witness = try Errand(
            ChildSpec(
                "observer", .agent, program: companions.python,
                arguments: [
                    companions.observer, "--town", town.name.text, "--name", "witness", "--host", town.broker.host, "--port", "\(port)",
                    "--ca",
                    data.authority.certificate, "--cert", pair.certificate, "--key", pair.key, "--made", made.path, "--snapshot",
                    "\(folder)/witness.json", "--lock-log",
                ] + town.doors.map { "\($0.id)=\(folder)/\($0.id).jsonl" }))
    }

    /// Waits for a sign of life of every process and lock that is younger than `start`.
    func waitForLives(since start: Instant) throws {
        let all = town.processes(withAgents: true) + town.doors.map { (.lock, $0.id.named()) }
        try wait("signs of life", seconds: 40) { lives.missing(all, since: start).isEmpty }
    }

    func waitForController(since start: Instant) throws {
        try wait("lock-controller to live") { lives.missing([(.lockController, "main")], since: start).isEmpty }
    }

    // MARK: Time

    /// Lets the town live until the condition holds.
    func wait(_ what: String, seconds: Int64 = 20, until condition: () throws -> Bool) throws {
        let deadline = monotonicMilliseconds() + seconds * 1000
        while try !condition() {
            guard monotonicMilliseconds() < deadline else { throw Failure.refused("waited \(seconds) s in vain for \(what). \(lastLines)") }
            try turn(atMost: 10)
        }
    }

    /// Lets so much time pass.
    func pass(milliseconds: Int64) throws {
        let end = monotonicMilliseconds() + milliseconds
        while monotonicMilliseconds() < end { try turn(atMost: 10) }
    }

    func turn(atMost: Int64) throws {
        guard !signals.haveCome() else { throw Failure.refused("stopped") }
        supervisor.turn(atMost: min(atMost, ear.patience), [signals.interest] + ear.interest + (witness?.interest ?? []))
        try ear.hear()
        try lives.hear()
        witness?.look()
        if let witness, let code = witness.code, !isFinishing {
            throw Failure.refused("the observer ended with code \(code): \(witness.lines.suffix(3).joined(separator: " / "))")
        }
    }

    /// The time passes while nobody starts again what has ended.
    func passUnattended(milliseconds: Int32) throws {
        guard !signals.haveCome(atMost: milliseconds) else { throw Failure.refused("stopped") }
    }

    private var lastLines: String { "The town's last words: … " + log.suffix(1500) }

    // MARK: Things

    func slot(_ place: ReaderPlace) -> VirtualSlot {
        guard let pcscd = readers[place.agent], let index = town.agent(place.agent)?.readers.firstIndex(where: { $0.id == place.reader })
        else {
            preconditionFailure("the demonstration names a reader that its town has not")
        }
        return pcscd.slots[index]
    }

    /// Runs a command of ours as a clerk would, and calls `meanwhile` for each new line it writes.
    /// - Parameter form: what the clerk writes; it stands in a file of this user's alone, and never on a command line.
    /// - Returns: what the command said.
    @discardableResult
    func clerk(_ words: [String], form: String = "", meanwhile: (String) throws -> Void = { _ in }) throws -> [String] {
        let cards = words.count { $0 == "--tap" }
        let shown = cards > 1 ? Array(words.dropLast(2 * (cards - 1))) : words
        say("    $ kazasu \(shown.joined(separator: " "))\(cards > 1 ? " … (\(cards) cards)" : "")")
        var spec = ChildSpec(
            "kazasu", .service, program: "\(console.programs)/kazasu",
            arguments: words + ["--town", "\(folder)/town.yaml", "--data", data.root])
        if !form.isEmpty {
            spec.input = "\(folder)/form.txt"
            try Self.write(Array(form.utf8), to: spec.input)
        }
        let errand = try Errand(spec)
        var told = 0
        try wait("an answer to kazasu \(words[0])", seconds: 60) {
            errand.look()
            while told < errand.lines.count {
                told += 1
                try meanwhile(errand.lines[told - 1])
            }
            return errand.code != nil
        }
        guard errand.code == 0 else { throw Failure.refused("kazasu \(words[0]) failed: \(errand.lines.last ?? "")") }
        if let last = errand.lines.last(where: { !$0.hasPrefix("kazasu: ") }) { say("      \(last)") }
        return errand.lines
    }

    /// How often the stations have given this signal.
    func signalCount(_ word: String) -> Int {
        town.agents.reduce(0) { count, agent in
            guard let bytes = try? readWhole("\(folder)/signals/\(agent.id).log") else { return count }
            return count + bytes.split(separator: UInt8(ascii: "\n")).count { $0.elementsEqual(word.utf8) }
        }
    }

    /// Kills the broker and wipes what it has written down. It stays away until somebody attends again.
    func wipeBroker() throws {
        if let pid = supervisor.process(of: Programs.broker) {
            kill(pid, SIGKILL)
            // It is gone before its files go; the supervisor hears of its end afterwards.
            var end = siginfo_t()
            waitid(P_PID, id_t(pid), &end, WEXITED | WNOWAIT)
        }
        try remove(data.brokerMemory)
        try data.makeFolder(data.brokerMemory)
    }

    /// The daemon of an agent's readers.
    func pcscd(of agent: AgentID) -> PrivatePCSCD? { readers[agent] }

    /// What all programs have said.
    var log: String { (try? readWhole("\(folder)/town.log")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    // MARK: The end

    private var isFinishing = false

    /// Asks the witness for its account and waits for it.
    func account() throws -> Errand {
        guard let witness else { throw Failure.refused("there is no observer") }
        isFinishing = true
        witness.signal(SIGTERM)
        try wait("the observer's account", seconds: 60) { witness.code != nil }
        return witness
    }

    /// Ends everything, whatever has been started.
    func strike() {
        witness?.signal(SIGKILL)
        supervisor.stop()
        for pcscd in readers.values { pcscd.remove() }
        readers = [:]
    }

    private static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw .refused("\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        close(file)
    }
}
