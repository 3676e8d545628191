import Contracts
import Seal
import ServiceKit
import Store

/// What is not spent by its last day goes where the town says: to the chamber of commerce, back to a programme.
extension Points {
    func expireReservations(in turn: borrowing Turn) throws -> Instant? {
        for transfer in try Ledger.overdue(at: turn.now, in: turn.db) { try make(transfer, in: turn) }
        return try Ledger.nextDue(in: turn.db)
    }

    /// - Returns: the end of the next day on which something ends.
    func expireLots(in turn: borrowing Turn) throws -> Instant? {
        let today = turn.now.date(turn.identity.offset)
        let over = try turn.db.all(
            """
            SELECT purse, holder, expires, credits_posted - debits_posted - debits_pending, credits_posted FROM account
            WHERE expires <> '' AND expires > (SELECT day FROM swept) AND expires < ? AND kind = 'person'
            AND credits_posted > debits_posted + debits_pending ORDER BY expires LIMIT 200
            """, today.description
        ) { (PurseID($0.text(0)), Name<HolderKind>($0.text(1)), CalendarDate($0.text(2)), $0.int(3), $0.int(4)) }
        for case (let purse?, let holder?, let day?, let amount, let given) in over {
            let lot = Account(purse, .person, holder, expires: day)
            let fund = Account(purse, .expiry, (policy.purse(purse)?.expiresTo ?? "expired").named())
            let end = end(of: day, in: turn)
            // What came back into it later ends once more.
            let id = EventID.derived(ofType: "expiry", identity: "\(lot) \(given) \(amount)", at: end)
            try make(Transfer(id, .single(from: lot, to: fund, amount), for: "expiry", moment: end), in: turn)
        }
        guard over.isEmpty else { return turn.now }
        if let yesterday = today.adding(-1) { try turn.db.run("UPDATE swept SET day = ?1 WHERE day < ?1", yesterday.description) }
        let next = try turn.db.first("SELECT min(expires) FROM account WHERE expires <> '' AND expires >= ?", today.description) {
            $0.textIfPresent(0).flatMap { CalendarDate($0) }
        }
        return (next ?? nil).map { end(of: $0, in: turn) }
    }

    /// Something moved in a lot that has ended: a late tap, a refund.
    func noteLot(_ account: Account, in turn: borrowing Turn) throws {
        guard account.kind == .person, let day = account.expires, day < turn.now.date(turn.identity.offset), let before = day.adding(-1)
        else { return }
        try turn.db.run("UPDATE swept SET day = ?1 WHERE day > ?1", before.description)
    }

    func end(of day: CalendarDate, in turn: borrowing Turn) -> Instant {
        Instant(startOf: day.adding(1) ?? day, turn.identity.offset)
    }
}
