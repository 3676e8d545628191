import Contracts
import Store

/// What a transfer was to one of its two accounts.
package struct HistoryLine: Equatable, Sendable {
    package let n: Int64
    package let id: EventID
    package let account: Account
    /// The other side.
    package let other: Account
    /// What came in, or went out if below zero. What was reserved is told as it will move; what frees it again moves nothing.
    package let amount: Int64
    package let kind: Transfer.Move.Kind
    package let code: TransferCode
    package let cause: EventID?
    package let moment: Instant
    package let at: Instant
    /// What was posted in the account thereafter.
    package let balance: Int64
}

extension Ledger {
    package static func balance(of account: Account, in db: borrowing Transaction) throws -> Balance {
        try row(of: account, in: db)?.balance ?? Balance()
    }

    /// What was posted by the end of a moment of the ledger's own time.
    package static func posted(of account: Account, at moment: Instant, in db: borrowing Transaction) throws -> Int64 {
        try db.first(
            """
            WITH RECURSIVE walk (id, before, at) AS (
                SELECT entry.id, before, at FROM entry JOIN transfer ON n = entry.id / 2 WHERE entry.id = ?1
                UNION ALL
                SELECT entry.id, entry.before, transfer.at FROM walk JOIN entry ON entry.id = walk.before JOIN transfer ON n = entry.id / 2
                WHERE walk.at > ?2
            )
            SELECT credits - debits FROM walk CROSS JOIN entry USING (id) WHERE at <= ?2 LIMIT 1
            """, try start(of: account, after: moment, in: db), moment.milliseconds
        ) { $0.int(0) } ?? 0
    }

    /// A holder's accounts in which something is, free or reserved; what expires first comes first, what does not last.
    /// - Parameter emptied: also those in which something was once.
    package static func lots(
        of holder: Name<HolderKind>, kind: Account.Kind = .person, purse: PurseID? = nil, emptied: Bool = false,
        in db: borrowing Transaction
    ) throws -> [(account: Account, balance: Balance)] {
        try db.all(
            """
            SELECT id, guarded, debits_pending, debits_posted, credits_pending, credits_posted, last, entries, purse, expires FROM account
            WHERE holder = ?1 AND kind = ?2 AND (?3 IS NULL OR purse = ?3)
            AND (?4 OR credits_posted <> debits_posted OR debits_pending > 0 OR credits_pending > 0)
            ORDER BY expires = '', expires, purse
            """, holder.text, kind.rawValue, purse?.text, emptied
        ) { row in
            let account = Account(named(row.text(8)), kind, holder, expires: CalendarDate(row.text(9)))
            return (account, AccountRow(row, name: []).balance)
        }
    }

    /// What moved in all of a holder's accounts, newest first.
    /// - Parameters:
    ///   - n: begins behind this transfer, so that the last line of one page leads to the next.
    ///   - limit: one more line where the last transfer was between two accounts of the holder.
    package static func history(
        of holder: Name<HolderKind>, kind: Account.Kind = .person, before n: Int64? = nil, limit: Int, in db: borrowing Transaction
    ) throws -> [HistoryLine] {
        // The queue of the walk has one entry an account, and gives the newest of them (https://sqlite.org/lang_with.html, section 3.4). Without a
        // limit of its own SQLite takes the order for one that the join need not keep.
        let lines = try db.all(
            """
            WITH RECURSIVE walk (id, before) AS (
                SELECT entry.id, entry.before FROM account JOIN entry ON entry.id = coalesce(
                    (SELECT milestone.entry FROM milestone WHERE milestone.account = account.id
                     AND (milestone.at, milestone.entry) >= ((SELECT at FROM transfer WHERE n = ?3), 2 * ?3)
                     ORDER BY milestone.at, milestone.entry LIMIT 1),
                    last)
                WHERE holder = ?1 AND kind = ?2
                UNION ALL
                SELECT entry.id, entry.before FROM walk JOIN entry ON entry.id = walk.before
                ORDER BY 1 DESC LIMIT -1
            )
            SELECT n, transfer.id, own.purse, own.kind, own.holder, own.expires, other.purse, other.kind, other.holder, other.expires,
            iif(walk.id % 2 = 1, amount, -amount), transfer.kind, code, cause, moment, at, entry.credits - entry.debits
            FROM walk CROSS JOIN entry ON entry.id = walk.id CROSS JOIN transfer ON n = walk.id / 2
            CROSS JOIN account AS own ON own.id = entry.account CROSS JOIN account AS other ON other.id = debit + credit - entry.account
            WHERE ?3 IS NULL OR walk.id < 2 * ?3 LIMIT ?4
            """, holder.text, kind.rawValue, n, limit + 1, read: HistoryLine.init)
        let isCut = lines.count > limit && lines[limit - 1].n != lines[limit].n
        return isCut ? Array(lines.prefix(limit)) : lines
    }

    /// The newest entry of an account, or an earlier one that still lies behind a moment.
    static func start(of account: Account, after moment: Instant, in db: borrowing Transaction) throws -> Int64? {
        guard let row = try row(of: account, in: db) else { return nil }
        return try db.first(
            "SELECT entry FROM milestone WHERE account = ? AND at > ? ORDER BY at, entry LIMIT 1", row.id, moment.milliseconds
        ) { $0.int(0) } ?? row.last
    }
}

extension HistoryLine {
    fileprivate init(_ row: Row) {
        guard let id = EventID(bytes: row.blob(1)), let kind = Transfer.Move.Kind(rawValue: row.int(11)) else {
            preconditionFailure("a transfer was written with an id and a kind")
        }
        (n, self.id, self.kind) = (row.int(0), id, kind)
        (account, other) = (Account(row, from: 2), Account(row, from: 6))
        (amount, code) = (row.int(10), named(row.text(12)))
        cause = row.isNull(13) ? nil : EventID(bytes: row.blob(13))
        (moment, at, balance) = (Instant(milliseconds: row.int(14)), Instant(milliseconds: row.int(15)), row.int(16))
    }
}

extension Account {
    /// - Parameter column: of four: purse, kind, holder, expires.
    init(_ row: Row, from column: Int32) {
        guard let kind = Kind(rawValue: row.text(column + 1)) else { preconditionFailure("an account was written with a kind") }
        // No date where nothing expires.
        self.init(named(row.text(column)), kind, named(row.text(column + 2)), expires: CalendarDate(row.text(column + 3)))
    }
}

private func named<Kind>(_ text: String) -> Name<Kind> {
    guard let name = Name<Kind>(text) else { preconditionFailure("the ledger is written with names") }
    return name
}
