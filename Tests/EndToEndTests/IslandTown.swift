import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import ServiceKit
import Store
import Testing
import VirtualReader

@testable import Kazasu

/// A town and one laptop at a school, made from its bundle, each with a broker of its own; a line between them that can be cut.
final class IslandTown {
    let folder: String
    private let ports: (town: Int, island: Int)
    private var town: Errand
    private var line: Errand
    private(set) var island: Errand
    private var agent: Errand
    private let pcscd: PrivatePCSCD
    private let onlooker: MosquittoTransport
    /// How many people are at the island, as everybody at the town's broker sees it.
    private(set) var headcountAtTown = 0

    static let counter = 0
    static let hall = 1
    static let gate = 2
    private static let readers = ["ACS ACR122U counter", "ACS ACR122U hall", "ACS ACR122U gate"]

    private var townFile: String { "\(folder)/town/town.yaml" }
    private var islandFile: String { "\(folder)/island/town.yaml" }

    /// - Parameters:
    ///   - purpose: of the readers in the hall and at the island's gate, if it is none of a shelter.
    ///   - pages: ports of the town's pages and the island's, where there are some.
    init(for purpose: String? = nil, pages: (town: Int, island: Int)? = nil) throws {
        folder = try makeTemporaryFolder()
        ports = (try unusedPort(), try unusedPort())
        mkdir("\(folder)/town", 0o700)
        let text = Self.text(ports, hall: purpose ?? "shelter:s01", gate: purpose ?? "shelter:west-1", pages)
        Self.write(text, to: "\(folder)/town/town.yaml")
        pcscd = try PrivatePCSCD(directory: "\(folder)/pcscd", readers: Self.readers)
        try pcscd.start()
        town = try Self.kazasu("town", ["up", "\(folder)/town/town.yaml"], pcscd)
        try Self.wait("the town") { [town] in Self.says(town, "ready: ") }
        let bundle = try Self.kazasu("bundle", ["station", "bundle", "west", "\(folder)/island", "--town", "\(folder)/town/town.yaml"])
        try Self.wait("the bundle") {
            bundle.look()
            return bundle.code != nil
        }
        try #require(bundle.code == 0, "\(bundle.lines)")
        let companions = try Companions(programs: programs)
        let script = companions.observer.replacing("Devices/observer/observer.py", with: "Tests/Chaos/line.py")
        line = try Errand(ChildSpec("line", .service, program: companions.python, arguments: [script, "\(ports.town)"]))
        try Self.wait("the line") { [line] in Self.says(line, "port ") }
        let port = try #require(line.lines.first?.split(separator: " ").last)
        Self.write(text.replacing("port: \(ports.town)", with: "port: \(port)"), to: "\(folder)/island/town.yaml")
        (island, agent) = try Self.open(folder, pcscd)
        let data = DataFolder("\(folder)/town/data")
        let files = data.certificate(of: "operator-witness")
        onlooker = MosquittoTransport(
            BrokerSettings(
                host: "localhost", port: ports.town, client: "operator-witness",
                tls: TLSFiles(authority: data.authority.certificate, certificate: files.certificate, key: files.key)))
    }

    private static func text(_ ports: (town: Int, island: Int), hall: String, gate: String, _ pages: (town: Int, island: Int)?) -> String {
        func served(_ port: Int) -> String { "listen: \"127.0.0.1:\(port)\", origin: \"http://localhost:\(port)\"" }
        let accounts = "{ sato: { stations: [shelter-desk-headquarters] }, endo: { title: 遠藤, stations: [shelter-desk-west-desk] } }"
        return """
            town: nagai
            title: 長井市
            broker: { host: localhost, port: \(ports.town) }
            double-tap: { default: 0s }
            agents:
              office:
                readers:
                  counter: { device: "\(readers[0])", place: town-hall, purpose: enrol }
                  hall: { device: "\(readers[1])", place: hall, purpose: "\(hall)" }
              west-1: { readers: { gate: { device: "\(readers[2])", place: west, purpose: "\(gate)" } } }
              west-2: { readers: { gate: { device: "none", place: west, purpose: "shelter:west-1" } } }
            shelter-desks: [headquarters, west-desk]
            reception-desks: [hall-table, west-table]
            receptions: { festival: { title: 町まつり, when-cut-off: conflict } }
            registrars: [civil-affairs]
            operators: [witness]
            sites: { west: { agents: [west-1, west-2], shelter-desks: [west-desk], reception-desks: [west-table], broker: { host: localhost, port: \(ports.island) }\(pages.map { ", portal: { \(served($0.island)) }" } ?? "") } }
            \(pages.map { "portal: { \(served($0.town)), accounts: \(accounts) }" } ?? "")

            """
    }

    /// The laptop's programs. The second agent is played by a test, so the first one is started beside them.
    private static func open(_ folder: String, _ pcscd: PrivatePCSCD) throws -> (Errand, Errand) {
        let island = try kazasu("island", ["island", "--data", "\(folder)/island/data", "--no-agents"])
        try wait("the island") { says(island, "who comes and goes") }
        let common = ["--town", "\(folder)/island/town.yaml", "--data", "\(folder)/island/data"]
        return (
            island,
            try Errand(
                ChildSpec(
                    "agent", .agent, program: "\(programs)/reader-agent", arguments: common + ["--agent", "west-1"],
                    environment: ["PCSCLITE_CSOCK_NAME": pcscd.socketPath]))
        )
    }

    private static func kazasu(_ name: String, _ arguments: [String], _ pcscd: PrivatePCSCD? = nil) throws -> Errand {
        try Errand(
            ChildSpec(
                name, .service, program: "\(programs)/kazasu", arguments: arguments,
                environment: pcscd.map { ["PCSCLITE_CSOCK_NAME": $0.socketPath] } ?? [:]))
    }

    private static func says(_ errand: Errand, _ words: String) -> Bool {
        errand.look()
        return errand.lines.contains { $0.contains(words) }
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

    func wait(_ what: String, seconds: Int64 = 40, until condition: () throws -> Bool) throws {
        try Self.wait(what, seconds: seconds, said: { (town.lines.suffix(12) + island.lines.suffix(12)).joined(separator: "\n") }) {
            for errand in [town, line, island, agent] { errand.look() }
            try hearTown()
            return try condition()
        }
    }

    private static func write(_ text: String, to path: String) {
        let file = fopen(path, "w")
        fputs(text, file)
        fclose(file)
    }

    /// Ends all programs in order, so that their databases can be looked at.
    func end() throws {
        for errand in [agent, island, town] { errand.signal(SIGTERM) }
        try Self.wait("the end", seconds: 20) {
            for errand in [agent, island, town] { errand.look() }
            return [agent, island, town].allSatisfy { $0.code != nil }
        }
    }

    func strike() {
        try? end()
        line.signal(SIGTERM)
        pcscd.remove()
        try? remove(folder)
    }

    // MARK: What happens

    func cut() { line.signal(SIGUSR1) }
    func mend() { line.signal(SIGUSR2) }

    /// The laptop's power is gone from one moment to the next, and it is started again.
    func powerCut() throws {
        island.look()
        let pids = island.lines.filter { $0.contains("started, process ") }.compactMap {
            $0.split(separator: " ").last.flatMap { pid_t($0) }
        }
        try #require(pids.count >= 3, "broker, registry and line: \(island.lines)")
        island.signal(SIGKILL)
        agent.signal(SIGKILL)
        for pid in pids { kill(pid, SIGKILL) }
        try wait("the laptop to be off") { island.code != nil && agent.code != nil && pids.allSatisfy { kill($0, 0) != 0 } }
        (island, agent) = try Self.open(folder, pcscd)
    }

    /// The town ends, its broker with it.
    func endTown() throws {
        town.signal(SIGTERM)
        try wait("the town's end") { town.code != nil }
    }

    /// The island's pages are gone from one moment to the next; its `kazasu island` starts them again.
    func killPages() throws {
        island.look()
        let word = island.lines.last { $0.contains("portal-west") && $0.contains("started, process ") }?.split(separator: " ").last
        kill(try #require(word.flatMap { pid_t($0) }), SIGKILL)
    }

    /// A command at the town or at the island, to its end.
    @discardableResult
    func say(_ words: String..., atIsland: Bool = false, typing text: String = "", code: Int32 = 0) throws -> String {
        let errand = try start(words, atIsland: atIsland, typing: text)
        return try finish(errand, code: code)
    }

    func start(_ words: [String], atIsland: Bool = false, typing text: String = "") throws -> Errand {
        var spec = ChildSpec(
            words.prefix(2).joined(separator: " "), .service, program: "\(programs)/kazasu",
            arguments: words + ["--town", atIsland ? islandFile : townFile])
        Self.write(text, to: "\(folder)/typed")
        spec.input = "\(folder)/typed"
        return try Errand(spec)
    }

    /// - Parameter code: what it must end with; `nil` for anything.
    func finish(_ errand: Errand, code: Int32? = 0) throws -> String {
        try wait("kazasu \(errand.name)") {
            errand.look()
            return errand.code != nil
        }
        try #require(code == nil || errand.code == code, "\(errand.name): \(errand.lines)")
        return errand.lines.joined(separator: "\n")
    }

    /// Holds a card over a reader until its lamp says that it counts.
    /// - Parameter words: of the lamp: the agent's own, and a service's after it.
    func hold(_ card: VirtualCard, at reader: Int, words: Int = 1) throws {
        let slot = pcscd.slots[reader]
        let lamps = slot.escapes.count
        try slot.insert(card)
        try wait("the lamp") { slot.escapes.count >= lamps + words }
        slot.remove()
    }

    /// As many people, each with a card of their own that nobody knows, at the island's second reader.
    func crowd(_ count: Int64) throws {
        let taps = try (1...count).map { number in
            Tapped(
                token: try #require(Self.token(number)), scheme: .felica, assurance: .read, reader: "gate", place: "west",
                purpose: .shelter("west-1"), clock: .synced)
        }
        let crowd = try publish(taps, by: "west-2", DataFolder("\(folder)/island/data"), port: ports.island, through: "\(folder)/taps")
        try wait("\(count) taps at the island", seconds: 120) {
            crowd.look()
            return crowd.code != nil
        }
        try #require(crowd.code == 0, "\(crowd.lines)")
    }

    private static func token(_ number: Int64) -> Token? {
        var (rest, letters) = (number, "")
        for _ in 0..<26 {
            letters.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "a") + UInt8(rest % 26)))
            rest /= 26
        }
        return Token("k1." + letters)
    }

    // MARK: What is known

    private func hearTown() throws {
        let topic = Channel<Occupancy>.occupancy.topic(in: "nagai", "west-1").description
        for event in onlooker.receive(limit: 1000) {
            if case .connected = event { onlooker.subscribe([Subscription(filter: topic, qos: 1)]) }
            if case .message(let message) = event { headcountAtTown = try Envelope<Occupancy>(json: message.payload).data.headcount }
        }
        onlooker.flush()
    }

    /// How a reception stands, at the town or at the island.
    func handOver(_ reception: ReceptionID, atIsland: Bool = false) throws -> HandOver {
        try Array(say("reception", "status", reception.text, "--json", atIsland: atIsland).utf8).decoded()
    }

    struct Listed: Decodable {
        let now: Occupancy
        let run: ShelterRun
        let shelter: Shelter
    }

    /// A shelter as the town or the island lists it.
    func listed(_ shelter: ShelterID, atIsland: Bool = false) throws -> Listed? {
        try Array(say("shelter", "list", "--json", atIsland: atIsland).utf8).decoded(as: [Listed].self).first { $0.shelter.id == shelter }
    }

    func roster(_ shelter: ShelterID, atIsland: Bool = false) throws -> [EvacueeBrief] {
        try Array(say("shelter", "roster", shelter.text, "--json", atIsland: atIsland).utf8).decoded()
    }

    /// All stays as one registry has them, and who has more than one place; to be asked when the programs have ended.
    func stays(atIsland: Bool) throws -> (all: [String], twice: Int) {
        let data = DataFolder("\(folder)/\(atIsland ? "island" : "town")/data")
        let disk = try Database(path: data.state(of: Address("shelter-registry", atIsland ? "west" : "main")))
        return try disk.read { db in
            let all = try db.all("SELECT key, n, shelter, kind, away, starts, since, ends, ending FROM stay ORDER BY key, drill, n") {
                row in
                (0..<9).map { row.text(Int32($0)) }.joined(separator: " ")
            }
            let twice = try db.all("SELECT key FROM stay WHERE ends IS NULL GROUP BY key HAVING count(*) > 1") { $0.text(0) }
            return (all, twice.count)
        }
    }
}
