import Bus
import Contracts
import Harness
import LockController
import Seal
import ServiceKit
import Store
import Testing

/// One lock-controller on a virtual clock, and one connection that plays everybody else: the desk, the locks, the agents.
final class TestTown {
    static let town: TownID = "nagai"
    static let start = Instant(milliseconds: 1_795_227_986_250)
    static let card: Token = token(0)
    let key: SigningKey
    let broker = InMemoryBroker(random: { 1 })
    private let outside: InMemoryTransport
    private(set) var transport: InMemoryTransport
    private(set) var disk: Database
    private var host: Host<LockController>
    private var chance: UInt64 = 7
    var now = TestTown.start
    /// What anybody has published, in order.
    private(set) var heard: [Message] = []
    let agentEpoch = Epoch(after: nil, now: TestTown.start, random: 3)
    private var taps: Int64 = 0
    private var directory = FakeDirectory<LockView>()

    init() throws {
        key = try SigningKey(seed: Array(repeating: 7, count: 32))
        disk = try Database.inMemory()
        outside = InMemoryTransport(broker, client: "desk-office")
        _ = outside.receive(limit: 10)
        outside.subscribe([Subscription(filter: "\(Self.town)/#", qos: 1)])
        (host, transport) = try Self.boot(key, disk, broker, now)
        settle()
    }

    private static func boot(
        _ key: SigningKey, _ disk: Database, _ broker: InMemoryBroker, _ now: Instant
    ) throws -> (Host<LockController>, InMemoryTransport) {
        let roster = Roster([
            .readerAgent: ["gate-1"], .lockController: ["main"], .residentDirectory: ["main"], .lock: ["gym", "hall"], .desk: ["office"],
        ])
        let service = LockController(
            doors: [
                Door(id: "gym", accepts: .proved, openFor: .seconds(5)),
                Door(id: "hall", accepts: .read, openFor: .seconds(3), mayBeOrdered: true),
            ], seal: GrantSeal(key))
        let transport = InMemoryTransport(broker, client: "lock-controller-main")
        // Each life of the process draws other numbers.
        var chance = UInt64(now.milliseconds)
        let host = try Host(
            service,
            identity: Identity(town: town, role: .lockController, instance: "main", offset: .japan, version: "1", roster: roster),
            database: disk, transport: transport, now: now,
            random: {
                chance = chance &* 6_364_136_223_846_793_005 &+ 1
                return chance
            }, log: { _ in })
        return (host, transport)
    }

    /// The process dies and starts again, on this disk or on an older copy of it.
    func restart(from copy: [UInt8]? = nil) throws {
        transport.abandon()
        if let copy { disk = try Database.inMemory(holding: copy) }
        (host, transport) = try Self.boot(key, disk, broker, now)
        settle()
    }

    /// One step of the program, without hearing what the broker answers to it.
    /// - Returns: whether there is nothing more to do for now.
    @discardableResult
    func stepOnce(stalled: Bool = false) -> Bool {
        do { return try host.step(now: now, stalled: stalled) > now } catch {
            Issue.record(error)
            return true
        }
    }

    func settle() {
        #expect((0..<50).contains { _ in stepOnce() }, "the host does not come to rest")
        for event in outside.receive(limit: 10_000) { if case .message(let message) = event { heard.append(message) } }
        outside.flush()
    }

    func wait(_ span: Duration) {
        let end = now + span
        while now < end {
            now = min(now + .milliseconds(500), end)
            settle()
        }
    }

    func publish(_ topic: Topic, _ payload: [UInt8]) {
        _ = outside.publish(Outgoing(topic: topic.description, payload: payload, qos: 1, retain: topic.kind.isRetained))
        outside.flush()
    }

    /// Everything that was said on one topic.
    func said(_ topic: Topic) -> [[UInt8]] { heard.filter { $0.topic == topic.description }.map(\.payload) }

    func events<Body: Payload>(_ channel: Channel<Body>) throws -> [Envelope<Body>] {
        try said(channel.topic(in: Self.town, "main")).map { try Envelope(json: $0) }
    }

    func newID() -> EventID {
        chance += 1
        return EventID(at: now, random: (1, chance))
    }

    static func token(_ number: Int) -> Token {
        let letters = [number / 26, number % 26].map { String(UnicodeScalar(UInt8(97 + $0))) }.joined()
        return Token("k1.aaaaaaaaaaaaaaaaaaaaaaaa\(letters)")!
    }
}

extension TestTown {
    // MARK: The agent

    /// A sign of life that was said at `at` by the agent's clock and is heard now.
    func agentLives(at: Instant? = nil) throws {
        publish(.life(of: Address("reader-agent", "gate-1"), in: Self.town), try Life(.ready, at: at ?? now).json())
        settle()
    }

    func tap(
        at: Instant? = nil, door: DoorID = "gym", token: Token = card, former: Token? = nil, assurance: Assurance = .proved
    ) throws -> Envelope<Tapped> {
        let data = Tapped(
            token: token, former: former, scheme: .cardApp, assurance: assurance, reader: "reader-1", place: "hall", purpose: .door(door),
            clock: .synced)
        return Envelope(
            id: newID(), source: "/nagai/reader-agent/gate-1", subject: "reader-1", time: at ?? now,
            position: StreamPosition(epoch: agentEpoch, number: nextTap()), data: data)
    }

    private func nextTap() -> Int64 {
        taps += 1
        return taps
    }

    static var taps: Topic { Channel<Tapped>.taps.topic(in: town, "gate-1") }

    /// Holds a card now and gives back what the door decided.
    @discardableResult
    func hold(at: Instant? = nil, door: DoorID = "gym", token: Token = card, former: Token? = nil) throws -> Envelope<DoorDecided> {
        let tap = try tap(at: at, door: door, token: token, former: former)
        publish(Self.taps, try tap.json())
        settle()
        return try #require(try events(.doorDecisions).first { $0.cause == tap.id })
    }

    // MARK: The desk

    func command<Body: Payload>(_ body: Body, id: EventID? = nil) -> Envelope<Body> {
        Envelope(id: id ?? newID(), source: "/nagai/desk/office", time: now, expires: now + .seconds(30), data: body)
    }

    func ask<Body: Payload, Answer>(_ channel: Channel<Body>, _ body: Body, for: Answer.Type) throws -> Reply<Answer> {
        let command = command(body)
        publish(channel.topic(in: Self.town, "desk-office"), try command.json())
        settle()
        let replies = try said(channel.replyTopic(in: Self.town, to: "desk-office")).map { try Envelope<Reply<Answer>>(json: $0) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    /// Minutes are counted from the start of the test.
    func book(
        _ from: Int, _ to: Int, door: DoorID = "gym", tokens: [Token] = [card], persons: [PersonID]? = nil
    ) throws -> Reply<BookingAnswer> {
        let wish = AddBooking(door: door, from: minute(from), to: minute(to), tokens: tokens, persons: persons)
        return try ask(.addBooking, wish, for: BookingAnswer.self)
    }

    func minute(_ minute: Int) -> Instant { Self.start + .seconds(60 * minute) }

    // MARK: The directory

    /// The directory says what doors know of a person from now on.
    func learn(_ view: LockView) throws {
        let row = directory.row(view, at: now)
        publish(directory.topic, try row.json())
        settle()
    }

    /// The same, and nobody can read it.
    func mislearn(_ view: LockView) throws {
        let row = directory.row(view, at: now)
        publish(directory.topic, try directory.garbled(row))
        settle()
    }

    /// The directory comes back from a copy that ends with its `last`th row.
    func restoreDirectory(to last: Int64) throws {
        publish(.heads(of: Address("resident-directory", "main"), in: Self.town), try directory.restored(to: last, at: now).json())
        settle()
    }

    // MARK: The lock

    func report(_ grant: EventID, id: EventID? = nil, door: DoorID = "gym") throws -> Envelope<LockOutcome> {
        let report = Envelope(
            id: id ?? newID(), source: "/nagai/lock/\(door)", time: now, data: LockOutcome(grant: grant, result: .opened))
        publish(Channel<LockOutcome>.lockOutcomes.topic(in: Self.town, door.named()), try report.json())
        settle()
        return report
    }

    func orders(to door: DoorID = "gym") -> [[UInt8]] { said(Grant.topic(in: Self.town, to: door)) }

    func grants(to door: DoorID = "gym") throws -> [Grant] {
        try orders(to: door).map { bytes in
            try JWS.open(bytes, keys: [key.kid: key.verifyingKey], type: Grant.type).get().decoded()
        }
    }
}
