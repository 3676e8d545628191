import Bus
import Contracts
import Glibc
import Journal
import Mosquitto
import Seal
import ServiceKit
import Store
import Town

/// What a program's `Main` adds to its service: the machine's side of it.
package struct Wiring<S: Service> {
    package var service: S
    /// Given by a program that keeps personal data: its journal lies under it, and what it deletes goes from the disk.
    package var vault: Vault?
    package var inputs: () -> [S.Input]
    package var perform: (any Effect) -> Void
    package var descriptors: () -> [Descriptor]
    /// Milliseconds for which it may be left alone if nothing arrives; `nil` for as long as one likes.
    package var patience: () -> Int64?
    /// Looked at once a second.
    package var everySecond: (Host<S>, Instant) -> Void

    package init(
        _ service: S, vault: Vault? = nil, inputs: @escaping () -> [S.Input] = { [] }, perform: @escaping (any Effect) -> Void = { _ in },
        descriptors: @escaping () -> [Descriptor] = { [] }, patience: @escaping () -> Int64? = { nil },
        everySecond: @escaping (Host<S>, Instant) -> Void = { _, _ in }
    ) {
        self.service = service
        self.vault = vault
        self.inputs = inputs
        self.perform = perform
        self.descriptors = descriptors
        self.patience = patience
        self.everySecond = everySecond
    }
}

/// Where a program finds what it is made of.
package struct Place {
    package let town: Town
    package let folder: DataFolder
    package let instance: Instance
}

/// A service as a program: options, configuration, keys, database, broker, loop.
package enum Launch {
    package static let version = "0.1.0"

    /// Runs to the end of the process and gives its exit code.
    package static func run<S: Service>(_ role: Role, job: String, needsInstance: Bool = false, wire: (Place) throws -> Wiring<S>) -> Int32
    {
        keepLibCryptoToTheEnd()
        let program = S.program
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.contains("--help") || arguments.contains("-h") {
            print(LaunchOptions.help(program, job, needsInstance: needsInstance))
            return 0
        }
        if arguments.contains("--version") {
            print("\(program) \(version), contract \(Contract.fingerprint)")
            return 0
        }
        do {
            let options = try LaunchOptions(arguments, program: program, needsInstance: needsInstance)
            try start(role, options, program: program, wire: wire)
            return 0
        } catch let error as Usage {
            say(program, "\(error)")
            return 2
        } catch {
            say(program, "\(error)")
            return 1
        }
    }

    private static func start<S: Service>(
        _ role: Role, _ options: LaunchOptions, program: Program, wire: (Place) throws -> Wiring<S>
    ) throws {
        let town = try Town.load(path: options.town)
        let folder = DataFolder(root: options.data)
        let instance = options.instance ?? .main
        let roster = town.roster(heardBy: role, instance)
        let identity = Identity(town: town.name, role: role, instance: instance, offset: town.offset, version: version, roster: roster)
        guard identity.isListed else { throw Fatal("\(options.town) has no \(program) named \(instance).") }
        let wiring = try wire(Place(town: town, folder: folder, instance: instance))
        // Before a key of the vault is retired, all who have it are asked.
        precondition((wiring.vault != nil) == role.hasVault, "\(program) and its role differ on whether it has the vault")
        let database = try Database(path: folder.state(of: identity.address))
        let settings = settings(of: identity, town.broker(at: town.place(of: role, instance)), folder, port: options.port)
        if options.isCheck {
            try check(database, of: wiring)
            return print("\(program) \(instance): configuration, keys and database are well")
        }
        database.beforeMigration = { database in
            say(
                program,
                "the tables are changed for version \(version); the database as it was is kept in \(folder.copies(before: version))")
            try WayBack(folder, identity.address).keep(database, before: version)
        }
        let transport = MosquittoTransport(settings, will: { .lastWill(of: identity.address, in: identity.town, connectedAt: wallClock()) })
        var random = SystemRandomNumberGenerator()
        let host = try Host(
            wiring.service, identity: identity, database: database, transport: transport, vault: wiring.vault, now: wallClock(),
            random: { random.next() }, log: news(of: program), perform: wiring.perform)
        let upkeep = Upkeep(
            host, transport, SessionProbe(settings, topic: Topic.probe(of: identity.address, in: town.name).description),
            Copying(database, folder, identity.address), wiring.everySecond)
        try Loop(
            host,
            interest: {
                let bus = [transport.interest, upkeep.interest].compactMap { $0 }.map { Descriptor($0.fd, $0.events) }
                let patience = min(transport.patience, wiring.patience() ?? .max)
                return (bus + wiring.descriptors(), upkeep.isBusy ? 0 : patience)
            },
            inputs: wiring.inputs, tick: { host, now in upkeep.tick(now) }
        ).run()
    }

    /// The file is whole, the vault's keys open what lies under them, and what the service keeps proves itself.
    private static func check<S: Service>(_ database: Database, of wiring: Wiring<S>) throws {
        if let damage = try database.damage() { throw StoreError(code: 11, path: database.path, message: damage) }
        // Nothing has been started on it yet.
        guard try database.read({ try $0.first("SELECT 1 FROM sqlite_schema WHERE name = 'start'") { _ in } }) != nil else { return }
        database.cover = wiring.vault
        let flaw = try database.write { db in
            _ = try SealedRows.admit(wiring.vault, besides: S.sealed, in: db)
            return try wiring.service.flaw(in: db)
        }
        if let flaw { throw Fatal("\(database.path): \(flaw)") }
    }

    private static func settings(of identity: Identity, _ broker: Town.Broker, _ folder: DataFolder, port: Int?) -> BrokerSettings {
        let pair = folder.certificate(of: identity.user)
        return BrokerSettings(
            host: broker.host, port: port ?? broker.port, client: identity.user.text,
            tls: TLSFiles(authority: folder.authority.certificate, certificate: pair.certificate, key: pair.key))
    }

    /// One line an event; journald and the supervisor add the time.
    private static func say(_ program: Program, _ line: String, _ priority: Priority = .error) {
        let bytes = Array(LogLine.text("\(program): \(line)", priority, forJournal: LogLine.goesToJournal).utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// What a running process says, no more of it than its share.
    private static func news(of program: Program) -> (String) -> Void {
        var allowance = LineAllowance()
        return { line in
            let (isGranted, leftOut) = allowance.take(at: monotonicMilliseconds())
            if leftOut > 0 { say(program, LineAllowance.remark(on: leftOut), .warning) }
            if isGranted { say(program, line, .notice) }
        }
    }
}

extension Identity {
    fileprivate var isListed: Bool {
        Role.allCases.contains { role in roster.instances[role, default: []].contains(address.instance) && role.program == address.program }
    }
}
