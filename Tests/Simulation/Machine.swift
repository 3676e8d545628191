import Bus
import Contracts
import Seal
import ServiceKit
import Store
import VirtualLock

/// Something of the town that runs, crashes and comes back.
protocol Machine: AnyObject {
    var name: String { get }
    var isUp: Bool { get }
    func step(_ world: World) throws
    func crash(_ world: World)
    func setReachable(_ reachable: Bool)
    /// Whether nothing is left to send or to ask for.
    func isAtRest(_ world: World) -> Bool
    /// What keeps it busy, for the report of a history that does not come to rest.
    var unrest: String { get }
}

struct SimulatedCrash: Error {}

/// A service with its disk. The disk survives crashes; it may be put back to what it was before.
final class ServiceMachine<S: Service>: Machine {
    let name: String
    let identity: Identity
    let service: S
    let broker: InMemoryBroker
    private(set) var disk: Database
    private(set) var host: Host<S>?
    private var transport: FaultyTransport?
    private var backup: [UInt8]?
    private var isReachable = true
    private var restartAt = Instant.distantPast
    private var wake = Instant.distantPast
    /// What this machine's clock shows beyond the true time.
    var skew = Duration.zero
    var inputs: [S.Input] = []
    var onEffect: (any Effect, Instant) -> Void = { _, _ in }
    private(set) var restores = 0

    init(_ service: S, identity: Identity, broker: InMemoryBroker) throws {
        self.service = service
        self.identity = identity
        self.broker = broker
        name = identity.user.text
        disk = try Database.inMemory()
    }

    var isUp: Bool { host != nil }

    func step(_ world: World) throws {
        if host == nil {
            guard restartAt <= world.now else { return }
            do { try start(world) } catch is SimulatedCrash { return crash(world) } catch let error as StoreError where error.isOperating {
                return crash(world)
            }
        }
        guard let host, let transport else { return }
        let now = world.now + skew
        if wake > now, inputs.isEmpty, transport.isConnected, !broker.hasWaiting(identity.user.text) { return }
        if world.happens(world.faults.crash * world.faults.crashInside / 10) { transport.dieAfter = world.below(4) }
        var taken = inputs
        inputs = []
        do {
            for _ in 0..<20 {
                wake = try host.step(now: now, inputs: taken)
                taken = []
                if transport.isDead { return crash(world) }
                if wake > now { break }
            }
        } catch is SimulatedCrash { crash(world) }
    }

    private func start(_ world: World) throws {
        let inner = InMemoryTransport(broker, client: identity.user.text)
        inner.will = .lastWill(of: identity.address, in: identity.town, connectedAt: world.now + skew)
        inner.isReachable = isReachable
        let transport = FaultyTransport(inner)
        disk.beforeCommit = { [unowned world] in
            if world.happens(world.faults.crash * world.faults.crashInside / 10) { throw SimulatedCrash() }
            if world.happens(world.faults.diskFull / 5) { throw StoreError(code: 13, path: "simulated", message: "full") }
        }
        host = try Host(
            service, identity: identity, database: disk, transport: transport, now: world.now + skew,
            random: { [unowned world] in world.draw() },
            log: { [unowned world, name] in world.note("\(name): \($0)") },
            perform: { [unowned self, unowned world] in self.onEffect($0, world.now) })
        self.transport = transport
        wake = .distantPast
        if world.happens(world.faults.restore / 10) { backup = try disk.serialized() }
    }

    func crash(_ world: World) {
        world.note("\(name) crashes")
        if transport?.isDead != true { transport?.abandon() }
        host = nil
        transport = nil
        inputs = []
        restartAt = world.now + .milliseconds(Int64(100 + world.below(5000)))
        if let old = backup, world.happens(world.faults.restore), let copy = try? Database.inMemory(holding: old) {
            world.note("\(name)'s disk is put back to an older copy")
            disk = copy
            restores += 1
        }
    }

    /// Keeps a copy of the disk that a later crash may put back.
    func keepBackup() { backup = try? disk.serialized() }

    func setReachable(_ reachable: Bool) {
        isReachable = reachable
        transport?.inner.isReachable = reachable
    }

    func isAtRest(_ world: World) -> Bool {
        guard let host, host.isConnected else { return false }
        return host.unsent == 0 && host.inFlight == 0 && host.missing == 0 && inputs.isEmpty
    }
}

extension ServiceMachine {
    var unrest: String {
        guard let host else { return "\(name) is down" }
        return
            "\(name): unsent \(host.unsent), in flight \(host.inFlight), missing \(host.missing), inputs \(inputs.count), waiting \(broker.hasWaiting(identity.user.text))"
    }
}

/// A lock with its memory on a disk of its own.
final class LockMachine: Machine {
    let door: DoorID
    var name: String { "lock-\(door)" }
    private let keys: [VerifyingKey]
    let broker: InMemoryBroker
    private var memory = LockMemory()
    private var lock: VirtualLock?
    private var transport: InMemoryTransport?
    private var isReachable = true
    private var restartAt = Instant.distantPast
    /// Every bolt that moved: when, and by which decision.
    private(set) var opened: [(at: Instant, grant: Grant)] = []
    private(set) var refused: [LockOutcome.Refusal: Int] = [:]

    init(door: DoorID, keys: [VerifyingKey], broker: InMemoryBroker) {
        self.door = door
        self.keys = keys
        self.broker = broker
    }

    var isUp: Bool { lock != nil }

    func step(_ world: World) throws {
        if lock == nil {
            guard restartAt <= world.now else { return }
            let transport = InMemoryTransport(broker, client: name, clean: true)
            transport.isReachable = isReachable
            transport.will = .lastWill(of: Address("lock", door.named()), in: world.town, connectedAt: world.now)
            self.transport = transport
            lock = VirtualLock(
                town: world.town, door: door, keys: keys, memory: memory, transport: transport, random: { [unowned world] in world.draw() },
                keep: { [unowned self] in memory = $0 },
                didJudge: { [unowned self] judgement, at in
                    switch judgement {
                    case .open(let grant): opened.append((at, grant))
                    case .refuse(let refusal, _, _): refused[refusal, default: 0] += 1
                    }
                })
        }
        _ = try lock?.step(now: world.now)
    }

    func crash(_ world: World) {
        world.note("\(name) loses power")
        transport?.abandon()
        lock = nil
        transport = nil
        restartAt = world.now + .milliseconds(Int64(100 + world.below(5000)))
    }

    func setReachable(_ reachable: Bool) {
        isReachable = reachable
        transport?.isReachable = reachable
    }

    func isAtRest(_ world: World) -> Bool { isUp && memory.reports.isEmpty }
    var unrest: String { "\(name): up \(isUp), unanswered \(memory.reports.count)" }
}
