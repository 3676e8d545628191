import Contracts
import Store

/// The consumer's half of keyed streams: of each key the newest row counts, whenever it comes, and nothing else is remembered.
package enum Keyed {
    /// - Returns: whether this is the newest row of its key so far.
    package static func note(_ key: String, at position: StreamPosition, on topic: String, in db: borrowing Transaction) throws -> Bool {
        try db.run(
            """
            INSERT INTO keyed (topic, key, epoch, n) VALUES (?, ?, ?, ?)
            ON CONFLICT (topic, key) DO UPDATE SET epoch = excluded.epoch, n = excluded.n, unknown = 0
            WHERE (excluded.epoch, excluded.n) > (keyed.epoch, keyed.n)
            """, topic, key, position.epoch.text, position.number) == 1
    }

    /// The newest row of a key cannot be read: whatever was known before it holds no more.
    /// - Returns: whether it is the newest.
    package static func spoil(_ key: String, at position: StreamPosition, on topic: String, in db: borrowing Transaction) throws -> Bool {
        guard try note(key, at: position, on: topic, in: db) else { return false }
        try db.run("UPDATE keyed SET unknown = 1 WHERE topic = ? AND key = ?", topic, key)
        return true
    }

    /// The producer was restored to a time before these numbers. Their keys are unknown until it writes them anew, under the later epoch it has by then:
    /// what had been withdrawn there must not come back with an older row.
    /// - Returns: the keys.
    package static func forget(_ tail: Segment, on topic: String, in db: borrowing Transaction) throws -> [String] {
        let keys = try db.all(
            "SELECT key FROM keyed WHERE topic = ? AND epoch = ? AND n BETWEEN ? AND ? AND NOT unknown", topic, tail.epoch.text, tail.first,
            tail.last
        ) { $0.text(0) }
        for key in keys { try db.run("UPDATE keyed SET unknown = 1 WHERE topic = ? AND key = ?", topic, key) }
        return keys
    }

    package static func unknown(in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT count(*) FROM keyed WHERE unknown AND unknown = 1") { $0.int(0) } ?? 0
    }

    /// A person has taken note that these keys stay unknown: their producer was told of them after the copy it was put back from. They are refused as before.
    static func settle(_ tail: Trouble, in db: borrowing Transaction) throws {
        try db.run(
            "UPDATE keyed SET unknown = 2 WHERE unknown AND unknown = 1 AND topic = ? AND epoch = ? AND n BETWEEN ? AND ?", tail.topic,
            tail.epoch?.text, tail.first, tail.last)
    }
}
