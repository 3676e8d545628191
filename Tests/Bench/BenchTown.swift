import Bus
import Contracts
import Glibc
import LockController
import Mosquitto
import ReaderAgent
import Seal
import ServiceKit
import Store

/// The town that is measured: one agent or many, one door, one lock-controller.
enum BenchTown {
    static let town: TownID = "bench"
    static let door: DoorID = "gym"
    static let agent: Instance = "gate-1"

    static func roster(agents: Int = 1) -> Roster {
        Roster([
            .readerAgent: (1...agents).map(gate), .lockController: ["main"], .residentDirectory: ["main"], .lock: [door.named()],
            .desk: ["office"], .operator: ["watch"],
        ])
    }

    static func gate(_ number: Int) -> Instance { Instance("gate-\(number)")! }

    /// The card of the `number`th resident; from `strangers` on, cards without a right.
    static func token(_ number: Int) -> Token {
        var letters: [UInt8] = []
        var rest = number
        for _ in 0..<26 {
            letters.append(UInt8(ascii: "a") + UInt8(rest % 26))
            rest /= 26
        }
        return Token("k1." + String(decoding: letters, as: UTF8.self))!
    }

    static let strangers = 10_000_000

    static func write(to path: String) throws {
        let text = """
            town: bench
            felica: true
            double-tap: { default: 0s }
            agents:
              gate-1:
                readers:
                  reader-1: { device: "Bench Reader", place: gym, purpose: "door:gym" }
            doors:
              gym: { title: 体育館, accepts: proved, open-for: 5s }
            desks: [office]
            operators: [watch]
            """
        guard let file = fopen(path, "w") else { throw Fatal("\(path) cannot be written") }
        fputs(text, file)
        fclose(file)
    }

    // MARK: Hosts in processes of their own, on plain TCP

    static func serveController(port: Int, database path: String, agents: Int) throws {
        let key = try SigningKey(seed: Array(repeating: 1, count: 32))
        let service = LockController(doors: [Door(id: door, accepts: .proved, openFor: .seconds(5))], seal: GrantSeal(key))
        let (host, transport) = try host(service, .lockController, "main", port: port, database: path, agents: agents)
        try Loop(host, interest: { interest(transport) }).run()
    }

    /// Fills a journal while no broker can be reached, then connects and takes one new tap a second.
    static func serveBacklog(port: Int, database path: String, count: Int) throws {
        let service = ReaderAgent(
            readers: [AgentReader(id: "reader-1", place: "gym", purpose: .door(door))], doubleTap: { _ in .zero }, journalLimit: 10_000_000,
            boot: "bench")
        try fill(service, database: path, count: count)
        let (host, transport) = try host(service, .readerAgent, agent, port: port, database: path)
        var last = monotonicMilliseconds()
        var number = count
        try Loop(
            host, interest: { interest(transport) },
            inputs: {
                guard monotonicMilliseconds() >= last + 1000 else { return [] }
                last = monotonicMilliseconds()
                number += 1
                return [card(number)]
            }
        ).run()
    }

    private static func fill(_ service: ReaderAgent, database path: String, count: Int) throws {
        let (host, _) = try host(service, .readerAgent, agent, port: 1, database: path)
        for first in stride(from: 0, to: count, by: 1000) {
            _ = try host.step(now: wallClock(), inputs: (first..<min(first + 1000, count)).map(card))
        }
    }

    private static func card(_ number: Int) -> CardInput {
        .identified(
            IdentifiedCard(
                reader: "reader-1", token: token(number), scheme: .cardApp, assurance: .proved, at: wallClock(),
                uptime: monotonicMilliseconds(),
                clock: .free))
    }

    static func serve<S: Service>(_ service: S, _ identity: Identity, port: Int, database path: String, vault: Vault) throws {
        let (host, transport) = try host(service, identity, port: port, database: path, vault: vault)
        try Loop(host, interest: { interest(transport) }).run()
    }

    private static func host<S: Service>(
        _ service: S, _ role: Role, _ instance: Instance, port: Int, database path: String, agents: Int = 1
    ) throws -> (Host<S>, MosquittoTransport) {
        let identity = Identity(
            town: town, role: role, instance: instance, offset: .japan, version: "bench", roster: roster(agents: agents))
        return try host(service, identity, port: port, database: path)
    }

    private static func host<S: Service>(
        _ service: S, _ identity: Identity, port: Int, database path: String, vault: Vault? = nil
    ) throws -> (Host<S>, MosquittoTransport) {
        let transport = MosquittoTransport(
            BrokerSettings(host: "localhost", port: port, client: identity.user.text, tls: nil),
            will: { .lastWill(of: identity.address, in: town, connectedAt: wallClock()) })
        var random = SystemRandomNumberGenerator()
        let host = try Host(
            service, identity: identity, database: Database(path: path), transport: transport, vault: vault, now: wallClock(),
            random: { random.next() }, log: { _ in })
        return (host, transport)
    }

    private static func interest(_ transport: MosquittoTransport) -> (descriptors: [Descriptor], patience: Int64) {
        ([transport.interest].compactMap { $0 }.map { Descriptor($0.fd, $0.events) }, transport.patience)
    }

    // MARK: Taps

    /// The `number`th tap of an agent.
    static func tap(
        by agent: Instance, number: Int64, epoch: Epoch, token: Token, at time: Instant, for purpose: Purpose = .door(door),
        random: inout some RandomNumberGenerator
    ) -> Envelope<Tapped> {
        let data = Tapped(
            token: token, scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "gym", purpose: purpose, clock: .synced)
        return Envelope(
            id: EventID(at: time, random: (random.next(), random.next())), source: Address("reader-agent", agent).source(in: town),
            subject: "reader-1", time: time, position: StreamPosition(epoch: epoch, number: number), data: data)
    }

    static func taps(of agent: Instance) -> String { Channel<Tapped>.taps.topic(in: town, agent.named()).description }
    static func life(of agent: Instance) -> String { Topic.life(of: Address("reader-agent", agent), in: town).description }

    static let taps = taps(of: agent)
    static let grants = Grant.topic(in: town, to: door).description
    static let decisions = Channel<DoorDecided>.doorDecisions.topic(in: town, "main").description
    static let life = life(of: agent)
}
