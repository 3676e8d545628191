import Contracts
import ServiceKit
import Store

/// Who was received without a card: by name, by ticket, on paper. Whoever held one is a visit already, so of a reception nothing else is taken.
extension Analytics {
    /// A reception says what it has come to, all its days together. What is new in it is of the day on which it was said; after the reception was closed, as
    /// with paper that is counted the next morning, of the last day on which it was open.
    func receive(_ state: Envelope<ReceptionCount>, _: Topic, in turn: borrowing Turn) throws {
        let (said, at) = (state.data, min(state.data.at, turn.now))
        let reception = try word(said.reception.text, in: turn.db)
        let newest = try turn.db.first("SELECT day, at, total FROM received WHERE reception = ? ORDER BY day DESC LIMIT 1", reception) {
            (day: VisitDay(number: $0.int(0)), at: $0.int(1), total: $0.int(2))
        }
        let today = day(of: at, in: turn)
        let day = said.stage == .open ? today : newest?.day ?? today
        // It is retained, and so heard again at each start.
        guard at.milliseconds >= newest?.at ?? 0, day >= firstKeptDay(in: turn) else { return }
        try turn.db.run(
            """
            INSERT INTO received (reception, day, at, before, total) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET at = ?3, total = ?5
            """, reception, day.number, at.milliseconds, newest?.total ?? 0, said.withoutCard)
    }

    /// Of a month, by reception; those of whom nobody was received without a card are left out.
    func received(from first: Int, before end: Int, in db: borrowing Transaction) throws -> [ReceptionID: Int] {
        let sums = try db.all(
            """
            SELECT text, sum(total - before) FROM received JOIN word ON word.id = reception WHERE day >= ? AND day < ? GROUP BY text
            """, first, end
        ) { (ReceptionID($0.text(0))!, max(0, Int($0.int(1)))) }
        return Dictionary(uniqueKeysWithValues: sums.filter { $0.1 > 0 })
    }
}

extension ReceptionCount {
    /// A card that became known too late is a visit, and whoever held it stands on paper.
    fileprivate var withoutCard: Int { byName + byTicket + max(0, paper - late) }
}
