import Bus
import Contracts
import Seal
import ServiceKit
import VirtualLock

/// A lock with its memory on a disk of its own.
final class LockMachine: Machine {
    let door: DoorID
    var name: String { "lock-\(door)" }
    private let keys: [VerifyingKey]
    let broker: InMemoryBroker
    private var memory = LockMemory()
    /// Of a lock that has a reader of its own: what it keeps, and whoever looks at what it decides.
    var doorKeys: [DoorKey] = []
    var didDecide: (LeaseVerdict, PresentedCard) -> Void = { _, _ in }
    private var lists: [Lease.Part: [UInt8]] = [:]
    private var journal = AdmissionJournal()
    private var reader: OwnReader?
    var held: HeldLeases? { reader?.held }
    private var lock: VirtualLock?
    private var transport: InMemoryTransport?
    private var isReachable = true
    private var restartAt = Instant.distantPast
    private var connectAt = Instant.distantPast
    private var stalledUntil = Instant.distantPast
    private var wake = Instant.distantPast
    var skew = Duration.zero
    private(set) var opened: [Opening] = []
    /// One time that the bolt moved: when, what the lock's clock showed, and by which grant.
    struct Opening {
        let at: Instant
        let shown: Instant
        let grant: Grant

        /// Whether the bolt moved, and the grant was good, within a right's time and two seconds to either side of it.
        func isWithin(_ right: Range<Instant>) -> Bool {
            let (from, to) = (right.lowerBound - .seconds(2), right.upperBound + .seconds(2))
            return from <= shown && shown < to && from.milliseconds <= grant.nbf * 1000 && grant.exp * 1000 <= to.milliseconds
        }
    }

    private(set) var refused: [LockOutcome.Refusal: Int] = [:]
    /// Every time its door was opened: the report, and by what.
    private(set) var sensed: [(report: EventID, by: DoorLifeChanged.Reason)] = []
    /// What somebody is about to do with the door.
    private var deeds: [(at: Instant, deed: Deed)] = []
    private var isOpen = false

    private enum Deed {
        case moves(LockCondition, by: DoorLifeChanged.Reason? = nil)
        /// The bolt is locked again, and nobody opened the door.
        case ignores(EventID)
    }

    /// It had more to say than it can keep.
    private(set) var hasForgotten = false

    init(door: DoorID, keys: [VerifyingKey], broker: InMemoryBroker) {
        self.door = door
        self.keys = keys
        self.broker = broker
    }

    var isUp: Bool { lock != nil }

    var next: Instant {
        guard isUp, let transport else { return restartAt }
        if !transport.isConnected { return max(stalledUntil, isReachable ? connectAt : wake - skew) }
        let due = min(transport.nextDelivery.map { Instant(milliseconds: $0) } ?? .distantFuture, deeds.first?.at ?? .distantFuture)
        return max(stalledUntil, wake == .distantPast ? wake : min(due, wake - skew))
    }

    func step(_ world: World) throws {
        guard next <= world.now else { return }
        if lock == nil { start(world) }
        let wasConnected = transport?.isConnected ?? false
        if !wasConnected { transport?.isReachable = isReachable && connectAt <= world.now }
        do {
            try sense(world)
            wake = try lock?.step(now: world.now + skew) ?? .distantPast
        } catch is SimulatedCrash { return crash(world) }
        if wasConnected, transport?.isConnected == false { connectAt = world.now + .milliseconds(Int64(100 + world.below(900))) }
    }

    private func start(_ world: World) {
        // By then whoever was there has gone, and the door is shut. That is the first it says.
        deeds = [(world.now, .moves(LockCondition(bolt: .locked, contact: .closed)))]
        let transport = InMemoryTransport(broker, client: name, clean: true)
        transport.isReachable = isReachable
        transport.will = .lastWill(of: Address("lock", door.named()), in: world.layout.town, connectedAt: world.now + skew)
        self.transport = transport
        wake = .distantPast
        reader = doorKeys.isEmpty ? nil : ownReader(world)
        lock = VirtualLock(
            town: world.layout.town, door: door, keys: keys, memory: memory, reader: reader, transport: transport,
            random: { [unowned world] in world.draw() },
            keep: { [unowned self, unowned world] next in
                // The power goes before the memory is written, or after it and before the bolt moves.
                let dies = world.happens(world.faults.crash * world.faults.crashInside)
                if dies, world.happens(0.5) { throw SimulatedCrash() }
                memory = next
                if dies { throw SimulatedCrash() }
            },
            didJudge: { [unowned self, unowned world] judgement, shown in
                switch judgement {
                case .open(let grant):
                    opened.append(Opening(at: world.now, shown: shown, grant: grant))
                    goThrough(by: grant, world)
                    world.note("\(name) OPENS by \(grant.jti)")
                case .refuse(let refusal, _, _): refused[refusal, default: 0] += 1
                }
            })
    }

    /// Somebody goes in, and as often as not somebody else comes out while the door is shut again.
    private func goThrough(by grant: Grant, _ world: World) {
        guard deeds.isEmpty, !isOpen else { return }
        guard world.happens(0.7) else { return deeds = [(world.now + .seconds(Int64(grant.open) + 1), .ignores(grant.jti))] }
        func later(_ low: Int, _ high: Int) -> Duration { .milliseconds(Int64(low + world.below(high - low))) }
        let opens = world.now + later(200, 4000)
        let shuts = opens + later(500, 3000)
        deeds = [
            (opens, .moves(LockCondition(contact: .open), by: .grant)), (shuts, .moves(LockCondition(bolt: .locked, contact: .closed))),
        ]
        guard world.happens(0.5) else { return }
        let leaves = shuts + later(45_000, 60_000)
        deeds += [
            (leaves, .moves(LockCondition(contact: .open, exit: true), by: .exit)),
            (leaves + later(500, 3000), .moves(LockCondition(contact: .closed))),
        ]
    }

    private func sense(_ world: World) throws {
        while let (at, deed) = deeds.first, at <= world.now, let lock {
            switch deed {
            case .moves(let condition, let by):
                // Nobody waits at a door that has stood still, and a device that did not run has not seen who did.
                if by != nil, world.now - at > .milliseconds(500) { return deeds = [] }
                try lock.report(condition, at: world.now + skew)
                isOpen = condition.contact == .open
                if let by, let report = lock.memory.reports.last { sensed.append((report.id, by)) }
            case .ignores(let grant): try lock.report(LockOutcome(grant: grant, result: .stayedShut), at: world.now + skew)
            }
            deeds.removeFirst()
            if lock.memory.reports.count == 100 { hasForgotten = true }
        }
    }

    private func ownReader(_ world: World) -> OwnReader {
        func die(after keep: () -> Void) throws {
            let dies = world.happens(world.faults.crash * world.faults.crashInside)
            if dies, world.happens(0.5) { throw SimulatedCrash() }
            keep()
            if dies { throw SimulatedCrash() }
        }
        let reader = OwnReader(
            keys: doorKeys, journal: journal, keepLease: { [unowned self] part, bytes in try die { lists[part] = bytes } },
            keepJournal: { [unowned self] next in try die { journal = next } },
            didDecide: { [unowned self] verdict, card, _ in didDecide(verdict, card) })
        let believed = Dictionary(keys.map { ($0.kid, $0) }) { first, _ in first }
        for (part, bytes) in lists { reader.restore(bytes, part: part, at: door, of: world.layout.town, keys: believed) }
        return reader
    }

    /// Somebody holds a card over the lock's own reader.
    func present(_ number: Int, in world: World) {
        let card = PresentedCard(scheme: .cardApp, identifier: World.identifier(number), assurance: .proved)
        do { try lock?.present(card, now: world.now + skew) } catch is SimulatedCrash { return crash(world) } catch {
            world.complain("\(name) could not decide: \(error)")
        }
        wake = .distantPast
    }

    func crash(_ world: World) {
        world.note("\(name) loses power")
        transport?.abandon()
        lock = nil
        reader = nil
        transport = nil
        restartAt = world.now + .milliseconds(Int64(100 + world.below(5000)))
    }

    func setReachable(_ reachable: Bool) {
        isReachable = reachable
        if !reachable { transport?.isReachable = false }
    }

    func stall(until: Instant) { stalledUntil = until }

    func setClock(by step: Duration) {
        skew = skew + step
        // Its timers count by the same clock; a device that runs by one of its own knows when it was set.
        wake = .distantPast
    }

    var isAtRest: Bool { isUp && memory.reports.isEmpty && journal.isEmpty }
    var unrest: String { "\(name): up \(isUp), unanswered \(memory.reports.count) and \(journal.count)" }
}
