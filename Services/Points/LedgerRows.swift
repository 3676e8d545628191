import Contracts
import Seal
import Store

extension Transfer.Move {
    /// As it is written down.
    package enum Kind: Int64, Sendable {
        case single = 0, pending, post, void, expire

        /// Whether it moves anything; the others only reserve and free.
        var posts: Bool { self == .single || self == .post }
    }

    var kind: Kind {
        switch self {
        case .single: .single
        case .pending: .pending
        case .post: .post
        case .void: .void
        case .expire: .expire
        }
    }
}

extension Transfer {
    /// Of all that was asked, so that one id cannot mean two things.
    var digest: [UInt8] {
        let asked =
            switch move {
            case .single(let from, let to, let amount): "single \(from) \(to) \(amount)"
            case .pending(let from, let to, let amount, let timeout): "pending \(from) \(to) \(amount) \(timeout.milliseconds)"
            case .post(let id, let amount): "post \(id) \(amount.map { "\($0)" } ?? "")"
            case .void(let id): "void \(id)"
            case .expire(let id): "expire \(id)"
            }
        return Array(sha256("\(asked)\n\(code)\n\(cause?.description ?? "")\n\(moment.milliseconds)").prefix(8))
    }
}

/// An account as it lies in the database.
struct AccountRow {
    let id: Int64
    let account: Account
    var balance: Balance

    var isGuarded: Bool { account.isGuarded }

    init(_ row: Row) {
        guard let purse = PurseID(row.text(1)), let kind = Account.Kind(rawValue: row.text(2)), let holder = Name<HolderKind>(row.text(3))
        else {
            preconditionFailure("an account was written with a purse, a kind and a holder")
        }
        id = row.int(0)
        // Empty where nothing expires.
        account = Account(purse, kind, holder, expires: CalendarDate(row.text(4)))
        balance = Balance(
            debitsPending: row.int(5), debitsPosted: row.int(6), creditsPending: row.int(7), creditsPosted: row.int(8))
    }
}

extension Balance {
    func isWithin(_ ceiling: Int64) -> Bool { creditsPending + creditsPosted <= ceiling && debitsPending + debitsPosted <= ceiling }
}

extension Ledger {
    static func row(of account: Account, in db: borrowing Transaction) throws -> AccountRow? {
        try db.first(
            """
            SELECT id, purse, kind, holder, expires, debits_pending, debits_posted, credits_pending, credits_posted FROM account
            WHERE purse = ? AND kind = ? AND holder = ? AND expires = ?
            """, account.purse.text, account.kind.rawValue, account.holder.text, account.expires?.description ?? "", read: AccountRow.init)
    }

    static func row(_ id: Int64, in db: borrowing Transaction) throws -> AccountRow {
        let row = try db.first(
            "SELECT id, purse, kind, holder, expires, debits_pending, debits_posted, credits_pending, credits_posted FROM account WHERE id = ?",
            id,
            read: AccountRow.init)
        guard let row else { preconditionFailure("a transfer is between accounts") }
        return row
    }

    /// An account is there as soon as something is to move there.
    static func opened(_ account: Account, in db: borrowing Transaction) throws -> AccountRow {
        if let known = try row(of: account, in: db) { return known }
        try db.run(
            "INSERT INTO account (purse, kind, holder, expires, guarded) VALUES (?, ?, ?, ?, ?)", account.purse.text, account.kind.rawValue,
            account.holder.text, account.expires?.description ?? "", account.isGuarded)
        guard let made = try row(of: account, in: db) else { preconditionFailure("an account that was just inserted is there") }
        return made
    }
}

/// A transfer that others may refer to.
struct Pending {
    let n: Int64
    let debit: Int64
    let credit: Int64
    let amount: Int64
    let due: Instant?
    let isPending: Bool
    /// What has become of it.
    let end: Transfer.Move.Kind?

    init?(_ id: EventID, in db: borrowing Transaction) throws {
        let found = try db.first(
            """
            SELECT n, debit, credit, amount, due, kind, (SELECT kind FROM transfer AS later WHERE later.pending = transfer.n)
            FROM transfer WHERE id = ?
            """, id.bytes, read: Self.init)
        guard let found else { return nil }
        self = found
    }

    private init(_ row: Row) {
        (n, debit, credit, amount) = (row.int(0), row.int(1), row.int(2), row.int(3))
        due = row.intIfPresent(4).map { Instant(milliseconds: $0) }
        isPending = row.int(5) == Transfer.Move.Kind.pending.rawValue
        end = row.intIfPresent(6).flatMap { Transfer.Move.Kind(rawValue: $0) }
    }
}
