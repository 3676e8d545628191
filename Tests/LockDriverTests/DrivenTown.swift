import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import Seal
import ServiceKit
import Testing
import Town
import VirtualLock

@testable import Kazasu
@testable import LockDriver

/// A real broker with the generated settings, a driver on it, and whoever plays lock-controller. The driver's time for devices is the test's own.
final class DrivenTown {
    let folder: String
    let port = freePort()
    let devicePort = freePort()
    let data: DataFolder
    private(set) var town: Town
    private let supervisor: Supervisor
    private let controller: MosquittoTransport
    private var driver: LockDriver!
    private var transports: [MosquittoTransport] = []
    private let key: SigningKey
    private var uptime = Instant(milliseconds: 0)
    private var count = wallClock().milliseconds
    private(set) var reports: [Message] = []
    private(set) var lives: [String: Life] = [:]
    private(set) var log: [String] = []
    /// Whether reports are answered.
    var answers = true
    private var devices: [ObjectIdentifier: PasswordClient] = [:]
    private final class Lines { var all: [String] = [] }
    private let brokerLines = Lines()
    var brokerOutput: [String] { brokerLines.all }

    init() throws {
        folder = try makeTemporaryFolder()
        data = DataFolder(folder + "/data")
        town = try Town.read(Array(Self.text(port, devicePort).utf8), path: "town.yaml")
        _ = try data.prepare(town, port: port, now: wallClock())
        let lines = brokerLines
        supervisor = Supervisor([ChildSpec("broker", .broker, program: "/usr/sbin/mosquitto", arguments: ["-c", data.brokerConfiguration])])
        {
            lines.all.append($1)
        }
        try supervisor.start(.broker)
        key = try SigningKey.load(file: data.grantKey)
        controller = Self.connection(data, port, Role.lockController.user("main"))
        try startDriver()
        #expect(try until { self.controller.isConnected && self.transports.allSatisfy(\.isConnected) }, "\(brokerLines.all)")
    }

    deinit {
        supervisor.stop()
        try? remove(folder)
    }

    static func text(_ port: Int, _ devicePort: Int) -> String {
        let doors = Dialogue.all.map { "  \($0.door): { driver: { kind: \($0.kind), device: \($0.device) } }" }
        let readers = Dialogue.all.map { "          r-\($0.door): { device: V, place: p, purpose: \"door:\($0.door)\" }" }
        return """
            town: nagai
            broker: { port: \(port), device-port: \(devicePort) }
            agents:
              gate-1:
                readers:
            \(readers.joined(separator: "\n"))
            doors:
            \(doors.joined(separator: "\n"))
            desks: [office]
            operators: [it-1]

            """
    }

    private static func connection(_ data: DataFolder, _ port: Int, _ user: UserID) -> MosquittoTransport {
        let files = data.certificate(of: user)
        return MosquittoTransport(
            BrokerSettings(
                host: "localhost", port: port, client: user.text,
                tls: TLSFiles(authority: data.authority.certificate, certificate: files.certificate, key: files.key), clean: true))
    }

    /// As its `Main` makes it, with the memories that are on the disk.
    func startDriver() throws {
        for transport in transports { transport.close() }
        let keys = [try VerifyingKey.load(file: data.grantPublicKey)]
        transports = []
        var random = SystemRandomNumberGenerator()
        let doors = try Dialogue.all.map { dialogue in
            let path = data.lockMemory(of: dialogue.door)
            let transport = Self.connection(data, port, Role.lock.user(dialogue.door.named()))
            transports.append(transport)
            return DrivenDoor(
                dialogue.door, of: "nagai", dialect: dialogue.dialect, keys: keys,
                memory: try LockMemory(file: path, isNew: access(path, F_OK) != 0), transport: transport, random: { random.next() },
                keep: { try SecretFile.replace(path, $0.json()) })
        }
        let transport = Self.connection(data, port, Role.lockDriver.user("main"))
        transports.append(transport)
        driver = LockDriver(town: "nagai", doors: doors, transport: transport, random: { random.next() }) { [unowned self] in log.append($0)
        }
    }

    /// The device's line to the broker, with its own password.
    func connect(_ dialogue: Dialogue, clean: Bool = true) throws -> PasswordClient {
        let device = PasswordClient(
            port: devicePort, user: dialogue.user.text,
            password: try DevicePassword.load(file: data.devicePassword(of: dialogue.user)).text,
            authority: data.authority.certificate, clean: clean)
        devices = [ObjectIdentifier(device): device]
        #expect(try until { device.answer == 0 }, "\(brokerLines.all)")
        for topic in dialogue.hears { device.subscribe(topic) }
        return device
    }

    /// Says what the device says, and waits until the broker has all of it.
    func say(_ lines: [Dialogue.Line], by device: PasswordClient, retain: Bool = false) throws {
        for line in lines { device.publish(line.topic, line.payload, retain: retain) }
        #expect(try until { device.isHeard })
    }

    /// What the driver knows of the device at a door.
    func device(_ door: DoorID) -> Device {
        guard let found = driver.doors.first(where: { $0.id == door }) else { preconditionFailure("every door has its driver") }
        return found.device
    }

    /// The device says that it is there and locked, and its first seconds pass.
    func settle(_ dialogue: Dialogue, _ device: PasswordClient) throws {
        try say(dialogue.present + dialogue.locked, by: device, retain: true)
        #expect(try until { self.device(dialogue.door).isPresent && self.device(dialogue.door).condition.bolt == .locked })
        try advance(6)
    }

    /// When it returns, all that the broker had for the device before has reached it: a broker answers in order.
    func barrier(_ device: PasswordClient, _ dialogue: Dialogue) throws {
        try say(Array(dialogue.present.prefix(1)), by: device, retain: true)
    }

    func advance(_ seconds: Int64) throws {
        for _ in 0..<seconds {
            uptime = uptime + .seconds(1)
            try turn()
        }
    }

    /// A grant as lock-controller makes it.
    func grant(_ door: DoorID) throws -> EventID {
        let now = wallClock()
        count += 1
        let id = EventID(at: now, random: (0, UInt64(bitPattern: count)))
        let grant = Grant(
            iss: "nagai/lock-controller", aud: door, jti: id, nbf: now.milliseconds / 1000 - 2, exp: now.milliseconds / 1000 + 10,
            cnt: count,
            open: 5)
        let bytes = JWS.sign(payload: try grant.json(), type: Grant.type, with: key)
        _ = controller.publish(Outgoing(topic: Grant.topic(in: "nagai", to: door).description, payload: bytes, qos: 1, retain: false))
        return id
    }

    func outcomes(of grant: EventID) -> [LockOutcome.Result] {
        var seen: Set<EventID> = []
        return reports.compactMap { try? Envelope<LockOutcome>(json: $0.payload) }.filter {
            $0.data.grant == grant && seen.insert($0.id).inserted
        }.map(\.data.result)
    }

    func conditions(of door: DoorID) -> [LockCondition] {
        var seen: Set<EventID> = []
        let topic = Channel<LockCondition>.lockConditions.topic(in: "nagai", door.named()).description
        return reports.filter { $0.topic == topic }.compactMap { try? Envelope<LockCondition>(json: $0.payload) }.filter {
            seen.insert($0.id).inserted
        }.map(\.data)
    }

    func life(_ door: DoorID) -> Life? { lives["nagai/lock/health/\(door)/life"] }

    /// Waits for a condition, at most ten seconds.
    func until(_ condition: () throws -> Bool) throws -> Bool {
        let deadline = monotonicMilliseconds() + 10_000
        while monotonicMilliseconds() < deadline {
            if try condition() { return true }
            try turn()
        }
        return try condition()
    }

    /// A controller's own words, on any topic it may write; used for what nobody should write.
    func meddle(as user: UserID, _ topic: String, _ payload: [UInt8], retain: Bool) throws {
        let transport = Self.connection(data, port, user)
        #expect(
            try until {
                _ = transport.receive(limit: 10)
                transport.flush()
                return transport.isConnected
            })
        let id = transport.publish(Outgoing(topic: topic, payload: payload, qos: 1, retain: retain))
        var isTaken = false
        #expect(
            try until {
                transport.flush()
                for case .acknowledged(let name, _) in transport.receive(limit: 10) where name == id { isTaken = true }
                return isTaken
            })
        transport.close()
    }

    private func turn() throws {
        supervisor.turn(atMost: 2)
        _ = try driver.step(now: wallClock(), uptime: uptime)
        for device in devices.values { device.turn() }
        for event in controller.receive(limit: 100) {
            switch event {
            case .connected:
                controller.subscribe(
                    ["nagai/lock/report/+/outcome", "nagai/lock/report/+/condition", "nagai/lock/health/+/life"].map {
                        Subscription(filter: $0, qos: 1)
                    })
            case .message(let message): try take(message)
            case .disconnected, .acknowledged, .fatal: break
            }
        }
        controller.flush()
    }

    private func take(_ message: Message) throws {
        guard let topic = Topic(message.topic) else { return }
        if topic.kind == .health {
            lives[message.topic] = try? message.payload.decoded(as: Life.self)
            return
        }
        reports.append(message)
        let outcome = try? Envelope<LockOutcome>(json: message.payload).id
        guard answers, let id = outcome ?? (try? Envelope<LockCondition>(json: message.payload).id) else { return }
        let now = wallClock()
        let reply = Envelope(
            id: EventID(at: now, random: (0, UInt64(reports.count))), source: "/nagai/lock-controller/main", time: now, cause: id,
            data: Reply<Done>.accept(Done()))
        let to = Topic(
            town: "nagai", owner: "lock-controller", kind: .reply, entity: Role.lock.user(topic.entity.named()).named(), name: topic.name)
        _ = controller.publish(Outgoing(topic: to.description, payload: try reply.json(), qos: 1, retain: false))
    }
}

/// A port nobody listens on at the moment.
func freePort() -> Int {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(listener, $0, length)
            _ = getsockname(listener, $0, &length)
        }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
}
