import Contracts
import Store

/// What a check of a piece of the ledger found.
package struct VerifiedSlice: Equatable, Sendable {
    /// The last transfer that is well; the one the check began after, if there was none.
    package var through: Int64
    /// Its digest.
    package var head: [UInt8]
    /// The first thing that is wrong, in a sentence.
    package var fault: String?

    package init(through: Int64, head: [UInt8], fault: String? = nil) {
        (self.through, self.head, self.fault) = (through, head, fault)
    }
}

/// What a check of the whole ledger found.
package struct Verification: Equatable, Sendable {
    package var transfers: Int64 = 0
    package var accounts: Int64 = 0
    /// Of the last transfer; whoever has noted it down can tell whether anything before it was altered.
    package var head: [UInt8] = []
    /// The first thing that is wrong, in a sentence.
    package var fault: String?
}

extension Ledger {
    /// Checks everything: slice by slice the transfers, then the accounts.
    /// - Parameter noted: the number of a transfer that somebody has noted down, and its digest.
    package static func verify(noted: (n: Int64, digest: [UInt8])? = nil, in db: borrowing Transaction) throws -> Verification {
        var slice = VerifiedSlice(through: 0, head: [])
        var before: Int64
        repeat {
            before = slice.through
            slice = try verify(after: slice.through, head: slice.head, limit: 2000, in: db)
        } while slice.fault == nil && slice.through > before
        let (accounts, fault) = slice.fault == nil ? try verifyAccounts(in: db) : (0, nil)
        let missing = try noted.flatMap { try verify(noted: $0.n, digest: $0.digest, in: db) }
        return Verification(transfers: slice.through, accounts: accounts, head: slice.head, fault: slice.fault ?? fault ?? missing)
    }

    /// Whether a transfer is still what it was when somebody noted its digest down. Only so can be seen that the last ones were taken away, or
    /// that all was written anew.
    /// - Returns: what is wrong.
    package static func verify(noted n: Int64, digest: [UInt8], in db: borrowing Transaction) throws -> String? {
        guard let hash = try db.first("SELECT hash FROM transfer WHERE n = ?", n, read: { $0.blob(0) }) else {
            return "transfer \(n), whose digest was noted, is missing"
        }
        return hash == digest ? nil : "transfer \(n) or one before it was altered after its digest was noted"
    }

    /// Checks the transfers that follow one, at most `limit`: the chain, what both accounts held after each, that what was pending was resolved
    /// once and for no more, and that nobody had less than nothing. Together with `verifyAccounts` nothing is left out.
    /// - Parameters:
    ///   - n: the last transfer that is well; 0 to begin.
    ///   - head: its digest; none to begin.
    package static func verify(after n: Int64, head: [UInt8], limit: Int, in db: borrowing Transaction) throws -> VerifiedSlice {
        var slice = VerifiedSlice(through: n, head: head)
        let transfers = try CheckedTransfer.all(after: n, limit: limit, in: db)
        let entries = try CheckedEntry.all(after: n, limit: limit, in: db)
        for (place, transfer) in transfers.enumerated() {
            let next = slice.through + 1
            guard transfer.n == next, let line = transfer.line else {
                slice.fault = "transfer \(transfer.n): a transfer before it, or one of its accounts, is missing"
                return slice
            }
            let digest = line.hash(after: slice.head)
            let two = entries.dropFirst(2 * place).prefix(2)
            let fault =
                digest != transfer.hash
                ? "it or one before it was altered: its digest is another" : transfer.fault ?? Self.fault(line, transfer, two)
            if let fault {
                slice.fault = "transfer \(next) (\(line.id)): \(fault)"
                return slice
            }
            (slice.through, slice.head) = (next, digest)
        }
        return slice
    }

    private static func fault(_ line: ChainLine, _ transfer: CheckedTransfer, _ entries: ArraySlice<CheckedEntry>) -> String? {
        func name(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        guard let debit = entries.first, let credit = entries.last, debit.id == 2 * line.n, credit.id == 2 * line.n + 1,
            debit.account == transfer.debit, credit.account == transfer.credit
        else { return "it is missing in the history of its accounts" }
        let moved = line.kind.posts ? line.amount : 0
        if !debit.follows(debits: moved, credits: 0) { return "the history of \(name(line.debit)) says another sum, or leaves one out" }
        if !credit.follows(debits: 0, credits: moved) { return "the history of \(name(line.credit)) says another sum, or leaves one out" }
        return transfer.isGuarded && debit.debits > debit.credits ? "\(name(line.debit)) is overdrawn" : nil
    }

    /// Checks what every account says against its newest entry and what is reserved, that no entry is left out of an account's history, and that the
    /// accounts of each purse together hold nothing.
    /// - Returns: how many accounts there are, and the first thing that is wrong.
    package static func verifyAccounts(in db: borrowing Transaction) throws -> (accounts: Int64, fault: String?) {
        let accounts = try db.first("SELECT count(*) FROM account") { $0.int(0) } ?? 0
        return (accounts, try wrongAccount(in: db) ?? wrongGuard(in: db) ?? wrongPurse(in: db) ?? wrongCounts(in: db))
    }

    private static func wrongAccount(in db: borrowing Transaction) throws -> String? {
        try db.first(
            """
            WITH held AS MATERIALIZED (
                SELECT account, sum(debits) AS debits, sum(credits) AS credits FROM (
                    SELECT debit AS account, amount AS debits, 0 AS credits FROM reserved JOIN transfer USING (n)
                    UNION ALL SELECT credit, 0, amount FROM reserved JOIN transfer USING (n)
                ) GROUP BY account
            )
            SELECT purse || '/' || kind || '/' || holder || iif(expires = '', '', '/' || expires)
            FROM account LEFT JOIN entry ON entry.id = account.last LEFT JOIN held ON held.account = account.id
            WHERE (debits_posted, credits_posted, account.entries, debits_pending, credits_pending, ifnull(entry.account, account.id))
            <> (ifnull(entry.debits, 0), ifnull(entry.credits, 0), ifnull(entry.place, 0), ifnull(held.debits, 0), ifnull(held.credits, 0), account.id)
            OR guarded AND debits_pending + debits_posted > credits_posted
            ORDER BY account.id LIMIT 1
            """
        ) { "account \($0.text(0)) says another sum than its transfers" }
    }

    private static func wrongGuard(in db: borrowing Transaction) throws -> String? {
        let kinds = try db.all("SELECT DISTINCT kind, guarded FROM account ORDER BY kind, guarded") { ($0.text(0), $0.int(1) != 0) }
        let wrong = kinds.first { text, isGuarded in
            Account.Kind(rawValue: text).map { Account("any", $0, "any").isGuarded != isGuarded } ?? true
        }
        return wrong.map { "an account of the kind \($0.0) is not guarded as it ought to be" }
    }

    private static func wrongPurse(in db: borrowing Transaction) throws -> String? {
        try db.first(
            """
            SELECT purse FROM account GROUP BY purse
            HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending) LIMIT 1
            """
        ) { "all accounts of \($0.text(0)) together do not hold nothing" }
    }

    private static func wrongCounts(in db: borrowing Transaction) throws -> String? {
        // Transfers are numbered without a gap, as the slices see, so first and last tell how many there are; their entries alike.
        let wrong = try db.first(
            """
            SELECT (SELECT min(n) FROM transfer) < 1,
            (SELECT min(id) FROM entry) < 2 OR (SELECT max(id) FROM entry) <> 2 * ifnull((SELECT max(n) FROM transfer), 0) + 1,
            (SELECT sum(entries) FROM account) <> 2 * ifnull((SELECT max(n) FROM transfer), 0),
            (SELECT count(*) FROM milestone) <> ifnull((SELECT sum(entries / ?) FROM account), 0),
            EXISTS (SELECT 1 FROM reserved LEFT JOIN transfer USING (n) WHERE kind IS NOT ?
                OR EXISTS (SELECT 1 FROM transfer AS later WHERE later.pending = reserved.n))
            """, milestone, Transfer.Move.Kind.pending.rawValue
        ) { row in (0..<5).first { row.int($0) != 0 } }
        return wrong?.map {
            [
                "there are transfers before the first", "there are entries of no transfer",
                "an entry is left out of the history of its account",
                "there are milestones of no entry", "what is reserved is not what is pending",
            ][Int($0)]
        }
    }
}
