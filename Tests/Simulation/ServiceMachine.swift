import Bus
import Contracts
import Journal
import Seal
import ServiceKit
import Store

/// A service with its disk. The disk survives crashes; it may be put back to what it was before.
final class ServiceMachine<S: Service>: Machine {
    let name: String
    let identity: Identity
    private(set) var service: S
    /// Makes what a new process has, for a service that keeps something in its memory.
    private let renewed: (() -> S)?
    let broker: InMemoryBroker
    /// What the machine's journal lies under.
    let vault: Vault?
    private(set) var disk: Database
    private(set) var host: Host<S>?
    private var transport: FaultyTransport?
    private var backup: [UInt8]?
    private var isReachable = true
    private var connectAt = Instant.distantPast
    private var pause = Duration.milliseconds(100)
    private var restartAt = Instant.distantPast
    private var stalledUntil = Instant.distantPast
    private var wasStalled = false
    private var diskIsBroken = false
    private var wake = Instant.distantPast
    /// What this machine's clock shows beyond the true time.
    var skew = Duration.zero
    /// What its clock showed when it did something last.
    private(set) var shown = Instant.distantPast
    /// Whether it has been told the time since it started.
    private(set) var hasTime = true
    private var timeAt = Instant.distantFuture
    private var started = Instant.distantPast
    /// When the machine itself was started; its programs come and go.
    private var booted: Instant?
    /// What the machine has for the service, each with the number its owner knows it by.
    var inputs: [(input: S.Input, tag: Int)] = []
    /// What to say when the time is learnt, and what became of inputs: their numbers, in order, and everything that was performed in that step.
    var learnTime: (Instant, _ uptime: Int64) -> S.Input? = { _, _ in nil }
    var onEffects: (_ tags: [Int], [any Effect]) -> Void = { _, _ in }
    private var effects: [any Effect] = []
    private(set) var restores = 0
    private(set) var clones = 0
    private(set) var forgotten: [ForgottenRow] = []
    /// Whether it still has all that it ever wrote, and nobody else wrote in its name.
    var isWhole: Bool { restores == 0 && clones == 0 }

    init(
        _ service: S, identity: Identity, broker: InMemoryBroker, vault: Vault? = nil, disk: [UInt8]? = nil, renewed: (() -> S)? = nil
    ) throws {
        self.service = service
        self.renewed = renewed
        self.identity = identity
        self.broker = broker
        self.vault = vault
        name = identity.user.text
        self.disk = try disk.map { try Database.inMemory(holding: $0) } ?? Database.inMemory()
    }

    var isUp: Bool { host != nil }
    var hasTimers: Bool { S.program == "lock-controller" }

    /// What the machine's clock shows. Without the time it counts from a day long ago, on and on whatever program starts again: no two moments are the same.
    func clock(at now: Instant) -> Instant { hasTime ? now + skew : Self.longAgo + (now - (booted ?? started)) }
    private static var longAgo: Instant { Instant(milliseconds: 1_000_000_000_000) }
    func uptime(at now: Instant) -> Int64 { (now - (booted ?? now)).milliseconds + 10_000 }

    var next: Instant {
        guard let host else { return restartAt }
        var next = stalledUntil
        guard inputs.isEmpty else { return next }
        if host.isConnected {
            guard let due = transport?.inner.nextDelivery else { return max(next, min(trueWake, timeAt)) }
            next = max(next, min(trueWake, timeAt, Instant(milliseconds: due)))
        } else {
            next = max(next, isReachable ? connectAt : min(trueWake, timeAt))
        }
        return next
    }

    private var trueWake: Instant { hasTime ? wake - skew : (booted ?? started) + (wake - Self.longAgo) }

    func step(_ world: World) throws {
        guard stalledUntil <= world.now else { return }
        if host == nil {
            guard restartAt <= world.now else { return }
            do { try start(world) } catch is SimulatedCrash { return crash(world) } catch let error as StoreError where error.isOperating {
                return crash(world)
            }
        }
        guard let host, let transport, next <= world.now else { return }
        if timeAt <= world.now { learn(world, host) }
        let now = clock(at: world.now)
        shown = now
        if !transport.isConnected {
            // Setting it cuts nothing here: there is no connection.
            transport.inner.isReachable = isReachable && connectAt <= world.now
        }
        if world.happens(world.faults.crash * world.faults.crashInside / 5) {
            // Before anything leaves, in the midst of it, or after everything left and before an acknowledgement is heard.
            transport.endAfter = (world.happens(0.3) ? .max : world.below(4), .death)
        } else if world.happens(world.faults.cut / 5) {
            transport.endAfter = (world.happens(0.3) ? .max : world.below(4), .cut)
        }
        let taken = inputs
        inputs = []
        effects = []
        let wasConnected = transport.isConnected
        do {
            for round in 0..<20 {
                wake = try host.step(now: now, inputs: round == 0 ? taken.map { $0.input } : [], stalled: round == 0 && wasStalled)
                if transport.isDead { return crash(world) }
                if wake > now { break }
            }
        } catch is SimulatedCrash { return crash(world) }
        wasStalled = false
        if wasConnected, !transport.isConnected {
            connectAt = world.now + pause
            pause = min(pause * 2, .seconds(10))
        } else if transport.isConnected, pause > .milliseconds(100), world.happens(0.1) {
            pause = .milliseconds(100)
        }
        if !taken.isEmpty || !effects.isEmpty { onEffects(taken.map { $0.tag }, effects) }
    }

    private func learn(_ world: World, _ host: Host<S>) {
        timeAt = .distantFuture
        hasTime = true
        host.setClock(.synced)
        if let input = learnTime(clock(at: world.now), uptime(at: world.now)) { inputs.append((input, -1)) }
    }

    private func start(_ world: World) throws {
        started = world.now
        booted = booted ?? started
        let inner = InMemoryTransport(broker, client: identity.user.text)
        inner.isReachable = isReachable && connectAt <= world.now
        let transport = FaultyTransport(inner)
        if S.program == "reader-agent", world.happens(world.faults.noTime) {
            hasTime = false
            timeAt = world.now + .milliseconds(Int64(1000 + world.below(60_000)))
        }
        inner.will = .lastWill(of: identity.address, in: identity.town, connectedAt: clock(at: world.now))
        disk.beforeCommit = { [unowned self, unowned world] in
            if world.happens(world.faults.crash * world.faults.crashInside / 10) { throw SimulatedCrash() }
            if diskIsBroken { throw StoreError(code: 778, path: "simulated", message: "write failed") }
        }
        if let renewed { service = renewed() }
        let made = try Host(
            service, identity: identity, database: disk, transport: transport, vault: vault, now: clock(at: world.now),
            random: { [unowned world] in world.draw() },
            log: { [unowned world, name] in world.note("\(name): \($0)") },
            perform: { [unowned self] in effects.append($0) })
        if !hasTime { made.setClock(.boot) }
        host = made
        self.transport = transport
        wake = .distantPast
        wasStalled = false
        if world.happens(world.faults.restore / 3) { keepBackup() }
    }

    func crash(_ world: World) {
        world.note("\(name) crashes")
        if transport?.isDead != true { transport?.abandon() }
        host = nil
        transport = nil
        inputs = []
        hasTime = true
        timeAt = .distantFuture
        restartAt = world.now + .milliseconds(Int64(100 + world.below(5000)))
        guard let old = backup, world.happens(world.faults.restore), let copy = try? Database.inMemory(holding: old) else { return }
        world.note("\(name)'s disk is put back to an older copy")
        copy.cover = vault
        forgotten += (try? rows(of: disk, missingIn: copy)) ?? []
        disk = copy
        restores += 1
    }

    /// Keeps a copy of the disk that a later crash may put back.
    func keepBackup() { backup = try? disk.serialized() }

    func setReachable(_ reachable: Bool) {
        isReachable = reachable
        if !reachable { transport?.inner.isReachable = false }
    }

    func stall(until: Instant) {
        guard isUp else { return }
        wasStalled = true
        stalledUntil = until
    }

    func setClock(by step: Duration) { skew = skew + step }

    func fillDisk(_ full: Bool) {
        // SQLite itself then refuses to grow the file: SQLITE_FULL, wherever in a transaction that is. A limit below the present size means that size.
        _ = try? disk.read {
            full
                ? try $0.first("PRAGMA max_page_count=1") { $0.int(0) } : try $0.first("PRAGMA max_page_count=1073741823") { $0.int(0) }
        }
    }

    func bytesOnDisk() throws -> [UInt8] { try disk.serialized() }

    func breakDisk(_ broken: Bool) { diskIsBroken = broken }

    func clone(_ world: World) throws -> (any Machine)? {
        let copy = try ServiceMachine(
            service, identity: identity, broker: broker, vault: vault, disk: try disk.serialized(), renewed: renewed)
        copy.skew = skew
        clones += 1
        return copy
    }

    func discard(_ world: World, keeping original: any Machine) {
        guard let original = original as? Self else { return }
        transport?.abandon()
        host = nil
        original.forgotten += (try? rows(of: disk, missingIn: original.disk)) ?? []
        original.forgotten += forgotten
    }

    var isAtRest: Bool {
        guard let host, host.isConnected else { return false }
        return host.unsent == 0 && host.inFlight == 0 && host.missing == 0 && inputs.isEmpty
    }

    var unrest: String {
        guard let host else { return "\(name) is down" }
        return
            "\(name): connected \(host.isConnected), unsent \(host.unsent), in flight \(host.inFlight), missing \(host.missing), inputs \(inputs.count), waiting \(broker.hasWaiting(identity.user.text))"
    }
}
