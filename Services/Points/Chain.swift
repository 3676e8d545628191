import Contracts
import Seal
import Store

/// A transfer as its digest sees it: one line of text, so that anybody can compute the chain anew with a few lines of any language.
///
/// Fields between tabs: number, id, debit account, credit account, amount, kind, number of the pending one, due, code, cause, moment, at; what is absent
/// is empty, times are milliseconds since 1970, and a line feed ends it. The digest is SHA-256 over the digest before (32 bytes; none before the first)
/// and the line.
struct ChainLine {
    let n: Int64
    let id: EventID
    let debit: Account
    let credit: Account
    let amount: Int64
    let kind: Transfer.Move.Kind
    let pending: Int64?
    let due: Instant?
    let code: String
    let cause: EventID?
    let moment: Instant
    let at: Instant

    var text: String {
        let fields = [
            "\(n)", id.description, debit.description, credit.description, "\(amount)", "\(kind.rawValue)", pending.map { "\($0)" } ?? "",
            due.map { "\($0.milliseconds)" } ?? "", code, cause?.description ?? "", "\(moment.milliseconds)", "\(at.milliseconds)",
        ]
        return fields.joined(separator: "\t") + "\n"
    }

    func hash(after last: [UInt8]) -> [UInt8] { sha256(last + Array(text.utf8)) }
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
    /// Computes everything anew: the chain, what every account holds and held after each transfer, that nothing was resolved twice, that no guarded
    /// account was ever overdrawn, and that all accounts together hold nothing.
    package static func verify(in db: borrowing Transaction) throws -> Verification {
        var check = Verification()
        var accounts: [Int64: AccountRow] = [:]
        for row in try db.all(
            "SELECT id, purse, kind, holder, expires, debits_pending, debits_posted, credits_pending, credits_posted FROM account",
            read: AccountRow.init)
        { accounts[row.id] = row }
        check.accounts = Int64(accounts.count)
        var computed = accounts.mapValues { _ in Balance() }
        var open: [Int64: (debit: Int64, credit: Int64, amount: Int64)] = [:]
        var (n, entries): (Int64, Int64) = (0, 0)
        while check.fault == nil {
            let page = try db.all(
                """
                SELECT transfer.n, id, debit, credit, amount, kind, pending, due, code, cause, moment, transfer.at, hash, d.balance, c.balance
                FROM transfer LEFT JOIN entry AS d ON d.account = debit AND d.at = transfer.at AND d.n = transfer.n
                LEFT JOIN entry AS c ON c.account = credit AND c.at = transfer.at AND c.n = transfer.n
                WHERE transfer.n > ? ORDER BY transfer.n LIMIT 1000
                """, n, read: CheckedRow.init)
            guard !page.isEmpty else { break }
            for row in page {
                n += 1
                guard let debit = accounts[row.debit]?.account, let credit = accounts[row.credit]?.account, row.n == n,
                    let line = row.line(debit, credit)
                else {
                    check.fault = "transfer \(row.n): a transfer before it, or one of its accounts, is missing"
                    break
                }
                let head = line.hash(after: check.head)
                guard head == row.hash else {
                    check.fault = "transfer \(n) (\(line.id)) or one before it was altered: its digest is another"
                    break
                }
                check.head = head
                check.transfers = n
                if let fault = move(line, row, &computed, &open) ?? overdrawn([debit: row.debit, credit: row.credit], computed)
                    ?? otherwise(row, line, computed, &entries)
                {
                    check.fault = "transfer \(n) (\(line.id)): \(fault)"
                    break
                }
            }
        }
        if check.fault == nil { check.fault = try compare(accounts, computed, open: open.count, entries: entries, in: db) }
        return check
    }

    /// - Returns: what cannot be.
    private static func move(
        _ line: ChainLine, _ row: CheckedRow, _ computed: inout [Int64: Balance],
        _ open: inout [Int64: (debit: Int64, credit: Int64, amount: Int64)]
    ) -> String? {
        if line.kind == .pending { open[line.n] = (row.debit, row.credit, line.amount) }
        if let pending = line.pending {
            guard let reserved = open.removeValue(forKey: pending), reserved.debit == row.debit, reserved.credit == row.credit,
                line.amount <= reserved.amount
            else { return "it resolves what was not pending" }
            computed[row.debit]?.debitsPending -= reserved.amount
            computed[row.credit]?.creditsPending -= reserved.amount
        }
        switch line.kind {
        case .pending:
            computed[row.debit]?.debitsPending += line.amount
            computed[row.credit]?.creditsPending += line.amount
        case .single, .post:
            computed[row.debit]?.debitsPosted += line.amount
            computed[row.credit]?.creditsPosted += line.amount
        case .void, .expire: break
        }
        return nil
    }

    private static func overdrawn(_ accounts: [Account: Int64], _ computed: [Int64: Balance]) -> String? {
        accounts.first { $0.key.isGuarded && computed[$0.value].map { $0.free < 0 } ?? false }.map { "\($0.key) is overdrawn" }
    }

    /// What both accounts held after it, as their histories say.
    private static func otherwise(_ row: CheckedRow, _ line: ChainLine, _ computed: [Int64: Balance], _ entries: inout Int64) -> String? {
        guard line.kind.posts, line.amount > 0 else { return nil }
        entries += 2
        for (account, id, told) in [(line.debit, row.debit, row.debitHeld), (line.credit, row.credit, row.creditHeld)]
        where computed[id]?.posted != told { return "the history of \(account) says another sum" }
        return nil
    }

    private static func compare(
        _ accounts: [Int64: AccountRow], _ computed: [Int64: Balance], open: Int, entries: Int64, in db: borrowing Transaction
    ) throws -> String? {
        for (id, row) in accounts.sorted(by: { $0.key < $1.key }) where computed[id] != row.balance {
            return "account \(row.account) says another sum than its transfers"
        }
        guard computed.values.reduce(0, { $0 + $1.posted }) == 0 else { return "all accounts together do not hold nothing" }
        guard try db.first("SELECT count(*) FROM reserved", read: { Int($0.int(0)) }) == open else {
            return "what is reserved is not what is pending"
        }
        guard try db.first("SELECT count(*) FROM entry", read: { $0.int(0) }) == entries else { return "there are entries of no transfer" }
        return nil
    }
}

/// A transfer as it lies in the database, of which nothing is believed.
private struct CheckedRow {
    let n: Int64
    let debit: Int64
    let credit: Int64
    let hash: [UInt8]
    /// What its accounts held after it.
    let debitHeld: Int64?
    let creditHeld: Int64?
    private let id: EventID?
    private let amount: Int64
    private let kind: Transfer.Move.Kind?
    private let pending: Int64?
    private let due: Instant?
    private let code: String
    private let cause: EventID?
    private let moment: Instant
    private let at: Instant

    init(_ row: Row) {
        (n, id, debit, credit) = (row.int(0), EventID(bytes: row.blob(1)), row.int(2), row.int(3))
        (amount, kind, pending) = (row.int(4), Transfer.Move.Kind(rawValue: row.int(5)), row.intIfPresent(6))
        due = row.intIfPresent(7).map { Instant(milliseconds: $0) }
        code = row.text(8)
        cause = row.isNull(9) ? nil : EventID(bytes: row.blob(9))
        (moment, at, hash) = (Instant(milliseconds: row.int(10)), Instant(milliseconds: row.int(11)), row.blob(12))
        (debitHeld, creditHeld) = (row.intIfPresent(13), row.intIfPresent(14))
    }

    func line(_ debit: Account, _ credit: Account) -> ChainLine? {
        guard let id, let kind else { return nil }
        return ChainLine(
            n: n, id: id, debit: debit, credit: credit, amount: amount, kind: kind, pending: pending, due: due, code: code, cause: cause,
            moment: moment, at: at)
    }
}
