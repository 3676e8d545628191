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
    private var otherEvents: [TopicName: Int64] = [:]
    private let leaseDoor: DoorID?
    private var directory = FakeDirectory<LockView>()
    var registry = FakeRegistry()

    let plans: [DoorID: DoorPlan]

    /// - Parameter door: whose lock decides alone.
    init(plans: [DoorID: DoorPlan] = [:], leaseAt door: DoorID? = nil) throws {
        self.plans = plans
        leaseDoor = door
        key = try SigningKey(seed: Array(repeating: 7, count: 32))
        disk = try Database.inMemory()
        outside = InMemoryTransport(broker, client: "desk-office")
        _ = outside.receive(limit: 10)
        outside.subscribe([Subscription(filter: "\(Self.town)/#", qos: 1)])
        (host, transport) = try Self.boot(key, disk, broker, now, plans, leaseDoor)
        settle()
    }

    private static func boot(
        _ key: SigningKey, _ disk: Database, _ broker: InMemoryBroker, _ now: Instant, _ plans: [DoorID: DoorPlan], _ leaseDoor: DoorID?
    ) throws -> (Host<LockController>, InMemoryTransport) {
        let roster = Roster([
            .readerAgent: ["gate-1"], .lockController: ["main"], .residentDirectory: ["main"], .shelterRegistry: ["main"],
            .lock: ["gym", "hall", "c1", "c2"], .keypad: ["gym"], .desk: ["office", "second"],
        ])
        let service = LockController(
            doors: [
                Door(
                    id: "gym", accepts: .proved, openFor: .seconds(5), plan: plans["gym"] ?? DoorPlan(),
                    lease: leaseDoor == "gym" ? .seconds(7 * 86_400) : nil, hasKeypad: true),
                Door(id: "hall", accepts: .read, openFor: .seconds(3), plan: plans["hall"] ?? DoorPlan(), mayBeOrdered: true),
            ] + ["c1", "c2"].map { Door(id: $0, accepts: .proved, openFor: .seconds(5)) },
            lockers: [Locker(id: "library", compartments: ["c1", "c2"], keep: .time(.seconds(72 * 3600)), remind: .seconds(24 * 3600))],
            disasters: [
                DisasterPlan(id: "earthquake", opens: ["gym": ["shelter"]], suspends: ["gym"], longest: .seconds(3600)),
                DisasterPlan(id: "flood", opens: ["hall": ["shelter"]], suspends: [], longest: .seconds(3600)),
            ], shelters: ["gym": ["s01": ["shelter-staff"]]], seal: GrantSeal(key), codes: try codeKey())
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

    static func codeKey() throws -> CodeKey { try CodeKey(secret: Array(repeating: 9, count: 32)) }

    /// The process dies and starts again, on this disk or on an older copy of it.
    func restart(from copy: [UInt8]? = nil) throws {
        transport.abandon()
        if let copy { disk = try Database.inMemory(holding: copy) }
        (host, transport) = try Self.boot(key, disk, broker, now, plans, leaseDoor)
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
        hear()
    }

    /// What was said since the last look.
    @discardableResult
    func hear() -> [Message] {
        let fresh = outside.receive(limit: 10_000).compactMap { if case .message(let message) = $0 { message } else { nil } }
        heard += fresh
        outside.flush()
        return fresh
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
        at: Instant? = nil, door: DoorID = "gym", locker: LockerID? = nil, token: Token = card, former: Token? = nil,
        assurance: Assurance = .proved, direction: Direction? = nil
    ) throws -> Envelope<Tapped> {
        let data = Tapped(
            token: token, former: former, scheme: .cardApp, assurance: assurance, reader: "reader-1", place: "hall",
            purpose: locker.map { Purpose(kind: "locker", thing: $0.named()) } ?? .door(door), direction: direction, clock: .synced)
        return Envelope(
            id: newID(), source: "/nagai/reader-agent/gate-1", subject: "reader-1", time: at ?? now,
            position: StreamPosition(epoch: agentEpoch, number: nextTap()), data: data)
    }

    private func nextTap() -> Int64 {
        taps += 1
        return taps
    }

    /// Another of the agent's streams.
    func sayOfAgent<Body: EventBody>(_ data: Body, on channel: Channel<Body>) throws {
        otherEvents[channel.name, default: 0] += 1
        let event = Envelope(
            id: newID(), source: "/nagai/reader-agent/gate-1", time: now,
            position: StreamPosition(epoch: agentEpoch, number: otherEvents[channel.name] ?? 1), data: data)
        publish(channel.topic(in: Self.town, "gate-1"), try event.json())
        settle()
    }

    static var taps: Topic { Channel<Tapped>.taps.topic(in: town, "gate-1") }

    /// Holds a card now and gives back what the door decided.
    @discardableResult
    func hold(
        at: Instant? = nil, door: DoorID = "gym", locker: LockerID? = nil, token: Token = card, former: Token? = nil,
        direction: Direction? = nil
    ) throws -> Envelope<DoorDecided> {
        let tap = try tap(at: at, door: door, locker: locker, token: token, former: former, direction: direction)
        publish(Self.taps, try tap.json())
        settle()
        return try #require(try events(.doorDecisions).first { $0.cause == tap.id })
    }

    // MARK: The desk

    func command<Body: Payload>(_ body: Body, id: EventID? = nil, as desk: Instance = "office") -> Envelope<Body> {
        Envelope(id: id ?? newID(), source: "/nagai/desk/\(desk)", time: now, expires: now + .seconds(30), data: body)
    }

    func ask<Body: Payload, Answer>(
        _ channel: Channel<Body>, _ body: Body, for: Answer.Type, as desk: Instance = "office", of role: Role = .desk
    ) throws -> Reply<Answer> {
        let command = command(body, as: desk)
        let user = role.user(desk)
        publish(channel.topic(in: Self.town, user.named()), try command.json())
        settle()
        let replies = try said(channel.replyTopic(in: Self.town, to: user.named())).map { try Envelope<Reply<Answer>>(json: $0) }
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

    func report(
        _ grant: EventID, id: EventID? = nil, door: DoorID = "gym", _ result: LockOutcome.Result = .opened,
        _ refusal: LockOutcome.Refusal? = nil
    ) throws -> Envelope<LockOutcome> {
        let report = Envelope(
            id: id ?? newID(), source: "/nagai/lock/\(door)", time: now,
            data: LockOutcome(grant: grant, result: result, refusal: refusal))
        publish(Channel<LockOutcome>.lockOutcomes.topic(in: Self.town, door.named()), try report.json())
        settle()
        return report
    }

    /// The lock tells how it and its door were some seconds ago, or are now.
    @discardableResult
    func tell(_ condition: LockCondition, ago seconds: Int = 0, door: DoorID = "gym") throws -> EventID {
        let report = Envelope(id: newID(), source: "/nagai/lock/\(door)", time: now - .seconds(seconds), data: condition)
        publish(Channel<LockCondition>.lockConditions.topic(in: Self.town, door.named()), try report.json())
        settle()
        return report.id
    }

    func lockLives(_ state: Life.State, door: DoorID = "gym") throws {
        publish(.life(of: Address("lock", door.named()), in: Self.town), try Life(state, at: now).json())
        settle()
    }

    /// The alarms of a list in their order, each as its kind.
    func alarms(all: Bool? = nil) throws -> [DoorAlarm] {
        try ask(.listAlarms, ListAlarms(all: all), for: AlarmList.self).answer?.alarms ?? []
    }

    func state(of door: DoorID = "gym") throws -> DoorState {
        let said = try #require(said(Channel<DoorState>.doors.topic(in: Self.town, door.named())).last)
        return try Envelope<DoorState>(json: said).data
    }

    func problems() throws -> [Problem] {
        wait(.seconds(11))
        let life: Life = try #require(said(.life(of: Address("lock-controller", "main"), in: Self.town)).last).decoded()
        return life.problems ?? []
    }

    func orders(to door: DoorID = "gym") -> [[UInt8]] { said(Grant.topic(in: Self.town, to: door)) }

    func grants(to door: DoorID = "gym") throws -> [Grant] {
        try orders(to: door).map { bytes in
            try JWS.open(bytes, keys: [key.kid: key.verifyingKey], type: Grant.type).get().decoded()
        }
    }
}
