import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import Seal
import ServiceKit
import Town
import VirtualLock

extension Option where Value == DoorID {
    fileprivate static var guarded: Self {
        Self("--door", "DOOR", "the door this lock is at", expected: "the name of a door") { DoorID($0) }
    }
}

extension Option where Value == String {
    fileprivate static var host: Self {
        Self("--host", "HOST", "the broker (default: the one of the town's file)", expected: "a name or an address") {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var state: Self {
        Self("--state", "FILE", "what the lock keeps through a power cut (default: lock-DOOR.json here)", expected: "a path") {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var sensors: Self {
        Self("--sensors", "PIPE", "a named pipe to play the sensors by, made if it is not there; see below", expected: "a path") {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var log: Self {
        Self("--log", "FILE", "JSON Lines of what the bolt did", expected: "a path") { $0.isEmpty ? nil : $0 }
    }
}

extension Command {
    /// A lock as a program: `Devices/VirtualLock` on a real connection, with its memory in a file.
    package static var virtualLock: Command {
        Command(
            "virtual-lock", summary: "a lock without a door, that obeys grants as Docs/locks.md says",
            options: [
                Option<DoorID>.guarded.shape, Option<String>.town.shape, Option<String>.data.shape, Option<Int>.port.shape,
                Option<String>.host.shape, Option<String>.state.shape, Option<String>.log.shape,
                Option<String>.sensors.shape,
            ],
            details: """
                It needs from the data folder what a real lock is given: ca/authority.pem, certificates/lock-DOOR.* and keys/grant.pub.
                At a door with a lease it has a reader of its own and keys/door-DOOR.key: a line on standard input, SCHEME IDENTIFIER
                [read], is a card held over it, such as: card-app 4B2D303030313234
                It says one line an event on standard error and runs until SIGTERM.
                A line of words into the pipe of --sensors is one report: open, closed, locked, unlocked, jammed, exit, tamper, untampered, 45% (the battery).
                  echo "open exit" > sensors.pipe
                """
        ) { arguments, console in
            let door = try arguments.required(.guarded)
            let path = try arguments.optional(.town) ?? "town.yaml"
            let town = try Town.load(path: path)
            guard town.door(door) != nil else {
                throw Failure.refused("\(path) has no door \(door). Doors: \(town.doors.map(\.id.text).joined(separator: ", ")).")
            }
            let data = DataFolder(try arguments.optional(.data) ?? "\(folder(of: path))/data")
            let signals = try Signals()
            let program = try LockProgram(
                town: town, door: door, data: data, host: try arguments.optional(.host) ?? town.broker(at: town.site(of: door)).host,
                port: try arguments.optional(.port) ?? data.lastPort ?? town.broker(at: town.site(of: door)).port,
                state: try arguments.optional(.state) ?? "lock-\(door).json", log: try arguments.optional(.log),
                sensors: try arguments.optional(.sensors), console)
            try program.run(until: signals)
            return .done
        }
    }
}

/// A virtual lock with its connection and its files.
private final class LockProgram {
    private let transport: MosquittoTransport
    private let lock: VirtualLock
    private var sensors: SensorPipe?
    private let reader: OwnReader?
    private let cards: CardLines?
    private let console: Console

    init(
        town: Town, door: DoorID, data: DataFolder, host: String, port: Int, state: String, log: String?, sensors: String?,
        _ console: Console
    ) throws {
        let user = Role.lock.user(door.named())
        let pair = data.certificate(of: user)
        guard exists(pair.key), exists(pair.certificate) else {
            throw Failure.refused("\(user) has no certificate in \(data.root)/certificates. Start the town once, which makes it: kazasu up")
        }
        let settings = BrokerSettings(
            host: host, port: port, client: user.text,
            tls: TLSFiles(authority: data.authority.certificate, certificate: pair.certificate, key: pair.key), clean: true, keepAlive: 15
        )
        transport = MosquittoTransport(
            settings, will: { .lastWill(of: Address("lock", door.named()), in: town.name, connectedAt: console.now()) })
        let bolt = try log.map { try BoltLog(path: $0) }
        let keys = [try VerifyingKey.load(file: data.grantPublicKey)]
        let files = LeaseFiles(beside: state)
        reader = try town.door(door)?.lease.map { _ in
            OwnReader(
                keys: try DoorKey.load(file: data.doorKey(door)), journal: try files.journal(), keepLease: files.keep,
                keepJournal: files.keep,
                didDecide: { verdict, _, now in
                    bolt?.write(verdict, at: now, town.offset)
                    console.err("\(door): \(verdict.words)\n")
                })
        }
        for part in Lease.Part.allCases {
            if let bytes = try files.lease(part) {
                reader?.restore(
                    bytes, part: part, at: door, of: town.name, keys: Dictionary(keys.map { ($0.kid, $0) }) { first, _ in first })
            }
        }
        cards = reader == nil ? nil : CardLines()
        lock = VirtualLock(
            town: town.name, door: door, keys: keys, memory: try LockMemory(file: state, isNew: !exists(state)), reader: reader,
            transport: transport, random: console.random,
            keep: { try SecretFile.replace(state, $0.json()) },
            didJudge: { judgement, now in
                // For this lock the line is the bolt: it is on the disk before anything else goes on.
                bolt?.write(judgement, at: now, town.offset)
                console.err("\(door): \(judgement.words)\n")
            })
        self.sensors = try sensors.map { try SensorPipe(path: $0) }
        self.console = console
    }

    func run(until signals: borrowing Signals) throws {
        while !signals.haveCome() {
            for line in sensors?.lines() ?? [] { try sense(line) }
            let next = try lock.step(now: console.now())
            let due = transport.isConnected ? (next - console.now()).milliseconds : 1000
            var polled = [signals.interest] + (transport.interest.map { [$0] } ?? []) + (sensors.map { [$0.interest] } ?? [])
            polled += cards?.interest.map { [$0] } ?? []
            poll(&polled, nfds_t(polled.count), Int32(max(0, min(due, transport.patience, 1000))))
            for line in cards?.read() ?? [] {
                guard let card = PresentedCard(line: line) else {
                    console.err("a card is SCHEME IDENTIFIER, such as: card-app 4B2D303030313234\n")
                    continue
                }
                try lock.present(card, now: console.now())
            }
        }
        try lock.leave(now: console.now())
    }

    private func sense(_ line: String) throws {
        guard let condition = LockCondition(words: line) else { return console.err("\(lock.door): what sensor says \"\(line)\"?\n") }
        try lock.report(condition, at: console.now())
        console.err("\(lock.door): sensors: \(line)\n")
    }
}

/// JSON Lines of what a bolt did: the town's own books are checked against it.
private final class BoltLog {
    private struct Line: Encodable {
        let at: String
        let cnt: Int64?
        let jti: EventID?
        let refusal: String?
        let seconds: Int?
        let what: String
    }

    private let file: Int32

    init(path: String) throws(Failure) {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw .refused("\(path) cannot be written: \(String(cString: strerror(errno))). Choose another with --log.")
        }
    }

    deinit { close(file) }

    func write(_ judgement: LockJudgement, at now: Instant, _ offset: UTCOffset) {
        let at = now.rfc3339(offset)
        let line =
            switch judgement {
            case .open(let grant): Line(at: at, cnt: grant.cnt, jti: grant.jti, refusal: nil, seconds: grant.open, what: "opened")
            case .refuse(let refusal, let grant, _):
                Line(at: at, cnt: nil, jti: grant, refusal: refusal.rawValue, seconds: nil, what: "refused")
            }
        write(line)
    }

    func write(_ verdict: LeaseVerdict, at now: Instant, _ offset: UTCOffset) {
        let at = now.rfc3339(offset)
        switch verdict {
        case .open(let seconds): write(Line(at: at, cnt: nil, jti: nil, refusal: nil, seconds: seconds, what: "opened"))
        case .refuse(let refusal): write(Line(at: at, cnt: nil, jti: nil, refusal: refusal.rawValue, seconds: nil, what: "refused"))
        }
    }

    private func write(_ line: Line) {
        guard let json = try? line.json() else { return }
        let bytes = json + [UInt8(ascii: "\n")]
        _ = Glibc.write(file, bytes, bytes.count)
        fsync(file)
    }
}

extension LockJudgement {
    /// One line for a person.
    fileprivate var words: String {
        switch self {
        case .open(let grant): "opens for \(grant.open) s, grant \(grant.jti)"
        case .refuse(let refusal, let grant, let value):
            "stays shut: \(refusal.rawValue)\(value.map { " (\($0))" } ?? "")\(grant.map { ", grant \($0)" } ?? "")"
        }
    }
}
