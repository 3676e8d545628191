/// A broker in this process: sessions, QoS 1 with acknowledgements, retained messages, last wills, queue limits. It behaves as badly as it is told to.
///
/// A message is handed to a session at most `window` at a time, as by receive maximum, and again after a reconnect when it was not acknowledged.
package final class InMemoryBroker {
    /// What may happen to one QoS 1 message on its way to a session, in chances of 1.
    package struct Faults: Sendable {
        /// Acknowledged to the sender and never delivered: what brokers do when a queue is full or their memory is gone.
        package var drop = 0.0
        package var `repeat` = 0.0
        /// Swapped with the one before it.
        package var reorder = 0.0
        /// Held up, whatever its QoS, with everything behind it: a connection delivers in order.
        package var delay = 0.0
        /// Milliseconds.
        package var longestDelay = 0
        package init() {}
    }

    /// Everything a broker keeps in memory, as it was at some time.
    package struct Memory {
        fileprivate var sessions: [String: (subscriptions: [Subscription], queue: [Queued])]
        fileprivate var retained: [String: [UInt8]]
    }

    package var faults = Faults()
    /// Milliseconds of a clock that whoever drives the broker moves; delays are counted by it.
    package var now: Int64 = 0
    /// Messages kept for a session beyond its window; the rest is dropped, acknowledged (Mosquitto: max_queued_messages).
    package var queueLimit = 1000
    package var window = 1000
    package private(set) var retained: [String: [UInt8]] = [:]
    /// Called for every accepted publish, before faults.
    package var onPublish: (Outgoing) -> Void = { _ in }
    /// Called for every message a session hands to its client.
    package var onDeliver: (_ client: String, _ message: Message) -> Void = { _, _ in }

    private var sessions: [String: Session] = [:]
    /// Who gets a topic at which QoS, in the order of clients' names. Filters change rarely, and matching them costs more than delivering.
    private var readers: [String: [(session: Session, qos: Int32)]] = [:]
    private let random: () -> UInt64

    package init(random: @escaping () -> UInt64) { self.random = random }

    struct Queued {
        var message: Message
        var qos: Int32
        /// Not handed over before.
        var due: Int64
    }

    final class Session {
        var subscriptions: [Subscription] = []
        var queue: [Queued] = []
        var unacknowledged: [Queued] = []
        weak var connection: InMemoryTransport?
    }

    // MARK: Faults of the broker as a whole

    /// Every connection breaks, as when the process is killed. Without memory, sessions and retained messages are gone as well.
    package func restart(keepingMemory: Bool) {
        for client in sessions.keys.sorted() { sessions[client]?.connection?.cut("broker restarted", publishWill: false) }
        guard !keepingMemory else { return }
        sessions = [:]
        retained = [:]
        readers = [:]
    }

    /// What it would write to its disk now.
    package func memory() -> Memory {
        Memory(sessions: sessions.mapValues { ($0.subscriptions, $0.unacknowledged + $0.queue) }, retained: retained)
    }

    /// It was killed and starts with what it had written down some time ago: what it acknowledged since is gone, what was acknowledged to it comes again.
    package func restart(with memory: Memory) {
        restart(keepingMemory: false)
        retained = memory.retained
        sessions = memory.sessions.mapValues { kept in
            let session = Session()
            session.subscriptions = kept.subscriptions
            session.queue = kept.queue
            return session
        }
    }

    package func expireSession(of client: String) {
        guard let session = sessions[client], session.connection == nil else { return }
        sessions[client] = nil
        readers = [:]
    }

    package func restoreRetained(_ topic: String, _ payload: [UInt8]) { retained[topic] = payload }
    package func forgetRetained(_ topic: String) { retained[topic] = nil }

    /// Delivers as if some client had published it.
    package func inject(_ message: Message) {
        accept(Outgoing(topic: message.topic, payload: message.payload, qos: 1, retain: false))
    }

    // MARK: The protocol

    func connect(_ connection: InMemoryTransport) -> (Session, had: Bool) {
        let client = connection.client
        sessions[client]?.connection?.cut("session taken over", publishWill: true)
        let found = connection.clean ? nil : sessions[client]
        let session = found ?? Session()
        if found == nil {
            sessions[client] = session
            readers = [:]
        }
        session.connection = connection
        session.queue = session.unacknowledged + session.queue
        session.unacknowledged = []
        return (session, found != nil)
    }

    func disconnected(_ connection: InMemoryTransport) {
        guard let session = sessions[connection.client], session.connection === connection else { return }
        session.connection = nil
        // What was on its way at most once is lost with the connection.
        session.queue.removeAll { $0.qos == 0 }
        session.unacknowledged.removeAll { $0.qos == 0 }
        if connection.clean {
            sessions[connection.client] = nil
            readers = [:]
        }
    }

    func subscribe(_ client: String, _ subscriptions: [Subscription]) {
        guard let session = sessions[client] else { return }
        for subscription in subscriptions {
            if let index = session.subscriptions.firstIndex(where: { $0.filter == subscription.filter }) {
                session.subscriptions[index] = subscription
            } else {
                session.subscriptions.append(subscription)
                readers = [:]
            }
            for topic in retained.keys.sorted() where topicMatches(topic, filter: subscription.filter) {
                put(Message(topic: topic, payload: retained[topic] ?? [], isRetained: true), subscription.qos, into: session)
            }
        }
    }

    func accept(_ outgoing: Outgoing) {
        onPublish(outgoing)
        if outgoing.retain { retained[outgoing.topic] = outgoing.payload.isEmpty ? nil : outgoing.payload }
        let message = Message(topic: outgoing.topic, payload: outgoing.payload)
        for (session, qos) in sessions(reading: outgoing.topic) {
            if min(outgoing.qos, qos) == 0 {
                if session.connection != nil { put(message, 0, into: session) }
                continue
            }
            let room = session.connection == nil ? queueLimit : queueLimit + window - session.unacknowledged.count
            if happens(faults.drop) || session.queue.count >= room { continue }
            put(message, 1, into: session)
            if happens(faults.repeat) { put(message, 1, into: session) }
            if happens(faults.reorder), session.queue.count >= 2 { session.queue.swapAt(session.queue.count - 1, session.queue.count - 2) }
        }
    }

    private func sessions(reading topic: String) -> [(session: Session, qos: Int32)] {
        if let known = readers[topic] { return known }
        let found = sessions.keys.sorted().compactMap { client -> (session: Session, qos: Int32)? in
            guard let session = sessions[client],
                let subscription = session.subscriptions.first(where: { topicMatches(topic, filter: $0.filter) })
            else { return nil }
            return (session, subscription.qos)
        }
        readers[topic] = found
        return found
    }

    private func put(_ message: Message, _ qos: Int32, into session: Session) {
        var due = max(now, session.queue.last?.due ?? now)
        if happens(faults.delay) { due += Int64(random() % UInt64(max(1, faults.longestDelay))) }
        // However many are held up one after the other: a connection that says nothing for longer is broken.
        session.queue.append(Queued(message: message, qos: qos, due: min(due, now + Int64(faults.longestDelay))))
    }

    func take(_ session: Session, _ client: String, limit: Int) -> [Message] {
        let room = min(limit, window - session.unacknowledged.count, session.queue.count)
        guard room > 0 else { return [] }
        // Two that were swapped kept their times; whatever stands in front is waited for.
        let count = session.queue[..<room].firstIndex { $0.due > now } ?? room
        guard count > 0 else { return [] }
        let taken = session.queue[..<count]
        session.unacknowledged += taken
        session.queue.removeFirst(count)
        return taken.map { queued in
            onDeliver(client, queued.message)
            return queued.message
        }
    }

    package func hasWaiting(_ client: String) -> Bool { sessions[client]?.queue.first.map { $0.due <= now } ?? false }

    private func happens(_ chance: Double) -> Bool { chance > 0 && Double(random() >> 11) / Double(1 << 53) < chance }
}
