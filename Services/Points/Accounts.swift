import Contracts
import ServiceKit
import Store

/// What somebody has, and how it came about.
extension Points {
    private static let page = 25

    func show(_ command: Envelope<ShowPoints>, in turn: borrowing Turn) throws -> Reply<PointsShown> {
        try turn.obey {
            let person = try person(command.data.holder, in: turn)
            return .accept(PointsShown(person, try shown(of: person, at: command.data.at, in: turn.db)))
        }
    }

    /// At somebody's own page: whoever never had a card has nothing, and is told so.
    func showOwn(_ command: Envelope<ShowOwnPoints>, in turn: borrowing Turn) throws -> Reply<OwnPoints> {
        let person = try present(command.data.person, in: turn.db)
        let (entries, more) = try entries(of: person, before: command.data.before, in: turn.db)
        return .accept(OwnPoints(person, lots: try shown(of: person, in: turn.db), entries: entries, more: more))
    }

    private func shown(of person: PersonID, at moment: Instant? = nil, in db: borrowing Transaction) throws -> [PointsShown.Lot] {
        let lots = try lots(of: person, emptied: moment != nil, in: db).compactMap { lot -> PointsShown.Lot? in
            let held = moment == nil ? lot.balance.debitsPending : 0
            let amount = try moment.map { try Ledger.posted(of: lot.account, at: $0, in: db) } ?? lot.balance.posted
            return amount == 0 ? nil : PointsShown.Lot(lot.account.purse, amount, held: held, expires: lot.account.expires)
        }
        return lots.sorted { rank($0) < rank($1) }
    }

    /// In the order of the town's file.
    private func rank(_ lot: PointsShown.Lot) -> (Int, CalendarDate) {
        (policy.purses.firstIndex { $0.id == lot.purse } ?? policy.purses.count, lot.expires ?? "9999-12-31")
    }

    func list(_ command: Envelope<ListEntries>, in turn: borrowing Turn) throws -> Reply<EntriesPage> {
        try turn.obey {
            let person = try person(command.data.holder, in: turn)
            let (entries, more) = try entries(of: person, before: command.data.before, in: turn.db)
            return .accept(EntriesPage(person, entries, more: more))
        }
    }

    private func entries(
        of person: PersonID, before n: Int64?, in db: borrowing Transaction
    ) throws -> (entries: [EntriesPage.Entry], more: Bool) {
        let lines = try names(of: person, in: db).flatMap { try Ledger.history(of: $0.holder, before: n, limit: Self.page + 1, in: db) }
            .sorted { $0.n > $1.n }
        // Where the last one was between two of somebody's own accounts, both of its lines are told.
        let cut = lines.dropFirst(Self.page).first { $0.n != lines[Self.page - 1].n }.map { next in lines.filter { $0.n > next.n } }
        let entries = try (cut ?? lines).map { line in
            EntriesPage.Entry(
                line.n, line.kind.told, line.account, line.amount, balance: line.balance, other: line.other, for: line.code,
                origin: line.cause, moment: line.moment, at: line.at, place: try place(of: line, in: db))
        }
        return (entries, cut != nil)
    }

    /// Where the tap was, as long as taps are kept.
    private func place(of line: HistoryLine, in db: borrowing Transaction) throws -> PlaceID? {
        guard let cause = line.cause else { return nil }
        return try db.first(
            "SELECT place FROM tap WHERE key = ? AND at = ? AND id = ?", line.account.holder.text, line.moment.milliseconds, cause.bytes
        ) { PlaceID($0.text(0)) } ?? nil
    }
}
