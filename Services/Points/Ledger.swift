import Contracts
import Seal
import Store

/// A ledger of double entry. Each transfer takes from one account what it gives to another, is written once and never changed, and stands in a chain
/// of digests, so that whoever has its last one can tell whether anything before it was altered.
package enum Ledger {
    /// One transfer moves so much at most, and no account holds more than a thousand times that.
    package static let most: Int64 = 1_000_000_000_000
    private static let ceiling: Int64 = most * 1000
    /// Each so many entries of an account one is marked, so that looking back begins near the moment asked for.
    static let milestone: Int64 = 16

    package static func make(_ transfer: Transfer, at now: Instant, in db: borrowing Transaction) throws -> TransferResult {
        if let known = try earlier(transfer, in: db) { return known }
        let result = try attempt(transfer, at: now, in: db)
        if case .refused(let refusal) = result { try remember(refusal, of: transfer, in: db) }
        return result
    }

    /// Makes all of them or none.
    /// - Returns: of each what it would have come to; where one was refused, of all the others that.
    package static func make(linked transfers: [Transfer], at now: Instant, in db: borrowing Transaction) throws -> [TransferResult] {
        let known = try transfers.map { try earlier($0, in: db) }
        // Asked before: as a whole, since it stood or fell as a whole.
        if known.allSatisfy({ $0 != nil }), !known.isEmpty { return known.compactMap(\.self) }
        var results: [TransferResult] = []
        do {
            try db.savepoint {
                for (transfer, known) in zip(transfers, known) {
                    results.append(try known ?? attempt(transfer, at: now, in: db))
                    if case .refused? = results.last { throw Unlinked() }
                }
            }
            return results
        } catch is Unlinked {
            let last = results.count - 1
            return try transfers.enumerated().map { place, transfer in
                let refusal: TransferRefusal =
                    if place == last, case .refused(let own) = results[last] { own } else { .linkedEventFailed }
                if let known = known[place] { return known }
                try remember(refusal, of: transfer, in: db)
                return .refused(refusal)
            }
        }
    }

    private struct Unlinked: Error {}

    // MARK: One transfer

    private static func attempt(_ transfer: Transfer, at now: Instant, in db: borrowing Transaction) throws -> TransferResult {
        switch transfer.move {
        case .single(let from, let to, let amount):
            if let refusal = fault(from, to, amount) { return .refused(refusal) }
            var (debit, credit) = (try opened(from, in: db), try opened(to, in: db))
            debit.balance.debitsPosted += amount
            credit.balance.creditsPosted += amount
            return try write(transfer, amount, debit, credit, at: now, in: db)
        case .pending(let from, let to, let amount, let timeout):
            if let refusal = fault(from, to, amount) { return .refused(refusal) }
            var (debit, credit) = (try opened(from, in: db), try opened(to, in: db))
            debit.balance.debitsPending += amount
            credit.balance.creditsPending += amount
            return try write(transfer, amount, debit, credit, due: now + timeout, at: now, in: db)
        case .post(let id, let part):
            return try resolve(id, by: transfer, at: now, in: db) { pending in part ?? pending.amount }
        case .void(let id), .expire(let id):
            return try resolve(id, by: transfer, at: now, in: db) { _ in 0 }
        }
    }

    private static func fault(_ from: Account, _ to: Account, _ amount: Int64) -> TransferRefusal? {
        guard from != to else { return .accountsMustBeDifferent }
        guard from.purse == to.purse else { return .accountsMustHaveTheSamePurse }
        return (1...most).contains(amount) ? nil : .badAmount
    }

    /// Frees what is pending, and moves a part of it.
    private static func resolve(
        _ id: EventID, by transfer: Transfer, at now: Instant, in db: borrowing Transaction, _ part: (Pending) -> Int64
    ) throws -> TransferResult {
        guard let pending = try Pending(id, in: db) else { return .refused(.pendingTransferNotFound) }
        guard pending.isPending else { return .refused(.pendingTransferNotPending) }
        switch pending.end {
        case .post: return .refused(.pendingTransferAlreadyPosted)
        case .void: return .refused(.pendingTransferAlreadyVoided)
        case .expire: return .refused(.pendingTransferExpired)
        case .single, .pending, nil: break
        }
        if case .expire = transfer.move {
        } else {
            // Its time is over, whether or not that has been written down yet.
            guard let due = pending.due, due > now else { return .refused(.pendingTransferExpired) }
        }
        let amount = part(pending)
        guard amount >= 0 else { return .refused(.badAmount) }
        guard amount <= pending.amount else { return .refused(.exceedsPendingTransferAmount) }
        var (debit, credit) = (try row(pending.debit, in: db), try row(pending.credit, in: db))
        debit.balance.debitsPending -= pending.amount
        credit.balance.creditsPending -= pending.amount
        debit.balance.debitsPosted += amount
        credit.balance.creditsPosted += amount
        try db.run("DELETE FROM reserved WHERE n = ?", pending.n)
        return try write(transfer, amount, debit, credit, resolving: pending.n, at: now, in: db)
    }

    /// Writes the transfer, what both accounts hold after it, and its place in the chain.
    private static func write(
        _ transfer: Transfer, _ amount: Int64, _ debit: AccountRow, _ credit: AccountRow, due: Instant? = nil,
        resolving pending: Int64? = nil,
        at now: Instant, in db: borrowing Transaction
    ) throws -> TransferResult {
        guard !debit.isGuarded || debit.balance.free >= 0 else { return .refused(.exceedsCredits) }
        guard debit.balance.isWithin(ceiling), credit.balance.isWithin(ceiling) else { return .refused(.overflow) }
        let last = try Head.read(in: db)
        let line = ChainLine(
            n: last.n + 1, id: transfer.id, debit: debit.name, credit: credit.name, amount: amount, kind: transfer.move.kind,
            pending: pending, due: due, code: transfer.code.text, cause: transfer.cause, moment: transfer.moment,
            // The ledger's time never goes back.
            at: max(now, Instant(milliseconds: last.at)))
        try db.run(
            """
            INSERT INTO transfer (n, id, digest, debit, credit, amount, kind, pending, due, code, cause, moment, at, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, line.n, transfer.id.bytes, transfer.digest, debit.id, credit.id, amount, line.kind.rawValue, pending, due?.milliseconds,
            line.code, transfer.cause?.bytes, transfer.moment.milliseconds, line.at.milliseconds, line.hash(after: last.hash))
        if let due { try db.run("INSERT INTO reserved (n, due) VALUES (?, ?)", line.n, due.milliseconds) }
        try db.run(
            "INSERT INTO entry (id, account, before, place, debits, credits) VALUES (?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?)",
            2 * line.n, debit.id, debit.last, debit.entries + 1, debit.balance.debitsPosted, debit.balance.creditsPosted,
            2 * line.n + 1, credit.id, credit.last, credit.entries + 1, credit.balance.debitsPosted, credit.balance.creditsPosted)
        try update(debit, last: 2 * line.n, at: line.at, in: db)
        try update(credit, last: 2 * line.n + 1, at: line.at, in: db)
        return .created
    }

    private static func update(_ row: AccountRow, last entry: Int64, at: Instant, in db: borrowing Transaction) throws {
        let (balance, place) = (row.balance, row.entries + 1)
        try db.run(
            """
            UPDATE account SET debits_pending = ?, debits_posted = ?, credits_pending = ?, credits_posted = ?, last = ?, entries = ?
            WHERE id = ?
            """, balance.debitsPending, balance.debitsPosted, balance.creditsPending, balance.creditsPosted, entry, place, row.id)
        guard place % milestone == 0 else { return }
        try db.run("INSERT INTO milestone (account, at, entry) VALUES (?, ?, ?)", row.id, at.milliseconds, entry)
    }

    // MARK: Asked again

    /// What came of it at first; `nil` for one that is new.
    private static func earlier(_ transfer: Transfer, in db: borrowing Transaction) throws -> TransferResult? {
        guard let known = try Answered.read(transfer.id, in: db) else { return nil }
        guard known.digest == transfer.digest else { return .refused(.existsWithDifferentContent) }
        guard let refusal = known.refusal else { return .exists }
        return .refused(TransferRefusal(rawValue: refusal) ?? .existsWithDifferentContent)
    }

    private static func remember(_ refusal: TransferRefusal, of transfer: Transfer, in db: borrowing Transaction) throws {
        // Another transfer has this id; what was said of that one stands.
        guard refusal != .existsWithDifferentContent else { return }
        try db.run(
            "INSERT INTO refused_transfer (id, digest, refusal) VALUES (?, ?, ?)", transfer.id.bytes, transfer.digest, refusal.rawValue)
    }
}
