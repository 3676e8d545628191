import Contracts
import ServiceKit
import Store

/// Figures are shown as they were made.
extension Analytics {
    func list(_ command: Envelope<ListFigures>, in turn: borrowing Turn) throws -> Reply<FiguresList> {
        let figures = try turn.db.all(
            """
            SELECT month, revision, at, visits, late FROM figures
            WHERE month IN (SELECT DISTINCT month FROM figures ORDER BY month DESC LIMIT 60) ORDER BY month DESC, revision DESC LIMIT 200
            """, read: Self.figures)
        let waiting = try turn.db.all(
            "SELECT month, visits FROM late WHERE visits > 0 AND month IN (SELECT month FROM figures) ORDER BY month DESC"
        ) { row in Month(number: Int(row.int(0))).map { FiguresList.Waiting($0, Int(row.int(1))) } }
        return .accept(FiguresList(figures.compactMap(\.self), waiting: waiting.compactMap(\.self)))
    }

    func show(_ command: Envelope<ShowTable>, in turn: borrowing Turn) throws -> Reply<TableAnswer> {
        let wish = command.data
        return try turn.obey {
            let (figures, row) = try figure(wish.table.rawValue, of: wish.month, wish.revision, in: turn)
            let (page, more) = Self.page(of: try row.decoded(), after: max(0, wish.after ?? 0))
            return .accept(TableAnswer(page, figures, more: more))
        }
    }

    func show(_ command: Envelope<ShowSummary>, in turn: borrowing Turn) throws -> Reply<SummaryAnswer> {
        let wish = command.data
        return try turn.obey {
            let (figures, row) = try figure("summary", of: wish.month, wish.revision, in: turn)
            let (page, next) = Self.page(of: try row.decoded(), after: wish.after)
            return .accept(SummaryAnswer(page, figures, next: next))
        }
    }

    /// An answer stays below 32 KiB: a number takes ten bytes at the most, the name of a house seventy.
    private static func page(of table: FigureTable, after count: Int) -> (FigureTable, more: Bool) {
        let heads = table.columns.reduce(0) { $0 + $1.utf8.count + 16 }
        let most = max(1, (28_000 - heads) / (table.columns.count * 10 + 100))
        let range = min(count, table.rows.count)..<min(count + most, table.rows.count)
        var page = table
        (page.rows, page.cells, page.rowTotals) = (Array(table.rows[range]), Array(table.cells[range]), Array(table.rowTotals[range]))
        return (page, range.upperBound < table.rows.count)
    }

    /// Thirty houses; what is of no house on the first page.
    private static func page(of summary: MonthSummary, after last: FacilityID?) -> (MonthSummary, next: FacilityID?) {
        let all = Set(
            summary.dwell.map(\.facility) + summary.frequency.map(\.facility) + summary.counts.map(\.facility)
                + (summary.received ?? []).map(\.facility)
        ).sorted()
        let left = all.filter { id in last.map { id > $0 } ?? true }
        let here = Set(left.prefix(30))
        var page = summary
        page.dwell.removeAll { !here.contains($0.facility) }
        page.frequency.removeAll { !here.contains($0.facility) }
        page.counts.removeAll { !here.contains($0.facility) }
        page.received?.removeAll { !here.contains($0.facility) }
        if last != nil { (page.shared, page.funnels, page.indicators, page.marks.odd) = ([], [], [], []) }
        page.marks.odd = Array(page.marks.odd.prefix(50))
        return (page, left.count > 30 ? here.max() : nil)
    }

    private func figure(
        _ name: String, of month: Month, _ revision: Int?, in turn: borrowing Turn
    ) throws -> (FiguresOfMonth, row: [UInt8]) {
        let newest = try turn.db.first(
            "SELECT month, revision, at, visits, late FROM figures WHERE month = ? ORDER BY revision DESC LIMIT 1", month.number,
            read: Self.figures)
        guard let newest, let newest else { throw Objection("no-figures", try whyNone(of: month, in: turn)) }
        let wanted = revision ?? newest.revision
        let found = try turn.db.first(
            """
            SELECT month, revision, at, visits, late, row FROM figures JOIN figure USING (month, revision)
            WHERE month = ? AND revision = ? AND name = ?
            """, month.number, wanted, name
        ) { (Self.figures($0), $0.blob(5)) }
        guard let found, let figures = found.0 else {
            throw Objection(
                "no-revision", "There is no revision \(wanted) of the figures of \(month): the newest is \(newest.revision).")
        }
        return (figures, found.1)
    }

    private func whyNone(of month: Month, in turn: borrowing Turn) throws -> String {
        guard let due = closing(of: month, turn.identity.offset) else { return "\(month) is beyond the calendar." }
        guard due <= turn.now else {
            return "There are no figures of \(month) yet: they are made at \(due.rfc3339(turn.identity.offset))."
        }
        return try hasVisits(month, in: turn.db)
            ? "The figures of \(month) are being made. Ask again in a minute."
            : "There are no figures of \(month): no visit of it is known."
    }

    private static func figures(_ row: Row) -> FiguresOfMonth? {
        Month(number: Int(row.int(0))).map {
            FiguresOfMonth(
                $0, revision: Int(row.int(1)), at: Instant(milliseconds: row.int(2)), visits: Int(row.int(3)), late: Int(row.int(4)))
        }
    }
}
