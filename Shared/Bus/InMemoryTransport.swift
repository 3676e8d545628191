/// One client of an `InMemoryBroker`.
package final class InMemoryTransport: Transport {
    package let client: String
    package let clean: Bool
    package var will: Outgoing?
    /// While this is false every attempt to connect fails: a cut network.
    package var isReachable = true { didSet { if !isReachable { cut("network cut", publishWill: true) } } }

    package private(set) var isConnected = false
    private let broker: InMemoryBroker
    /// What the broker keeps for this client; `nil` without a connection.
    private var session: InMemoryBroker.Session?
    private var events: [BusEvent] = []
    private var waiting: [(Outgoing, id: Int32)] = []
    private var nextID: Int32 = 1

    package init(_ broker: InMemoryBroker, client: String, clean: Bool = false) {
        self.broker = broker
        self.client = client
        self.clean = clean
    }

    /// When there is something to receive, by the broker's clock; `nil` while nothing is on its way.
    package var nextDelivery: Int64? {
        if !events.isEmpty { return broker.now }
        guard isConnected, let session, session.unacknowledged.count < broker.window else { return nil }
        return session.queue.first?.due
    }

    package func receive(limit: Int) -> [BusEvent] {
        if !isConnected, isReachable, events.isEmpty {
            isConnected = true
            let (session, had) = broker.connect(self)
            self.session = session
            events.append(.connected(session: had))
        }
        var out = events
        events = []
        if let session { out += broker.take(session, client, limit: limit).map { .message($0) } }
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
        session?.unacknowledged = []
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
        session = nil
        waiting = []
        events = [.disconnected(reason)]
        broker.disconnected(self)
        if publishWill, let will { broker.accept(will) }
    }
}
