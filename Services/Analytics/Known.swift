import Contracts
import Seal
import ServiceKit
import Store

/// What is known of somebody who agreed to be counted. Their cards are found by a blind index, so no token lies on the disk.
struct Known: Codable, Equatable {
    var ageBand: Int?
    var district: String?
    var residency: Residency?
    /// The day of visits on which they agreed, by its number: what was before stays nobody's.
    var since: Int64
    var visitor: VisitorID
}

extension Analytics {
    /// Whose card it is, by the token under either key.
    func known(_ tap: Tapped, on day: VisitDay, in db: borrowing Transaction) throws -> Known? {
        for token in [tap.token, tap.former].compactMap(\.self) {
            if let known = try known(by: card(token), in: db) { return known.since <= day.number ? known : nil }
        }
        return nil
    }

    private func known(by card: [UInt8], in db: borrowing Transaction) throws -> Known? {
        let sealed = try db.first("SELECT row FROM known WHERE card = ?", card) { $0.blob(0) }
        return try sealed.map { try db.open($0, Self.knownContext(card)).decoded() }
    }

    private func card(_ token: Token) -> [UInt8] { vault.blindIndex(Array(token.text.utf8), for: "card") }
    private func index(_ visitor: VisitorID) -> [UInt8] { vault.blindIndex(Array(visitor.text.utf8), for: "visitor") }

    /// Somebody agreed, has other cards, or does not agree any more.
    func learn(_ event: Envelope<VisitView>, in turn: borrowing Turn) throws {
        let view = event.data
        guard event.subject == view.visitor.text else { throw Misfiled() }
        let first = try turn.db.first("SELECT card FROM known WHERE visitor = ?", index(view.visitor)) { $0.blob(0) }
        let before = try first.flatMap { try known(by: $0, in: turn.db) }
        try forgetCards(of: view.visitor, in: turn.db)
        guard let tokens = view.tokens else { return try release(view.visitor, in: turn) }
        let agreed = day(of: event.time, in: turn)
        let new = Known(
            ageBand: view.ageBand, district: view.district, residency: view.residency, since: before?.since ?? agreed.number,
            visitor: view.visitor)
        let row = try new.json()
        for token in tokens {
            let card = self.card(token)
            try turn.db.run(
                "INSERT OR REPLACE INTO known (card, visitor, row) VALUES (?, ?, ?)", card, index(view.visitor),
                turn.db.close(row, Self.knownContext(card)))
        }
        for (date, house) in try houseDays(from: max(agreed, firstOpenDay(in: turn)), in: turn.db) {
            try claim(tokens, for: new, on: date, at: house, in: turn)
        }
    }

    /// Nothing can be said of the visitor until the directory does again.
    func drop(_ key: String, in turn: borrowing Turn) throws {
        guard let visitor = VisitorID(key) else { return }
        try forgetCards(of: visitor, in: turn.db)
    }

    private func forgetCards(of visitor: VisitorID, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM known WHERE visitor = ?", index(visitor))
    }

    /// The cards were held on that day before they were known here: one person came, not one before and another after.
    private func claim(_ tokens: [Token], for known: Known, on day: VisitDay, at house: House, in turn: borrowing Turn) throws {
        let key = try key(of: day.month, in: turn.db)
        let who = pseudonym(of: known.visitor, key: key)
        for token in tokens {
            let before = pseudonym(of: token, on: day, at: house.facility.id, key: key)
            let moved = try turn.db.run(
                "UPDATE OR IGNORE tap SET who = ? WHERE day = ? AND facility = ? AND who = ?", who, day.number, house.word, before)
            guard moved > 0 else { continue }
            try turn.db.run("DELETE FROM visit WHERE day = ? AND facility = ? AND who = ?", day.number, house.word, before)
            // They may all be in visits that are there already, and then the fold changes nothing.
            try noteStale(day, at: house, in: turn)
        }
        try fold(VisitKey(day: day, house: house, who: who), as: known, in: turn)
    }

    /// Visits of somebody who agrees no more become nobody's, each of its own: they count as visits, and nothing says that two were of one person.
    private func release(_ visitor: VisitorID, in turn: borrowing Turn) throws {
        for month in try keptMonths(in: turn.db) {
            let who = pseudonym(of: visitor, key: try key(of: month, in: turn.db))
            try releaseRides(of: who, in: month, turn.db)
            for (day, house) in try houseDays(from: VisitDay(number: 0), in: turn.db) where day.month == month {
                let nobody = try drawnPseudonym()
                let released = try turn.db.run(
                    """
                    UPDATE visit SET who = ?, marks = marks & ~1, age = NULL, district = NULL, residency = NULL
                    WHERE day = ? AND facility = ? AND who = ?
                    """, nobody, day.number, house.word, who)
                guard released > 0 else { continue }
                try turn.db.run(
                    "UPDATE tap SET who = ? WHERE day = ? AND facility = ? AND who = ?", nobody, day.number, house.word, who)
            }
        }
    }
}
