import Contracts
import People
import Seal
import ServiceKit
import Store

/// What moves is told.
extension Points {
    @discardableResult
    func make(_ transfer: Transfer, in turn: borrowing Turn) throws -> TransferResult {
        let result = try Ledger.make(transfer, at: turn.now, in: turn.db)
        if result == .created { try tell(transfer, in: turn) }
        return result
    }

    /// All or none.
    /// - Returns: whether they are there.
    func make(linked transfers: [Transfer], in turn: borrowing Turn) throws -> Bool {
        let results = try Ledger.make(linked: transfers, at: turn.now, in: turn.db)
        guard results.allSatisfy(\.isThere) else { return false }
        for (transfer, result) in zip(transfers, results) where result == .created { try tell(transfer, in: turn) }
        return true
    }

    private func tell(_ transfer: Transfer, in turn: borrowing Turn) throws {
        guard let link = try Ledger.link(transfer, in: turn.db) else { preconditionFailure("what was made is there") }
        try turn.emit(link, on: .transfers, cause: transfer.id, subject: link.debit.purse.text, time: transfer.moment)
        for account in [link.debit, link.credit] { try noteLot(account, in: turn) }
    }

    // MARK: Whose

    /// All names under which somebody has something: whoever was merged into a person has what that one has.
    func names(of person: PersonID, in db: borrowing Transaction) throws -> [PersonID] {
        [person] + (try People<PointsView>.merged(into: person, in: db))
    }

    /// Who a person is now.
    func present(_ person: PersonID, in db: borrowing Transaction) throws -> PersonID { try People<PointsView>.present(person, in: db) }

    /// A part of what somebody has, all of which expires on one day.
    struct Lot {
        let account: Account
        let balance: Balance
    }

    /// What somebody has, oldest-expiring first.
    /// - Parameter emptied: also what is there no more.
    func lots(of person: PersonID, _ purse: PurseID? = nil, emptied: Bool = false, in db: borrowing Transaction) throws -> [Lot] {
        let lots = try names(of: person, in: db).flatMap { name in
            try Ledger.lots(of: name.holder, purse: purse, emptied: emptied, in: db).map { Lot(account: $0.account, balance: $0.balance) }
        }
        return lots.sorted { Self.isOlder($0.account, $1.account) }
    }

    static func isOlder(_ a: Account, _ b: Account) -> Bool {
        switch (a.expires, b.expires) {
        case (let first?, let second?) where first != second: first < second
        case (nil, _?): false
        case (_?, nil): true
        default: a.description < b.description
        }
    }

    /// What can be spent on a day, of one purse.
    func free(of person: PersonID, _ purse: PurseID, on day: CalendarDate, in db: borrowing Transaction) throws -> Int64 {
        try lots(of: person, purse, in: db).filter { $0.isGood(on: day) }.reduce(0) { $0 + $1.balance.free }
    }

    /// Where what somebody is given on a day goes.
    func account(of person: PersonID, _ purse: Purse, on day: CalendarDate, expires: CalendarDate? = nil) -> Account {
        Account(purse.id, .person, person.holder, expires: expires ?? purse.expiry?.lastDay(from: day))
    }

    func issue(_ purse: PurseID) -> Account { Account(purse, .issue, "town") }
}

extension Points.Lot {
    var free: (account: Account, free: Int64) { (account, balance.free) }

    func isGood(on day: CalendarDate) -> Bool { account.expires.map { day <= $0 } ?? true }
}

extension PersonID {
    /// A person's id is a name too.
    var holder: Name<HolderKind> {
        guard let name = Name<HolderKind>(text) else { preconditionFailure("an opaque id is spelled like a name") }
        return name
    }
}
