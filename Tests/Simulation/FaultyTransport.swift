import Bus

/// A connection whose machine may die while it sends.
final class FaultyTransport: Transport {
    let inner: InMemoryTransport
    /// At the next flush only this many publishes leave, no acknowledgement does, and the machine is dead.
    var dieAfter: Int?
    private(set) var isDead = false

    init(_ inner: InMemoryTransport) { self.inner = inner }

    var isConnected: Bool { inner.isConnected }
    func receive(limit: Int) -> [BusEvent] { inner.receive(limit: limit) }
    func subscribe(_ subscriptions: [Subscription]) { inner.subscribe(subscriptions) }
    func publish(_ outgoing: Outgoing) -> Int32? { inner.publish(outgoing) }
    func abandon() { inner.abandon() }
    func close() { inner.close() }

    func flush() {
        guard let count = dieAfter else { return inner.flush() }
        inner.flushPartly(count)
        isDead = true
    }
}
