import Bus
import Contracts
import Testing

@testable import Simulation

/// What broke for others (Docs/failures.md), tried on a whole town without other faults. What one part can show alone is tested beside that part.
@Suite("Failures others had")
struct FailureTests {
    /// A town at work, in which everybody knows everybody.
    private func town(agents: Int = 3) throws -> World {
        var layout = Layout()
        layout.agentCount = agents
        layout.cards = 4000
        let world = try World(seed: 5, layout: layout, faults: Faults.none)
        try world.prepare()
        return world
    }

    private func lives(_ world: World) throws -> [String: Life.State] {
        try world.broker.retained.filter { $0.key.hasSuffix("/life") }.mapValues { try $0.decoded(as: Life.self).state }
    }

    @Test(
        "F1, door opens at reboot: an order that waited or was retained while lock and broker were away opens nothing, and that is reported"
    )
    func reboot() throws {
        let world = try town(agents: 1)
        let lock = world.participant(LocksInSimulation.self).locks[0]
        let controller = world.participant(LockControllerInSimulation.self)
        lock.stall(until: world.now + .seconds(30))
        world.participant(ReaderAgentsInSimulation.self).happen(0, in: world)
        world.advance(.seconds(2))
        let order = try #require(world.grants.keys.first)
        lock.crash(world)
        world.broker.restart(keepingMemory: true)
        world.broker.restoreRetained("nagai/lock-controller/grant/\(lock.door)/unlock", order)
        world.advance(.seconds(40))
        #expect(lock.isUp && lock.opened.isEmpty)
        #expect(lock.refused == [.malformed: 1], "from the broker's memory nothing is an order")
        world.broker.inject(Message(topic: "nagai/lock-controller/grant/\(lock.door)/unlock", payload: order))
        world.advance(.seconds(20))
        #expect(lock.opened.isEmpty && lock.refused[.stale] == 1)
        let outcomes = try world.auditor.heard(.doorOutcomes).map(\.data)
        #expect(outcomes.contains { $0.refusal == .malformed } && outcomes.contains { $0.refusal == .stale })
        #expect(controller.unrest.isEmpty)
    }

    @Test("F2, a late order is obeyed: one that the lock hears after its end is refused, with the reason in the journal")
    func late() throws {
        let world = try town(agents: 1)
        let lock = world.participant(LocksInSimulation.self).locks[0]
        lock.stall(until: world.now + .seconds(15))
        world.participant(ReaderAgentsInSimulation.self).happen(0, in: world)
        world.advance(.seconds(20))
        #expect(lock.opened.isEmpty && lock.refused == [.stale: 1])
        #expect(try world.auditor.heard(.doorOutcomes).map(\.data.refusal) == [.stale])
    }

    @Test(
        "F5 and F6, events lost while the broker is away, and a buffer destroyed by reconnecting: an hour of taps, and storms of connections, lose none"
    )
    func hour() throws {
        let world = try town()
        let agents = world.participant(ReaderAgentsInSimulation.self)
        for machine in world.machines { machine.setReachable(false) }
        for number in 0..<1200 {
            agents.happen(number, in: world)
            world.advance(.seconds(3))
            // The line comes for a moment, again and again.
            if number % 10 == 0 { for agent in agents.agents { agent.setReachable(number % 20 == 0) } }
        }
        #expect(world.heal())
        #expect(try world.violations() == [])
        #expect(agents.accepted == 1200)
        #expect(try world.auditor.heard(.taps).count { $0.data.purpose != .enrolment } == 1200)
    }

    @Test("F8, everything is down after the broker restarts: with an empty memory, every life says ready within ten seconds")
    func restart() throws {
        let world = try town()
        world.broker.restart(keepingMemory: false)
        #expect(try lives(world).isEmpty)
        world.advance(.seconds(10))
        let lives = try lives(world)
        #expect(lives.count == world.machines.count && lives.values.allSatisfy { $0 == .ready }, "\(lives)")
    }

    @Test("F12, a dead device is shown as living: whoever loses its power is lost, and its door says so")
    func dead() throws {
        let world = try town()
        for machine in world.machines.filter({ $0.name != "lock-controller-main" }) {
            machine.crash(world)
            machine.stall(until: .distantFuture)
            machine.setReachable(false)
        }
        world.advance(.milliseconds(100))
        let lives = try lives(world).filter { $0.key != "nagai/lock-controller/health/main/life" }
        #expect(lives.count == world.machines.count - 1 && lives.values.allSatisfy { $0 == .lost }, "\(lives)")
        let door = try #require(world.broker.retained["nagai/lock-controller/state/door-0/door"])
        #expect(try Envelope<DoorState>(json: door).data.lock == .lost)
    }

    @Test(
        "F19, old retained messages live for ever: each that is there has a living owner, and each state says how long it may be believed")
    func retained() throws {
        let world = try town()
        for number in 0..<20 {
            world.participant(ReaderAgentsInSimulation.self).happen(number, in: world)
            world.advance(.seconds(1))
        }
        let things = world.layout.locked.map(\.text) + AnalyticsInSimulation.policy(world.layout).facilities.map(\.id.text)
        let owners = Set(world.machines.map(\.name)).union(things).union(ReceptionInSimulation.policy.receptions.map(\.id.text))
        let topics = world.broker.retained.keys.compactMap { Topic($0) }
        #expect(topics.count == world.broker.retained.count && !topics.isEmpty)
        for topic in topics {
            let instance: Instance = topic.entity.named()
            let owner = Role(rawValue: topic.owner.text).map { $0.user(instance).text } ?? ""
            #expect(owners.contains(owner) || owners.contains(topic.entity.text), "\(topic)")
            guard topic.kind == .state, ["lock-controller", "analytics"].contains(topic.owner.text) else { continue }
            let bytes = try #require(world.broker.retained[topic.description])
            let maxAge =
                switch topic.name {
                case Channel.leases.name: try Envelope<LeaseState>(json: bytes).data.maxAge
                case Channel.facilitiesToday.name: try Envelope<FacilityToday>(json: bytes).data.maxAge
                case Channel.disasters.name: try Envelope<DisasterState>(json: bytes).data.maxAge
                default: try Envelope<DoorState>(json: bytes).data.maxAge
                }
            #expect(maxAge > 0)
        }
    }
}
