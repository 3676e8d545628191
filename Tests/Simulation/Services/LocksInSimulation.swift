import Bus
import Contracts
import Seal
import ServiceKit
import VirtualLock

/// The town's locks: no door opens twice by a grant, without a decision, without right, or late.
final class LocksInSimulation: Participant {
    let locks: [LockMachine]

    init(joining world: World) throws {
        locks = world.layout.doors.map { LockMachine(door: $0, keys: [world.grantKey.verifyingKey], broker: world.broker) }
        for lock in locks {
            lock.skew = world.drawnSkew(world.faults.townSkew)
            world.add(lock)
        }
    }

    static var witnessed: [Reading] { [] }

    func violations(_ world: World) throws -> [String] {
        var wrong: [String] = []
        let cards = try world.participant(ReaderAgentsInSimulation.self).cardsByTap()
        let controllers = world.participant(LockControllerInSimulation.self)
        let people = world.participant(ResidentDirectoryInSimulation.self)
        let decisions = Dictionary(
            try world.auditor.heard(.doorDecisions).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let outcomes = Set(try world.auditor.heard(.doorOutcomes).filter { $0.data.result == .opened }.compactMap(\.data.decision))
        let doubt = world.faultsAtStart.doubt
        for lock in locks {
            var obeyed: Set<EventID> = []
            var highest: Int64 = 0
            for opening in lock.opened {
                let id = opening.grant.jti
                let door = "door \(lock.door), \(id):"
                if !obeyed.insert(id).inserted { wrong.append("\(door) opened twice") }
                if opening.grant.cnt <= highest { wrong.append("\(door) obeyed counter \(opening.grant.cnt) after \(highest)") }
                highest = opening.grant.cnt
                let seconds = opening.shown.milliseconds / 1000
                if seconds >= opening.grant.exp || seconds < opening.grant.nbf { wrong.append("\(door) obeyed outside its time") }
                // A decision the controller's disk has forgotten may have been made anew, and not as it was.
                if controllers.forgets(id) { continue }
                guard let decision = decisions[id]?.data, let decided = decisions[id]?.time, decision.verdict == .open,
                    decision.door == lock.door
                else {
                    wrong.append("\(door) opened without a decision")
                    continue
                }
                // A copy of the controller that was thrown away may have been the one that answered the lock.
                if !outcomes.contains(id), controllers.controller.clones == 0 {
                    wrong.append("\(door) opened, and the journal does not say so")
                }
                guard let card = cards[decision.tap] else {
                    wrong.append("\(door) opened, and nobody held a card")
                    continue
                }
                let isOther = people.mayOpen(card.token, lock.door)
                let isWalking = world.layout.mayWalk(card.token, lock.door, at: opening.shown)
                if world.layout.isShutOut(card.token, lock.door, at: opening.shown) {
                    wrong.append("\(door) opened for \(card.token) while it was closed")
                }
                if !card.hasRight && !isOther && !isWalking || card.door != lock.door {
                    wrong.append("\(door) opened for \(card.token), which has no right there")
                }
                // Ten seconds, and one because locks count in whole ones.
                let limit = Duration.seconds(11) + doubt + .milliseconds(abs((controllers.controller.skew - lock.skew).milliseconds))
                if opening.at - card.at > limit {
                    let after = decided - controllers.controller.skew - card.at
                    wrong.append(
                        "\(door) opened \(opening.at - card.at) after \(card.token) was held at gate-\(card.agent), decided \(after) after it; \(limit) are allowed"
                    )
                }
            }
        }
        return try wrong + openings(world)
    }

    /// Every opening of a door has one cause, and it is the one that opened it.
    private func openings(_ world: World) throws -> [String] {
        let controllers = world.participant(LockControllerInSimulation.self)
        let controller = controllers.controller
        // A disk put back may lack reports that were answered; a clock set on the way may part an opening from its grant.
        guard controller.restores == 0, controller.clones == 0, world.faultsAtStart.clockSet == 0 else { return [] }
        let known = Dictionary(grouping: try controllers.openings(), by: \.sign)
        // A clock a minute ahead is not believed, and so neither is the order of what it says.
        let believed = locks.filter { !$0.hasForgotten && $0.skew - controller.skew < .seconds(60) }
        return believed.flatMap { lock in
            lock.sensed.compactMap { opening -> String? in
                let found = known[opening.report, default: []]
                // Who comes out while somebody else was let in comes out by that grant as well.
                let causes: [DoorLifeChanged.Reason] = opening.by == .exit ? [.exit, .grant] : [opening.by]
                if found.count == 1, found.allSatisfy({ causes.contains($0.by) }) { return nil }
                return "door \(lock.door) was opened by \(opening.by), and lock-controller says \(found.map(\.by))"
            }
        }
    }
}

extension Faults {
    /// By how much a town may think a tap younger than it is: signs of life that were all held up, and a clock that was set since the last one.
    var doubt: Duration { .milliseconds(Int64((delay > 0 ? longestDelay : 0) + (clockSet > 0 ? 3 * step : 0))) }
}

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
    /// Every bolt that moved: when, what the lock's clock showed, and by which grant.
    private(set) var opened: [(at: Instant, shown: Instant, grant: Grant)] = []
    private(set) var refused: [LockOutcome.Refusal: Int] = [:]
    /// Every time its door was opened: the report, and by what.
    private(set) var sensed: [(report: EventID, by: DoorLifeChanged.Reason)] = []
    /// What somebody is about to do with the door.
    private var deeds: [(at: Instant, condition: LockCondition, by: DoorLifeChanged.Reason?)] = []
    private var isOpen = false
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
        deeds = [(world.now, LockCondition(bolt: .locked, contact: .closed), nil)]
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
                    opened.append((world.now, shown, grant))
                    goThrough(world)
                    world.note("\(name) OPENS by \(grant.jti)")
                case .refuse(let refusal, _, _): refused[refusal, default: 0] += 1
                }
            })
    }

    /// Somebody goes in, and as often as not somebody else comes out while the door is shut again.
    private func goThrough(_ world: World) {
        guard deeds.isEmpty, !isOpen, world.happens(0.7) else { return }
        func later(_ low: Int, _ high: Int) -> Duration { .milliseconds(Int64(low + world.below(high - low))) }
        let opens = world.now + later(200, 4000)
        let shuts = opens + later(500, 3000)
        deeds = [(opens, LockCondition(contact: .open), .grant), (shuts, LockCondition(bolt: .locked, contact: .closed), nil)]
        guard world.happens(0.5) else { return }
        let leaves = shuts + later(45_000, 60_000)
        deeds += [
            (leaves, LockCondition(contact: .open, exit: true), .exit), (leaves + later(500, 3000), LockCondition(contact: .closed), nil),
        ]
    }

    private func sense(_ world: World) throws {
        while let deed = deeds.first, deed.at <= world.now, let lock {
            // Nobody waits at a door that has stood still, and a device that did not run has not seen who did.
            if deed.by != nil, world.now - deed.at > .milliseconds(500) { return deeds = [] }
            try lock.report(deed.condition, at: world.now + skew)
            deeds.removeFirst()
            isOpen = deed.condition.contact == .open
            if let by = deed.by, let report = lock.memory.reports.last { sensed.append((report.id, by)) }
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
