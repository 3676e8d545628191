import Bus
import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("Every user, every topic, writing and reading, at a real broker with the real ACL")
struct MatrixTests {
    /// A town that has every role, most of them twice.
    private static func text(port: Int) -> String {
        """
        town: nagai
        broker: { host: localhost, port: \(port) }
        agents:
          gate-1: { readers: { in: { device: Virtual, place: gym, purpose: "door:gym" } } }
          gate-2: { readers: { in: { device: Virtual, place: hall, purpose: "door:hall" } } }
        doors:
          gym: { keypad: true }
          hall: { keypad: true, driver: { kind: shelly, device: hall } }
        desks: [office, west]
        registrars: [civil-affairs, tax]
        shelter-desks: [headquarters, south]
        points-desks: [chamber, second]
        notice-desks: [hall, press]
        reception-desks: [north, south]
        operators: [it-1, audit]
        points: { purses: { points: { title: P, expires: 24 months } }, shops: { bakery: { title: B }, florist: { title: F } } }
        notices:
          homes: [home-1, home-2]
          contacts: { office: { title: O, mail: o@example.jp } }
          office: [office]
          mail: { server: localhost, port: 25, encryption: none, from: o@nagai.example }
        visits: { facilities: { gym: { title: G, places: [gym] } } }
        receptions: { ballot: { title: T, list: true } }
        portal:
          listen: "127.0.0.1:8080"
          origin: https://portal.example
          residents: true
          accounts: { sato: { stations: [shelter-desk-south, desk-west, registrar-tax] } }
        """
    }

    /// A broker with what `kazasu up` writes, and one user more who may write everything, so that reading is tried apart from writing.
    private final class Broker {
        let scratch = Scratch()
        let port = freePort()
        let data: DataFolder
        let town: Town
        private let supervisor: Supervisor

        init() throws {
            town = try Town.read(Array(MatrixTests.text(port: port).utf8), path: "town.yaml")
            data = DataFolder(scratch.path + "/data")
            _ = try data.prepare(town, port: port, now: wallClock())
            supervisor = Supervisor([
                ChildSpec("broker", .broker, program: "/usr/sbin/mosquitto", arguments: ["-c", data.brokerConfiguration])
            ]) { _, _ in }
            write(read(data.accessControl) + "\nuser witness\ntopic write #\n", to: data.accessControl)
            try issue("witness", to: "witness")
            try supervisor.start(.broker)
        }

        deinit { supervisor.stop() }

        /// A certificate of the town's own authority, for whatever name.
        func issue(_ name: String, to file: UserID) throws {
            let files = data.certificate(of: file)
            try Authority.load(certificate: data.authority.certificate, key: data.authority.key)
                .issue(.client, commonName: name, from: wallClock() - .seconds(60), validDays: 1)
                .save(certificate: files.certificate, key: files.key)
        }

        /// The same for a name that our own code would not write into a certificate.
        func sign(_ name: String, to file: UserID) throws {
            let (files, request) = (data.certificate(of: file), "\(scratch.path)/request")
            let drawn = run([
                "/usr/bin/openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
                "-keyout", files.key, "-out", request,
            ])
            let signed = run([
                "/usr/bin/openssl", "x509", "-req", "-in", request, "-CA", data.authority.certificate, "-CAkey", data.authority.key,
                "-days", "1", "-out", files.certificate,
            ])
            try #require(drawn == 0 && signed == 0)
        }

        func client(_ user: UserID) -> Client {
            let files = data.certificate(of: user)
            return Client(
                Console.live.connect(
                    Login(
                        host: "localhost", port: port, user: user, client: user.text, authority: data.authority.certificate,
                        certificate: files.certificate, key: files.key)))
        }
    }

    private final class Client {
        let wire: any Wire
        private(set) var heard: Set<String> = []
        private var answers: [Int32: UInt8] = [:]

        init(_ wire: any Wire) { self.wire = wire }
        deinit { wire.close() }

        func look() {
            for event in wire.receive(limit: 10_000) {
                switch event {
                case .connected: wire.subscribe([Subscription(filter: "#", qos: 0)])
                case .message(let message): heard.insert(message.topic)
                case .acknowledged(let id, let code): answers[id] = code
                case .disconnected, .fatal: break
                }
            }
            wire.flush()
        }

        /// The topics of these that the broker let it write, all on their way at once; `nil` when not each was answered. MQTT 5 §3.4.2.1: 0x87, not authorized.
        func writes(_ topics: [String]) -> Set<String>? {
            answers = [:]
            var topicOf: [Int32: String] = [:]
            for topic in topics {
                wire.publish(Outgoing(topic: topic, payload: [0x7b, 0x7d], qos: 1, retain: false)).map { topicOf[$0] = topic }
            }
            let areAnswered = eventually {
                look()
                return answers.count == topics.count
            }
            guard areAnswered, answers.values.allSatisfy({ [0, 0x10, 0x87].contains($0) }) else { return nil }
            return Set(answers.filter { $0.value != 0x87 }.compactMap { topicOf[$0.key] })
        }
    }

    @Test(
        "A name that means something to MQTT, to the ACL or to nobody is refused in a town's file and signed by no authority of ours",
        arguments: ["", "#", "+", "/", "a/b", "desk-a\nuser x", "$SYS", "かざす", "a b", "-a", "A", String(repeating: "a", count: 65_000)])
    func names(name: String) throws {
        #expect(UserID(name) == nil && Instance(name) == nil)
        let written = "\"\(name.replacing("\n", with: "\\n"))\""
        for (line, hostile) in [
            ("desks: [office]", "desks: [\(written)]"), ("  gate-1:\n", "  \(written):\n"), ("town: nagai", "town: \(written)"),
        ] {
            let text = townText().replacing(line, with: hostile)
            #expect(text != townText())
            #expect(throws: (any Error).self, "\(hostile.prefix(60))") { try Town.read(Array(text.utf8), path: "town.yaml") }
        }
        guard !name.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) || !(1...64).contains(name.utf8.count) else { return }
        let authority = try Authority.create(commonName: "Town", from: wallClock(), validDays: 1)
        #expect(throws: SealError.self) { try authority.issue(.client, commonName: name, from: wallClock(), validDays: 1) }
    }

    @Test("Exactly what the contract's rows say, for all that have a certificate, and nothing for names no town could give")
    func matrix() throws {
        let broker = try Broker()
        let matrix = RightsMatrix(broker.town.brokerUsers())
        #expect(Set(matrix.members.map(\.role)) == Set(Role.allCases))
        // The town's own authority would never sign these; whoever has its key could.
        let hostile: [UserID] = ["hostile-1", "hostile-2", "hostile-3", "hostile-4"]
        for (file, name) in zip(hostile, ["#", "+", "desk-office/+", "$SYS"]) { try broker.issue(name, to: file) }
        try broker.sign("desk-office\nuser witness", to: "hostile-5")
        let users = matrix.members.filter(\.role.connects).map(\.user) + hostile + ["hostile-5"]
        let topics = matrix.rows.map(\.topic) + RightsMatrix.strange

        print("\(users.count) users, \(topics.count) topics")
        let clients = users.map { broker.client($0) }
        let witness = broker.client("witness")
        try #require(
            eventually {
                for client in clients + [witness] { client.look() }
                return (clients + [witness]).allSatisfy(\.wire.isConnected)
            })
        // Subscribed: what one sends after that is heard by whoever may hear it.
        usleep(300_000)
        for client in clients { client.look() }
        #expect(witness.writes(topics) == Set(topics))
        for client in clients + clients { client.look() }

        for (user, client) in zip(users, clients) {
            let mayHear = Set(matrix.rows.filter { $0.readers.contains { $0.user == user } }.map(\.topic))
            #expect(client.heard.subtracting(mayHear) == [], "\(user) hears what is not for it")
            #expect(mayHear.subtracting(client.heard) == [], "\(user) does not hear")
        }
        for (user, client) in zip(users, clients) {
            let mayWrite = Set(matrix.rows.filter { $0.writers.contains { $0.user == user } }.map(\.topic))
            let writes = try #require(client.writes(topics + RightsMatrix.unowned), "\(user)")
            #expect(writes.subtracting(mayWrite) == [], "\(user) writes where it has nothing to say")
            #expect(mayWrite.subtracting(writes) == [], "\(user) cannot write")
        }
    }
}
