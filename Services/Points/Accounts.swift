import Contracts
import ServiceKit
import Store

/// What somebody has, and how it came about.
extension Points {
    private static let page = 25

    func show(_ command: Envelope<ShowPoints>, in turn: borrowing Turn) throws -> Reply<PointsShown> {
        try turn.obey {
            let person = try person(command.data.holder, in: turn)
            let lots = try lots(of: person, emptied: command.data.at != nil, in: turn.db).compactMap { lot -> PointsShown.Lot? in
                let held = command.data.at == nil ? lot.balance.debitsPending : 0
                let amount = try command.data.at.map { try Ledger.posted(of: lot.account, at: $0, in: turn.db) } ?? lot.balance.posted
                return amount == 0 ? nil : PointsShown.Lot(lot.account.purse, amount, held: held, expires: lot.account.expires)
            }
            return .accept(PointsShown(person, lots.sorted { rank($0) < rank($1) }))
        }
    }

    /// In the order of the town's file.
    private func rank(_ lot: PointsShown.Lot) -> (Int, CalendarDate) {
        (policy.purses.firstIndex { $0.id == lot.purse } ?? policy.purses.count, lot.expires ?? "9999-12-31")
    }

    func list(_ command: Envelope<ListEntries>, in turn: borrowing Turn) throws -> Reply<EntriesPage> {
        try turn.obey {
            let person = try person(command.data.holder, in: turn)
            let lines = try names(of: person, in: turn.db).flatMap {
                try Ledger.history(of: $0.holder, before: command.data.before, limit: Self.page + 1, in: turn.db)
            }
            .sorted { $0.n > $1.n }
            // Where the last one was between two of somebody's own accounts, both of its lines are told.
            let cut = lines.dropFirst(Self.page).first { $0.n != lines[Self.page - 1].n }.map { next in lines.filter { $0.n > next.n } }
            let entries = try (cut ?? lines).map { line in
                EntriesPage.Entry(
                    line.n, line.kind.told, line.account, line.amount, balance: line.balance, other: line.other, for: line.code,
                    origin: line.cause, moment: line.moment, at: line.at, place: try place(of: line, in: turn.db))
            }
            return .accept(EntriesPage(person, entries, more: cut != nil))
        }
    }

    /// Where the tap was, as long as taps are kept.
    private func place(of line: HistoryLine, in db: borrowing Transaction) throws -> PlaceID? {
        guard let cause = line.cause else { return nil }
        return try db.first(
            "SELECT place FROM tap WHERE key = ? AND at = ? AND id = ?", line.account.holder.text, line.moment.milliseconds, cause.bytes
        ) { PlaceID($0.text(0)) } ?? nil
    }
}
