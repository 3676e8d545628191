import Contracts
import ServiceKit
import Store

/// When pupils should have come, and when school is over: by the calendar, or as was said of this day alone. There is none on a day without school.
struct SchoolDay: Equatable {
    let due: Instant
    let end: Instant

    /// What is said of one day: no school, or other hours, in minutes after midnight.
    struct Change: Equatable {
        var isClosed = false
        var from: Int?
        var until: Int?
    }

    init?(of school: School, on day: TownDay, change: Change? = nil) {
        let isOff = !school.schedule.ignoresClosures && school.closures.contains { $0.contains(day.date) }
        let hours = isOff ? [] : school.schedule.hours(on: day)
        guard change?.isClosed != true, let from = change?.from ?? hours.first?.lowerBound,
            let until = change?.until ?? hours.last?.upperBound, from < until
        else { return nil }
        let slot = day.slot(from..<until)
        (due, end) = (slot.lowerBound, slot.upperBound)
    }
}

extension Notifier {
    func schoolDay(of school: School, on date: CalendarDate, in turn: borrowing Turn) throws -> SchoolDay? {
        let change = try turn.db.first(
            "SELECT closed, opens, closes FROM school_change WHERE school = ? AND date = ?", school.id.text, date.description
        ) { SchoolDay.Change(isClosed: $0.int(0) == 1, from: $0.intIfPresent(1).map(Int.init), until: $0.intIfPresent(2).map(Int.init)) }
        return SchoolDay(of: school, on: TownDay(date, turn.identity.offset), change: change)
    }

    func isAbsent(_ person: PersonID, from school: School, on date: CalendarDate, in db: borrowing Transaction) throws -> Bool {
        try db.first(
            "SELECT 1 FROM absence WHERE school = ? AND person = ? AND date = ?", school.id.text, person.text, date.description,
            read: { _ in }) != nil
    }
}
