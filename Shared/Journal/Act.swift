import Contracts
import Store

/// What leaves the building: written down under its cause before it does.
package enum Act {
    /// - Returns: whether it is new; an act that was noted before stays as it was.
    package static func note(_ act: DueAct, in db: borrowing Transaction) throws -> Bool {
        try db.run(
            "INSERT INTO act (position, cause, kind, topic, bytes, expires) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (cause, kind) DO NOTHING",
            act.position, act.cause.bytes, act.kind, act.topic, db.close(act.bytes, "act/\(act.position)"), act.expires.milliseconds) == 1
    }

    package static func newest(in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT coalesce(max(position), 0) FROM act") { $0.int(0) } ?? 0
    }

    /// Acts behind `position` that are due, in order.
    package static func due(after position: Int64, limit: Int, in db: borrowing Transaction) throws -> [DueAct] {
        try db.all(
            "SELECT position, cause, kind, topic, bytes, expires FROM act WHERE state = 0 AND position > ? ORDER BY position LIMIT ?",
            position, limit
        ) {
            DueAct(
                position: $0.int(0), cause: EventID(bytes: $0.blob(1)) ?? EventID(high: 0, low: 0), kind: $0.text(2), topic: $0.text(3),
                bytes: try db.open($0.blob(4), "act/\($0.int(0))"), expires: Instant(milliseconds: $0.int(5)))
        }
    }

    /// Acts that were not acknowledged in their time.
    package static func expired(
        at now: Instant, in db: borrowing Transaction
    ) throws -> [(position: Int64, cause: EventID, kind: String, topic: String)] {
        try db.all(
            "SELECT position, cause, kind, topic FROM act WHERE state = 0 AND expires <= ? ORDER BY position LIMIT 500", now.milliseconds
        ) {
            ($0.int(0), EventID(bytes: $0.blob(1)) ?? EventID(high: 0, low: 0), $0.text(2), $0.text(3))
        }
    }

    package static func nextExpiry(in db: borrowing Transaction) throws -> Instant? {
        try db.first("SELECT min(expires) FROM act WHERE state = 0") { $0.intIfPresent(0) }?.map { Instant(milliseconds: $0) }
    }

    package static func markDone(_ positions: ClosedRange<Int64>, in db: borrowing Transaction) throws {
        try db.run("UPDATE act SET state = 1 WHERE position BETWEEN ? AND ? AND state = 0", positions.lowerBound, positions.upperBound)
    }

    package static func markExpired(_ position: Int64, in db: borrowing Transaction) throws {
        try db.run("UPDATE act SET state = 2 WHERE position = ?", position)
    }

    /// Deletes what is done and whose cause's root is older than `limit`.
    package static func purge(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "DELETE FROM act WHERE position IN (SELECT position FROM act WHERE state <> 0 AND expires < ? ORDER BY position LIMIT 5000)",
            limit.milliseconds)
    }
}

/// An act that has not left yet.
package struct DueAct: Sendable {
    package let position: Int64
    package let cause: EventID
    package let kind: String
    package let topic: String
    package let bytes: [UInt8]
    package let expires: Instant

    package init(position: Int64, cause: EventID, kind: String, topic: String, bytes: [UInt8], expires: Instant) {
        self.position = position
        self.cause = cause
        self.kind = kind
        self.topic = topic
        self.bytes = bytes
        self.expires = expires
    }
}
