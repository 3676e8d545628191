import Contracts
import Seal
import Store

extension Ledger {
    /// The number of the last transfer; 0 before the first.
    static func newest(in db: borrowing Transaction) throws -> Int64 { try db.first("SELECT max(n) FROM transfer") { $0.int(0) } ?? 0 }

    /// A transfer that was made, as it is told. What it says itself need not be read.
    static func link(_ transfer: Transfer, in db: borrowing Transaction) throws -> Transferred? {
        guard let (from, to, amount) = transfer.move.sides else { return try link(transfer.id, in: db) }
        return try db.first("SELECT n, hash FROM transfer WHERE id = ?", transfer.id.bytes) { row in
            Transferred(
                row.int(0), transfer.move.kind.told, from: from, to: to, amount, for: transfer.code, origin: transfer.cause, resolves: nil,
                digest: told(row.blob(1)))
        }
    }

    private static func told(_ hash: [UInt8]) -> String { Base64URL.text(hash.prefix(16)) }

    /// A transfer as it is told.
    static func link(_ id: EventID, in db: borrowing Transaction) throws -> Transferred? {
        try db.first(
            """
            SELECT n, transfer.kind, debit.purse, debit.kind, debit.holder, debit.expires, credit.purse, credit.kind, credit.holder, credit.expires,
            amount, code, cause, hash, (SELECT id FROM transfer AS held WHERE held.n = transfer.pending)
            FROM transfer JOIN account AS debit ON debit.id = debit JOIN account AS credit ON credit.id = credit WHERE transfer.id = ?
            """, id.bytes
        ) { row in
            guard let kind = Transfer.Move.Kind(rawValue: row.int(1)), let code = TransferCode(row.text(11)) else {
                preconditionFailure("a transfer was written with a kind and a code")
            }
            return Transferred(
                row.int(0), kind.told, from: Account(row, from: 2), to: Account(row, from: 6), row.int(10), for: code,
                origin: row.isNull(12) ? nil : EventID(bytes: row.blob(12)),
                resolves: row.isNull(14) ? nil : EventID(bytes: row.blob(14)), digest: told(row.blob(13)))
        }
    }

    static func link(number: Int64, in db: borrowing Transaction) throws -> (id: EventID, link: Transferred)? {
        guard let id = try db.first("SELECT id FROM transfer WHERE n = ?", number, read: { EventID(bytes: $0.blob(0)) }) ?? nil,
            let link = try link(id, in: db)
        else { return nil }
        return (id, link)
    }

    /// The transfers that free what was reserved for too long.
    static func overdue(at now: Instant, atMost limit: Int = 200, in db: borrowing Transaction) throws -> [Transfer] {
        try db.all(
            "SELECT transfer.id, reserved.due FROM reserved JOIN transfer USING (n) WHERE reserved.due <= ? ORDER BY reserved.due, n LIMIT ?",
            now.milliseconds, limit
        ) { row in
            guard let id = EventID(bytes: row.blob(0)) else { preconditionFailure("a transfer was written with an id") }
            return Transfer(
                .derived(from: id, type: "expiry"), .expire(id), for: "expiry", cause: id, moment: Instant(milliseconds: row.int(1)))
        }
    }

    /// What moved on each day and which way, from one moment until before another.
    package static func days(
        of account: Account, from: Instant, until: Instant, _ offset: UTCOffset, in db: borrowing Transaction
    ) throws -> [(day: CalendarDate, amount: Int64, count: Int)] {
        let shift = Int64(offset.minutes) * 60_000
        return try db.all(
            """
            WITH RECURSIVE walk (id, before, at) AS (
                SELECT entry.id, before, at FROM entry JOIN transfer ON n = entry.id / 2 WHERE entry.id = ?1
                UNION ALL
                SELECT entry.id, entry.before, transfer.at FROM walk JOIN entry ON entry.id = walk.before JOIN transfer ON n = entry.id / 2
                WHERE walk.at >= ?2
            )
            SELECT (walk.at + ?4) / 86400000, walk.id % 2, sum(amount), count(*) FROM walk CROSS JOIN transfer ON n = walk.id / 2
            WHERE walk.at >= ?2 AND walk.at < ?3 AND kind IN (?5, ?6) AND amount > 0 GROUP BY 1, 2 ORDER BY 1, 2
            """, try start(of: account, after: until, in: db), from.milliseconds, until.milliseconds, shift,
            Transfer.Move.Kind.single.rawValue, Transfer.Move.Kind.post.rawValue
        ) { row in
            let day = Instant(milliseconds: row.int(0) * 86_400_000 - shift).date(offset)
            return (day, row.int(1) == 1 ? row.int(2) : -row.int(2), Int(row.int(3)))
        }
    }

    /// When something moved in an account for the first time.
    static func first(of account: Account, in db: borrowing Transaction) throws -> Instant? {
        try db.first(
            """
            WITH RECURSIVE walk (id, before) AS (
                SELECT id, before FROM entry WHERE id = ?1
                UNION ALL
                SELECT entry.id, entry.before FROM walk JOIN entry ON entry.id = walk.before
            )
            SELECT at FROM walk JOIN transfer ON n = walk.id / 2 WHERE before IS NULL
            """, try start(of: account, after: .distantPast, in: db)
        ) { Instant(milliseconds: $0.int(0)) }
    }

    /// When what is reserved next is free again.
    static func nextDue(in db: borrowing Transaction) throws -> Instant? {
        (try db.first("SELECT min(due) FROM reserved") { $0.intIfPresent(0) } ?? nil).map { Instant(milliseconds: $0) }
    }
}

extension Transfer.Move {
    /// Of one that names its accounts itself.
    fileprivate var sides: (from: Account, to: Account, amount: Int64)? {
        switch self {
        case .single(let from, let to, let amount), .pending(let from, let to, let amount, timeout: _): (from, to, amount)
        case .post, .void, .expire: nil
        }
    }
}

extension Transfer.Move.Kind {
    var told: TransferKind {
        switch self {
        case .single: .single
        case .pending: .pending
        case .post: .post
        case .void: .void
        case .expire: .expire
        }
    }
}
