import Contracts
import Store

/// What a consumer does with an event, by its id alone.
package enum Sighting: Equatable {
    case new
    case `repeat`
    /// The same id came before with other content. The first one stands.
    case contradiction
}

package enum Seen {
    /// Remembers an id. In one statement when the event is new, which is nearly always.
    package static func note(_ id: EventID, digest: Int64, in db: borrowing Transaction) throws -> Sighting {
        let bytes = id.bytes
        let digest = db.mask(digest)
        if try db.run("INSERT INTO seen (id, digest) VALUES (?, ?) ON CONFLICT DO NOTHING", bytes, digest) == 1 { return .new }
        let before = try db.first("SELECT digest FROM seen WHERE id = ?", bytes) { $0.int(0) }
        return before == digest ? .repeat : .contradiction
    }

    /// Before this program was written: ids from then come from machines without the time.
    static let oldest = Instant(milliseconds: 1_735_689_600_000)

    /// Forgets ids whose root cause is older than `limit`: longer ago than journals, backups and offline agents can reach back. Those of machines without
    /// the time are minutes old, so they stay.
    package static func purge(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "DELETE FROM seen WHERE id IN (SELECT id FROM seen WHERE id BETWEEN ? AND ? LIMIT 5000)", first(at: oldest), first(at: limit))
    }

    /// Forgets the answers to questions whose id is older than `limit`.
    package static func purgeAnswers(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "DELETE FROM reply WHERE id IN (SELECT id FROM reply WHERE id BETWEEN ? AND ? LIMIT 5000)", first(at: oldest), first(at: limit))
    }

    /// The lowest id of a moment.
    static func first(at time: Instant) -> [UInt8] {
        EventID(high: UInt64(truncatingIfNeeded: max(0, time.milliseconds)) << 16, low: 0).bytes
    }
}

/// Messages that cannot be accepted, kept with the reason until a person or a newer program looks.
package enum DeadLetter {
    /// Kept at most; what comes beyond is counted in the log alone, so that a flood cannot fill the disk.
    package static let limit = 10_000
    /// Of one topic, so that one that says nothing but nonsense leaves room for the others.
    private static let limitOfTopic = limit / 2

    package static func keep(
        _ bytes: [UInt8], topic: String, reason: String, program: String, now: Instant, in db: borrowing Transaction
    ) throws {
        let digest = db.mask(contentDigest(bytes))
        let known = try db.run(
            "UPDATE dead_letter SET reason = ?, program = ? WHERE topic = ? AND digest = ?", reason, program, topic, digest)
        guard known == 0, try count(in: db) < limit, try count(of: topic, in: db) < limitOfTopic else { return }
        try db.run(
            "INSERT INTO dead_letter (topic, bytes, digest, reason, program, at) VALUES (?, ?, ?, ?, ?, ?)", topic,
            db.close(Array(bytes.prefix(64 * 1024)), context(topic, digest)), digest, reason, program, now.milliseconds)
    }

    static func context(_ topic: String, _ digest: Int64) -> String { "dead_letter/\(topic)/\(digest)" }

    package static func count(in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT count(*) FROM dead_letter") { $0.int(0) } ?? 0
    }

    private static func count(of topic: String, in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT count(*) FROM dead_letter WHERE topic = ?", topic) { $0.int(0) } ?? 0
    }

    /// The topic most of them came on.
    package static func loudest(in db: borrowing Transaction) throws -> String? {
        try db.first("SELECT topic FROM dead_letter GROUP BY topic ORDER BY count(*) DESC, topic LIMIT 1") { $0.text(0) }
    }

    package static func holds(_ bytes: [UInt8], topic: String, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM dead_letter WHERE topic = ? AND digest = ?", topic, db.mask(contentDigest(bytes))) { _ in } != nil
    }

    /// Letters that another version of the program gave up on.
    package static func writtenByOthers(
        than program: String, in db: borrowing Transaction
    ) throws -> [(position: Int64, topic: String, bytes: [UInt8])] {
        try db.all("SELECT position, topic, bytes, digest FROM dead_letter WHERE program <> ? ORDER BY position LIMIT 500", program) {
            ($0.int(0), $0.text(1), try db.open($0.blob(2), context($0.text(1), $0.int(3))))
        }
    }

    /// Removes a letter that `program` has tried, unless it gave up on it as well.
    /// - Returns: whether it is gone.
    @discardableResult
    package static func remove(_ position: Int64, unlessKeptBy program: String, in db: borrowing Transaction) throws -> Bool {
        try db.run("DELETE FROM dead_letter WHERE position = ? AND program <> ?", position, program) == 1
    }
}

/// Numbers that will not come.
package enum LostRange {
    package enum Reason: String, Sendable { case missing, gone, denied, orphaned }

    package static func note(_ segment: Segment, on topic: String, _ reason: Reason, now: Instant, in db: borrowing Transaction) throws {
        try db.run(
            """
            INSERT INTO lost_range (topic, epoch, first, last, reason, at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (topic, epoch, first) DO UPDATE SET last = max(last, excluded.last), reason = excluded.reason
            """, topic, segment.epoch.text, segment.first, segment.last, reason.rawValue, now.milliseconds)
    }

    /// Whether the producer of a topic was put back to a time before something that was applied here.
    package static func hasOrphans(_ topic: String, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM lost_range WHERE topic = ? AND reason = ?", topic, Reason.orphaned.rawValue) { _ in } != nil
    }

    package static func count(_ reason: Reason, in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT coalesce(sum(last - first + 1), 0) FROM lost_range WHERE reason = ?", reason.rawValue) { $0.int(0) } ?? 0
    }
}
