import Bus
import Contracts
import Seal
import Testing
import VirtualLock

/// What may happen to a lock and its broker while an order is on its way, and every way in which an old order may come back.
@Suite("A lock that was away")
struct FaultTests {
    enum Away: CaseIterable {
        case lockRebooted, brokerRebooted, brokerForgot, both
    }

    enum Order: CaseIterable {
        /// Given while the lock was away.
        case queued
        /// Kept at the broker by somebody.
        case retained
        /// Obeyed before, and said once more while it is still good.
        case replayed
        /// Held up until its time was over.
        case late
    }

    @Test("opens for no order that was retained, queued, replayed or late", arguments: Away.allCases, Order.allCases)
    func neverAgain(_ away: Away, _ order: Order) throws {
        let scene = try Scene()
        let grant = scene.grant(1)
        if order == .replayed {
            try scene.say(grant)
            #expect(scene.opened == [1])
        }
        let before = scene.opened
        try scene.go(away) {
            if order == .queued { try scene.say(grant) }
            if order == .retained { scene.broker.restoreRetained(Scene.topic, try scene.bytes(grant)) }
        }
        if order == .late { scene.now = scene.now + .seconds(11) }
        if order == .replayed || order == .late { try scene.say(grant) }
        #expect(scene.opened == before)
        // It is well all the same: a new order opens.
        scene.broker.forgetRetained(Scene.topic)
        try scene.say(scene.grant(2))
        #expect(scene.opened == before + [2])
    }

    @Test("opens for nothing while its clock says 1970, and for no old order once it has the time")
    func year1970() throws {
        let scene = try Scene()
        let (grant, today) = (scene.grant(1), scene.now)
        scene.now = Instant(milliseconds: 4000)
        try scene.reboot()
        try scene.say(grant)
        #expect(scene.opened == [] && scene.refusals == [.notYet])
        scene.now = today + .seconds(60)
        try scene.say(grant)
        #expect(scene.opened == [] && scene.refusals == [.notYet, .stale])
    }

    @Test("opens once or not at all when its battery dies in the middle of an order, never twice", arguments: [true, false])
    func batteryDead(hadWritten: Bool) throws {
        let scene = try Scene()
        scene.diesWriting = hadWritten ? .after : .before
        #expect(throws: Scene.PowerCut.self) { try scene.say(scene.grant(1)) }
        #expect(scene.opened == [])
        scene.diesWriting = nil
        try scene.reboot()
        try scene.say(scene.grant(1))
        #expect(scene.opened == (hadWritten ? [] : [1]))
        try scene.say(scene.grant(1))
        #expect(scene.opened == (hadWritten ? [] : [1]) && scene.refusals.last == .repeated)
    }

    @Test("opens once where two controllers with one key decide on the same tap, and obeys neither's older orders after the other's")
    func twoControllers() throws {
        let scene = try Scene()
        // A decision, and so the order's id, follows from the tap alone; each controller counts for itself.
        try scene.say(scene.grant(1, count: 1000))
        try scene.say(scene.grant(1, count: 1001))
        #expect(scene.opened == [1] && scene.refusals == [.repeated])
        try scene.say(scene.grant(2, count: 900))
        #expect(scene.opened == [1] && scene.refusals == [.repeated, .lowerCounter])
    }

    @Test("says jammed of a bolt that is stuck, and the order is used up")
    func stuck() throws {
        let scene = try Scene(isStuck: true)
        try scene.say(scene.grant(1))
        try scene.say(scene.grant(1))
        #expect(scene.opened == [])
        let said = try scene.outcomes.map { try Envelope<LockOutcome>(json: $0).data }
        #expect(
            said.contains { $0.refusal == .jammed } && said.contains { $0.refusal == .repeated }
                && said.allSatisfy { $0.result == .refused })
    }
}

/// A lock, its broker and its disk, each of which may go and come back.
private final class Scene {
    struct PowerCut: Error {}
    enum Writing { case before, after }

    static let topic = Grant.topic(in: "nagai", to: "gym").description
    let broker = InMemoryBroker(random: { 1 })
    var now = LockTests.now
    /// The power goes at its next write, before or after the bytes are on the disk.
    var diesWriting: Writing?
    private(set) var opened: [Int] = []
    private(set) var refusals: [LockOutcome.Refusal] = []
    private(set) var outcomes: [[UInt8]] = []
    private let isStuck: Bool
    private let key: SigningKey
    private var disk = LockMemory()
    private var transport: InMemoryTransport!
    private var lock: VirtualLock!
    private var chance: UInt64 = 0

    init(isStuck: Bool = false) throws {
        self.isStuck = isStuck
        key = try SigningKey(seed: Array(0..<32))
        let reports = Channel<LockOutcome>.lockOutcomes.topic(in: "nagai", "gym").description
        broker.onPublish = { [unowned self] in if $0.topic == reports { outcomes.append($0.payload) } }
        try reboot()
    }

    /// The order that follows from one tap.
    func grant(_ tap: Int, count: Int64? = nil) -> Grant {
        let seconds = LockTests.now.milliseconds / 1000
        return Grant(
            iss: "nagai/lock-controller", aud: "gym", jti: .derived(ofType: "tap \(tap)", identity: "gym", at: LockTests.now),
            nbf: seconds - 2, exp: seconds + (tap == 1 ? 10 : 100), cnt: count ?? Int64(tap), open: 5)
    }

    func bytes(_ grant: Grant) throws -> [UInt8] { JWS.sign(payload: try grant.json(), type: Grant.type, with: key) }

    func say(_ grant: Grant) throws {
        broker.inject(Message(topic: Self.topic, payload: try bytes(grant)))
        try work()
    }

    /// Something is away, `meanwhile` happens, and it is back.
    func go(_ away: FaultTests.Away, meanwhile: () throws -> Void) throws {
        transport.isReachable = false
        try meanwhile()
        switch away {
        case .lockRebooted: break
        case .brokerRebooted, .both: broker.restart(with: broker.memory())
        case .brokerForgot: broker.restart(keepingMemory: false)
        }
        if away == .lockRebooted || away == .both { try reboot() }
        transport.isReachable = true
        try work()
    }

    /// It has its disk, and nothing else.
    func reboot() throws {
        transport?.abandon()
        transport = InMemoryTransport(broker, client: "lock-gym", clean: true)
        lock = VirtualLock(
            town: "nagai", door: "gym", keys: [key.verifyingKey], memory: disk, transport: transport,
            random: { [unowned self] in
                chance += 1
                return chance
            }, seesItsBolt: !isStuck,
            keep: { [unowned self] in
                if diesWriting == .before { throw PowerCut() }
                disk = $0
                if diesWriting == .after { throw PowerCut() }
            },
            didJudge: { [unowned self] judgement, _ in note(judgement) })
        try work()
    }

    private func note(_ judgement: LockJudgement) {
        switch judgement {
        case .open(let grant):
            if isStuck {
                #expect(throws: Never.self) {
                    try lock.report(LockOutcome(grant: grant.jti, result: .refused, refusal: .jammed), at: now)
                }
            } else {
                opened.append([1, 2].first { self.grant($0).jti == grant.jti } ?? 0)
            }
        case .refuse(let refusal, _, _): refusals.append(refusal)
        }
    }

    /// A connection, its subscription and what it brings come one after another.
    private func work() throws { for _ in 0..<4 { _ = try lock.step(now: now) } }
}
