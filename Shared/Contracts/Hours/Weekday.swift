/// A day of the week; it begins on Monday (ISO 8601).
package enum Weekday: Int, Sendable, CaseIterable, Comparable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// As it stands in a town's file: `mon`.
    package var short: String { ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][rawValue] }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension CalendarDate {
    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let day = (days(year: year, month: month, day: day) + 3).quotientAndRemainder(dividingBy: 7).remainder
        return Weekday.allCases[Int(day < 0 ? day + 7 : day)]
    }

    /// So many days later; nil beyond the years 1 to 9999.
    package func adding(_ count: Int) -> CalendarDate? {
        let (year, month, day) = civil(days: days(year: year, month: month, day: day) + Int64(count))
        return CalendarDate(year: Int(year), month: Int(month), day: Int(day))
    }
}
