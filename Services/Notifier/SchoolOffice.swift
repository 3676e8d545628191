import Contracts
import ServiceKit
import Store

/// What is said beforehand: a child will not come (欠席連絡), a day is not as the calendar says.
extension Notifier {
    /// Who is away longer is reported again; a slip in the year is noticed.
    private static let longestAbsence = 100
    private static let farthestAbsence = 366

    func report(_ command: Envelope<ReportAbsence>, in turn: borrowing Turn) throws -> Reply<AbsenceReported> {
        try turn.obey {
            let school = try own(command.data.school, in: turn)
            return .accept(try take(command.data, at: school, cause: command.id, in: turn))
        }
    }

    /// - Parameter guardian: who says so at their own page.
    func take(
        _ wish: ReportAbsence, at school: School, by guardian: PersonID? = nil, cause: EventID, in turn: borrowing Turn
    ) throws -> AbsenceReported {
        let today = turn.now.date(turn.identity.offset)
        guard try isPupil(wish.person, of: school, in: turn.db) else {
            throw Objection("no-pupil", "\(wish.person) is no pupil of \(school.title), as far as the register says.")
        }
        guard wish.from <= wish.until else {
            throw Objection("bad-dates", "\(wish.from) is after \(wish.until). Name the first day and then the last.")
        }
        guard wish.until >= today else { throw Objection("over", "\(wish.until) is over. Absences are reported up to the day itself.") }
        // What is over stays as it was.
        let days = (0..<Self.longestAbsence).compactMap { max(wish.from, today).adding($0) }.prefix { $0 <= wish.until }
        guard let last = days.last, last == wish.until, let horizon = today.adding(Self.farthestAbsence), last <= horizon else {
            throw Objection(
                "too-long",
                "An absence is reported for at most \(Self.longestAbsence) days, and at most a year ahead. Look at the year of \(wish.until)."
            )
        }
        try wish.undo == true ? undo(wish, days, school, in: turn) : note(wish, days, school, in: turn)
        if wish.undo != true, wish.from <= today { try excuse(wish.person, at: school, on: today, by: cause, in: turn) }
        let ruling = AbsenceReported(wish, by: turn.actor, guardian: guardian)
        try turn.emit(ruling, on: .absences, cause: cause)
        return ruling
    }

    private func note(_ wish: ReportAbsence, _ days: some Sequence<CalendarDate>, _ school: School, in turn: borrowing Turn) throws {
        for day in days {
            try turn.db.run(
                "INSERT OR IGNORE INTO absence (school, person, date) VALUES (?, ?, ?)", school.id.text, wish.person.text, day.description)
        }
    }

    private func undo(_ wish: ReportAbsence, _ days: some Sequence<CalendarDate>, _ school: School, in turn: borrowing Turn) throws {
        var count = 0
        for day in days {
            count += try turn.db.run(
                "DELETE FROM absence WHERE school = ? AND person = ? AND date = ?", school.id.text, wish.person.text, day.description)
        }
        guard count > 0 else {
            throw Objection("no-absence", "\(wish.person) is not reported absent from \(wish.from) to \(wish.until).")
        }
    }

    func change(_ command: Envelope<ChangeSchoolDay>, in turn: borrowing Turn) throws -> Reply<SchoolDayChanged> {
        try turn.obey {
            let wish = command.data
            let school = try own(wish.school, in: turn)
            let date = wish.date
            let today = turn.now.date(turn.identity.offset)
            guard date >= today else { throw Objection("over", "\(date) is over.") }
            guard let horizon = today.adding(400), date < horizon else {
                throw Objection("too-far", "\(date) is more than a year away. Write it into the calendar of the town's file.")
            }
            let isClosed = wish.isClosed == true
            guard !isClosed || wish.from == nil && wish.until == nil else {
                throw Objection("bad-hours", "A day without school has no hours. Name hours or a closure, not both.")
            }
            try turn.db.run("DELETE FROM school_change WHERE school = ? AND date = ?", school.id.text, date.description)
            if isClosed || wish.from != nil || wish.until != nil {
                let change = SchoolDay.Change(isClosed: isClosed, from: wish.from, until: wish.until)
                let day = TownDay(date, turn.identity.offset)
                guard [wish.from, wish.until].allSatisfy({ $0.map { (0...1440).contains($0) } ?? true }),
                    isClosed || SchoolDay(of: school, on: day, change: change) != nil
                else {
                    throw Objection(
                        "bad-hours",
                        "School begins before it ends, both in minutes after midnight, 0 to 1440; where the calendar has no school on \(date), both must be named."
                    )
                }
                try turn.db.run(
                    "INSERT INTO school_change (school, date, closed, opens, closes) VALUES (?, ?, ?, ?, ?)", school.id.text,
                    date.description, isClosed, wish.from, wish.until)
            }
            // Asked anew; whoever was alarmed about is not alarmed about again.
            try turn.db.run("DELETE FROM school_day WHERE school = ? AND date = ?", school.id.text, date.description)
            try turn.db.run("DELETE FROM gate_mark WHERE school = ? AND date = ?", school.id.text, date.description)
            let ruling = SchoolDayChanged(wish, by: turn.actor)
            try turn.emit(ruling, on: .schoolDays, cause: command.id)
            return .accept(ruling)
        }
    }
}
