import Bus
import Contracts
import ReaderAgent
import Seal
import ServiceKit
import Store
import Testing

/// One reader-agent on a virtual clock, and one connection that plays everybody else.
final class TestAgent {
    static let town: TownID = "nagai"
    static let start = Instant(milliseconds: 1_795_227_986_250)
    static let window = Duration.seconds(2)
    let broker = InMemoryBroker(random: { 1 })
    private let outside: InMemoryTransport
    private(set) var transport: InMemoryTransport
    private let disk: Database
    private var host: Host<ReaderAgent>
    private let signals = Signals()
    private let limit: Int64
    private var chance: UInt64 = 7
    var now = TestAgent.start
    private(set) var heard: [Message] = []

    /// What outlives the process: what people saw, and the machine's chance.
    final class Signals {
        var seen: [Signal] = []
        private var chance: UInt64 = 99

        func draw() -> UInt64 {
            chance = chance &* 6_364_136_223_846_793_005 &+ 1
            return chance
        }
    }

    init(limit: Int64 = 1000, isReachable: Bool = true) throws {
        self.limit = limit
        disk = try Database.inMemory()
        outside = InMemoryTransport(broker, client: "desk-office")
        _ = outside.receive(limit: 10)
        outside.subscribe([Subscription(filter: "\(Self.town)/#", qos: 1)])
        transport = InMemoryTransport(broker, client: "agent-gate-1")
        transport.isReachable = isReachable
        host = try Self.boot("door:gym", limit, disk, transport, signals, now)
        settle()
    }

    private static func boot(
        _ purpose: String, _ limit: Int64, _ disk: Database, _ transport: InMemoryTransport, _ signals: Signals, _ now: Instant
    ) throws -> Host<ReaderAgent> {
        let configured = try #require(Purpose(purpose))
        let service = ReaderAgent(
            readers: [
                AgentReader(id: "reader-1", place: "hall", purpose: configured, direction: .in),
                AgentReader(id: "reader-2", place: "hall", purpose: configured),
            ], doubleTap: { _ in window }, journalLimit: limit)
        let roster = Roster([.readerAgent: ["gate-1"], .lockController: ["main"], .desk: ["office"]])
        return try Host(
            service,
            identity: Identity(town: town, role: .readerAgent, instance: "gate-1", offset: .japan, version: "1", roster: roster),
            database: disk, transport: transport, now: now,
            random: { signals.draw() }, log: { _ in }, perform: { if let signal = $0 as? Signal { signals.seen.append(signal) } })
    }

    /// The process dies and starts again on its disk, perhaps with another configuration.
    func restart(configured purpose: String = "door:gym") throws {
        transport.abandon()
        transport = InMemoryTransport(broker, client: "agent-gate-1")
        host = try Self.boot(purpose, limit, disk, transport, signals, now)
        settle()
    }

    func settle(_ inputs: [CardInput] = []) {
        var inputs = inputs
        for _ in 0..<50 {
            do { if try host.step(now: now, inputs: inputs) > now { break } } catch { Issue.record(error) }
            inputs = []
        }
        for event in outside.receive(limit: 10_000) { if case .message(let message) = event { heard.append(message) } }
        outside.flush()
    }

    /// What the person saw and heard because of this.
    func signals(_ body: () throws -> Void) rethrows -> [Signal.Kind] {
        let before = signals.seen.count
        try body()
        return signals.seen.dropFirst(before).map(\.kind)
    }

    func publish(_ topic: Topic, _ payload: [UInt8]) {
        _ = outside.publish(Outgoing(topic: topic.description, payload: payload, qos: 1, retain: topic.kind.isRetained))
        outside.flush()
        settle()
    }

    /// What was told, in order. What is sent again after a crash is known by its bytes.
    func events<Body: Payload>(_ channel: Channel<Body>) throws -> [Envelope<Body>] {
        let topic = channel.topic(in: Self.town, "gate-1").description
        var known: Set<[UInt8]> = []
        return try heard.filter { $0.topic == topic && known.insert($0.payload).inserted }.map { try Envelope(json: $0.payload) }
    }

    func newID() -> EventID {
        chance += 1
        return EventID(at: now, random: (1, chance))
    }

    func setPurpose(_ purpose: Purpose, of reader: ReaderID = "reader-1") throws -> Reply<Done> {
        let command = Envelope(
            id: newID(), source: "/nagai/desk/office", time: now, expires: now + .seconds(30),
            data: SetPurpose(reader: reader, purpose: purpose))
        publish(Channel<SetPurpose>.setPurpose.topic(in: Self.town, "desk-office", at: "gate-1"), try command.json())
        let answer = Channel<SetPurpose>.setPurpose.replyTopic(in: Self.town, to: "desk-office", at: "gate-1").description
        let replies = try heard.filter { $0.topic == answer }.map { try Envelope<Reply<Done>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    /// - Parameters:
    ///   - uptime: milliseconds since the machine started.
    ///   - at: what the clock on the wall shows, right or wrong.
    static func card(_ number: Int = 0, reader: ReaderID = "reader-1", uptime: Int64, at: Instant = start) -> CardInput {
        let letter = String(UnicodeScalar(UInt8(97 + number % 26)))
        guard let token = Token("k1." + String(repeating: letter, count: 26)) else { preconditionFailure("a token of one letter") }
        return .identified(
            IdentifiedCard(reader: reader, token: token, scheme: .cardApp, assurance: .proved, at: at, uptime: uptime, clock: .free))
    }
}
