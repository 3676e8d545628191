import Calendars
import Contracts

/// A time as people write it: `18:00` (today), `2026-11-21 18:00`, or RFC 3339 with an offset.
package enum WrittenTime: Equatable {
    /// Minutes after midnight of today; 24:00 is the end of the day.
    case clock(minutes: Int)
    case local(date: String, minutes: Int)
    case exact(Instant)

    package static let expected = "a time: 18:00, \"2026-11-21 18:00\" or 2026-11-21T18:00:00+09:00"

    package init?(_ text: String) {
        if let instant = Instant(rfc3339: text) {
            self = .exact(instant)
            return
        }
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" || $0 == "t" }).map(String.init)
        if parts.count == 1, let minutes = minutesOfDay(parts[0]) {
            self = .clock(minutes: minutes)
        } else if parts.count == 2, Day(parts[0]) != nil, let minutes = minutesOfDay(parts[1]) {
            self = .local(date: parts[0], minutes: minutes)
        } else {
            return nil
        }
    }

    package func instant(now: Instant, _ offset: UTCOffset) -> Instant {
        switch self {
        case .exact(let instant): instant
        case .clock(let minutes): (Day(now.day(offset)) ?? Day.first).start(offset) + .seconds(minutes * 60)
        case .local(let date, let minutes): (Day(date) ?? Day.first).start(offset) + .seconds(minutes * 60)
        }
    }
}

/// A day of the calendar: `2026-11-21`.
package struct Day: Equatable {
    package let text: String
    package static let expected = "a day such as 2026-11-21"
    static let first = Day("1970-01-01")!

    package init?(_ text: String) {
        guard text.utf8.count == 10, Instant(rfc3339: "\(text)T00:00:00Z") != nil else { return nil }
        self.text = text
    }

    /// Midnight at its beginning, by the town's clock.
    package func start(_ offset: UTCOffset) -> Instant {
        (Instant(rfc3339: "\(text)T00:00:00Z") ?? .distantPast) - .seconds(offset.minutes * 60)
    }
}

extension Instant {
    /// `08:00:00.123`
    package func clock(_ offset: UTCOffset) -> String { String(rfc3339(offset).dropFirst(11).prefix(12)) }
    /// `2026-11-21`
    package func day(_ offset: UTCOffset) -> String { String(rfc3339(offset).prefix(10)) }
    /// `2026-11-21 08:00`
    package func minute(_ offset: UTCOffset) -> String { day(offset) + " " + rfc3339(offset).dropFirst(11).prefix(5) }
}
