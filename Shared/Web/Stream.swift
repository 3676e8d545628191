import HTTP

/// Events on their way to one listener. What waits is shared by all who hear it.
struct Stream {
    let feeds: Set<String>
    let headers: [String: String]
    /// When something was last said, in milliseconds of the monotonic clock.
    private(set) var spoken: Int64
    var isOver = false
    private var queue: [[UInt8]]
    /// Bytes of the first in the queue that were taken.
    private var taken = 0
    /// Bytes in the queue, and those of them that were given at the beginning.
    private var waiting: Int
    private var given: Int

    /// An event of its own rather than a comment: a page tells by it that its feed still lives.
    static let heartbeat = ServerSentEvent.bytes(event: "beat", data: "")

    init(feeds: Set<String>, first: [UInt8], headers: [String: String], at now: Int64) {
        (self.feeds, self.headers, spoken) = (feeds, headers, now)
        queue = first.isEmpty ? [] : [first]
        (waiting, given) = (first.count, first.count)
    }

    /// - Returns: `false` if too much waits already. One event alone may be longer than the backlog: whoever has taken all before it is not slow.
    mutating func say(_ bytes: [UInt8], backlog: Int, at now: Int64) -> Bool {
        guard !isOver else { return true }
        guard waiting == given || waiting - given + bytes.count <= backlog else { return false }
        spoken = now
        waiting += bytes.count
        queue.append(bytes)
        return true
    }

    /// Takes as much as there is room for.
    mutating func take(into room: UnsafeMutableRawBufferPointer) -> Int {
        var (filled, done) = (0, 0)
        for bytes in queue {
            let part = bytes[taken...].prefix(room.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: room[filled...]).copyBytes(from: part)
            filled += part.count
            taken += part.count
            guard taken == bytes.count else { break }
            (taken, done) = (0, done + 1)
        }
        queue.removeFirst(done)
        waiting -= filled
        given = max(0, given - filled)
        return filled
    }
}
