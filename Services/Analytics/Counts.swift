import Contracts
import ServiceKit
import Store

/// What others have counted: sensors above doors, hands, names on paper. Kept beside the visits and never added to them.
extension Analytics {
    /// The hour of a count that is of the whole day.
    private static let wholeDay: Int64 = -1

    func put(_ command: Envelope<PutCounts>, in turn: borrowing Turn) throws -> Reply<CountsTaken> {
        try turn.obey {
            let counts = command.data.counts
            guard counts.count <= PutCounts.most else {
                throw Objection("too-many", "\(counts.count) counts at once, and \(PutCounts.most) are the most. Send them in parts.")
            }
            for count in counts { try check(count, in: turn) }
            var changed = 0
            for count in counts where try take(count, in: turn.db) { changed += 1 }
            if !counts.isEmpty { try turn.emit(CountsPut(counts, by: turn.actor), on: .counts, cause: command.id) }
            return .accept(CountsTaken(taken: counts.count, changed: changed))
        }
    }

    private func check(_ count: Counted, in turn: borrowing Turn) throws {
        guard policy.facility(count.facility) != nil else { throw unknown(count.facility) }
        let what = "\(count.facility) on \(count.day)"
        guard (0...Counted.most).contains(count.count) else {
            throw Objection("wrong-count", "\(what): \(count.count) is no number of people. Give 0 to \(Counted.most).")
        }
        guard count.hour.map((0...23).contains) ?? true else {
            throw Objection("wrong-hour", "\(what): there is no hour \(count.hour ?? 0). Give 0 to 23, or none for the whole day.")
        }
        guard count.day <= turn.now.date(turn.identity.offset) else {
            throw Objection("future", "\(what): that day has not come yet. Nothing was taken; correct the day.")
        }
        guard VisitDay(count.day) >= firstKeptDay(in: turn) else {
            let days = policy.keeps.milliseconds / 86_400_000
            throw Objection("not-kept", "\(what): counts are kept for \(days) days. Nothing was taken; correct the day or leave it out.")
        }
    }

    /// - Returns: whether it was said otherwise before.
    private func take(_ count: Counted, in db: borrowing Transaction) throws -> Bool {
        let (day, house) = (VisitDay(count.day).number, try word(count.facility.text, in: db))
        let hour = count.hour.map(Int64.init) ?? Self.wholeDay
        let before = try db.first(
            "SELECT count FROM counted WHERE day = ? AND facility = ? AND hour = ? AND source = ?", day, house, hour, count.source.rawValue
        ) { Int($0.int(0)) }
        try db.run(
            "INSERT OR REPLACE INTO counted (day, facility, hour, source, count) VALUES (?, ?, ?, ?, ?)", day, house, hour,
            count.source.rawValue, count.count)
        return before.map { $0 != count.count } ?? false
    }

    /// By source: what was said of the whole day, or else the hours together.
    func counts(of house: House, on day: VisitDay, in db: borrowing Transaction) throws -> [FacilityDay.Count] {
        try db.all(
            """
            SELECT source, coalesce(max(CASE WHEN hour = -1 THEN count END), sum(count)) FROM counted
            WHERE day = ? AND facility = ? GROUP BY source ORDER BY source
            """, day.number, house.word
        ) { row in CountSource(rawValue: row.text(0)).map { FacilityDay.Count($0, Int(row.int(1))) } }
        .compactMap(\.self)
    }
}
