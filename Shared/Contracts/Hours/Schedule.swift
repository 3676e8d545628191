package enum ScheduleKind {}
package enum ClosureKind {}
package enum ZoneKind {}
/// A weekly schedule of the town's file.
package typealias ScheduleID = Name<ScheduleKind>
/// Days on which doors are closed: a holiday of the house, works.
package typealias ClosureID = Name<ClosureKind>
/// Rooms that people are inside or outside of.
package typealias ZoneID = Name<ZoneKind>

/// Opening hours that return every week (開館時間). What begins on a day belongs to it, also past midnight.
package struct Schedule: Hashable, Sendable {
    /// Minutes after the midnight with which the day begins, up to 48 hours: 22:00–02:00 is 1320..<1560.
    package typealias Hours = Range<Int>

    /// What happens on a national holiday.
    package enum Holidays: String, CaseIterable, Sendable {
        /// As on any other such weekday.
        case open
        case closed
        case likeSunday = "like-sunday"
    }

    /// One opening, from its first moment to the one at which it is over.
    package typealias Slot = Range<Instant>

    package let id: ScheduleID
    /// By weekday, Monday first; within a day in order and without overlap.
    package let week: [[Hours]]
    package let onHolidays: Holidays
    /// Whether it holds on days of closure too.
    package let ignoresClosures: Bool
    /// In which alone it holds; always where there are none.
    package let terms: [DateSpan]

    package init(
        _ id: ScheduleID, week: [Weekday: [Hours]], onHolidays: Holidays = .open, ignoresClosures: Bool = false, terms: [DateSpan] = []
    ) {
        self.id = id
        self.week = Weekday.allCases.map { (week[$0] ?? []).sorted { $0.lowerBound < $1.lowerBound } }
        (self.onHolidays, self.ignoresClosures, self.terms) = (onHolidays, ignoresClosures, terms)
    }

    /// The hours that begin on a day.
    package func hours(on day: TownDay) -> [Hours] {
        guard terms.isEmpty || terms.contains(where: { $0.contains(day.date) }) else { return [] }
        guard day.isHoliday else { return week[day.weekday.rawValue] }
        switch onHolidays {
        case .open: return week[day.weekday.rawValue]
        case .closed: return []
        case .likeSunday: return week[Weekday.sunday.rawValue]
        }
    }

    /// The openings that begin on a day.
    package func slots(on day: TownDay) -> [Slot] { hours(on: day).map(day.slot) }

    /// Whether a moment of that day is in one of its openings, of which some began on the day before.
    package func isOpen(at moment: Instant, on day: TownDay) -> Bool {
        [day, day.before].compactMap(\.self).contains { slots(on: $0).contains { $0.contains(moment) } }
    }
}

/// A day by a town's calendar, with what schedules ask of it, worked out once for all of them.
package struct TownDay: Sendable {
    package let date: CalendarDate
    package let weekday: Weekday
    package let isHoliday: Bool
    package let start: Instant
    private let offset: UTCOffset

    package init(_ date: CalendarDate, _ offset: UTCOffset) {
        (self.date, self.offset) = (date, offset)
        weekday = date.weekday
        isHoliday = NationalHoliday.name(of: date) != nil
        start = Instant(startOf: date, offset)
    }

    package var before: TownDay? { date.adding(-1).map { TownDay($0, offset) } }

    package func slot(_ hours: Schedule.Hours) -> Schedule.Slot {
        func moment(_ minutes: Int) -> Instant { Instant(milliseconds: start.milliseconds + Int64(minutes) * 60_000) }
        return moment(hours.lowerBound)..<moment(hours.upperBound)
    }
}
