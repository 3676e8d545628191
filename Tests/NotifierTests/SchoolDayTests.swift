import Contracts
import Testing

@testable import Notifier

/// When a school's day begins and ends.
@Suite struct SchoolDayTests {
    private static var school: School {
        var week: [Weekday: [Schedule.Hours]] = [:]
        for day in [Weekday.monday, .tuesday, .wednesday, .thursday, .friday] { week[day] = [510..<720, 780..<930] }
        let terms = [DateSpan("04-06..07-20"), DateSpan("09-01..12-24")].compactMap(\.self)
        var school = School(
            "east", title: "東小学校", schedule: Schedule("school", week: week, onHolidays: .closed, terms: terms), gates: ["east-gate"])
        school.closures = [DateSpan("2026-11-25")].compactMap(\.self)
        return school
    }

    private static func hours(_ date: CalendarDate, _ change: SchoolDay.Change? = nil) -> [Int64]? {
        let start = Instant(startOf: date)
        return SchoolDay(of: school, on: TownDay(date, .japan), change: change).map { day in
            [day.due, day.end].map { ($0 - start).milliseconds / 60_000 }
        }
    }

    @Test(
        "From the first opening to the end of the last; none at a weekend, on a holiday, between terms or when closed",
        arguments: [
            ("2026-11-24", [510, 930]), ("2026-11-22", nil), ("2026-11-23", nil), ("2026-08-05", nil), ("2026-11-25", nil),
        ] as [(CalendarDate, [Int64]?)])
    func calendar(date: CalendarDate, hours: [Int64]?) { #expect(Self.hours(date) == hours) }

    @Test("What is said of one day goes before the calendar, hour by hour")
    func changed() {
        #expect(Self.hours("2026-11-24", .init(isClosed: true)) == nil)
        #expect(Self.hours("2026-11-24", .init(from: 630)) == [630, 930])
        #expect(Self.hours("2026-11-24", .init(until: 690)) == [510, 690])
        #expect(Self.hours("2026-11-28", .init(from: 540, until: 690)) == [540, 690], "a Saturday on which parents look on")
        #expect(Self.hours("2026-11-28", .init(from: 540)) == nil)
        #expect(Self.hours("2026-11-24", .init(from: 930)) == nil)
    }
}
