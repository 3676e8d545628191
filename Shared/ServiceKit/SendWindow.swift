import Journal

/// A row of a table that is sent in the order of its position.
protocol Positioned { var position: Int64 { get } }
extension OutboxRow: Positioned {}
extension DueAct: Positioned {}

/// Rows on their way to the broker, in order, and how far all before are acknowledged.
struct SendWindow<Row: Positioned> {
    /// At most this many unacknowledged at a time, so that memory stays flat however much waits.
    static var limit: Int { 256 }
    /// At most this many are kept at hand; what waits behind them is read from the table when its turn comes.
    private static var store: Int { 2048 }

    private(set) var through: Int64 = 0
    /// The last row handed to the transport.
    private(set) var cursor: Int64 = 0
    /// Rows behind the cursor, without a hole, the first to be sent at `taken`.
    private var ready: [Row] = []
    private var taken = 0
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

    /// Keeps rows at hand that follow what is at hand already, so that they need not be read back.
    /// - Parameter position: the newest row before them.
    mutating func offer(_ rows: [Row], behind position: Int64) {
        guard (ready.last?.position ?? cursor) == position, ready.count - taken + rows.count <= Self.store else { return }
        if taken > 0 { ready.removeFirst(taken) }
        taken = 0
        ready += rows
    }

    var isEmpty: Bool { taken == ready.count }

    /// The row to be sent now; it stays the next until it is `sent` or skipped.
    var next: Row? { taken < ready.count ? ready[taken] : nil }

    mutating func sent(_ position: Int64, as id: Int32) {
        order.append(position)
        waiting[id] = position
        skip(position)
    }

    /// A row that is not sent at all.
    mutating func skip(_ position: Int64) {
        cursor = position
        guard taken < ready.count else { return }
        taken += 1
        if taken == ready.count {
            ready.removeAll(keepingCapacity: true)
            taken = 0
        }
    }

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
