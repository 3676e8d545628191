import Bus
import Contracts
import Glibc
import Kazasu
import Seal

/// A site of the town: a broker of its own, a key for the locks there, and what crosses the line.
final class Station {
    static let name: Instance = "school"
    static let agent: Instance = "school-gate"
    static let door: DoorID = "gym"

    let broker: InMemoryBroker
    let key: SigningKey
    let premises = Premises(
        Station.name, agents: [Station.agent: ["reader-1", "refuge", "refuge-out"]], doors: [Station.door.named()], shelterDesks: ["refuge"]
    )

    init(random: @escaping () -> UInt64) throws {
        broker = InMemoryBroker(random: random)
        key = try SigningKey(seed: Array(repeating: 8, count: 32))
    }
}

/// The line between a station and the town. It keeps nothing, and its far end is cut more often and for longer than anything else.
final class LineMachine: Machine {
    let name: String
    private let brokers: (near: InMemoryBroker, far: InMemoryBroker)
    private let crossing: Crossing
    private var line: SiteLine?
    private var ends: (near: InMemoryTransport, far: InMemoryTransport)?
    private var isReachable = true
    private var restartAt = Instant.distantPast
    private var connectAt = Instant.distantPast
    private var stalledUntil = Instant.distantPast

    init(of station: Station, in world: World) {
        name = station.premises.line.text
        brokers = (station.broker, world.broker)
        crossing = Contract.crossing(of: station.premises, in: world.layout.town, roster: world.roster)
    }

    var isUp: Bool { line != nil }

    var next: Instant {
        guard let ends else { return restartAt }
        let due = [ends.near, ends.far].compactMap { $0.nextDelivery.map { Instant(milliseconds: $0) } }.min() ?? .distantFuture
        let isWhole = ends.near.isConnected && (ends.far.isConnected || !isReachable)
        return max(stalledUntil, isWhole ? due : min(due, connectAt))
    }

    func step(_ world: World) throws {
        guard next <= world.now else { return }
        if line == nil { start(world) }
        guard let ends, let line else { return }
        for (end, reaches) in [(ends.near, true), (ends.far, isReachable)] where !end.isConnected {
            end.isReachable = reaches && connectAt <= world.now
        }
        let wasConnected = (ends.near.isConnected, ends.far.isConnected)
        try line.turn()
        if wasConnected.0 && !ends.near.isConnected || wasConnected.1 && !ends.far.isConnected {
            connectAt = world.now + .milliseconds(Int64(100 + world.below(5000)))
        }
    }

    private func start(_ world: World) {
        let near = InMemoryTransport(brokers.near, client: name, clean: true)
        let far = InMemoryTransport(brokers.far, client: name, clean: true)
        ends = (near, far)
        line = SiteLine(near: near, far: far, crossing: crossing) { [unowned world, name] in world.note("\(name): \($0)") }
    }

    func crash(_ world: World) {
        world.note("\(name) crashes")
        ends?.near.abandon()
        ends?.far.abandon()
        (line, ends) = (nil, nil)
        restartAt = world.now + .milliseconds(Int64(100 + world.below(5000)))
    }

    func setReachable(_ reachable: Bool) {
        isReachable = reachable
        if !reachable { ends?.far.isReachable = false }
    }

    func stall(until: Instant) { stalledUntil = until }
    func setClock(by step: Duration) {}

    var isAtRest: Bool { ends.map { $0.near.isConnected && $0.far.isConnected } ?? false }
    var unrest: String { "\(name) is cut" }
}

/// In this process there is nothing to wait for.
extension InMemoryTransport: Wire {
    package var interest: pollfd? { nil }
    package var patience: Int64 { 0 }
}
