/// A day of the proleptic Gregorian calendar (ISO 8601), years 1 to 9999, such as `2026-11-21`.
package struct CalendarDate: Hashable, Sendable, WrittenAsText, Comparable {
    package static var form: String { "a date: 2026-11-21" }
    package static var pattern: String { "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" }
    package static var sample: String { "2026-11-21" }
    package let year: Int
    package let month: Int
    package let day: Int

    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= daysIn(month: month, of: year) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), let year = decimal(bytes[0..<4]),
            let month = decimal(bytes[5..<7]), let day = decimal(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var description: String {
        var text: [UInt8] = []
        text.append(decimal: Int64(year), width: 4)
        text.append(UInt8(ascii: "-"))
        text.append(decimal: Int64(month), width: 2)
        text.append(UInt8(ascii: "-"))
        text.append(decimal: Int64(day), width: 2)
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (a: Self, b: Self) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }

    /// Full years since this day of birth.
    package func age(on date: CalendarDate) -> Int {
        date.year - year - ((date.month, date.day) < (month, day) ? 1 : 0)
    }
}

extension Instant {
    /// The day it is at this distance from UTC.
    package func date(_ offset: UTCOffset) -> CalendarDate {
        CalendarDate(String(rfc3339(offset).prefix(10))) ?? CalendarDate(year: 1970, month: 1, day: 1)!
    }
}
