/// Rows on their way to the broker, in order, and how far all before are acknowledged.
struct SendWindow {
    /// At most this many unacknowledged at a time, so that memory stays flat however much waits.
    static let limit = 256

    private(set) var through: Int64 = 0
    /// The last row handed to the transport.
    private(set) var cursor: Int64 = 0
    private var order: [Int64] = []
    private var start = 0
    private var waiting: [Int32: Int64] = [:]
    private var acknowledged: Set<Int64> = []

    var count: Int { order.count - start }
    var room: Int { Self.limit - count }

    /// Everything behind `position` is to be sent (again).
    mutating func restart(after position: Int64) {
        self = SendWindow()
        through = position
        cursor = position
    }

    /// After a reconnect: what was not acknowledged is sent again.
    mutating func restart() { restart(after: through) }

    mutating func sent(_ position: Int64, as id: Int32) {
        order.append(position)
        waiting[id] = position
        cursor = position
    }

    /// A row that is not sent at all.
    mutating func skip(_ position: Int64) { cursor = position }

    /// - Returns: the row this acknowledges, if it is one of ours.
    mutating func acknowledge(_ id: Int32) -> Int64? {
        guard let position = waiting.removeValue(forKey: id) else { return nil }
        // Brokers acknowledge in order (MQTT 5.0, 4.6), so this is nearly always the first.
        acknowledged.insert(position)
        while start < order.count, acknowledged.remove(order[start]) != nil {
            through = order[start]
            start += 1
        }
        if start > 512 {
            order.removeFirst(start)
            start = 0
        }
        return position
    }
}
