import Contracts
import Store

/// What a person has settled: the letters, the gaps and the warnings that are no more, with who, when and why.
package enum Settled {
    package static func note(_ trouble: Trouble, by who: UserID, why: String, now: Instant, in db: borrowing Transaction) throws {
        try db.run(
            """
            INSERT INTO settled (what, topic, epoch, first, last, number, reason, bytes, who, why, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, trouble.what.rawValue, trouble.topic, trouble.epoch?.text, trouble.first, trouble.last, trouble.number, trouble.reason,
            trouble.bytes.map { Int64($0) }, who.text, why, now.milliseconds)
    }

    /// What was settled, in that order, each with its place.
    package static func page(
        after place: Int64, topic: String?, what: Trouble.What?, limit: Int, in db: borrowing Transaction
    ) throws -> [(place: Int64, trouble: Trouble)] {
        try db.all(
            """
            SELECT position, what, topic, epoch, first, last, number, reason, bytes, who, why, at FROM settled
            WHERE position > ?1 AND (?2 IS NULL OR topic = ?2) AND (?3 IS NULL OR what = ?3) ORDER BY position LIMIT ?4
            """, place, topic, what?.rawValue, limit
        ) {
            let trouble = Trouble(
                Trouble.What(rawValue: $0.text(1)) ?? .letter, on: $0.text(2), epoch: $0.textIfPresent(3).flatMap { Epoch($0) },
                first: $0.intIfPresent(4), last: $0.intIfPresent(5), number: $0.intIfPresent(6), reason: $0.textIfPresent(7),
                bytes: $0.intIfPresent(8).map { Int($0) }, at: Instant(milliseconds: $0.int(11)), by: UserID($0.text(9)), why: $0.text(10))
            return ($0.int(0), trouble)
        }
    }

    package static func purge(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM settled WHERE at < ?", limit.milliseconds)
    }
}

extension DeadLetter {
    /// Letters behind a place, in order. A letter's place is its number.
    package static func page(
        after place: Int64, topic: String?, limit: Int, in db: borrowing Transaction
    ) throws -> [(trouble: Trouble, bytes: [UInt8])] {
        try db.all(
            """
            SELECT position, topic, bytes, reason, at, digest FROM dead_letter
            WHERE position > ?1 AND (?2 IS NULL OR topic = ?2) ORDER BY position LIMIT ?3
            """, place, topic, limit
        ) {
            let bytes = try db.open($0.blob(2), context($0.text(1), $0.int(5)))
            let position = (try? EnvelopeHeader(json: bytes))?.position
            let trouble = Trouble(
                .letter, on: $0.text(1), epoch: position?.epoch, first: position?.number, last: position?.number, number: $0.int(0),
                reason: String(String.UnicodeScalarView($0.text(3).unicodeScalars.prefix(200))), bytes: bytes.count,
                at: Instant(milliseconds: $0.int(4)))
            return (trouble, bytes)
        }
    }

    package static func letter(_ number: Int64, in db: borrowing Transaction) throws -> (trouble: Trouble, bytes: [UInt8])? {
        try page(after: max(number, 1) - 1, topic: nil, limit: 1, in: db).first { $0.trouble.number == number }
    }

    /// Nobody has given up on it any more: what `remove` takes away unless the next try keeps it again.
    package static func reopen(_ number: Int64, in db: borrowing Transaction) throws {
        try db.run("UPDATE dead_letter SET program = '' WHERE position = ?", number)
    }

    package static func dismiss(_ number: Int64, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM dead_letter WHERE position = ?", number)
    }
}

extension LostRange {
    /// Ranges that are asked for or were given up, oldest segment first. Save the inbox before.
    package static func page(
        after count: Int64, topic: String?, what: Trouble.What?, limit: Int, in db: borrowing Transaction
    ) throws -> [Trouble] {
        try db.all(
            """
            SELECT what, topic, epoch, first, last, at FROM (
                SELECT 'waiting' AS what, topic, epoch, first, last, NULL AS at FROM inbox_gap
                UNION ALL SELECT reason, topic, epoch, first, last, at FROM lost_range)
            WHERE (?1 IS NULL OR topic = ?1) AND (?2 IS NULL OR what = ?2) ORDER BY topic, epoch, first, what LIMIT ?3 OFFSET ?4
            """, topic, what?.rawValue, limit, count
        ) {
            Trouble(
                Trouble.What(rawValue: $0.text(0)) ?? .missing, on: $0.text(1), epoch: Epoch($0.text(2)), first: $0.int(3), last: $0.int(4),
                at: $0.intIfPresent(5).map { Instant(milliseconds: $0) })
        }
    }

    package static func dismiss(_ trouble: Trouble, in db: borrowing Transaction) throws {
        if trouble.what == .orphaned { try Keyed.settle(trouble, in: db) }
        try db.run(
            "DELETE FROM lost_range WHERE topic = ? AND epoch = ? AND first = ?", trouble.topic, trouble.epoch?.text, trouble.first)
    }

    /// Whether a number was given up here, so that nobody is surprised when its event comes after all.
    package static func holds(_ position: StreamPosition, on topic: String, in db: borrowing Transaction) throws -> Bool {
        try db.first(
            """
            SELECT 1 FROM lost_range WHERE topic = ?1 AND epoch = ?2 AND ?3 BETWEEN first AND last
            UNION ALL SELECT 1 FROM settled WHERE topic = ?1 AND epoch = ?2 AND ?3 BETWEEN first AND last LIMIT 1
            """, topic, position.epoch.text, position.number
        ) { _ in } != nil
    }
}
