import Bus
import Contracts
import Seal
import Testing
import VirtualLock

/// The lock in Swift against Docs/locks.md, section 4: the table of refusals, and what is on its disk when the bolt moves.
@Suite("A virtual lock")
struct LockTests {
    /// A change of a good order and of the lock that gets it, and the word the lock owes for it; `nil` opens.
    struct Order: Sendable, CustomStringConvertible {
        let description: String
        var change: @Sendable (inout Grant) -> Void = { _ in }
        var isRetained = false
        var isSignedByAnother = false
        var isGarbage = false
        let refusal: LockOutcome.Refusal?
    }

    static let now = Instant(milliseconds: 1_795_215_600_000)
    static let earlier: EventID = .derived(ofType: "earlier", identity: "gym", at: now)
    static let table = [
        Order(description: "a good order", refusal: nil),
        Order(description: "its last second", change: { $0.exp = seconds + 1 }, refusal: nil),
        Order(description: "its first second", change: { $0.nbf = seconds }, refusal: nil),
        Order(description: "the second it ends", change: { $0.exp = seconds }, refusal: .stale),
        Order(description: "a second too early", change: { $0.nbf = seconds + 1 }, refusal: .notYet),
        Order(description: "the highest counter again", change: { $0.cnt = 100 }, refusal: .lowerCounter),
        Order(description: "a lower counter", change: { $0.cnt = 99 }, refusal: .lowerCounter),
        Order(description: "an order obeyed before", change: { $0.jti = earlier }, refusal: .repeated),
        Order(description: "another door", change: { $0.aud = "hall" }, refusal: .wrongDoor),
        Order(description: "another town", change: { $0.iss = "oguni/lock-controller" }, refusal: .wrongDoor),
        Order(description: "no time at all", change: { $0.open = 0 }, refusal: .malformed),
        Order(description: "more than an hour", change: { $0.open = 3601 }, refusal: .malformed),
        Order(description: "kept at the broker", isRetained: true, refusal: .malformed),
        Order(description: "another key", isSignedByAnother: true, refusal: .wrongSignature),
        Order(description: "no order at all", isGarbage: true, refusal: .malformed),
    ]
    private static var seconds: Int64 { now.milliseconds / 1000 }

    private static func good(_ jti: EventID, cnt: Int64) -> Grant {
        Grant(iss: "nagai/lock-controller", aud: "gym", jti: jti, nbf: seconds - 2, exp: seconds + 10, cnt: cnt, open: 5)
    }

    @Test("Of all orders only those open that meet every condition; each other one gets its own word, and moves nothing", arguments: table)
    func orders(_ order: Order) throws {
        let rig = try Rig()
        try rig.send(Self.good(Self.earlier, cnt: 100))
        #expect(rig.refusals.isEmpty && rig.opened == [Self.earlier])
        var grant = Self.good(.derived(ofType: "grant", identity: "gym", at: Self.now), cnt: 101)
        order.change(&grant)
        try rig.send(grant, isRetained: order.isRetained, isSignedByAnother: order.isSignedByAnother, isGarbage: order.isGarbage)
        #expect(rig.refusals == (order.refusal.map { [$0] } ?? []))
        #expect(rig.opened == [Self.earlier] + (order.refusal == nil ? [grant.jti] : []))
        #expect(rig.lock.memory.highest == (order.refusal == nil ? grant.cnt : 100))
    }

    @Test("The counter is on the disk before the bolt moves; if it cannot be, the bolt stays")
    func kept() throws {
        let rig = try Rig()
        try rig.send(Self.good(Self.earlier, cnt: 100))
        #expect(rig.highestOnDiskAtBolt == [100])
        rig.isDiskFull = true
        #expect(throws: Rig.DiskFull.self) {
            try rig.send(Self.good(.derived(ofType: "grant", identity: "gym", at: Self.now), cnt: 101))
        }
        #expect(rig.opened == [Self.earlier])
    }

    @Test("A report is said again, byte for byte, until it is answered")
    func repeated() throws {
        let rig = try Rig()
        try rig.send(Self.good(Self.earlier, cnt: 100))
        for second in [2, 6, 14] as [Int64] { _ = try rig.lock.step(now: Self.now + .seconds(second)) }
        #expect(rig.reports.count == 4 && Set(rig.reports).count == 1)
        let report = try Envelope<LockOutcome>(json: try #require(rig.reports.first))
        let answer = Envelope(
            id: Self.earlier, source: "/nagai/lock-controller/main", time: Self.now, cause: report.id, data: Reply<Done>.accept(Done()))
        rig.broker.inject(
            Message(
                topic: Channel<LockOutcome>.lockOutcomes.replyTopic(in: "nagai", to: "lock-gym").description, payload: try answer.json()))
        for second in [15, 100, 200] as [Int64] { _ = try rig.lock.step(now: Self.now + .seconds(second)) }
        #expect(rig.reports.count == 4 && rig.lock.memory.reports.isEmpty)
    }

    @Test("What its sensors tell is said again, byte for byte, until it is answered on its own topic")
    func sensed() throws {
        let rig = try Rig()
        try rig.lock.report(LockCondition(contact: .open, exit: true), at: Self.now)
        for second in [0, 2, 6] as [Int64] { _ = try rig.lock.step(now: Self.now + .seconds(second)) }
        #expect(rig.conditions.count == 3 && Set(rig.conditions).count == 1 && rig.reports.isEmpty)
        let report = try Envelope<LockCondition>(json: try #require(rig.conditions.first))
        #expect(report.data.contact == .open && report.time == Self.now)
        let answer = Envelope(
            id: Self.earlier, source: "/nagai/lock-controller/main", time: Self.now, cause: report.id, data: Reply<Done>.accept(Done()))
        rig.broker.inject(
            Message(
                topic: Channel<LockCondition>.lockConditions.replyTopic(in: "nagai", to: "lock-gym").description,
                payload: try answer.json()))
        for second in [7, 100] as [Int64] { _ = try rig.lock.step(now: Self.now + .seconds(second)) }
        #expect(rig.conditions.count == 3 && rig.lock.memory.reports.isEmpty)
    }
}

/// A lock on a broker in memory, and what it did.
private final class Rig {
    struct DiskFull: Error {}

    let broker = InMemoryBroker(random: { 1 })
    private(set) var lock: VirtualLock!
    private let transport: InMemoryTransport
    private let key: SigningKey
    private var disk = LockMemory()
    var isDiskFull = false
    private(set) var opened: [EventID] = []
    private(set) var refusals: [LockOutcome.Refusal] = []
    /// The counter a power cut would have left, each time the bolt moved.
    private(set) var highestOnDiskAtBolt: [Int64] = []
    private(set) var reports: [[UInt8]] = []
    private(set) var conditions: [[UInt8]] = []

    init() throws {
        key = try SigningKey(seed: Array(0..<32))
        transport = InMemoryTransport(broker, client: "lock-gym", clean: true)
        let topic = Channel<LockOutcome>.lockOutcomes.topic(in: "nagai", "gym").description
        let condition = Channel<LockCondition>.lockConditions.topic(in: "nagai", "gym").description
        broker.onPublish = { [unowned self] in
            if $0.topic == topic { reports.append($0.payload) }
            if $0.topic == condition { conditions.append($0.payload) }
        }
        lock = VirtualLock(
            town: "nagai", door: "gym", keys: [key.verifyingKey], memory: disk, transport: transport, random: { 7 },
            keep: { [unowned self] in
                if isDiskFull { throw DiskFull() }
                disk = $0
            },
            didJudge: { [unowned self] judgement, _ in
                switch judgement {
                case .open(let grant):
                    opened.append(grant.jti)
                    highestOnDiskAtBolt.append(disk.highest)
                case .refuse(let refusal, _, _): refusals.append(refusal)
                }
            })
        _ = try lock.step(now: LockTests.now)
    }

    func send(_ grant: Grant, isRetained: Bool = false, isSignedByAnother: Bool = false, isGarbage: Bool = false) throws {
        let signer = isSignedByAnother ? try SigningKey(seed: Array(1..<33)) : key
        let order = isGarbage ? Array("open".utf8) : JWS.sign(payload: try grant.json(), type: Grant.type, with: signer)
        let topic = Grant.topic(in: "nagai", to: "gym").description
        if isRetained {
            broker.restoreRetained(topic, order)
            transport.isReachable = false
            transport.isReachable = true
        } else {
            broker.inject(Message(topic: topic, payload: order))
        }
        // A connection, its subscription and what it brings come one after another.
        for _ in 0..<3 { _ = try lock.step(now: LockTests.now) }
    }
}
