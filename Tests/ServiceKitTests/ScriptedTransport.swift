import Bus

/// A connection that does what the test says: it hands over what was queued, and shows what left at each flush.
final class ScriptedTransport: Transport {
    private(set) var isConnected = false
    /// What left, in order.
    private(set) var sent: [(id: Int32, outgoing: Outgoing)] = []
    private(set) var subscriptions: [Subscription] = []
    private(set) var flushes = 0
    private(set) var abandons = 0
    /// The broker's reason code for a publish; `nil` keeps it waiting for the test to acknowledge it.
    var answer: (Outgoing) -> UInt8? = { _ in 0 }
    /// Killed before anything leaves.
    var isDead = false

    private var queue: [BusEvent] = []
    private var waiting: [(id: Int32, outgoing: Outgoing)] = []
    private var lastID: Int32 = 0

    func connect() {
        isConnected = true
        queue.append(.connected(session: true))
    }

    func disconnect() {
        isConnected = false
        waiting = []
        queue.append(.disconnected("cut by the test"))
    }

    func deliver(_ messages: [Message]) { queue += messages.map { .message($0) } }
    func acknowledge(_ id: Int32, code: UInt8 = 0) { queue.append(.acknowledged(id: id, code: code)) }

    /// What left on topics of this name, such as `door-decision` or `life`.
    func sent(named name: String) -> [Outgoing] { sent.map(\.outgoing).filter { $0.topic.hasSuffix("/\(name)") } }
    func sent(on topic: String) -> [Outgoing] { sent.map(\.outgoing).filter { $0.topic == topic } }

    func receive(limit: Int) -> [BusEvent] {
        defer { queue.removeFirst(min(limit, queue.count)) }
        return Array(queue.prefix(limit))
    }

    func subscribe(_ subscriptions: [Subscription]) { self.subscriptions = subscriptions }

    func publish(_ outgoing: Outgoing) -> Int32? {
        guard isConnected else { return nil }
        lastID += 1
        waiting.append((lastID, outgoing))
        return lastID
    }

    func flush() {
        guard !isDead else { return }
        flushes += 1
        sent += waiting
        for (id, outgoing) in waiting where outgoing.qos > 0 {
            if let code = answer(outgoing) { acknowledge(id, code: code) }
        }
        waiting = []
    }

    func abandon() {
        abandons += 1
        isConnected = false
        waiting = []
        queue = [.disconnected("abandoned")]
    }

    func close() {
        flush()
        isConnected = false
    }
}
