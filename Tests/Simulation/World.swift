import Bus
import Contracts
import LockController
import ReaderAgent
import Seal
import ServiceKit
import Store
import VirtualLock

/// A town on a virtual clock: agents, lock-controller, locks and an auditor around one broker. One seed is one history.
package final class World {
    package let seed: UInt64
    package let town: TownID = "nagai"
    package private(set) var now = Instant(milliseconds: 1_795_227_986_000)
    package private(set) var faults: Faults
    package let faultsAtStart: Faults
    private let shared: SharedChance
    let broker: InMemoryBroker
    private(set) var machines: [any Machine] = []
    private(set) var agents: [ServiceMachine<ReaderAgent>] = []
    private(set) var controller: ServiceMachine<LockController>!
    private(set) var auditor: ServiceMachine<Auditor>!
    private(set) var locks: [LockMachine] = []
    private var oldHeads: [String: [UInt8]] = [:]
    /// Cards held over readers: the truth everything is compared with.
    private(set) var held: [HeldCard] = []
    package private(set) var log: [String] = []
    package private(set) var busHash: UInt64 = 0xcbf2_9ce4_8422_2325
    package private(set) var published = 0

    struct HeldCard {
        let token: Token
        let agent: Int
        let door: DoorID?
        let at: Instant
        let hasRight: Bool
        /// The person heard that it was written down.
        var isAccepted = false
        /// How often the agent's disk had been put back when it was.
        var restores = 0
    }

    /// - Parameters:
    ///   - agents: reader-agents, each with one reader at door `door-N % doors`.
    ///   - faults: `nil` draws them from the seed.
    package init(seed: UInt64, agents agentCount: Int = 3, doors doorCount: Int = 2, faults: Faults? = nil) throws {
        self.seed = seed
        shared = SharedChance(seed: seed)
        self.faults = faults ?? Faults.drawn(by: &shared.chance)
        faultsAtStart = self.faults
        broker = InMemoryBroker(random: { [shared] in shared.next() })
        let doors = (0..<doorCount).map { DoorID("door-\($0)")! }
        let agentNames = (0..<agentCount).map { Instance("gate-\($0)")! }
        let roster = Roster([
            .readerAgent: agentNames, .lockController: ["main"], .lock: doors.map { $0.named() }, .desk: ["office"], .operator: ["auditor"],
        ])
        func identity(_ role: Role, _ instance: Instance) -> Identity {
            Identity(town: town, role: role, instance: instance, offset: .japan, version: "1", roster: roster)
        }
        let key = try SigningKey(seed: Array(repeating: 7, count: 32))
        for (index, name) in agentNames.enumerated() {
            let door = doors[index % doorCount]
            let agent = ReaderAgent(
                readers: [AgentReader(id: "reader-1", place: "hall", purpose: .door(door))], doubleTap: { _ in .seconds(1) },
                journalLimit: 1_000_000, boot: "simulated")
            let machine = try ServiceMachine(agent, identity: identity(.readerAgent, name), broker: broker)
            machine.skew = .milliseconds(Int64(self.faults.skew == 0 ? 0 : shared.chance.below(2 * self.faults.skew) - self.faults.skew))
            self.agents.append(machine)
        }
        controller = try ServiceMachine(
            LockController(doors: doors.map { Door(id: $0, accepts: .proved, openFor: .seconds(5)) }, seal: GrantSeal(key)),
            identity: identity(.lockController, "main"), broker: broker)
        auditor = try ServiceMachine(Auditor(), identity: identity(.operator, "auditor"), broker: broker)
        locks = doors.map { LockMachine(door: $0, keys: [key.verifyingKey], broker: broker) }
        machines = self.agents as [any Machine] + [controller, auditor] + locks
        broker.onPublish = { [unowned self] outgoing in observe(outgoing) }
    }

    // MARK: Chance, and what is written down of a history

    func draw() -> UInt64 { shared.next() }
    func happens(_ chance: Double) -> Bool { shared.chance.happens(chance) }
    func below(_ bound: Int) -> Int { shared.chance.below(bound) }

    func note(_ line: String) {
        log.append("\(now.rfc3339().dropFirst(11).dropLast(6)) \(line)")
        if log.count > 4000 { log.removeFirst(2000) }
    }

    private func observe(_ outgoing: Outgoing) {
        published += 1
        for byte in outgoing.topic.utf8 { busHash = (busHash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in outgoing.payload { busHash = (busHash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let kind = Topic(outgoing.topic)?.kind
        precondition(!outgoing.retain || kind?.isRetained == true, "\(outgoing.topic) was retained")
        if kind == .journal, oldHeads[outgoing.topic] == nil || happens(0.05) { oldHeads[outgoing.topic] = outgoing.payload }
    }

    // MARK: A history

    /// Books every second card at its door for the whole history, as a clerk would have done the day before.
    package func prepare(taps: Int) throws {
        faultless {
            // Longer than the pause between two signs of life: everybody's clock is known.
            for _ in 0..<120 { tick(.milliseconds(100)) }
        }
        for door in locks.map(\.door) {
            let tokens = (0..<taps).filter { $0 % 2 == 0 }.map(Self.token)
            for chunk in stride(from: 0, to: tokens.count, by: 400) {
                let part = Array(tokens[chunk..<min(chunk + 400, tokens.count)])
                let command = Envelope(
                    id: EventID(at: now, random: (UInt16(truncatingIfNeeded: draw()), draw())), source: "/\(town)/desk/office", time: now,
                    expires: now + .seconds(30), data: ChangeGroup(group: "members", addTokens: part, addDoors: [door]))
                let topic = Channel<ChangeGroup>.changeGroup.topic(in: town, "desk-office")
                broker.inject(Message(topic: topic.description, payload: try command.json()))
                faultless { tick(.milliseconds(100)) }
            }
        }
        for agent in agents { agent.keepBackup() }
    }

    /// The unkind phase: cards are held, and everything drawn for this seed goes wrong.
    package func run(taps: Int, over span: Duration) {
        let step = Duration.milliseconds(100)
        let steps = Int(span.milliseconds / step.milliseconds)
        var next = 0
        broker.faults.drop = faults.drop
        broker.faults.repeat = faults.repeat
        broker.faults.reorder = faults.reorder
        broker.queueLimit = faults.queueLimit
        for index in 0..<steps {
            while next < taps, next * steps / taps <= index { hold(next); next += 1 }
            strike()
            tick(step)
        }
    }

    /// Everything works again; the town must come to rest by itself.
    /// - Returns: whether it did, within `patience`.
    package func heal(patience: Duration = .seconds(900)) -> Bool {
        faults = .none
        broker.faults = InMemoryBroker.Faults()
        broker.queueLimit = 100_000
        for machine in machines { machine.setReachable(true) }
        let end = now + patience
        var quiet = 0
        while now < end {
            tick(.milliseconds(500))
            quiet = machines.allSatisfy { $0.isAtRest(self) } ? quiet + 1 : 0
            // Heads are said every ten seconds: rest is rest when nobody learnt of anything missing for longer.
            if quiet > 80 { return true }
        }
        return false
    }

    private func tick(_ step: Duration) {
        now = now + step
        for machine in machines {
            do { try machine.step(self) } catch { preconditionFailure("seed \(seed): \(machine.name) gave up: \(error)\n\(timeline)") }
        }
    }

    private func faultless(_ body: () -> Void) {
        let kept = faults
        faults = .none
        body()
        faults = kept
    }

    private func hold(_ number: Int) {
        let index = below(agents.count)
        let agent = agents[index]
        let token = Self.token(number)
        held.append(HeldCard(token: token, agent: index, door: locks[index % locks.count].door, at: now, hasRight: number % 2 == 0))
        guard agent.isUp else { return }
        agent.onEffect = { [unowned self] effect, _ in
            guard let signal = effect as? Signal, signal.kind == .accepted || signal.kind == .offline,
                let last = held.lastIndex(where: { $0.agent == index })
            else { return }
            held[last].isAccepted = true
            held[last].restores = agents[index].restores
        }
        let card = IdentifiedCard(
            reader: "reader-1", token: token, scheme: .cardApp, assurance: .proved, at: now + agent.skew, uptime: now.milliseconds,
            clock: .free)
        agent.inputs.append(.identified(card))
        do { try agent.step(self) } catch { preconditionFailure("seed \(seed): \(agent.name) gave up: \(error)\n\(timeline)") }
    }

    private func strike() {
        for machine in machines {
            if machine.isUp, happens(faults.crash * (1 - faults.crashInside) / 10) { machine.crash(self) }
            if happens(faults.cut / 10) {
                note("\(machine.name) is cut off")
                machine.setReachable(false)
            } else if happens(0.03) {
                machine.setReachable(true)
            }
        }
        if happens(faults.brokerRestart / 10) {
            let memory = !happens(faults.brokerAmnesia)
            note("the broker restarts, \(memory ? "with" : "without") its memory")
            broker.restart(keepingMemory: memory)
        }
        if happens(faults.sessionExpiry / 10) { broker.expireSession(of: machines[below(machines.count)].name) }
        if happens(faults.staleHeads / 10), let topic = oldHeads.keys.sorted().first, let payload = oldHeads[topic] {
            broker.restoreRetained(topic, payload)
        }
        if happens(faults.garbage / 10) { throwGarbage() }
    }

    private func throwGarbage() {
        let topics = [
            "nagai/reader-agent/event/gate-0/tap", "nagai/reader-agent/event/gate-9/tap",
            "nagai/lock-controller/command/desk-office/booking-add",
            "nagai/lock/report/door-0/outcome", "nagai/reader-agent/journal/gate-0/heads",
            "nagai/reader-agent/batch/gate-0/lock-controller--main",
            "nagai/lock-controller/grant/door-0/unlock", "nagai/operator/ask/auditor/reader-agent--gate-0", "other/town",
            "nagai/lock-controller/event/main/door-decision",
        ]
        let bodies = [
            "", "{", "[]", "null", "{\"id\":1}", "{\"specversion\":\"1.0\"}", String(repeating: "x", count: 40_000),
            "{\"segments\":{\"a\":[]},\"at\":\"2026\"}",
        ]
        broker.inject(Message(topic: shared.chance.among(topics), payload: Array(shared.chance.among(bodies).utf8)))
    }

    static func token(_ number: Int) -> Token {
        var rest = number
        var letters: [UInt8] = []
        for _ in 0..<26 {
            letters.append(UInt8(ascii: "a") + UInt8(rest % 26))
            rest /= 26
        }
        return Token("k1." + String(decoding: letters, as: UTF8.self))!
    }

    package var unrest: [String] { machines.filter { !$0.isAtRest(self) }.map(\.unrest) }
    package var timeline: String { log.suffix(60).joined(separator: "\n") }
}
