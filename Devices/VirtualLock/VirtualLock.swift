import Bus
import Contracts
import Seal

/// A lock without a door: everything a real one does but move a bolt. It runs on any transport, so that the simulation can host it.
package final class VirtualLock {
    package let town: TownID
    package let door: DoorID
    package private(set) var memory: LockMemory
    /// Where the lock has one: it decides by the lease what the town does not order.
    private let reader: OwnReader?
    private let keys: [String: VerifyingKey]
    private let transport: any Transport
    private let random: () -> UInt64
    /// Writes the memory down. If it throws, the bolt does not move.
    private let keep: (LockMemory) throws -> Void
    private let didJudge: (LockJudgement, Instant) -> Void
    private let seesItsBolt: Bool
    /// What a person should know of the lock; its life says it at once.
    package var problems: [Problem] = [] { didSet { if problems != oldValue { nextLife = .distantPast } } }
    private var nextLife = Instant.distantPast
    private var nextReport = Instant.distantPast
    private var wait = firstWait
    private var nextAdmissions = Instant.distantPast
    private var admissionsWait = firstWait

    private static let firstWait = Duration.seconds(2)
    private static let longestWait = Duration.seconds(60)
    private static let lifePeriod = Duration.seconds(10)

    /// - Parameters:
    ///   - transport: with a clean session, so that the broker keeps no order for a lock that is away.
    ///   - seesItsBolt: it moves in `didJudge` or not at all. Otherwise the owner says with `report` what became of an order that is obeyed.
    ///   - didJudge: called after the memory is kept: here a real lock moves its bolt.
    package init(
        town: TownID, door: DoorID, keys: [VerifyingKey], memory: LockMemory, reader: OwnReader? = nil, transport: any Transport,
        random: @escaping () -> UInt64, seesItsBolt: Bool = true, keep: @escaping (LockMemory) throws -> Void,
        didJudge: @escaping (LockJudgement, Instant) -> Void
    ) {
        self.town = town
        self.door = door
        self.keys = Dictionary(keys.map { ($0.kid, $0) }, uniquingKeysWith: { first, _ in first })
        self.memory = memory
        self.reader = reader
        self.transport = transport
        self.random = random
        self.seesItsBolt = seesItsBolt
        self.keep = keep
        self.didJudge = didJudge
    }

    private var orders: String { Grant.topic(in: town, to: door).description }
    private var address: Address { Address("lock", door.named()) }
    private func reports(_ name: TopicName) -> Topic {
        Topic(town: town, owner: address.program, kind: .report, entity: door.named(), name: name)
    }
    private var answers: [String] {
        let me = Role.lock.user(door.named())
        return [
            Channel<LockOutcome>.lockOutcomes.replyTopic(in: town, to: me).description,
            Channel<LockCondition>.lockConditions.replyTopic(in: town, to: me).description,
        ]
    }

    private var admissionAnswers: String {
        Channel<Admission>.admissions.replyTopic(in: town, to: Role.lock.user(door.named())).description
    }

    private var subscriptions: [Subscription] {
        let own = reader == nil ? [] : Lease.Part.allCases.map { Lease.topic(in: town, to: door, $0).description } + [admissionAnswers]
        return ([orders] + answers + own).map { Subscription(filter: $0, qos: 1) }
    }

    /// Takes what has arrived and repeats what is not answered.
    /// - Returns: when to call at the latest.
    package func step(now: Instant) throws -> Instant {
        for event in transport.receive(limit: 100) {
            switch event {
            case .connected:
                transport.subscribe(subscriptions)
                (nextLife, nextReport, nextAdmissions) = (now, now, now)
                (wait, admissionsWait) = (Self.firstWait, Self.firstWait)
            case .message(let message) where message.topic == orders: try take(message, now)
            case .message(let message) where answers.contains(message.topic): try takeAnswer(message.payload)
            case .message(let message) where message.topic == admissionAnswers:
                if let cause = try? Envelope<Reply<Done>>(json: message.payload).cause { try reader?.forget(cause) }
            case .message(let message):
                guard let part = Lease.Part.allCases.first(where: { Lease.topic(in: town, to: door, $0).description == message.topic })
                else { break }
                try reader?.take(message.payload, part: part, at: door, of: town, keys: keys)
                // The town hears at once which lists this lock has.
                nextLife = now
            case .acknowledged, .disconnected: break
            case .fatal(let sentence): throw LockError(description: sentence)
            }
        }
        if transport.isConnected {
            if nextLife <= now {
                say(.life(of: address, in: town), try life(at: now).json())
                nextLife = now + Self.lifePeriod
            }
            if !memory.reports.isEmpty, nextReport <= now {
                for report in memory.reports { say(reports(report.name ?? Channel<LockOutcome>.lockOutcomes.name), report.bytes) }
                nextReport = now + wait
                wait = min(wait * 2, Self.longestWait)
            }
            if let journal = reader?.journal, !journal.isEmpty, nextAdmissions <= now {
                for report in journal.openings + journal.refusals {
                    say(Channel<Admission>.admissions.topic(in: town, door.named()), report.bytes)
                }
                nextAdmissions = now + admissionsWait
                admissionsWait = min(admissionsWait * 2, Self.longestWait)
            }
        }
        transport.flush()
        return [nextLife, memory.reports.isEmpty ? nextLife : nextReport, reader?.journal.isEmpty ?? true ? nextLife : nextAdmissions].min()
            ?? nextLife
    }

    /// A card is held over the lock's own reader. Whether the town can be reached makes no difference.
    package func present(_ card: PresentedCard, now: Instant) throws {
        try reader?.decide(card, at: now) { admission in
            let id = EventID(at: now, random: (UInt16(truncatingIfNeeded: random()), random()))
            let report = Envelope(id: id, source: address.source(in: town), time: now, data: admission)
            return PendingReport(id: id, named: Channel<Admission>.admissions.name, json: try report.json())
        }
        (nextAdmissions, admissionsWait) = (now, Self.firstWait)
    }

    /// Says that it ends on purpose.
    package func leave(now: Instant) throws {
        guard transport.isConnected else { return }
        say(.life(of: address, in: town), try Life(.stopped, at: now).json())
        transport.close()
    }

    private func take(_ message: Message, _ now: Instant) throws {
        // An order from the broker's memory is never obeyed, whatever it says.
        let judgement: LockJudgement =
            message.isRetained
            ? .refuse(.malformed, grant: nil, value: nil) : judge(message.payload, for: door, of: town, keys: keys, memory: memory, at: now)
        var next = memory
        switch judgement {
        case .open(let grant):
            next.obey(grant)
            if seesItsBolt {
                next.keep(try pending(LockOutcome(grant: grant.jti, result: .opened), on: .lockOutcomes, cause: grant.jti, now))
            }
        case .refuse(let refusal, let grant, let value):
            let outcome = LockOutcome(grant: grant, result: .refused, refusal: refusal, value: value)
            next.keep(try pending(outcome, on: .lockOutcomes, cause: grant, now))
        }
        try remember(next, now)
        didJudge(judgement, now)
    }

    /// Says what became of an order that was obeyed, until it is answered.
    package func report(_ outcome: LockOutcome, at now: Instant) throws {
        var next = memory
        next.keep(try pending(outcome, on: .lockOutcomes, cause: outcome.grant, now))
        try remember(next, now)
    }

    /// Says how the lock is, until it is answered.
    package func report(_ condition: LockCondition, at now: Instant) throws {
        var next = memory
        next.keep(try pending(condition, on: .lockConditions, cause: nil, now))
        try remember(next, now)
    }

    private func remember(_ next: LockMemory, _ now: Instant) throws {
        try keep(next)
        memory = next
        nextReport = now
        wait = Self.firstWait
    }

    private func pending<Body>(_ body: Body, on channel: Channel<Body>, cause: EventID?, _ now: Instant) throws -> PendingReport {
        let id = EventID(at: now, random: (UInt16(truncatingIfNeeded: random()), random()))
        let report = Envelope(id: id, source: address.source(in: town), time: now, cause: cause, data: body)
        return PendingReport(id: id, named: channel.name, json: try report.json())
    }

    private func life(at now: Instant) -> Life {
        let counters = (reader?.counters ?? [:]).merging(["highest": memory.highest]) { $1 }
        let state: Life.State = problems.contains { $0.weight == .red } ? .red : problems.isEmpty ? .ready : .amber
        return Life(state, at: now, problems: problems.isEmpty ? nil : problems, counters: counters)
    }

    private func takeAnswer(_ payload: [UInt8]) throws {
        guard let cause = try? Envelope<Reply<Done>>(json: payload).cause, memory.forget(cause) else { return }
        try keep(memory)
    }

    private func say(_ topic: Topic, _ payload: [UInt8]) {
        _ = transport.publish(Outgoing(topic: topic.description, payload: payload, qos: topic.kind.qos, retain: topic.kind.isRetained))
    }
}

package struct LockError: Error, CustomStringConvertible {
    package let description: String
}
