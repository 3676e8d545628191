import Bus

/// A connection whose machine may die, or whose line may break, while it sends; and that is not tried again at once.
final class FaultyTransport: Transport {
    enum End { case death, cut }

    let inner: InMemoryTransport
    /// At the next flush only this many publishes leave and no acknowledgement does.
    var endAfter: (count: Int, End)?
    private(set) var isDead = false

    init(_ inner: InMemoryTransport) { self.inner = inner }

    var isConnected: Bool { inner.isConnected }
    func receive(limit: Int) -> [BusEvent] { inner.receive(limit: limit) }
    func subscribe(_ subscriptions: [Subscription]) { inner.subscribe(subscriptions) }
    func publish(_ outgoing: Outgoing) -> Int32? { inner.publish(outgoing) }
    func abandon() { inner.abandon() }
    func close() { inner.close() }

    func flush() {
        guard let (count, end) = endAfter else { return inner.flush() }
        endAfter = nil
        inner.flushPartly(count)
        isDead = end == .death
    }
}
