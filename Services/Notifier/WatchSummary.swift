import Contracts
import Seal
import ServiceKit
import Store

/// On the first of each month at nine the family hears on how many days of the month before a card was held: when all is quiet, too, so that they know that
/// it works.
extension Notifier {
    private static let atOnce = 300

    func summarize(in turn: borrowing Turn) throws -> Instant? {
        guard try turn.db.first("SELECT 1 FROM watch LIMIT 1", read: { _ in }) != nil else { return nil }
        let offset = turn.identity.offset
        let today = turn.now.date(offset)
        guard let first = CalendarDate(year: today.year, month: today.month, day: 1), let before = first.adding(-1),
            let next = first.adding(31).flatMap({ CalendarDate(year: $0.year, month: $0.month, day: 1) })
        else { return nil }
        let nine = Duration.seconds(9 * 3600)
        let (start, month) = (Instant(startOf: first, offset) + nine, String(first.description.prefix(7)))
        let round = try turn.db.first("SELECT month, cursor FROM watch_round") { ($0.text(0), $0.textIfPresent(1)) }
        // A clock that was set back does not begin a month again.
        if let round, round.0 > month || round.0 == month && round.1 == nil { return Instant(startOf: next, offset) + nine }
        guard turn.now >= start else { return start }
        guard !turn.isAwaited else { return turn.now }
        // A clock that leaps does not begin one either: a machine that is heard must be in it, too.
        guard try turn.db.first("SELECT 1 FROM gate WHERE through >= ?", start.milliseconds, read: { _ in }) != nil else {
            return turn.now + .seconds(300)
        }
        let people = try turn.db.all(
            "SELECT person FROM watch WHERE person > ? ORDER BY person LIMIT ?", round?.0 == month ? round?.1 ?? "" : "", Self.atOnce
        ) { PersonID($0.text(0)) }.compactMap(\.self)
        for person in people { try summarize(person, before, started: start, in: turn) }
        try turn.db.run("DELETE FROM watch_round")
        try turn.db.run(
            "INSERT INTO watch_round (month, cursor) VALUES (?, ?)", month, people.count < Self.atOnce ? nil : people.last?.text)
        return turn.now
    }

    /// - Parameter last: the last day of the month it is about.
    private func summarize(_ person: PersonID, _ last: CalendarDate, started: Instant, in turn: borrowing Turn) throws {
        let month = Instant(startOf: last.adding(1) ?? last, turn.identity.offset)
        guard let watch = try watch(of: person, in: turn.db), watch.begun < month, watch.stage != .paused else { return }
        let days = try turn.db.first(
            "SELECT days FROM watch_month WHERE person = ? AND month = ?", person.text, last.monthNumber
        ) { $0.int(0).nonzeroBitCount }
        var news = News(
            word: .watchSummary, kind: .silence, about: .derived(ofType: "watch-summary", identity: person.text, at: started),
            subject: person, at: turn.now, urgency: .bulk)
        (news.values.days, news.values.month, news.values.since) = (days ?? 0, last.month, watch.last)
        for listener in try family(of: watch, in: turn) { try tell(news, to: .person(listener), in: turn) }
    }
}
