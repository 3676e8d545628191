import Contracts
import Post
import Seal
import ServiceKit
import Store

/// Somebody links their LINE account at their own page. LINE answers a code once: what it has said is kept until the page asks for it, and no code is sent twice.
extension Notifier {
    private static let codesAnHour: Int64 = 5
    /// Longer than a call to LINE may take. What has not come by then, be it that this process has died in between, never comes.
    private static let lineAnswersWithin = Duration.seconds(60)
    private static let lineAnswersHold = Duration.seconds(900)

    static let ownLineTable = Migration(
        6,
        """
        -- What LINE was asked, by the command's id. user: whom it has named, sealed; failed: it has named nobody.
        CREATE TABLE own_line (
            id BLOB PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL, user BLOB, failed INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX own_line_person ON own_line (person, at);
        CREATE INDEX own_line_at ON own_line (at);
        """)

    static let ownLineUsers = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS own_line_vault_key ON own_line (substr(user, 2, 2)) WHERE user IS NOT NULL",
        dropIndex: "DROP INDEX IF EXISTS own_line_vault_key",
        old: "SELECT user, id, NULL FROM own_line WHERE user IS NOT NULL AND substr(user, 2, 2) < ? LIMIT ?",
        context: { "own-line/\(EventID(bytes: $0.blob(1))?.description ?? "")" },
        replace: "UPDATE own_line SET user = ? WHERE id = ?",
        count: "SELECT substr(user, 2, 2), count(*) FROM own_line WHERE user IS NOT NULL AND substr(user, 2, 2) < ? GROUP BY 1")

    func askOwnLine(_ command: Envelope<AskOwnLine>, in turn: borrowing Turn) throws -> Reply<OwnLineAsked> {
        try turn.obey {
            let (person, wish) = (command.data.person, command.data)
            guard sender.hasLineLogin else { throw Objection("no-line", "Nobody signs in at LINE in this town.") }
            guard [wish.code, wish.nonce, wish.redirect].allSatisfy({ (1...1000).contains($0.utf8.count) }) else {
                throw Objection("bad-code", "That is nothing LINE sends anybody back with.")
            }
            guard try view(of: person, in: turn.db) != nil else { throw Objection("unknown-person", "Nothing is known of \(person) here.") }
            let (now, hour) = (turn.now.milliseconds, (turn.now - .seconds(3600)).milliseconds)
            let before = try turn.db.first("SELECT count(*) FROM own_line WHERE person = ? AND at BETWEEN ? AND ?", person.text, hour, now)
            {
                $0.int(0)
            }
            guard let before, before < Self.codesAnHour else {
                throw Objection("too-many", "\(person) came back from LINE \(Self.codesAnHour) times within an hour. Try again later.")
            }
            try turn.db.run("INSERT INTO own_line (id, person, at) VALUES (?, ?, ?)", command.id.bytes, person.text, now)
            let login = LineLogin(code: wish.code, nonce: wish.nonce, redirect: wish.redirect)
            turn.perform(Handover(parcel: Parcel(key: command.id.description, .lineLogin(login))))
            return .accept(OwnLineAsked(command.id))
        }
    }

    /// - Returns: whether the receipt is for one of these.
    func settleOwnLine(_ receipt: Receipt, in turn: borrowing Turn) throws -> Bool {
        guard let id = EventID(receipt.key),
            try turn.db.first("SELECT 1 FROM own_line WHERE id = ?", id.bytes, read: { _ in }) != nil
        else { return false }
        if let user = receipt.user {
            let sealed = turn.db.close(Array(user.utf8), "own-line/\(id)")
            try turn.db.run("UPDATE own_line SET user = ? WHERE id = ?", sealed, id.bytes)
        } else {
            try turn.db.run("UPDATE own_line SET failed = 1 WHERE id = ?", id.bytes)
            turn.log("LINE named nobody for a code that somebody came back with: \(receipt.detail)")
        }
        return true
    }

    func findOwnLine(_ command: Envelope<FindOwnLine>, in turn: borrowing Turn) throws -> Reply<OwnLine> {
        try turn.obey {
            let (asked, person) = (command.data.asked, command.data.person)
            let kept = try turn.db.first(
                "SELECT at, user, failed FROM own_line WHERE id = ? AND person = ? AND at BETWEEN ? AND ?", asked.bytes, person.text,
                (turn.now - Self.lineAnswersHold).milliseconds, turn.now.milliseconds
            ) {
                (at: Instant(milliseconds: $0.int(0)), user: $0.isNull(1) ? nil : $0.blob(1), hasFailed: $0.int(2) == 1)
            }
            if let user = kept?.user {
                return .accept(OwnLine(String(decoding: try turn.db.open(user, "own-line/\(asked)"), as: UTF8.self)))
            }
            guard let kept, !kept.hasFailed, turn.now - kept.at < Self.lineAnswersWithin else {
                throw Objection("no-line", "LINE has not said who you are. Begin once more.")
            }
            return .accept(OwnLine(nil))
        }
    }

    /// Whom LINE has named goes first; that it was asked counts for an hour. What lies ahead was written by a clock that has been set back since.
    func forgetOwnLine(in turn: borrowing Turn) throws {
        let now = turn.now
        try turn.db.run(
            "UPDATE own_line SET user = NULL, failed = 1 WHERE user IS NOT NULL AND at < ?", (now - Self.lineAnswersHold).milliseconds)
        try turn.db.run(
            "DELETE FROM own_line WHERE at NOT BETWEEN ? AND ?", (now - .seconds(3600)).milliseconds, now.milliseconds)
    }
}
