import Bus
import Contracts
import Seal
import ServiceKit

/// A town on a virtual clock: everybody around one broker. One seed is one history.
package final class World {
    package let seed: UInt64
    package private(set) var layout: Layout
    package private(set) var now = Instant(milliseconds: 1_795_227_986_000)
    package internal(set) var faults: Faults
    package let faultsAtStart: Faults
    let shared: SharedChance
    let broker: InMemoryBroker
    /// A site of this town, if it has one.
    let station: Station?
    let grantKey: SigningKey
    private(set) var machines: [any Machine] = []
    private(set) var participants: [any Participant] = []
    private(set) var auditor: ServiceMachine<Auditor>!
    /// What is wrong at the moment and when it ends.
    var ailments: [(until: Instant, end: () -> Void)] = []
    private(set) var clones: [(copy: any Machine, original: any Machine)] = []
    var oldRetained: [String: [UInt8]] = [:]
    var oldMessages: [Message] = []
    var oldMemory: InMemoryBroker.Memory?
    /// Orders that were on the bus, each with the last time it was sent.
    private(set) var grants: [[UInt8]: Instant] = [:]
    /// The classes of topics that were published, and whether one of them ever was retained.
    private(set) var kinds: [TopicClass: Bool] = [:]
    /// Set while a stranger speaks.
    var isStranger = false
    package private(set) var log: [String] = []
    package private(set) var busHash: UInt64 = 0xcbf2_9ce4_8422_2325
    package private(set) var published = 0
    /// The token key of the agents' machines.
    private(set) var tokenKey = 1
    /// Whatever was wrong before the end.
    private(set) var wrong: [String] = []

    /// - Parameter faults: `nil` draws them from the seed.
    package init(seed: UInt64, layout: Layout = Layout(), faults: Faults? = nil) throws {
        self.seed = seed
        self.layout = layout
        shared = SharedChance(seed: seed)
        self.faults = faults ?? Faults.drawn(by: &shared.chance)
        faultsAtStart = self.faults
        self.layout.hasSite = shared.chance.happens(layout.siteShare)
        broker = InMemoryBroker(random: { [shared] in shared.next() })
        grantKey = try SigningKey(seed: Array(repeating: 7, count: 32))
        station = self.layout.hasSite ? try Station(random: { [shared] in shared.next() }) : nil
        broker.onPublish = { [unowned self] outgoing in observe(outgoing) }
        station?.broker.onPublish = { [unowned self] outgoing in
            account(outgoing)
            for participant in participants { participant.hear(atSite: outgoing, in: self) }
        }
        for kind in everybody { participants.append(try kind.init(joining: self)) }
        auditor = try ServiceMachine(
            Auditor(reads: everybody.flatMap { $0.witnessed }), identity: identity(.operator, "auditor"), broker: broker)
        add(auditor)
    }

    private var brokers: [InMemoryBroker] { [broker] + (station.map { [$0.broker] } ?? []) }

    // MARK: Who takes part

    func add(_ machine: any Machine) { machines.append(machine) }

    func participant<P: Participant>(_ kind: P.Type) -> P {
        guard let found = participants.lazy.compactMap({ $0 as? P }).first else { preconditionFailure("\(kind) joined the town") }
        return found
    }

    /// The broker an agent or a lock speaks to.
    func broker(of instance: Instance) -> InMemoryBroker {
        guard let station, station.premises.agents[instance] != nil || station.premises.doors.contains(instance) else { return broker }
        return station.broker
    }

    func copies<S: Service>(of machine: ServiceMachine<S>) -> [ServiceMachine<S>] {
        clones.isEmpty ? [] : clones.filter { $0.original === machine }.compactMap { $0.copy as? ServiceMachine<S> }
    }

    func addClone(_ copy: any Machine, of original: any Machine) {
        clones.append((copy, original))
        machines.append(copy)
    }

    func removeClone(_ copy: any Machine) {
        guard let index = clones.firstIndex(where: { $0.copy === copy }) else { return }
        copy.discard(self, keeping: clones[index].original)
        clones.remove(at: index)
        machines.removeAll { $0 === copy }
    }

    // MARK: Chance, and what is written down of a history

    func draw() -> UInt64 { shared.next() }
    func happens(_ chance: Double) -> Bool { shared.chance.happens(chance) }
    func below(_ bound: Int) -> Int { shared.chance.below(bound) }
    func among<Element>(_ elements: [Element]) -> Element { shared.chance.among(elements) }
    func drawnSkew(_ most: Int) -> Duration { .milliseconds(Int64(most == 0 ? 0 : below(2 * most) - most)) }

    func note(_ line: @autoclosure () -> String) {
        let line = line()
        for participant in participants { participant.read(line, in: self) }
        log.append("\(now.rfc3339().dropFirst(11).dropLast(6)) \(line)")
        if log.count > 20_000 { log.removeFirst(10_000) }
    }

    private func observe(_ outgoing: Outgoing) {
        account(outgoing)
        guard !isStranger else { return }
        let kind = outgoing.topic.split(separator: "/", maxSplits: 3).dropFirst(2).first.flatMap { TopicClass(rawValue: String($0)) }
        if outgoing.retain != kind?.isRetained { wrong.append("\(outgoing.topic) was published with retain \(outgoing.retain)") }
        if let kind { kinds[kind] = kinds[kind] ?? false || outgoing.retain }
        for participant in participants { participant.hear(outgoing, kind, in: self) }
        if kind == .grant { noteGrant(outgoing.payload) }
        if faults.staleHeads > 0, outgoing.retain, oldRetained[outgoing.topic] == nil || happens(0.05) {
            oldRetained[outgoing.topic] = outgoing.payload
        }
        if faults.garbage > 0, kind == .grant || happens(0.02) {
            oldMessages.append(Message(topic: outgoing.topic, payload: outgoing.payload))
            if oldMessages.count > 100 { oldMessages.removeFirst(50) }
        }
    }

    /// Whatever is said at any broker is a part of this history.
    func account(_ outgoing: Outgoing) {
        published += 1
        var hash = busHash
        for byte in outgoing.topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        outgoing.payload.withUnsafeBufferPointer { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
        busHash = hash
    }

    /// An order has left.
    func noteGrant(_ bytes: [UInt8]) { grants[bytes] = now }

    /// Something that must never be, seen while it happens.
    func complain(_ sentence: String) { wrong.append(sentence) }

    // MARK: A history

    /// Waits until everybody is known to everybody, and lets clerks book for the day.
    package func prepare() throws {
        try faultless {
            // Longer than the pause between two signs of life: everybody's clock is known.
            advance(.seconds(12))
            for participant in participants { try participant.prepare(self) }
            advance(.seconds(1))
        }
    }

    /// The unkind phase: a town's day, and everything drawn for this seed goes wrong.
    package func run(taps: Int, over span: Duration) {
        let start = now
        for broker in brokers {
            broker.faults.drop = faults.drop
            broker.faults.repeat = faults.repeat
            broker.faults.reorder = faults.reorder
            broker.faults.delay = faults.delay
            broker.faults.longestDelay = faults.longestDelay
            broker.queueLimit = faults.queueLimit
        }
        let isKind = "\(faults)" == ""
        var number = 0
        while now < start + span {
            if faults.newTokenKey, tokenKey == 1, now >= start + span / 2 { tokenKey = 2 }
            while number < taps, Int64(number) * span.milliseconds / Int64(taps) <= (now - start).milliseconds {
                for participant in participants { participant.happen(number % layout.cards, in: self) }
                number += 1
            }
            if isKind {
                let tap = start + .milliseconds(Int64(number) * span.milliseconds / Int64(taps))
                advance(max(Self.step, min(tap, start + span) - now))
            } else {
                strike()
                advance(Self.step)
            }
        }
    }

    /// Everything works again; the town must come to rest by itself.
    /// - Returns: whether it did, within a quarter of an hour.
    package func heal() -> Bool {
        let patience = Duration.seconds(900)
        faults = .none
        for broker in brokers {
            broker.faults = InMemoryBroker.Faults()
            broker.queueLimit = 100_000
        }
        for ailment in ailments { ailment.end() }
        ailments = []
        for machine in machines {
            machine.setReachable(true)
            machine.stall(until: now)
        }
        note("everything works again")
        let end = now + patience
        var restSince: Instant?
        while now < end {
            advance(.seconds(1))
            if !unrest.isEmpty { restSince = nil } else if restSince == nil { restSince = now }
            // Heads are said every ten seconds: rest is rest when nobody learnt of anything missing for longer.
            if let restSince, now - restSince > .seconds(12) { return true }
        }
        return false
    }

    static let step = Duration.milliseconds(100)

    /// Lets time pass, from one moment in which somebody has something to do to the next.
    func advance(_ span: Duration) {
        let end = now + span
        while now < end {
            let next = machines.reduce(end) { min($0, $1.next) }
            now = max(now + Self.step, min(end, next))
            for broker in brokers { broker.now = now.milliseconds }
            for machine in machines where machine.next <= now { step(machine) }
        }
    }

    func step(_ machine: any Machine) {
        do { try machine.step(self) } catch { fatalError("seed \(seed): \(machine.name) gave up: \(error)\n\(timeline())") }
    }

    private func faultless(_ body: () throws -> Void) rethrows {
        let kept = faults
        faults = .none
        try body()
        faults = kept
    }

    /// A clerk's command, faultlessly carried.
    func command<Body: Payload, S: Service>(_ data: Body, on channel: Channel<Body>, to machine: ServiceMachine<S>) throws {
        try say(data, on: channel, to: machine, as: .desk, "office")
        advance(Self.step)
    }

    /// The same, and nobody waits for the answer.
    func say<Body: Payload, S: Service>(
        _ data: Body, on channel: Channel<Body>, to machine: ServiceMachine<S>, as role: Role, _ instance: Instance
    ) throws {
        let time = machine.clock(at: now)
        let command = Envelope(
            id: newID(at: time), source: Address(role.program, instance).source(in: layout.town), time: time, expires: time + .seconds(30),
            data: data)
        let topic = channel.topic(in: layout.town, role.user(instance).named())
        broker.inject(Message(topic: topic.description, payload: try command.json()))
    }

    /// A broker that has lost a state, or found an old one, has it again when its owner connects anew; what a copy said that was thrown away goes likewise.
    func sayStatesAnew(_ machine: any Machine) {
        guard faultsAtStart.staleHeads + faultsAtStart.lostRetained + faultsAtStart.clone > 0 else { return }
        machine.crash(self)
        for _ in 0..<200 where !machine.isAtRest { advance(Self.step) }
        advance(.seconds(2))
    }

    func newID(at time: Instant) -> EventID { EventID(at: time, random: (UInt16(truncatingIfNeeded: draw()), draw())) }

    static func token(_ number: Int, key: Int = 1) -> Token {
        var rest = number
        var letters: [UInt8] = []
        for _ in 0..<26 {
            letters.append(UInt8(ascii: "a") + UInt8(rest % 26))
            rest /= 26
        }
        return Token("k\(key)." + String(decoding: letters, as: UTF8.self))!
    }

    /// The number of the card, which is the same under every key.
    static func number(_ token: Token) -> Int { token.text.utf8.dropFirst(3).reversed().reduce(0) { $0 * 26 + Int($1) - 97 } }

    package var unrest: [String] { machines.filter { !$0.isAtRest }.map(\.unrest) + participants.flatMap(\.unrest) }
    package func timeline(_ lines: Int = 60) -> String { log.suffix(lines).joined(separator: "\n") }
}

extension Instant {
    static let distantFuture = Instant(milliseconds: 1 << 60)
}
