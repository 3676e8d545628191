import Bus
import Contracts
import Glibc
import LockController
import Mosquitto
import ReaderAgent
import Seal
import ServiceKit
import Store

/// The town that is measured: one agent, one door, one lock-controller.
enum BenchTown {
    static let town: TownID = "bench"
    static let door: DoorID = "gym"
    static let agent: Instance = "gate-1"
    static let roster = Roster([
        .readerAgent: [agent], .lockController: ["main"], .lock: [door.named()], .desk: ["office"], .operator: ["watch"],
    ])

    static func token(_ opens: Bool) -> Token { Token(opens ? "k1.aaaaaaaaaaaaaaaaaaaaaaaaaa" : "k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")! }

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

    static func serveController(port: Int, database path: String) throws {
        let key = try SigningKey(seed: Array(repeating: 1, count: 32))
        let service = LockController(doors: [Door(id: door, accepts: .proved, openFor: .seconds(5))], seal: GrantSeal(key))
        let (host, transport) = try host(service, .lockController, "main", port: port, database: path)
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
        var letters: [UInt8] = []
        var rest = number
        for _ in 0..<26 {
            letters.append(UInt8(ascii: "a") + UInt8(rest % 26))
            rest /= 26
        }
        let token = Token("k1." + String(decoding: letters, as: UTF8.self))!
        return .identified(
            IdentifiedCard(
                reader: "reader-1", token: token, scheme: .cardApp, assurance: .proved, at: wallClock(), uptime: monotonicMilliseconds(),
                clock: .free))
    }

    private static func host<S: Service>(
        _ service: S, _ role: Role, _ instance: Instance, port: Int, database path: String
    ) throws -> (Host<S>, MosquittoTransport) {
        let identity = Identity(town: town, role: role, instance: instance, offset: .japan, version: "bench", roster: roster)
        let transport = MosquittoTransport(
            BrokerSettings(host: "localhost", port: port, client: identity.user.text, tls: nil),
            will: { .lastWill(of: identity.address, in: town, connectedAt: wallClock()) })
        var random = SystemRandomNumberGenerator()
        let host = try Host(
            service, identity: identity, database: Database(path: path), transport: transport, now: wallClock(), random: { random.next() },
            log: { _ in })
        return (host, transport)
    }

    private static func interest(_ transport: MosquittoTransport) -> (descriptors: [Descriptor], patience: Int64) {
        ([transport.interest].compactMap { $0 }.map { Descriptor($0.fd, $0.events) }, transport.patience)
    }

    // MARK: Taps

    static func taps(_ count: Int, from first: Int64, epoch: Epoch, opensEvery share: Int, at time: Instant) throws -> [[UInt8]] {
        var random = SystemRandomNumberGenerator()
        return try (0..<Int64(count)).map { index in
            try tap(number: first + index, epoch: epoch, opens: index % Int64(share) == 0, at: time, random: &random)
        }
    }

    static func tap(number: Int64, epoch: Epoch, opens: Bool, at time: Instant, random: inout SystemRandomNumberGenerator) throws -> [UInt8]
    {
        let data = Tapped(
            token: token(opens), scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "gym", purpose: .door(door),
            clock: .synced)
        return try Envelope(
            id: EventID(at: time, random: (random.next(), random.next())), source: Address("reader-agent", agent).source(in: town),
            subject: "reader-1", time: time, position: StreamPosition(epoch: epoch, number: number), data: data
        ).json()
    }

    static let taps = Channel<Tapped>.taps.topic(in: town, agent.named()).description
    static let grants = Grant.topic(in: town, to: door).description
    static let decisions = Channel<DoorDecided>.doorDecisions.topic(in: town, "main").description
    static let life = Topic.life(of: Address("reader-agent", agent), in: town).description
}
