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
        package init() {}
    }

    package var faults = Faults()
    /// Messages an absent session keeps; the rest is dropped, acknowledged (Mosquitto: max_queued_messages).
    package var queueLimit = 1000
    package var window = 1000
    package private(set) var retained: [String: [UInt8]] = [:]
    /// Called for every accepted publish, before faults.
    package var onPublish: (Outgoing) -> Void = { _ in }
    /// Called for every message a session hands to its client.
    package var onDeliver: (_ client: String, _ message: Message) -> Void = { _, _ in }

    private var sessions: [String: Session] = [:]
    private let random: () -> UInt64

    package init(random: @escaping () -> UInt64) { self.random = random }

    final class Session {
        var subscriptions: [Subscription] = []
        var queue: [Message] = []
        var unacknowledged: [Message] = []
        weak var connection: InMemoryTransport?
    }

    // MARK: Faults of the broker as a whole

    /// Every connection breaks, as when the process is killed. Without memory, sessions and retained messages are gone as well.
    package func restart(keepingMemory: Bool) {
        for client in sessions.keys.sorted() { sessions[client]?.connection?.cut("broker restarted", publishWill: false) }
        if !keepingMemory {
            sessions = [:]
            retained = [:]
        }
    }

    package func expireSession(of client: String) {
        if sessions[client]?.connection == nil { sessions[client] = nil }
    }

    package func restoreRetained(_ topic: String, _ payload: [UInt8]) { retained[topic] = payload }

    /// Delivers as if some client had published it.
    package func inject(_ message: Message) { accept(Outgoing(topic: message.topic, payload: message.payload, qos: 1, retain: false)) }

    // MARK: The protocol

    func connect(_ connection: InMemoryTransport) -> Bool {
        let client = connection.client
        sessions[client]?.connection?.cut("session taken over", publishWill: true)
        let had = sessions[client] != nil && !connection.clean
        if !had { sessions[client] = Session() }
        guard let session = sessions[client] else { return false }
        session.connection = connection
        session.queue = session.unacknowledged + session.queue
        session.unacknowledged = []
        return had
    }

    func disconnected(_ connection: InMemoryTransport) {
        guard let session = sessions[connection.client], session.connection === connection else { return }
        session.connection = nil
        if connection.clean { sessions[connection.client] = nil }
    }

    func subscribe(_ client: String, _ subscriptions: [Subscription]) {
        guard let session = sessions[client] else { return }
        for subscription in subscriptions {
            if let index = session.subscriptions.firstIndex(where: { $0.filter == subscription.filter }) {
                session.subscriptions[index] = subscription
            } else {
                session.subscriptions.append(subscription)
            }
            for topic in retained.keys.sorted() where topicMatches(topic, filter: subscription.filter) {
                session.queue.append(Message(topic: topic, payload: retained[topic] ?? [], isRetained: true))
            }
        }
    }

    func accept(_ outgoing: Outgoing) {
        onPublish(outgoing)
        if outgoing.retain { retained[outgoing.topic] = outgoing.payload.isEmpty ? nil : outgoing.payload }
        for client in sessions.keys.sorted() {
            guard let session = sessions[client],
                let subscription = session.subscriptions.first(where: { topicMatches(outgoing.topic, filter: $0.filter) })
            else { continue }
            let message = Message(topic: outgoing.topic, payload: outgoing.payload)
            if min(outgoing.qos, subscription.qos) == 0 {
                if session.connection != nil { session.queue.append(message) }
                continue
            }
            if happens(faults.drop) || (session.connection == nil && session.queue.count >= queueLimit) { continue }
            session.queue.append(message)
            if happens(faults.repeat) { session.queue.append(message) }
            if happens(faults.reorder), session.queue.count >= 2 { session.queue.swapAt(session.queue.count - 1, session.queue.count - 2) }
        }
    }

    func take(_ client: String, limit: Int) -> [Message] {
        guard let session = sessions[client] else { return [] }
        let count = min(limit, window - session.unacknowledged.count, session.queue.count)
        guard count > 0 else { return [] }
        let taken = Array(session.queue[..<count])
        session.queue.removeFirst(count)
        session.unacknowledged += taken
        for message in taken { onDeliver(client, message) }
        return taken
    }

    func acknowledgeAll(_ client: String) { sessions[client]?.unacknowledged = [] }

    package func hasWaiting(_ client: String) -> Bool { !(sessions[client]?.queue.isEmpty ?? true) }

    private func happens(_ chance: Double) -> Bool { chance > 0 && Double(random() >> 11) / Double(1 << 53) < chance }
}

/// One client of an `InMemoryBroker`.
package final class InMemoryTransport: Transport {
    package let client: String
    package let clean: Bool
    package var will: Outgoing?
    /// While this is false every attempt to connect fails: a cut network.
    package var isReachable = true { didSet { if !isReachable { cut("network cut", publishWill: true) } } }

    package private(set) var isConnected = false
    private let broker: InMemoryBroker
    private var events: [BusEvent] = []
    private var waiting: [(Outgoing, id: Int32)] = []
    private var nextID: Int32 = 1

    package init(_ broker: InMemoryBroker, client: String, clean: Bool = false) {
        self.broker = broker
        self.client = client
        self.clean = clean
    }

    package func receive(limit: Int) -> [BusEvent] {
        if !isConnected, isReachable, events.isEmpty {
            isConnected = true
            events.append(.connected(session: broker.connect(self)))
        }
        var out = events
        events = []
        if isConnected { out += broker.take(client, limit: limit).map { .message($0) } }
        return out
    }

    package func subscribe(_ subscriptions: [Subscription]) { broker.subscribe(client, subscriptions) }

    package func publish(_ outgoing: Outgoing) -> Int32? {
        guard isConnected else { return nil }
        nextID = nextID == 65_535 ? 1 : nextID + 1
        waiting.append((outgoing, nextID))
        return nextID
    }

    package func flush() {
        guard isConnected else { return }
        broker.acknowledgeAll(client)
        let leaving = waiting
        waiting = []
        for (outgoing, id) in leaving {
            broker.accept(outgoing)
            if outgoing.qos > 0 { events.append(.acknowledged(id: id, code: 0)) }
        }
    }

    /// Lets the first `count` publishes leave and then breaks: killed between commit and send, or between send and mark.
    package func flushPartly(_ count: Int) {
        guard isConnected else { return }
        for (outgoing, _) in waiting.prefix(count) { broker.accept(outgoing) }
        abandon()
    }

    package func abandon() { cut("abandoned", publishWill: true) }

    package func close() {
        flush()
        cut("closed", publishWill: false)
        events = []
    }

    func cut(_ reason: String, publishWill: Bool) {
        guard isConnected else { return }
        isConnected = false
        waiting = []
        events = [.disconnected(reason)]
        broker.disconnected(self)
        if publishWill, let will { broker.accept(will) }
    }
}
