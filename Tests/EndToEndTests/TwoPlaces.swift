import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import ServiceKit
import Store
import Testing
import Town
import VirtualReader

@testable import Kazasu

/// A town and the station of its one site, each with a broker of its own, a line between them that can be cut, and a witness at the town.
final class TwoPlaces {
    private let folder: String
    private let ports: (town: Int, site: Int)
    private(set) var town: Errand
    private var line: Errand
    private(set) var station: Errand
    private var agent: Errand
    private var lock: Errand
    private let pcscd: PrivatePCSCD
    private let transport: MosquittoTransport
    private let onlooker: MosquittoTransport
    private let disk: Database
    private let host: Host<Witness>

    private var townFolder: String { "\(folder)/town" }
    private var siteFolder: String { "\(folder)/station" }

    /// Hears what the site says of its doors, and asks for what it has not heard.
    struct Witness: Service {
        static let program: Program = "operator"
        static let migrations = [Migration(1, "CREATE TABLE heard (what TEXT, tap BLOB, agent TEXT, verdict TEXT, token TEXT)")]

        var reads: [Reading] {
            [
                on(.taps) { tap, turn in
                    try turn.db.run(
                        "INSERT INTO heard (what, tap, agent, token) VALUES ('tap', ?, ?, ?)", tap.id.bytes, turn.topic.entity.text,
                        tap.data.token.text)
                },
                on(.doorDecisions) { decided, turn in
                    try turn.db.run(
                        "INSERT INTO heard (what, tap, agent, verdict) VALUES ('decision', ?, ?, ?)", decided.data.tap.bytes,
                        decided.data.agent.text, decided.data.verdict.rawValue)
                },
            ]
        }
    }

    /// A witness has no life of its own to tell, and Mosquitto 2.0.11 ends a connection on which it refuses something.
    private final class Quiet: Transport {
        private let wire: MosquittoTransport

        init(_ wire: MosquittoTransport) { self.wire = wire }

        var isConnected: Bool { wire.isConnected }
        func receive(limit: Int) -> [BusEvent] { wire.receive(limit: limit) }
        func subscribe(_ subscriptions: [Subscription]) { wire.subscribe(subscriptions) }
        func publish(_ outgoing: Outgoing) -> Int32? { outgoing.topic.contains("/health/") ? nil : wire.publish(outgoing) }
        func flush() { wire.flush() }
        func abandon() { wire.abandon() }
        func close() { wire.close() }
    }

    init() throws {
        folder = try makeTemporaryFolder()
        ports = (try unusedPort(), try unusedPort())
        let text = """
            town: nagai
            broker: { host: localhost, port: \(ports.town) }
            double-tap: { default: 0s }
            agents:
              gate-1: { readers: { reader-1: { device: "ACS ACR122U gate", place: gym, purpose: "door:gym" } } }
              gate-2: { readers: { reader-1: { device: "ACS ACR122U none", place: gym, purpose: "door:gym" } } }
            doors: { gym: { accepts: read } }
            sites: { school: { agents: [gate-1, gate-2], doors: [gym], broker: { host: localhost, port: \(ports.site) } } }
            desks: [office]
            operators: [witness]

            """
        let (townFolder, siteFolder) = ("\(folder)/town", "\(folder)/station")
        func kazasu(_ name: String, _ arguments: [String]) throws -> Errand {
            try Errand(ChildSpec(name, .service, program: "\(programs)/kazasu", arguments: arguments))
        }
        mkdir(townFolder, 0o700)
        Self.write(text, to: "\(townFolder)/town.yaml")
        town = try kazasu("town", ["up", "\(townFolder)/town.yaml"])
        try Self.wait("the town") { [town] in
            town.look()
            return town.lines.contains { $0.contains("ready: ") }
        }
        let bundle = try kazasu("bundle", ["station", "bundle", "school", siteFolder, "--town", "\(townFolder)/town.yaml"])
        try Self.wait("the bundle") {
            bundle.look()
            return bundle.code != nil
        }
        try #require(bundle.code == 0, "\(bundle.lines)")

        let companions = try Companions(programs: programs)
        let tests = companions.observer.replacing("Devices/observer/observer.py", with: "Tests/Chaos/line.py")
        line = try Errand(ChildSpec("line", .service, program: companions.python, arguments: [tests, "\(ports.town)"]))
        try Self.wait("the line") { [line] in
            line.look()
            return !line.lines.isEmpty
        }
        let port = try #require(line.lines.first?.split(separator: " ").last)
        Self.write(text.replacing("port: \(ports.town)", with: "port: \(port)"), to: "\(siteFolder)/town.yaml")
        station = try kazasu("station", ["up", "\(siteFolder)/town.yaml", "--no-agents"])
        try Self.wait("the station") { [station] in
            station.look()
            return station.lines.contains { $0.contains("ready: ") }
        }
        pcscd = try PrivatePCSCD(directory: "\(folder)/pcscd", readers: ["ACS ACR122U gate"])
        try pcscd.start()
        let common = ["--town", "\(siteFolder)/town.yaml", "--data", "\(siteFolder)/data"]
        agent = try Errand(
            ChildSpec(
                "agent", .agent, program: "\(programs)/reader-agent", arguments: common + ["--agent", "gate-1"],
                environment: ["PCSCLITE_CSOCK_NAME": pcscd.socketPath]))
        lock = try kazasu(
            "lock", ["virtual-lock", "--door", "gym", "--state", "\(folder)/gym.lock", "--log", "\(folder)/gym.jsonl"] + common)

        let settings = Self.settings("operator-witness", DataFolder("\(townFolder)/data"), ports.town)
        transport = MosquittoTransport(settings)
        onlooker = MosquittoTransport(Self.settings("operator-school", DataFolder("\(siteFolder)/data"), ports.site, client: "onlooker"))
        disk = try Database.inMemory()
        let read = try Town.load(path: "\(townFolder)/town.yaml")
        host = try Host(
            Witness(),
            identity: Identity(town: "nagai", role: .operator, instance: "witness", offset: .japan, version: "1", roster: read.roster),
            database: disk, transport: Quiet(transport), now: wallClock(), random: { UInt64.random(in: 0...UInt64.max) }, log: { _ in }
        )
    }

    private static func settings(_ user: UserID, _ data: DataFolder, _ port: Int, client: String? = nil) -> BrokerSettings {
        let files = data.certificate(of: user)
        return BrokerSettings(
            host: "localhost", port: port, client: client ?? user.text,
            tls: TLSFiles(authority: data.authority.certificate, certificate: files.certificate, key: files.key))
    }

    /// The witness works, and what the programs say is read.
    func turn() throws {
        _ = try host.step(now: wallClock())
        transport.flush()
        try hearSite()
        for errand in [town, line, station, agent, lock] { errand.look() }
        usleep(2000)
    }

    func wait(_ what: String, seconds: Int64 = 40, until condition: () throws -> Bool) throws {
        try Self.wait(what, seconds: seconds, said: { (self.town.lines.suffix(8) + self.station.lines.suffix(8)).joined(separator: "\n") })
        {
            try turn()
            return try condition()
        }
    }

    private static func wait(
        _ what: String, seconds: Int64 = 40, said: () -> String = { "" }, until condition: () throws -> Bool
    ) throws {
        let deadline = monotonicMilliseconds() + seconds * 1000
        while try !condition() {
            guard monotonicMilliseconds() < deadline else { throw Failure.refused("waited \(seconds) s in vain for \(what). \(said())") }
            usleep(2000)
        }
    }

    private static func write(_ text: String, to path: String) {
        let file = fopen(path, "w")
        fputs(text, file)
        fclose(file)
    }

    func strike() {
        for errand in [agent, lock, station, town, line] { errand.signal(SIGTERM) }
        try? Self.wait("the end", seconds: 15) {
            for errand in [agent, lock, station, town] { errand.look() }
            return [agent, lock, station, town].allSatisfy { $0.code != nil }
        }
        pcscd.remove()
        try? remove(folder)
    }

    // MARK: What happens

    func cut() { line.signal(SIGUSR1) }
    func mend() { line.signal(SIGUSR2) }

    /// Kills a broker and wipes what it has written down; its `kazasu up` starts it again.
    func wipeBroker(of place: Errand) throws {
        place.look()
        let word = place.lines.last { $0.contains(" broker ") && $0.contains("process ") }?.split(separator: " ").last
        kill(try #require(word.flatMap { pid_t($0) }), SIGKILL)
        let memory = "\(place === town ? townFolder : siteFolder)/data/broker/memory"
        try remove(memory)
        mkdir(memory, 0o700)
    }

    func desk(_ words: String...) throws -> [String] {
        let errand = try Errand(
            ChildSpec(
                "kazasu", .service, program: "\(programs)/kazasu", arguments: words + ["--town", "\(townFolder)/town.yaml"]))
        try wait("kazasu \(words[0])") {
            errand.look()
            return errand.code != nil
        }
        try #require(errand.code == 0, "\(errand.lines)")
        return errand.lines
    }

    /// Holds the card until a lamp has said that it counts, and gives back whether the bolt moved for it.
    func hold(_ card: VirtualCard) throws -> Bool {
        let (slot, bolts) = (pcscd.slots[0], openings)
        let lamps = slot.escapes.count
        func turn(atMost milliseconds: Int64, until condition: () -> Bool) throws {
            let deadline = monotonicMilliseconds() + milliseconds
            while !condition(), monotonicMilliseconds() < deadline { try self.turn() }
        }
        try wait("the lamp") {
            try slot.insert(card)
            try turn(atMost: 1000) { slot.escapes.count > lamps }
            slot.remove()
            try turn(atMost: 50) { false }
            return slot.escapes.count > lamps
        }
        try turn(atMost: 1000) { openings > bolts }
        return openings > bolts
    }

    var openings: Int {
        (try? readWhole("\(folder)/gym.jsonl")).map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").count { $0.contains("\"opened\"") }
        } ?? 0
    }

    /// Taps of an agent that is not there, straight to the station's broker, as fast as it takes them.
    func crowd(_ count: Int64) throws {
        let tap = Tapped(
            token: try #require(Token("k1.cccccccccccccccccccccccccc")), scheme: .felica, assurance: .read, reader: "reader-1",
            place: "gym",
            purpose: .door("gym"), clock: .synced)
        let taps = Array(repeating: tap, count: Int(count))
        let crowd = try publish(taps, by: "gate-2", DataFolder(siteFolder + "/data"), port: ports.site, through: "\(folder)/taps")
        try wait("\(count) taps at the station", seconds: 120) {
            crowd.look()
            return crowd.code != nil
        }
        try #require(crowd.code == 0, "\(crowd.lines)")
    }

    // MARK: What the witness has

    func count(_ sql: StaticString) throws -> Int64 { try disk.read { try $0.first(sql) { $0.int(0) } } ?? 0 }

    func token() throws -> String {
        try #require(try disk.read { try $0.first("SELECT token FROM heard WHERE what = 'tap'") { $0.text(0) } })
    }

    /// How many decisions the site's controller says it has made, and how many of them were heard to be about the crowd.
    private(set) var decided: Int64 = 0
    private(set) var decidedOfCrowd: Int64 = 0

    private func hearSite() throws {
        for event in onlooker.receive(limit: 1000) {
            if case .connected = event { onlooker.subscribe([Self.heads, Self.decisions].map { Subscription(filter: $0, qos: 1) }) }
            guard case .message(let message) = event else { continue }
            if message.topic == Self.heads {
                let heads = try message.payload.decoded(as: Heads.self)
                decided = heads.segments[Self.decisions]?.last?.last ?? decided
            } else if try Envelope<DoorDecided>(json: message.payload).data.agent == "gate-2" {
                decidedOfCrowd += 1
            }
        }
        onlooker.flush()
    }

    private static let heads = Topic.heads(of: Address("lock-controller", "school"), in: "nagai").description
    private static let decisions = Channel<DoorDecided>.doorDecisions.topic(in: "nagai", "school").description
}
