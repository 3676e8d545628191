import Contracts
import ServiceKit
import Store

/// Figures are made some days after a month's end, and anew when enough was heard late; never because somebody asks.
extension Analytics {
    /// Visits counted in a turn.
    private static let slice = 5000
    private static let lookEvery = Duration.seconds(60)

    /// When a month's figures are made: once its last day of visits is over, and days more for what comes late.
    func closing(of month: Month, _ offset: UTCOffset) -> Instant? {
        month.adding(1).map {
            Instant(startOf: $0.first, offset) + .seconds(Int64(policy.dayStarts) * 60) + .seconds(Int64(policy.closesAfter) * 86_400)
        }
    }

    func makeFigures(in turn: borrowing Turn) throws -> Instant? {
        if figuresInHand.work == nil {
            let next = figuresInHand.nextLook
            guard next <= turn.now || next > turn.now + Self.lookEvery else { return next }
            guard let work = try nextFigures(in: turn) else {
                figuresInHand.nextLook = turn.now + Self.lookEvery
                return figuresInHand.nextLook
            }
            figuresInHand.work = work
        }
        guard !turn.isAwaited, var work = figuresInHand.work else { return turn.now }
        // Nothing else may hold the counts, or each turn copies them.
        figuresInHand.work = nil
        if work.tables == nil {
            if try !countSlice(of: &work, in: turn.db) {
                work.count.steps.endDay()
                work.tables = MonthTables(work.count, before: try tables(of: work.month, revision: work.revision - 1, in: turn.db))
            }
            figuresInHand.work = work
        } else if work.tables?.makeNext() == true {
            if let table = work.tables?.newest { try write(table, of: work, in: turn.db) }
            figuresInHand.work = work
        } else {
            try write(work, in: turn)
        }
        return turn.now
    }

    /// The oldest month whose figures are due.
    private func nextFigures(in turn: borrowing Turn) throws -> FiguresInHand.Work? {
        guard let first = try turn.db.first("SELECT day FROM visit ORDER BY day LIMIT 1", read: { $0.int(0) }) else { return nil }
        var month: Month? = Month(of: Instant(milliseconds: first * 86_400_000).date(.utc))
        while let candidate = month, let due = closing(of: candidate, turn.identity.offset), due <= turn.now {
            if let work = try work(on: candidate, in: turn) { return work }
            month = candidate.adding(1)
        }
        return nil
    }

    private func work(on month: Month, in turn: borrowing Turn) throws -> FiguresInHand.Work? {
        let revision =
            try turn.db.first(
                "SELECT revision FROM figures WHERE month = ? ORDER BY revision DESC LIMIT 1", month.number
            ) { Int($0.int(0)) } ?? 0
        let late = try turn.db.first("SELECT visits FROM late WHERE month = ?", month.number) { Int($0.int(0)) } ?? 0
        let count = MonthCount(of: month, policy: policy, offset: turn.identity.offset)
        if revision > 0 {
            guard late >= policy.smallest else { return nil }
        } else {
            guard try hasVisits(month, in: turn.db) else { return nil }
        }
        return FiguresInHand.Work(
            month: month, revision: revision + 1, late: late, count: count,
            last: (count.firstDay - 1, .max, .max, .max))
    }

    func hasVisits(_ month: Month, in db: borrowing Transaction) throws -> Bool {
        let first = MonthCount.number(of: month.first)
        return try db.first("SELECT 1 FROM visit WHERE day >= ? AND day < ? LIMIT 1", first, first + month.days.count) { _ in true }
            ?? false
    }

    /// - Returns: whether there may be more.
    private func countSlice(of work: inout FiguresInHand.Work, in db: borrowing Transaction) throws -> Bool {
        let newest = work.words.keys.max() ?? 0
        for word in try db.all("SELECT id, text FROM word WHERE id > ?", newest, read: { ($0.int(0), $0.text(1)) }) {
            work.words[word.0] = word.1
        }
        let (end, last) = (work.count.firstDay + work.count.days.count, work.last)
        if let day = work.rideDay {
            for ride in try rides(on: day, in: db) { work.count.take(ride, words: work.words) }
            work.rideDay = day + 1
            return day + 1 < end
        }
        let read = try db.all(
            """
            SELECT day, facility, who, n, came, "left", marks, purpose, age, district, residency FROM visit
            WHERE (day, facility, who, n) > (?, ?, ?, ?) AND day < ? ORDER BY day, facility, who, n LIMIT ?
            """, last.day, last.facility, last.who, last.n, end, Self.slice
        ) { row in
            work.last = (Int(row.int(0)), row.int(1), row.int(2), Int(row.int(3)))
            work.count.take(
                MonthCount.Visit(
                    day: Int(row.int(0)), house: row.int(1), who: row.int(2), came: row.intIfPresent(4), left: row.intIfPresent(5),
                    marks: row.int(6), purpose: row.int(7), age: row.intIfPresent(8), district: row.intIfPresent(9),
                    residency: row.intIfPresent(10)),
                words: work.words)
        }.count
        if read < Self.slice { work.rideDay = work.count.firstDay }
        return true
    }

    /// Nobody is shown it before the month's figures stand beside it; after a restart it is made anew.
    private func write(_ table: FigureTable, of work: FiguresInHand.Work, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO figure (month, revision, name, row) VALUES (?, ?, ?, ?)", work.month.number, work.revision,
            table.name.rawValue, try table.json())
    }

    private func write(_ work: FiguresInHand.Work, in turn: borrowing Turn) throws {
        guard let tables = work.tables?.made, let days = tables[.days] else { return }
        let figures = FiguresOfMonth(
            work.month, revision: work.revision, at: turn.now, visits: days.total, late: work.revision == 1 ? 0 : work.late)
        let number = work.month.number
        try turn.db.run(
            "INSERT INTO figures (month, revision, at, visits, late) VALUES (?, ?, ?, ?, ?)", number, figures.revision,
            figures.at.milliseconds, figures.visits, figures.late)
        try turn.db.run(
            "INSERT INTO figure (month, revision, name, row) VALUES (?, ?, 'summary', ?)", number, figures.revision,
            try summary(work, tables, in: turn.db).json())
        try turn.db.run("UPDATE late SET visits = visits - ? WHERE month = ?", work.late, number)
        try turn.db.run("DELETE FROM late WHERE month = ? AND visits <= 0", number)
        try turn.emitTimed(FiguresMade(figures), on: .figures, identity: "\(work.month)/\(figures.revision)", due: turn.now)
    }

    private func summary(
        _ work: FiguresInHand.Work, _ tables: [FigureTable.Name: FigureTable], in db: borrowing Transaction
    ) throws -> MonthSummary {
        let (first, end) = (work.count.firstDay, work.count.firstDay + work.count.days.count)
        let counts = try db.all(
            """
            SELECT word.text, source, sum(count) FROM (
                SELECT facility, source, coalesce(max(CASE WHEN hour = -1 THEN count END), sum(count)) AS count FROM counted
                WHERE day >= ? AND day < ? GROUP BY day, facility, source
            ) JOIN word ON word.id = facility GROUP BY word.text, source ORDER BY word.text, source
            """, first, end
        ) { row in CountSource(rawValue: row.text(1)).map { MonthSummary.FacilityCount(FacilityID(row.text(0))!, $0, Int(row.int(2))) } }
        let unlocked =
            try db.first(
                "SELECT ifnull(sum(count), 0), ifnull(sum(count) FILTER (WHERE means = 'card'), 0) FROM unlocked WHERE day >= ? AND day < ?",
                first, end
            ) { (Int($0.int(0)), Int($0.int(1))) } ?? (0, 0)
        let odd = try db.all(
            """
            SELECT reason, word.text, sum(count) FROM odd JOIN word ON word.id = agent WHERE day >= ? AND day < ?
            GROUP BY reason, word.text ORDER BY reason, word.text
            """, first, end
        ) { row in OddTaps.Reason(rawValue: row.text(0)).map { OddTaps($0, AgentID(row.text(1))!, Int(row.int(2))) } }
        var making = SummaryMaking(
            work.count, tables, policy: policy, counts: counts.compactMap(\.self), unlocked: unlocked.0, byCard: unlocked.1,
            received: try received(from: first, before: end, in: db))
        return making.summary(odd: odd.compactMap(\.self))
    }

    private func tables(of month: Month, revision: Int, in db: borrowing Transaction) throws -> [FigureTable.Name: FigureTable] {
        let rows = try db.all("SELECT name, row FROM figure WHERE month = ? AND revision = ?", month.number, revision) {
            ($0.text(0), $0.blob(1))
        }
        var tables: [FigureTable.Name: FigureTable] = [:]
        for (name, row) in rows {
            guard let name = FigureTable.Name(rawValue: name) else { continue }
            tables[name] = try row.decoded()
        }
        return tables
    }

    /// Figures of more than sixty months ago.
    func forgetFigures(in turn: borrowing Turn) throws {
        let before = Month(of: turn.now.date(turn.identity.offset)).number - 60
        try turn.db.run("DELETE FROM figure WHERE month < ?", before)
        try turn.db.run("DELETE FROM figures WHERE month < ?", before)
    }
}

extension Month {
    /// As tables have it.
    var number: Int { year * 12 + month - 1 }

    init?(number: Int) { self.init(year: number / 12, month: number % 12 + 1) }
}
