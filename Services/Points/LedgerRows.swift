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
    var digest: Int64 {
        var asked: [UInt8] = []
        asked.reserveCapacity(300)
        asked.field(move.kind.rawValue)
        switch move {
        case .single(let from, let to, let amount):
            asked.field(from.bytes)
            asked.field(to.bytes)
            asked.field(amount)
        case .pending(let from, let to, let amount, let timeout):
            asked.field(from.bytes)
            asked.field(to.bytes)
            asked.field(amount)
            asked.field(timeout.milliseconds)
        case .post(let id, let amount):
            asked.field(id)
            asked.field(amount)
        case .void(let id), .expire(let id): asked.field(id)
        }
        asked.field(code.text.utf8)
        asked.field(cause)
        asked.field(moment.milliseconds)
        return sha256(asked).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// An account as it lies in the database.
struct AccountRow {
    let id: Int64
    /// As the chain spells it.
    let name: [UInt8]
    let isGuarded: Bool
    var balance: Balance
    /// The newest of its entries, and how many it has.
    var last: Int64?
    var entries: Int64

    /// - Parameter row: id, guarded, the four sums, last, entries.
    init(_ row: Row, name: [UInt8]) {
        (id, self.name, isGuarded) = (row.int(0), name, row.int(1) != 0)
        balance = Balance(debitsPending: row.int(2), debitsPosted: row.int(3), creditsPending: row.int(4), creditsPosted: row.int(5))
        (last, entries) = (row.intIfPresent(6), row.int(7))
    }
}

extension Balance {
    func isWithin(_ ceiling: Int64) -> Bool { creditsPending + creditsPosted <= ceiling && debitsPending + debitsPosted <= ceiling }
}

extension Ledger {
    static func row(of account: Account, in db: borrowing Transaction) throws -> AccountRow? {
        let name = account.bytes
        return try db.first(
            """
            SELECT id, guarded, debits_pending, debits_posted, credits_pending, credits_posted, last, entries FROM account
            WHERE holder = ? AND kind = ? AND purse = ? AND expires = ?
            """, account.holder.text, account.kind.rawValue, account.purse.text, account.expires?.description ?? ""
        ) { AccountRow($0, name: name) }
    }

    static func row(_ id: Int64, in db: borrowing Transaction) throws -> AccountRow {
        let row = try db.first(
            """
            SELECT id, guarded, debits_pending, debits_posted, credits_pending, credits_posted, last, entries,
            purse || '/' || kind || '/' || holder || iif(expires = '', '', '/' || expires) FROM account WHERE id = ?
            """, id
        ) { AccountRow($0, name: $0.blob(8)) }
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

/// The last transfer: where the next one begins.
struct Head {
    let n: Int64
    let at: Int64
    let hash: [UInt8]

    /// Of a ledger with no transfer yet, the same with nothing in it.
    static func read(in db: borrowing Transaction) throws -> Head {
        try db.first("SELECT n, at, hash FROM transfer ORDER BY n DESC LIMIT 1") { Head(n: $0.int(0), at: $0.int(1), hash: $0.blob(2)) }
            ?? Head(n: 0, at: 0, hash: [])
    }
}

/// What came of a transfer when it was asked for at first.
struct Answered {
    let digest: Int64
    let refusal: String?

    static func read(_ id: EventID, in db: borrowing Transaction) throws -> Answered? {
        let id = id.bytes
        return try db.first("SELECT digest FROM transfer WHERE id = ?", id) { Answered(digest: $0.int(0), refusal: nil) }
            ?? db.first("SELECT digest, refusal FROM refused_transfer WHERE id = ?", id) {
                Answered(digest: $0.int(0), refusal: $0.text(1))
            }
    }
}
