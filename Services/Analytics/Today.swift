import Contracts
import ServiceKit
import Store

/// How busy the houses of the town's file are, for everybody: told when it has changed, about once a second each at most.
extension Analytics {
    /// Seconds after which a number is too old to be believed. It is told again in half that time.
    private static let maxAge = 3600
    /// With the way to whoever reads it, a number is no more than a second behind.
    private static let pause = Duration.milliseconds(900)

    /// What was told of a house today.
    private struct Told {
        let house: House
        let isStale: Bool
        /// `nil`: nothing yet, or not to this broker.
        let at: Instant?
        let until: Instant?
        let busy: Busy

        /// When it is counted again.
        func due(_ facility: Facility) -> Instant? {
            guard let at else { return nil }
            return isStale ? at + pause : min(until ?? at + renewal, at + renewal)
        }
    }

    private static var renewal: Duration { .seconds(maxAge / 2) }

    private struct Busy: Equatable {
        var visits: Int
        var inside: Int
    }

    /// Tells what is due to be told.
    /// - Returns: when something is due next.
    func tellToday(in turn: borrowing Turn) throws -> Instant? {
        let today = day(of: turn.now, in: turn)
        var next = start(of: today.next, in: turn)
        let told = try told(on: today, in: turn.db)
        for facility in policy.facilities {
            let before = told[facility.id]
            var due = before?.due(facility)
            // Nothing has been told, it is time, or the clock was set back.
            if due.map({ $0 <= turn.now }) ?? true || before?.at.map({ $0 > turn.now }) ?? false {
                due = try tell(facility, before, on: today, in: turn)
            }
            if let due { next = min(next, due) }
        }
        return next
    }

    /// A broker may have forgotten what was told.
    func tellTodayAgain(in turn: borrowing Turn) throws {
        try turn.db.run("UPDATE house_day SET told = 0 WHERE day = ?", day(of: turn.now, in: turn).number)
    }

    private func tell(_ facility: Facility, _ before: Told?, on today: VisitDay, in turn: borrowing Turn) throws -> Instant {
        let house = try before?.house ?? house(facility, in: turn.db)
        let visits = try visits(on: today, at: house, in: turn.db)
        let (inside, until) = try inside(on: today, at: house, in: turn)
        let busy = Busy(visits: visits, inside: inside)
        let isNews = before?.at.map { busy != before?.busy || turn.now - $0 >= Self.renewal || $0 > turn.now } ?? true
        let at = isNews ? turn.now : before?.at ?? turn.now
        try turn.db.run(
            """
            INSERT INTO house_day (day, facility, stale, told, until, visits, inside) VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET stale = 0, told = ?3, until = ?4, visits = ?5, inside = ?6
            """, today.number, house.word, at.milliseconds, until?.milliseconds, visits, inside)
        if isNews {
            let state = FacilityToday(
                at: turn.now, day: today.date, visits: visits, inside: facility.counting == .arrivals ? nil : inside, maxAge: Self.maxAge)
            try turn.publishState(state, on: .facilitiesToday, about: facility.id.named())
        }
        return min(until ?? at + Self.renewal, at + Self.renewal)
    }

    private func told(on day: VisitDay, in db: borrowing Transaction) throws -> [FacilityID: Told] {
        var told: [FacilityID: Told] = [:]
        let rows = try db.all(
            "SELECT text, facility, stale, told, until, visits, inside FROM house_day JOIN word ON word.id = facility WHERE day = ?",
            day.number
        ) { row in
            (
                FacilityID(row.text(0)), row.int(1), row.int(2) != 0, row.int(3), row.intIfPresent(4),
                Busy(visits: Int(row.int(5)), inside: Int(row.int(6)))
            )
        }
        for (id, word, isStale, at, until, busy) in rows {
            guard let id, let facility = policy.facility(id) else { continue }
            told[id] = Told(
                house: House(word: word, facility: facility), isStale: isStale, at: at == 0 ? nil : Instant(milliseconds: at),
                until: until.map { Instant(milliseconds: $0) }, busy: busy)
        }
        return told
    }

    private func visits(on day: VisitDay, at house: House, in db: borrowing Transaction) throws -> Int {
        try db.first("SELECT count(*) FROM visit WHERE day = ? AND facility = ?", day.number, house.word) { Int($0.int(0)) } ?? 0
    }

    /// How many are inside, and when the first of them is taken to have left.
    private func inside(on day: VisitDay, at house: House, in turn: borrowing Turn) throws -> (count: Int, until: Instant?) {
        try turn.db.first(
            """
            SELECT count(*), min("left") FROM visit INDEXED BY visit_inside WHERE day = ? AND facility = ? AND marks & 2 AND "left" > ?
            """, day.number, house.word, turn.now.milliseconds
        ) { (Int($0.int(0)), $0.intIfPresent(1).map { Instant(milliseconds: $0) }) } ?? (0, nil)
    }
}
