import Contracts
import Store

/// A transfer as it lies in the database, of which nothing is believed.
struct CheckedTransfer {
    let n: Int64
    let debit: Int64
    let credit: Int64
    let hash: [UInt8]
    /// Whether the debit account is never to hold less than nothing.
    let isGuarded: Bool
    /// As its digest sees it; `nil` if one of its accounts is missing.
    let line: ChainLine?
    /// What cannot be, whatever its accounts hold.
    let fault: String?

    static func all(after n: Int64, limit: Int, in db: borrowing Transaction) throws -> [CheckedTransfer] {
        try db.all(
            """
            SELECT this.n, this.id, this.debit, this.credit, this.amount, this.kind, this.pending, this.due, this.code, this.cause, this.moment,
            this.at, this.hash, debit.guarded,
            debit.purse || '/' || debit.kind || '/' || debit.holder || iif(debit.expires = '', '', '/' || debit.expires),
            credit.purse || '/' || credit.kind || '/' || credit.holder || iif(credit.expires = '', '', '/' || credit.expires),
            iif(this.pending IS NULL, 1, earlier.kind = ?1 AND earlier.n < this.n AND earlier.debit = this.debit
                AND earlier.credit = this.credit AND earlier.amount >= this.amount),
            iif(this.kind = ?1, (SELECT count(*) FROM transfer AS later WHERE later.pending = this.n)
                + (SELECT count(*) FROM reserved WHERE reserved.n = this.n AND reserved.due = this.due), 1)
            FROM transfer AS this LEFT JOIN account AS debit ON debit.id = this.debit LEFT JOIN account AS credit ON credit.id = this.credit
            LEFT JOIN transfer AS earlier ON earlier.n = this.pending
            WHERE this.n > ?2 ORDER BY this.n LIMIT ?3
            """, Transfer.Move.Kind.pending.rawValue, n, limit, read: Self.init)
    }

    private init(_ row: Row) {
        (n, debit, credit, hash, isGuarded) = (row.int(0), row.int(2), row.int(3), row.blob(12), row.int(13) != 0)
        let (id, kind) = (EventID(bytes: row.blob(1)), Transfer.Move.Kind(rawValue: row.int(5)))
        if let id, let kind, !row.isNull(14), !row.isNull(15) {
            line = ChainLine(
                n: n, id: id, debit: row.blob(14), credit: row.blob(15), amount: row.int(4), kind: kind, pending: row.intIfPresent(6),
                due: row.intIfPresent(7).map { Instant(milliseconds: $0) }, code: row.text(8),
                cause: row.isNull(9) ? nil : EventID(bytes: row.blob(9)), moment: Instant(milliseconds: row.int(10)),
                at: Instant(milliseconds: row.int(11)))
        } else {
            line = nil
        }
        fault =
            row.int(16) != 1
            ? "it resolves what was not pending"
            : row.int(17) != 1 ? "it is pending and not reserved, or was resolved more than once" : nil
    }
}

/// An entry of an account's history beside the one before it.
struct CheckedEntry {
    let id: Int64
    let account: Int64
    let debits: Int64
    let credits: Int64
    private let debitsBefore: Int64
    private let creditsBefore: Int64
    /// Whether the one before is of the same account and the one before in number too, and this one is marked if it is to be.
    private let isNext: Bool

    func follows(debits moved: Int64, credits received: Int64) -> Bool {
        isNext && debits == debitsBefore &+ moved && credits == creditsBefore &+ received
    }

    static func all(after n: Int64, limit: Int, in db: borrowing Transaction) throws -> [CheckedEntry] {
        try db.all(
            """
            SELECT this.id, this.account, this.debits, this.credits, this.place, this.before, last.account, last.debits, last.credits, last.place,
            iif(this.place % ?1 = 0, (
                SELECT count(*) FROM milestone JOIN transfer ON n = this.id / 2
                WHERE milestone.account = this.account AND milestone.at = transfer.at AND milestone.entry = this.id), 1)
            FROM entry AS this LEFT JOIN entry AS last ON last.id = this.before
            WHERE this.id >= 2 * ?2 + 2 ORDER BY this.id LIMIT 2 * ?3
            """, Ledger.milestone, n, limit, read: Self.init)
    }

    private init(_ row: Row) {
        (id, account, debits, credits) = (row.int(0), row.int(1), row.int(2), row.int(3))
        // Nothing and 0 before the first.
        (debitsBefore, creditsBefore) = (row.int(7), row.int(8))
        let follows = row.isNull(5) || row.int(6) == account && row.int(5) < id
        isNext = follows && row.int(4) == row.int(9) &+ 1 && row.int(10) == 1
    }
}
