/// Days from one to another, both included: once, or in every year.
package enum DateSpan: Hashable, Sendable {
    case once(CalendarDate, CalendarDate)
    /// Each as month × 100 + day; over the turn of the year where the first is the later one.
    case yearly(Int, Int)

    /// `2026-12-01..2026-12-14`, `12-29..01-03` for every year, or a single day of either form.
    package init?(_ text: String) {
        let ends = text.split(separator: ".", omittingEmptySubsequences: false)
        guard ends.count == 1 || ends.count == 3 && ends[1].isEmpty, let first = ends.first, let last = ends.last else { return nil }
        if let from = CalendarDate(first), let to = CalendarDate(last), from <= to {
            self = .once(from, to)
        } else if let from = Self.yearly(first), let to = Self.yearly(last) {
            self = .yearly(from, to)
        } else {
            return nil
        }
    }

    /// 29 February counts, in the years that have one.
    private static func yearly(_ text: Substring) -> Int? { CalendarDate("2000-\(text)").map(ordinal) }
    private static func ordinal(_ day: CalendarDate) -> Int { day.month * 100 + day.day }

    package func contains(_ day: CalendarDate) -> Bool {
        switch self {
        case .once(let from, let to): from <= day && day <= to
        case .yearly(let from, let to) where from <= to: (from...to).contains(Self.ordinal(day))
        case .yearly(let from, let to): Self.ordinal(day) >= from || Self.ordinal(day) <= to
        }
    }
}
