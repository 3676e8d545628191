import Contracts
import Seal
import Store

/// Who asked a process for what, and what became of it: one row a command, never changed, in a chain of digests, so that whoever has seen its newest link
/// can tell whether anything before it was altered. What was asked stands in the ruling whose cause is `id`; here is only what names nobody.
package struct AuditEntry: Sendable, Equatable {
    /// 1, 2, 3 …
    package let number: Int64
    package let at: Instant
    package let who: UserID
    /// The last segment of the command's topic: `shelter-run`.
    package let what: String
    package let id: EventID
    /// `accepted`, or the word of the refusal.
    package let verdict: String
    /// 64 hexadecimal digits.
    package let link: String

    package static let accepted = "accepted"

    /// SHA-256 of the link before and every field, a line each: `sha256sum` recomputes it. No field has a line break in it, so no two entries are
    /// written alike.
    package func link(after last: String) -> String {
        let fields = [last, "\(number)", "\(at.milliseconds)", who.text, what, id.description, verdict]
        return Hex.text(sha256(fields.joined(separator: "\n")))
    }
}

/// The chain of a process.
package enum Audit {
    package static func note(
        _ what: TopicName, by who: UserID, id: EventID, verdict: String, now: Instant, in db: borrowing Transaction
    ) throws {
        let last = try head(in: db)
        let number = (last?.number ?? 0) + 1
        let entry = AuditEntry(number: number, at: now, who: who, what: what.text, id: id, verdict: verdict, link: "")
        let link = entry.link(after: last?.link ?? "")
        try db.run(
            "INSERT INTO audit_entry (n, at, who, what, id, verdict, link) VALUES (?, ?, ?, ?, ?, ?, ?)", number, now.milliseconds,
            who.text, what.text, id.bytes, verdict, link)
    }

    /// The newest entry's number and link; `nil` before the first.
    package static func head(in db: borrowing Transaction) throws -> AuditHead? {
        try db.first("SELECT n, link FROM audit_entry ORDER BY n DESC LIMIT 1") { AuditHead(number: $0.int(0), link: $0.text(1)) }
    }

    /// Whether this was ever commanded and done: asked of commands that are given again. Kept far longer than the answers, and without their content.
    package static func hasAccepted(_ id: EventID, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM audit_entry WHERE id = ? AND verdict = ?", id.bytes, AuditEntry.accepted) { _ in } != nil
    }

    /// Entries after a number, in order.
    package static func page(after number: Int64, limit: Int, in db: borrowing Transaction) throws -> [AuditEntry] {
        try db.all("SELECT n, at, who, what, id, verdict, link FROM audit_entry WHERE n > ? ORDER BY n LIMIT ?", number, limit) {
            AuditEntry(
                number: $0.int(0), at: Instant(milliseconds: $0.int(1)), who: try known(UserID($0.text(2)), $0), what: $0.text(3),
                id: try known(EventID(bytes: $0.blob(4)), $0), verdict: $0.text(5), link: $0.text(6))
        }
    }

    private static func known<Value>(_ value: Value?, _ row: Row) throws -> Value {
        guard let value else { throw Unreadable(number: row.int(0)) }
        return value
    }

    /// What nobody answers for any more; the newest of it stays, for the next one's link.
    package static func purge(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM audit_entry WHERE n < (SELECT max(n) FROM audit_entry WHERE at < ?)", limit.milliseconds)
    }

    /// No program of ours writes such an entry.
    package struct Unreadable: Error, CustomStringConvertible {
        let number: Int64
        package var description: String { "entry \(number) was altered: nobody is called so, or nothing has such an id" }
    }
}
