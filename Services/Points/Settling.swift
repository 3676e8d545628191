import Contracts
import Seal
import ServiceKit
import Store

/// What a shop or a carrier is owed, by the ledger's own time: it never goes back, so a sum that was signed off can be found again for ever.
extension Points {
    private static let longest = 400

    func show(_ command: Envelope<ShowSettlement>, in turn: borrowing Turn) throws -> Reply<Settlement> {
        let wish = command.data
        return try turn.obey {
            let closed = try turn.db.first(
                "SELECT row FROM settlement WHERE party = ? AND first = ? AND last = ?", wish.party.description, wish.from.description,
                wish.to.description
            ) { try $0.blob(0).decoded(as: Settlement.self) }
            if let closed { return .accept(closed) }
            return .accept(try settlement(wish.party, from: wish.from, to: wish.to, in: turn))
        }
    }

    func close(_ command: Envelope<CloseSettlement>, in turn: borrowing Turn) throws -> Reply<SettlementClosed> {
        let wish = command.data
        return try turn.obey {
            guard end(of: wish.to, in: turn) <= turn.now else {
                throw Objection("not-over", "\(wish.to) is not over yet: a period is closed after its last day.")
            }
            if let last = try closed(wish.party, limit: 1, in: turn.db).first {
                guard let next = last.to.adding(1), wish.from == next else {
                    throw Objection("gap", "The last closed period ends with \(last.to): the next one begins the day after.")
                }
            } else if let first = try firstDay(of: wish.party, in: turn), first < wish.from {
                throw Objection("gap", "There is something to settle since \(first): the first period begins there or earlier.")
            }
            var settlement = try settlement(wish.party, from: wish.from, to: wish.to, in: turn)
            (settlement.closed, settlement.closedBy) = (turn.now, turn.actor)
            try turn.db.run(
                "INSERT INTO settlement (party, first, last, row) VALUES (?, ?, ?, ?)", wish.party.description, wish.from.description,
                wish.to.description, try settlement.json())
            try turn.emit(SettlementClosed(settlement), on: .settlements, cause: command.id, subject: wish.party.holder.text)
            return .accept(SettlementClosed(settlement))
        }
    }

    func list(_ command: Envelope<ListSettlements>, in turn: borrowing Turn) throws -> Reply<SettlementsPage> {
        let all = try closed(command.data.party, before: command.data.before, limit: 11, in: turn.db)
        return .accept(SettlementsPage(Array(all.prefix(10)), more: all.count > 10))
    }

    private func settlement(
        _ party: Party, from: CalendarDate, to: CalendarDate, in turn: borrowing Turn
    ) throws -> Settlement {
        guard from <= to, let last = from.adding(Self.longest), to <= last else {
            throw Objection("bad-span", "A period has a first and a last day, at most \(Self.longest) days apart.")
        }
        let span = Instant(startOf: from, turn.identity.offset)..<end(of: to, in: turn)
        var lines: [Settlement.Line] = []
        var days: [CalendarDate: Int64] = [:]
        for purse in policy.purses {
            let entries = try Ledger.days(
                of: party.account(purse.id), from: span.lowerBound, until: span.upperBound, turn.identity.offset, in: turn.db)
            guard !entries.isEmpty else { continue }
            let (taken, back) = (entries.filter { $0.amount > 0 }, entries.filter { $0.amount < 0 })
            let (sum, returned) = (taken.reduce(0) { $0 + $1.amount }, -back.reduce(0) { $0 + $1.amount })
            lines.append(
                Settlement.Line(
                    purse.id, taken: sum, taken.reduce(0) { $0 + $1.count }, back: returned, back.reduce(0) { $0 + $1.count },
                    yen: (sum - returned) * purse.worth))
            for entry in entries { days[entry.day, default: 0] += entry.amount * purse.worth }
        }
        let yen = lines.reduce(0) { $0 + $1.yen }
        return Settlement(
            party, from: from, to: to, lines, days: days.sorted { $0.key < $1.key }.map { Settlement.Day($0.key, $0.value) },
            fee: max(0, yen) * Int64(fee(of: party)) / 10_000)
    }

    /// In hundredths of a per cent.
    private func fee(of party: Party) -> Int {
        switch party.kind {
        case .shop: policy.shop(party.holder.named())?.fee ?? 0
        case .carrier: policy.carrier(party.holder.named())?.fee ?? 0
        default: 0
        }
    }

    private func firstDay(of party: Party, in turn: borrowing Turn) throws -> CalendarDate? {
        try policy.purses.compactMap { try Ledger.first(of: party.account($0.id), in: turn.db) }.min()?.date(turn.identity.offset)
    }

    /// Newest first.
    private func closed(
        _ party: Party, before: CalendarDate? = nil, limit: Int, in db: borrowing Transaction
    ) throws -> [Settlement] {
        try db.all(
            "SELECT row FROM settlement WHERE party = ?1 AND (?2 IS NULL OR first < ?2) ORDER BY first DESC LIMIT ?3", party.description,
            before?.description, limit
        ) { try $0.blob(0).decoded(as: Settlement.self) }
    }
}
