/// A month of the Gregorian calendar, years 1 to 9999.
package struct Month: Hashable, Sendable, Comparable, WrittenAsText, ExpressibleByStringLiteral {
    package let year: Int
    package let month: Int

    package init?(year: Int, month: Int) {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        (self.year, self.month) = (year, month)
    }

    package init(of date: CalendarDate) { (year, month) = (date.year, date.month) }

    package static var form: String { "a month as 2026-11" }
    package static var pattern: String { "^[0-9]{4}-(0[1-9]|1[0-2])$" }
    package static var sample: String { "1970-01" }

    /// `2026-11` (ISO 8601) and no other form.
    package init?(_ text: some StringProtocol) {
        guard let date = CalendarDate("\(text)-01") else { return nil }
        self.init(of: date)
    }

    /// For months written in the source. A wrong one is our mistake.
    package init(stringLiteral text: String) {
        guard let month = Self(text) else { preconditionFailure("\"\(text)\" is not a month: write it as 2026-11") }
        self = month
    }

    package var description: String { String(first.description.dropLast(3)) }
    package static func < (a: Self, b: Self) -> Bool { (a.year, a.month) < (b.year, b.month) }

    package var first: CalendarDate { CalendarDate(year: year, month: month, day: 1)! }

    /// - Returns: `nil` beyond the calendar.
    package func adding(_ months: Int) -> Month? {
        let all = year * 12 + month - 1 + months
        return all < 12 ? nil : Month(year: all / 12, month: all % 12 + 1)
    }

    /// Its days, in order.
    package var days: [CalendarDate] { (1...31).compactMap { CalendarDate(year: year, month: month, day: $0) } }
}
