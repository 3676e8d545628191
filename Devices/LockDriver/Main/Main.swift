import Bus
import Contracts
import Glibc
import Launch
import LockDriver
import Mosquitto
import Seal
import ServiceKit
import Town
import VirtualLock

@main
struct Main {
    private static let program: Program = "lock-driver"

    static func main() {
        keepLibCryptoToTheEnd()
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.contains("--help") || arguments.contains("-h") {
            print(LaunchOptions.help(program, "gives the orders of locks to devices from the shop", needsInstance: false))
            return
        }
        do {
            try run(LaunchOptions(arguments, program: program, needsInstance: false))
        } catch {
            say("\(error)")
            exit(error is Usage ? 2 : 1)
        }
    }

    private static func run(_ options: LaunchOptions) throws {
        let town = try Town.load(path: options.town)
        let site = Site(town: town, folder: DataFolder(root: options.data), port: options.port ?? town.broker.port)
        let keys = [try VerifyingKey.load(file: site.folder.grantPublicKey)]
        var random = SystemRandomNumberGenerator()
        let fitted = town.doors.compactMap { door in door.driver.map { (door.id, Dialect($0)) } }
        guard town.roster.instances[.lockDriver]?.isEmpty == false else {
            throw LockDriverError(
                description: "no door of \(options.town) has a driver or is shown to Home Assistant: there is nothing to do.")
        }
        // Only then: threads inherit what is blocked.
        let signals = try StopSignals()
        var transports: [MosquittoTransport] = []
        let doors = try fitted.map { id, dialect in
            let path = site.folder.lockMemory(of: id)
            let transport = site.connection(as: Role.lock.user(id.named()), life: Address("lock", id.named()))
            transports.append(transport)
            return DrivenDoor(
                id, of: town.name, dialect: dialect, keys: keys, memory: try LockMemory(file: path, isNew: access(path, F_OK) != 0),
                transport: transport, random: { random.next() }, keep: { try SecretFile.replace(path, $0.json()) })
        }
        if options.isCheck { return print("\(program): configuration, keys and the memories of \(doors.count) locks are well") }
        let transport = site.connection(as: Role.lockDriver.user("main"), life: LockDriver.address)
        transports.append(transport)
        let driver = LockDriver(
            town: town.name, doors: doors, board: Board(town: town.name, doors: town.doors), transport: transport,
            random: { random.next() }, log: say)
        while true {
            let wait = try driver.step(now: wallClock(), uptime: Instant(milliseconds: monotonicMilliseconds())).milliseconds
            let patience = transports.map(\.patience).min() ?? 1000
            var polled = transports.compactMap(\.interest) + [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
            poll(&polled, nfds_t(polled.count), Int32(max(0, min(wait, patience, 1000))))
            if polled.last?.revents ?? 0 != 0 { return try driver.leave(now: wallClock()) }
        }
    }

    /// One line an event; journald and the supervisor add the time.
    private static func say(_ line: String) {
        let bytes = Array("\(program): \(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// Where this process runs, and how it reaches the broker.
private struct Site {
    let town: Town
    let folder: DataFolder
    let port: Int

    /// A connection for which the broker keeps nothing.
    func connection(as user: UserID, life: Address) -> MosquittoTransport {
        let pair = folder.certificate(of: user)
        let tls = TLSFiles(authority: folder.authority.certificate, certificate: pair.certificate, key: pair.key)
        // A line that hangs holds an order up for this long and a half; what comes out later finds its device's time to confirm over.
        let settings = BrokerSettings(host: town.broker.host, port: port, client: user.text, tls: tls, clean: true, keepAlive: 5)
        return MosquittoTransport(settings, will: { [town] in .lastWill(of: life, in: town.name, connectedAt: wallClock()) })
    }
}
