/// A day of the Gregorian calendar, reaching back before its introduction; years 1 to 9999.
///
/// 9999-12-31 is a day like others: registers write it where no end is known.
package struct CalendarDate: Hashable, Sendable, Comparable, WrittenAsText, ExpressibleByStringLiteral {
    package let year: Int
    package let month: Int
    package let day: Int

    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...daysIn(month: month, of: year)).contains(day) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    package static var form: String { "a date as 2026-11-21" }
    // Which days a month has, the pattern leaves to the reader.
    package static var pattern: String { "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" }
    package static var sample: String { "1970-01-01" }

    /// `2026-11-21` (ISO 8601) and no other form.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = decimal(bytes[0...3]), let month = decimal(bytes[5...6]), let day = decimal(bytes[8...9])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// For dates written in the source. A wrong one is our mistake.
    package init(stringLiteral text: String) {
        guard let date = Self(text) else { preconditionFailure("\"\(text)\" is not a date: write it as 2026-11-21") }
        self = date
    }

    package var description: String { String(unsafeUninitializedCapacity: 10) { spell(in: $0) } }

    package func write(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { text in
            _ = spell(in: text)
            out.append(contentsOf: text)
        }
    }

    private func spell(in text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        Contracts.spell(Int64(year), in: text[0..<4])
        Contracts.spell(Int64(month), in: text[5..<7])
        Contracts.spell(Int64(day), in: text[8..<10])
        (text[4], text[7]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
        return 10
    }

    package static func < (a: Self, b: Self) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }

    /// Whole years from this day of birth to `day`, counted on birthdays as people do; below zero before the birth.
    ///
    /// By law the year is complete when the day *before* the birthday ends (年齢計算ニ関スル法律, Act No. 50 of 1902; Civil Code, article 143):
    /// where that evening matters, as in which April a child starts school, ask for the age on the next day. Who was born on 29 February has a birthday on 1 March in common years.
    package func age(on day: CalendarDate) -> Int {
        let isBeforeBirthday = (day.month, day.day) < (month, self.day)
        return day.year - year - (isBeforeBirthday ? 1 : 0)
    }
}

extension Instant {
    /// The day a town's calendar shows at this moment; the first or last one for moments beyond years 1 to 9999.
    package func date(_ offset: UTCOffset = .japan) -> CalendarDate {
        let local = milliseconds.addingReportingOverflow(Int64(offset.minutes) * 60_000)
        guard !local.overflow else { return milliseconds < 0 ? "0001-01-01" : "9999-12-31" }
        let (year, month, day) = civil(days: local.partialValue.quotientAndRemainder(flooringBy: 86_400_000).quotient)
        return CalendarDate(year: Int(year), month: Int(month), day: Int(day)) ?? (year < 1 ? "0001-01-01" : "9999-12-31")
    }

    /// Midnight with which a day begins in a town.
    package init(startOf date: CalendarDate, _ offset: UTCOffset = .japan) {
        let midnight = days(year: date.year, month: date.month, day: date.day) * 86_400_000
        self.init(milliseconds: midnight - Int64(offset.minutes) * 60_000)
    }
}
