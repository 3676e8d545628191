import Bus
import Contracts
import Glibc
import LockController
import Mosquitto
import Seal
import ServiceKit
import Store

/// The town that is measured: one agent, one door, one lock-controller, on a broker of its own.
enum BenchTown {
    static let town: TownID = "bench"
    static let door: DoorID = "gym"
    static let agent: Instance = "gate-1"
    static let roster = Roster([
        .readerAgent: [agent], .lockController: ["main"], .lock: [door.named()], .desk: ["office"], .operator: ["watch"],
    ])

    static func token(_ opens: Bool) -> Token { Token(opens ? "k1.aaaaaaaaaaaaaaaaaaaaaaaaaa" : "k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")! }

    /// The lock-controller as its program runs it, in a process of its own.
    static func serve(port: Int, database path: String, tls: TLSFiles?) throws {
        let identity = Identity(town: town, role: .lockController, instance: "main", offset: .japan, version: "bench", roster: roster)
        let key = try SigningKey(seed: Array(repeating: 1, count: 32))
        let database = try Database(path: path)
        let transport = MosquittoTransport(
            BrokerSettings(host: "localhost", port: port, client: identity.user.text, tls: tls),
            will: { .lastWill(of: identity.address, in: town, connectedAt: wallClock()) })
        var random = SystemRandomNumberGenerator()
        let host = try Host(
            LockController(doors: [Door(id: door, accepts: .proved, openFor: .seconds(5))], seal: GrantSeal(key)), identity: identity,
            database: database,
            transport: transport, now: wallClock(), random: { random.next() }, log: { print($0) })
        try Loop(host, interest: { ([transport.interest].compactMap { $0 }.map { Descriptor($0.fd, $0.events) }, transport.patience) })
            .run()
    }

    /// Taps of one agent, made before the clock runs.
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
            subject: "reader-1",
            time: time, position: StreamPosition(epoch: epoch, number: number), data: data
        ).json()
    }

    static let taps = Channel<Tapped>.taps.topic(in: town, agent.named()).description
    static let grants = Grant.topic(in: town, to: door).description
    static let decisions = Channel<DoorDecided>.doorDecisions.topic(in: town, "main").description
    static let life = Topic.life(of: Address("reader-agent", agent), in: town).description
}
