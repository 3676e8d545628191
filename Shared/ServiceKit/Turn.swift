import Bus
import Contracts
import Dispatch
import Journal
import Seal
import Store

/// One turn of the loop as a service sees it: the open transaction, the time, and what may be said. It owns the transaction; the host alone commits.
package struct Turn: ~Copyable {
    package let db: Transaction
    package let now: Instant
    package let identity: Identity
    /// Whether the broker can be reached at the moment.
    package let isConnected: Bool
    /// When the database in hand was put back from a copy, if it was: for what happened before that nothing leaves the building again.
    package let restored: Restored?
    let work: Workspace

    init(
        _ db: consuming Transaction, now: Instant, identity: Identity, isConnected: Bool, restored: Restored?, work: Workspace
    ) {
        self.db = db
        self.now = now
        self.identity = identity
        self.isConnected = isConnected
        self.restored = restored
        self.work = work
    }

    consuming func commit() throws {
        try noteActs()
        try work.outbox.save(in: db)
        try work.inbox.save(in: db)
        try db.commit()
    }

    /// Whether the event in hand came just now: not from a journal, not retained, not while newer ones of its stream are known, not read after a stall.
    package var isLive: Bool { work.isLive }

    /// Events of this program that the broker has not acknowledged.
    package var unsent: Int64 { work.outbox.newest - work.sentThrough }

    /// Whoever sent the command in hand, as the broker vouches for it: segment 4 of its topic.
    package var actor: UserID { work.actor }

    /// Up to when everything that a producer said on a channel is known here.
    package borrowing func heard(_ channel: Channel<some EventBody>, of producer: Instance) -> Heard {
        let address = Address(channel.owner, producer)
        let topic = channel.topic(in: identity.town, producer.named())
        return Heard(through: work.watermarks[address], isWhole: work.inbox.gaps(of: topic.description) == nil)
    }

    /// Whether somebody who asked something in this turn waits for its end: what has time is done in the next one.
    package var isAwaited: Bool { work.isAwaited }

    /// The topic of the event in hand.
    package var topic: Topic { work.topic }

    /// Says what follows from `cause`. Said again with the same content, it is nothing.
    /// - Returns: the event's id, derived from the cause, the type and the discriminator.
    @discardableResult
    package borrowing func emit<Body: EventBody>(
        _ data: Body, on channel: Channel<Body>, cause: EventID, discriminator: String = "", subject: String? = nil, time: Instant? = nil
    ) throws -> EventID {
        let id = EventID.derived(from: cause, type: Envelope<Body>.type, discriminator: discriminator)
        try work.outbox.emit(data, on: channel, id: id, subject: subject, time: time ?? now, cause: cause, in: db)
        return id
    }

    /// Says how something is from now on, in place of all that was said of it before.
    /// - Parameter key: what it is about; the envelope's subject.
    @discardableResult
    package borrowing func put<Body: EventBody>(_ data: Body, on channel: Channel<Body>, key: String, cause: EventID) throws -> EventID {
        precondition(channel.isKeyed, "\(channel.name) is no keyed stream")
        let id = EventID.derived(from: cause, type: Envelope<Body>.type, discriminator: key)
        try work.outbox.emit(data, on: channel, id: id, subject: key, time: now, cause: cause, in: db)
        return id
    }

    /// Ends a key of a keyed stream of which nobody needs to hear any more: it is told no longer to whoever comes later.
    package borrowing func retire<Body: EventBody>(_ key: String, on channel: Channel<Body>) throws {
        try Outbox.retire(key, of: channel, in: identity.town, me: identity.address, in: db)
    }

    /// Says what has no cause in the system: a card was held over a reader.
    @discardableResult
    package borrowing func emitRoot<Body: EventBody>(
        _ data: Body, on channel: Channel<Body>, subject: String? = nil, time: Instant
    ) throws -> EventID {
        let id = work.newID(at: time)
        try work.outbox.emit(data, on: channel, id: id, subject: subject, time: time, cause: nil, in: db)
        return id
    }

    /// Says what a timer has brought about.
    @discardableResult
    package borrowing func emitTimed<Body: EventBody>(
        _ data: Body, on channel: Channel<Body>, identity: String, due: Instant, cause: EventID? = nil
    ) throws -> EventID {
        let id = EventID.derived(ofType: Envelope<Body>.type, identity: identity, at: due)
        try work.outbox.emit(data, on: channel, id: id, subject: nil, time: due, cause: cause, in: db)
        return id
    }

    /// Sends bytes to a device after the commit, at most once for a cause and a kind but for a crash, which sends the same bytes again until `expires`.
    /// - Parameter bytes: a pure function, called once before the commit, on any thread: making them may mean a signature.
    package borrowing func act(_ kind: String, cause: EventID, topic: Topic, expires: Instant, bytes: @escaping @Sendable () -> [UInt8]) {
        work.orders.append(Order(kind: kind, cause: cause, topic: topic.description, expires: expires, bytes: bytes))
    }

    /// Writes down the acts that were ordered. Their bytes are made on all cores together.
    borrowing func noteActs() throws {
        for (order, bytes) in zip(work.orders, Order.bytes(of: work.orders)) {
            let act = DueAct(
                position: work.newestAct + 1, cause: order.cause, kind: order.kind, topic: order.topic, bytes: bytes, expires: order.expires
            )
            guard try Act.note(act, in: db) else { continue }
            work.newestAct = act.position
            work.acts.append(act)
        }
        work.orders = []
    }

    /// Does something of which nothing stays when it throws: no row, and nothing that was to leave because of one.
    package borrowing func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        try noteActs()
        let before = try work.mark(in: db)
        do {
            return try db.savepoint {
                let result = try body()
                try noteActs()
                return result
            }
        } catch {
            work.rewind(to: before)
            throw error
        }
    }

    /// Publishes a snapshot after the commit; of several for one topic only the last leaves.
    package borrowing func publishState<Body: StateBody>(
        _ data: Body, on channel: Channel<Body>, about entity: Entity, ofInstance thing: Instance? = nil
    ) throws {
        let topic = channel.topic(in: identity.town, entity, at: thing)
        let envelope = Envelope(id: work.newID(at: now), source: identity.source, time: now, data: data)
        work.states[topic] = try envelope.json(identity.offset)
    }

    /// Has the broker keep signed bytes for a device after the commit, in place of what it kept there; none take that away.
    package borrowing func keep(_ bytes: [UInt8], on topic: Topic) {
        precondition(topic.kind == .lease, "\(topic) is no lease")
        work.states[topic] = bytes
    }

    /// Tells the person at a reader, if this is worth telling now. Not kept: seconds later it would be noise.
    package borrowing func tell<Body: FeedbackBody>(_ agent: AgentID, _ data: Body, on channel: Channel<Body>) throws {
        let envelope = Envelope(
            id: .derived(from: data.tap, type: Envelope<Body>.type, discriminator: identity.address.description),
            source: identity.source, time: now, cause: data.tap, data: data)
        work.say(channel.topic(in: identity.town, agent.named()), try envelope.json(identity.offset))
    }

    /// Writes a line into the log after the commit. It names nobody.
    package borrowing func log(_ line: String) { work.lines.append(line) }

    /// Asks the machine for something after the commit.
    package borrowing func perform(_ effect: any Effect) { work.effects.append(effect) }
}

/// How far a stream is known. A timer that rests on it fires when it is whole and has been heard through the moment the timer is about.
package struct Heard: Equatable, Sendable {
    /// The producer's watermark: what has happened until then was numbered. `nil` when nothing was heard of it.
    package let through: Instant?
    /// Nothing of it is missing here.
    package let isWhole: Bool

    package init(through: Instant?, isWhole: Bool) { (self.through, self.isWhole) = (through, isWhole) }

    package func covers(_ moment: Instant) -> Bool { isWhole && through.map { $0 >= moment } ?? false }
}

/// An act whose bytes are not made yet.
struct Order {
    let kind: String
    let cause: EventID
    let topic: String
    let expires: Instant
    let bytes: @Sendable () -> [UInt8]

    static func bytes(of orders: [Order]) -> [[UInt8]] {
        guard orders.count > 1 else { return orders.map { $0.bytes() } }
        return [[UInt8]](unsafeUninitializedCapacity: orders.count) { made, count in
            let made = Made(start: made.baseAddress!)
            DispatchQueue.concurrentPerform(iterations: orders.count) { made.start.advanced(by: $0).initialize(to: orders[$0].bytes()) }
            count = orders.count
        }
    }

    /// Each thread writes to places of its own.
    private struct Made: @unchecked Sendable { let start: UnsafeMutablePointer<[UInt8]> }
}

/// What a turn gathers. It is thrown away when the transaction is rolled back.
final class Workspace {
    var outbox: Outbox
    var inbox: Inbox
    let sentThrough: Int64
    var isLive = false
    var actor: UserID = "nobody"
    var isAwaited = false
    var topic: Topic
    var newestAct: Int64
    /// What each producer's heads say of its moment.
    var watermarks: [Address: Instant]
    var orders: [Order] = []
    var acts: [DueAct] = []
    var states: [Topic: [UInt8]] = [:]
    var transient: [Outgoing] = []
    var effects: [any Effect] = []
    var lines: [String] = []
    private let random: () -> UInt64

    init(
        outbox: consuming Outbox, inbox: consuming Inbox, sentThrough: Int64, newestAct: Int64,
        watermarks: [Address: Instant], identity: Identity, random: @escaping () -> UInt64
    ) {
        self.sentThrough = sentThrough
        self.newestAct = newestAct
        self.watermarks = watermarks
        self.outbox = outbox
        self.inbox = inbox
        self.random = random
        topic = .life(of: identity.address, in: identity.town)
    }

    /// A moment inside the turn: what had been gathered by then.
    struct Mark {
        let outbox: Outbox.Mark
        let inbox: Inbox
        let newestAct: Int64
        let acts: Int
        let states: [Topic: [UInt8]]
        let transient: Int
        let effects: Int
        let lines: Int
    }

    func mark(in db: borrowing Transaction) throws -> Mark {
        Mark(
            outbox: try outbox.mark(in: db), inbox: inbox, newestAct: newestAct, acts: acts.count, states: states,
            transient: transient.count, effects: effects.count, lines: lines.count)
    }

    func rewind(to mark: Mark) {
        outbox.rewind(to: mark.outbox)
        inbox = mark.inbox
        newestAct = mark.newestAct
        orders = []
        acts.removeLast(acts.count - mark.acts)
        states = mark.states
        transient.removeLast(transient.count - mark.transient)
        effects.removeLast(effects.count - mark.effects)
        lines.removeLast(lines.count - mark.lines)
    }

    func newID(at time: Instant) -> EventID {
        EventID(at: time, random: (UInt16(truncatingIfNeeded: random()), random()))
    }

    func say(_ topic: Topic, _ payload: [UInt8], expiry: UInt32? = nil) {
        transient.append(Outgoing(topic, payload, expiry: expiry))
    }
}

extension Outgoing {
    /// How a message is carried follows from its topic's class alone.
    init(_ topic: Topic, _ payload: [UInt8], expiry: UInt32? = nil) {
        self.init(topic: topic.description, payload: payload, qos: topic.kind.qos, retain: topic.kind.isRetained, expiry: expiry)
    }
}
