import Contracts

/// Seven days of a door, in half hours.
struct Week {
    /// Minutes.
    static let slot = 30
    /// Hours that are shown in any case; others where something is booked.
    private static let usual = 8 * 60..<22 * 60

    /// Monday.
    let first: CalendarDate
    let offset: UTCOffset

    init(of day: CalendarDate, _ offset: UTCOffset) {
        (first, self.offset) = (day.adding(-day.weekday.rawValue) ?? day, offset)
    }

    var days: [CalendarDate] { (0..<7).compactMap { first.adding($0) } }
    var start: Instant { Instant(startOf: first, offset) }
    var end: Instant { start + .seconds(7 * 86_400) }

    func before() -> CalendarDate { first.adding(-7) ?? first }
    func after() -> CalendarDate { first.adding(7) ?? first }

    func moment(_ day: CalendarDate, _ minute: Int) -> Instant { Instant(startOf: day, offset) + .seconds(minute * 60) }

    /// The bookings that have some of a half hour, in order.
    func bookings(_ all: [Booking], on day: CalendarDate, at minute: Int) -> [Booking] {
        let (from, to) = (moment(day, minute), moment(day, minute + Self.slot))
        return all.filter { $0.from < to && $0.to > from }
    }

    /// From which to which half hour the days are shown, in minutes after midnight.
    func hours(_ all: [Booking]) -> Range<Int> {
        var hours = Self.usual
        for day in days {
            let midnight = moment(day, 0)
            for booking in all where booking.from < midnight + .seconds(86_400) && booking.to > midnight {
                let from = max(0, Int((booking.from - midnight).milliseconds / 60_000))
                let to = min(24 * 60, Int(((booking.to - midnight).milliseconds + 59_999) / 60_000))
                hours =
                    min(
                        hours.lowerBound, from / Self.slot * Self.slot)..<max(
                        hours.upperBound, (to + Self.slot - 1) / Self.slot * Self.slot)
            }
        }
        return hours
    }
}

/// A time of a form, `2026-11-24T18:00` (HTML, 2.3.5.5, local date and time), by the town's clock.
enum LocalTime {
    static func instant(_ text: String, _ offset: UTCOffset) -> Instant? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = CalendarDate(parts[0]), let minutes = clockMinutes(String(parts[1].prefix(5))),
            parts[1].utf8.count == 5 || parts[1].hasSuffix(":00") && parts[1].utf8.count == 8
        else { return nil }
        return Instant(startOf: day, offset) + .seconds(minutes * 60)
    }

    static func text(_ moment: Instant, _ offset: UTCOffset) -> String { String(moment.rfc3339(offset).prefix(16)) }
}

/// `08:30`, as browsers give a time of the day, in minutes after midnight (HTML, 2.3.5.4).
func clockMinutes(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
        let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
}
