import Contracts
import ServiceKit
import Store

/// Figures are shown as they were made.
extension Analytics {
    func list(_ command: Envelope<ListFigures>, in turn: borrowing Turn) throws -> Reply<FiguresList> {
        let figures = try turn.db.all(
            """
            SELECT month, revision, at, visits, late FROM figures
            WHERE month IN (SELECT DISTINCT month FROM figures ORDER BY month DESC LIMIT 60) ORDER BY month DESC, revision DESC
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
            return .accept(TableAnswer(try row.decoded(), figures))
        }
    }

    func show(_ command: Envelope<ShowSummary>, in turn: borrowing Turn) throws -> Reply<SummaryAnswer> {
        let wish = command.data
        return try turn.obey {
            let (figures, row) = try figure("summary", of: wish.month, wish.revision, in: turn)
            return .accept(SummaryAnswer(try row.decoded(), figures))
        }
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
