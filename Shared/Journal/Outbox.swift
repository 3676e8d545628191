import Contracts
import Store

/// The producer's half: what this program says, numbered in the transaction that caused it.
///
/// Positions and segments are kept in memory while a transaction runs and written back by `save`; after a rollback the owner makes a new `Outbox`.
package struct Outbox {
    package let town: TownID
    package let me: Address
    package let epoch: Epoch
    private let source: String
    private let offset: UTCOffset
    private var streams: [TopicName: Stream] = [:]
    /// Streams whose end has moved since it was written down.
    private var touched: [Stream] = []
    /// The position of the newest row.
    package private(set) var newest: Int64
    /// What was written since the last `takeFresh`, so that it need not be read back to be sent.
    private var fresh: [OutboxRow] = []

    private final class Stream {
        let id: Int64
        let topic: String
        var last: Int64
        /// The first number of this epoch, once there is one.
        var first: Int64?
        var isTouched = false

        init(id: Int64, topic: String, last: Int64, first: Int64?) {
            self.id = id
            self.topic = topic
            self.last = last
            self.first = first
        }
    }

    /// Opens a new segment: every start does, so a database that was put back from an old copy needs nobody to notice it.
    package static func start(town: TownID, me: Address, now: Instant, random: UInt64, in db: borrowing Transaction) throws -> Epoch {
        let last = try db.first("SELECT max(epoch) FROM start") { $0.textIfPresent(0) } ?? nil
        let epoch = Epoch(after: last.flatMap { Epoch($0) }, now: now, random: random)
        try db.run("INSERT INTO start (epoch) VALUES (?)", epoch.text)
        try db.run("DELETE FROM start WHERE epoch < ?", epoch.text)
        try foldSegments(in: db)
        return epoch
    }

    package init(town: TownID, me: Address, offset: UTCOffset, epoch: Epoch, in db: borrowing Transaction) throws {
        self.town = town
        self.me = me
        self.epoch = epoch
        self.offset = offset
        source = me.source(in: town)
        // What was acknowledged long ago is deleted, and positions go on.
        newest =
            try db.first("SELECT max(coalesce((SELECT max(position) FROM outbox), 0), coalesce((SELECT max(through) FROM sent), 0))") {
                $0.int(0)
            } ?? 0
    }

    /// Writes an event. Saying the same again is nothing; saying something else under the same id is a defect, and the transaction must not stand.
    ///
    /// In a keyed stream the subject is the key, and the row it had before is deleted, sent or not.
    package mutating func emit<Body: Payload>(
        _ data: Body, on channel: Channel<Body>, id: EventID, subject: String?, time: Instant, cause: EventID?, in db: borrowing Transaction
    ) throws {
        precondition(channel.kind == .event && channel.owner == me.program, "\(me) may not emit on \(channel.owner)/\(channel.name)")
        precondition(!channel.isKeyed || subject != nil, "an event of the keyed stream \(channel.name) is about something")
        let stream = try streams[channel.name] ?? open(channel.name, isKeyed: channel.isKeyed, in: db)
        let number = stream.last + 1
        var envelope = Envelope(
            id: id, source: source, subject: subject, time: time, cause: cause, position: StreamPosition(epoch: epoch, number: number),
            data: data)
        let json = try envelope.json(offset)
        guard json.count <= Envelope<Body>.limit else { throw JournalError.tooLarge(type: Body.type, bytes: json.count) }
        let key = channel.isKeyed ? subject : nil
        if let key { try Self.replace(key, of: stream.id, unless: id, in: db) }
        let inserted = try db.run(
            "INSERT INTO outbox (position, stream, n, id, event, key) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", newest + 1,
            stream.id, number, id.bytes, Self.close(json, at: newest + 1, in: db), key)
        if inserted == 0 {
            let old =
                try db.first("SELECT event, position FROM outbox WHERE id = ?", id.bytes) { try Self.event($0, 0, at: 1, in: db) } ?? []
            envelope.position = try EnvelopeHeader(json: old).position
            guard try envelope.json(offset) == old else { throw JournalError.saidOtherwise(id) }
            return
        }
        newest += 1
        fresh.append(OutboxRow(position: newest, topic: stream.topic, event: json))
        stream.last = number
        stream.first = stream.first ?? number
        if !stream.isTouched { touched.append(stream) }
        stream.isTouched = true
    }

    /// The rows written in this transaction.
    package mutating func takeFresh() -> [OutboxRow] {
        defer { fresh = [] }
        return fresh
    }

    /// A moment inside a transaction, for a savepoint that may be rolled back.
    package struct Mark {
        let newest: Int64
        let fresh: Int
    }

    package mutating func mark(in db: borrowing Transaction) throws -> Mark {
        try save(in: db)
        return Mark(newest: newest, fresh: fresh.count)
    }

    /// Forgets what was written since; the savepoint has taken its rows back.
    package mutating func rewind(to mark: Mark) {
        newest = mark.newest
        fresh.removeLast(fresh.count - mark.fresh)
        streams = [:]
        touched = []
    }

    /// Deletes the newest row of a key that nobody needs to hear of any more. Its number is not given again.
    package static func retire<Body: Payload>(
        _ key: String, of channel: Channel<Body>, in town: TownID, me: Address, in db: borrowing Transaction
    ) throws {
        precondition(channel.isKeyed, "\(channel.name) is no keyed stream")
        let topic = channel.topic(in: town, me.instance.named()).description
        let old = try db.first(
            "SELECT position FROM outbox WHERE stream = (SELECT id FROM stream WHERE topic = ?) AND key = ?", topic, key
        ) { $0.int(0) }
        guard let old else { return }
        try markAccepted(old, in: db)
        try db.run("DELETE FROM outbox WHERE position = ?", old)
    }

    /// Deletes the row a key had, unless it is the one that is about to be said again.
    private static func replace(_ key: String, of stream: Int64, unless id: EventID, in db: borrowing Transaction) throws {
        let old = try db.first("SELECT position FROM outbox WHERE stream = ? AND key = ? AND id <> ?", stream, key, id.bytes) { $0.int(0) }
        guard let old, try db.first("SELECT 1 FROM outbox WHERE id = ?", id.bytes, read: { _ in }) == nil else { return }
        try markAccepted(old, in: db)
        try db.run("DELETE FROM outbox WHERE position = ?", old)
    }

    private mutating func open(_ name: TopicName, isKeyed: Bool, in db: borrowing Transaction) throws -> Stream {
        let text = Topic(town: town, owner: me.program, kind: .event, entity: me.instance.named(), name: name).description
        try db.run("INSERT INTO stream (topic, keyed) VALUES (?, ?) ON CONFLICT DO NOTHING", text, isKeyed)
        let found = try db.first(
            """
            SELECT id, (SELECT max(last) FROM segment WHERE stream = id), (SELECT first FROM segment WHERE stream = id AND epoch = ?)
            FROM stream WHERE topic = ?
            """, epoch.text, text
        ) { Stream(id: $0.int(0), topic: text, last: $0.intIfPresent(1) ?? 0, first: $0.intIfPresent(2)) }
        guard let found else { preconditionFailure("a stream that was just inserted is there") }
        streams[name] = found
        return found
    }

    /// Writes the ends of the segments. Call before every commit.
    package mutating func save(in db: borrowing Transaction) throws {
        for stream in touched {
            stream.isTouched = false
            guard let first = stream.first else { continue }
            try db.run(
                "INSERT INTO segment (stream, epoch, first, last) VALUES (?, ?, ?, ?) ON CONFLICT (stream, epoch) DO UPDATE SET last = excluded.last",
                stream.id, epoch.text, first, stream.last)
        }
        touched = []
    }

    /// Rows behind `position` in order, at most `limit`, for sending.
    package static func rows(after position: Int64, limit: Int, in db: borrowing Transaction) throws -> [OutboxRow] {
        try db.all(
            """
            SELECT position, topic, event FROM outbox JOIN stream ON stream.id = outbox.stream
            WHERE position > ? ORDER BY position LIMIT ?
            """, position, limit
        ) { OutboxRow(position: $0.int(0), topic: $0.text(1), event: try event($0, 2, at: 0, in: db)) }
    }

    package static func refusedRows(in db: borrowing Transaction) throws -> [OutboxRow] {
        try db.all(
            """
            SELECT refused.position, topic, event FROM refused JOIN outbox USING (position) JOIN stream ON stream.id = outbox.stream
            ORDER BY refused.position LIMIT 500
            """
        ) { OutboxRow(position: $0.int(0), topic: $0.text(1), event: try event($0, 2, at: 0, in: db)) }
    }

    private static func close(_ event: [UInt8], at position: Int64, in db: borrowing Transaction) -> [UInt8] {
        db.close(event, "outbox/\(position)")
    }

    /// The event in a column, whose row's position is in another.
    static func event(_ row: Row, _ column: Int32, at position: Int32, in db: borrowing Transaction) throws -> [UInt8] {
        try event(row.blob(column), at: row.int(position), in: db)
    }

    static func event(_ kept: [UInt8], at position: Int64, in db: borrowing Transaction) throws -> [UInt8] {
        try db.open(kept, "outbox/\(position)")
    }

    /// The broker has all rows up to here.
    package static func sentThrough(in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT through FROM sent ORDER BY at DESC LIMIT 1") { $0.int(0) } ?? 0
    }

    /// One row an hour, so that rows can be kept for a time counted from their acknowledgement at the cost of none.
    package static func markSent(through position: Int64, now: Instant, in db: borrowing Transaction) throws {
        let newest = try db.first("SELECT max(at) FROM sent") { $0.intIfPresent(0) } ?? nil
        // A clock that was set back must not hide the newest mark behind an older one.
        let at = max(now.milliseconds / 3_600_000 * 3_600_000, newest ?? 0)
        try db.run(
            "INSERT INTO sent (at, through) VALUES (?, ?) ON CONFLICT (at) DO UPDATE SET through = max(through, excluded.through)", at,
            position)
    }

    /// Marks that are older than anything is kept were made by a clock that did not know the time, or before a long absence: then nobody knows how
    /// long ago the rows were acknowledged, and they are kept from now on.
    package static func dateAnew(at now: Instant, retention: Duration, in db: borrowing Transaction) throws {
        let newest = try db.first("SELECT max(at) FROM sent") { $0.intIfPresent(0) } ?? nil
        guard let newest, newest < (now - retention).milliseconds else { return }
        try db.run("DELETE FROM sent WHERE at < ?", newest)
        try db.run("UPDATE sent SET at = ?", now.milliseconds / 3_600_000 * 3_600_000)
    }

    package static func markRefused(_ position: Int64, code: UInt8, now: Instant, in db: borrowing Transaction) throws {
        try db.run("INSERT OR REPLACE INTO refused (position, code, at) VALUES (?, ?, ?)", position, Int64(code), now.milliseconds)
    }

    package static func markAccepted(_ position: Int64, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM refused WHERE position = ?", position)
    }

    /// Deletes what the broker acknowledged before `limit`, at most 5,000 rows of a stream a call. Unsent and refused rows stay, whatever their age, and
    /// so do those of keyed streams.
    /// - Returns: how many rows went.
    @discardableResult
    package static func purge(before limit: Instant, in db: borrowing Transaction) throws -> Int {
        let through = try db.first("SELECT max(through) FROM sent WHERE at < ?", limit.milliseconds) { $0.intIfPresent(0) } ?? nil
        guard let through else { return 0 }
        var gone = 0
        for stream in try db.all("SELECT id FROM stream WHERE NOT keyed", read: { $0.int(0) }) {
            gone += try db.run(
                """
                DELETE FROM outbox WHERE position IN (SELECT position FROM outbox WHERE stream = ? ORDER BY n LIMIT 5000)
                AND position <= ? AND position NOT IN (SELECT position FROM refused)
                """, stream, through)
        }
        guard gone > 0 else {
            try db.run("DELETE FROM sent WHERE at < ? AND at < (SELECT max(at) FROM sent)", limit.milliseconds)
            return 0
        }
        // What is left of each segment; a segment with nothing left is closed and forgotten, unless it is the newest: it carries the numbers on.
        try db.run(
            """
            UPDATE segment SET first = coalesce(
                (SELECT min(n) FROM outbox WHERE stream = segment.stream AND n BETWEEN segment.first AND segment.last), last)
            WHERE stream IN (SELECT id FROM stream WHERE NOT keyed)
            """)
        try db.run(
            """
            DELETE FROM segment WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE stream = segment.stream AND n BETWEEN segment.first AND segment.last)
            AND epoch < (SELECT max(epoch) FROM segment AS other WHERE other.stream = segment.stream)
            AND stream IN (SELECT id FROM stream WHERE NOT keyed)
            """)
        return gone
    }
}

/// A row on its way to the broker.
package struct OutboxRow: Sendable {
    package let position: Int64
    package let topic: String
    package let event: [UInt8]
}

package enum JournalError: Error, CustomStringConvertible {
    case tooLarge(type: String, bytes: Int)
    case saidOtherwise(EventID)

    package var description: String {
        switch self {
        case .tooLarge(let type, let bytes): "an event of type \(type) would be \(bytes) bytes; 32,768 are allowed. Nothing was written."
        case .saidOtherwise(let id): "event \(id) was said before with other content. Nothing was written; this is a defect of the program."
        }
    }
}
