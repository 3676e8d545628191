import Contracts
import Harness
import Testing

@testable import LockController

/// The decision against a second reckoning that is slow and obvious: every minute of a year is painted over, from the widest right to the narrowest.
@Suite struct ReckoningTests {
    /// What paints a minute; nil is a door that stays shut.
    private typealias Year = [Right?]

    private struct Case {
        var plan = DoorPlan()
        var bookings: [Rights.Slot] = []
        var exceptions: [DoorException] = []
        let first: CalendarDate
        let minutes: Int
        let start: Instant

        func minute(_ number: Int) -> Instant { start + .seconds(60 * number) }
    }

    @Test("At every minute of a year the door does what the painted year says", arguments: [UInt64(1)])
    func everyMinute(seed: UInt64) throws {
        let drawn = try draw(seed: seed)
        let painted = paint(drawn)
        let door = Door(id: "gym", accepts: .proved, openFor: .seconds(5), plan: drawn.plan)
        var rights = Rights(slots: [], group: nil)
        (rights.standing.groups, rights.standing.isKnown) = (["club"], true)
        var wrong = 0
        var opened = 0
        for number in 0..<drawn.minutes {
            let moment = drawn.minute(number)
            if number % 360 == 0 {
                // As the database gives them: those around the moment.
                let around = moment - .seconds(86_400)..<moment + .seconds(86_400)
                rights.slots = drawn.bookings.filter { $0.to > around.lowerBound && $0.from < around.upperBound }
                rights.standing.exceptions = drawn.exceptions.filter { $0.to > around.lowerBound && $0.from < around.upperBound }
            }
            var right: Right?
            if case .open(let by) = verdict(on: Attempt(at: moment, in: .japan), at: door, rights: rights) { right = by }
            if right != painted[number] { wrong += 1 }
            if right != nil { opened += 1 }
            if right != painted[number], wrong < 5 {
                Issue.record("\(moment): \(String(describing: right)), painted \(String(describing: painted[number]))")
            }
        }
        #expect(wrong == 0)
        #expect(opened > drawn.minutes / 20 && opened < drawn.minutes * 19 / 20)
    }

    private func draw(seed: UInt64) throws -> Case {
        var chance = Seeded(seed)
        let year = 2001 + chance.below(98)
        let first = try #require(CalendarDate(year: year, month: 1, day: 1))
        let days = first.adding(365)?.year == year ? 366 : 365
        var drawn = Case(first: first, minutes: days * 1440, start: Instant(startOf: first))
        func week() -> [Weekday: [Schedule.Hours]] {
            var week: [Weekday: [Schedule.Hours]] = [:]
            for day in Weekday.allCases where chance.below(3) > 0 {
                let from = chance.below(1320)
                week[day] = [from..<from + 30 + chance.below(480)]
            }
            return week
        }
        func schedule(_ id: ScheduleID, terms: [DateSpan] = []) -> Schedule {
            Schedule(
                id, week: week(), onHolidays: Schedule.Holidays.allCases[chance.below(3)], ignoresClosures: chance.below(3) == 0,
                terms: terms)
        }
        drawn.plan.openings = [
            DoorPlan.Opening(.group("club"), schedule("club-hours", terms: [.yearly(401, 720), .yearly(1101, 215)])),
            DoorPlan.Opening(.group("others"), schedule("not-ours")), DoorPlan.Opening(.known, schedule("for-residents")),
        ]
        drawn.plan.closures = [
            DoorPlan.Closure("new-year", [.yearly(1229, 103)]),
            DoorPlan.Closure("works", [.once(first.adding(100) ?? first, first.adding(113) ?? first)]),
        ]
        for number in 0..<60 {
            let from = drawn.minute(chance.below(drawn.minutes))
            drawn.bookings.append(
                Rights.Slot(booking: EventID(high: 1, low: UInt64(number)), from: from, to: from + .seconds(60 * (30 + chance.below(900)))))
        }
        // One door is booked once at a time.
        drawn.bookings.sort { $0.from < $1.from }
        drawn.bookings = drawn.bookings.reduce(into: []) { kept, slot in
            if kept.last.map({ $0.to <= slot.from }) ?? true { kept.append(slot) }
        }
        for number in 0..<60 {
            let from = drawn.minute(chance.below(drawn.minutes))
            let kind = DoorException.Kind.allCases[chance.below(2)]
            let groups: [GroupID] = [["club"], ["others"], kind == .close ? [] : ["known"]][chance.below(3)]
            drawn.exceptions.append(
                DoorException(
                    id: EventID(high: 2, low: UInt64(number)), kind, "gym", from: from, to: from + .seconds(60 * (30 + chance.below(1000))),
                    groups: groups))
        }
        return drawn
    }

    private func paint(_ drawn: Case) -> Year {
        var year = Year(repeating: nil, count: drawn.minutes)
        func paint(_ span: Range<Int>, _ right: Right?) {
            for minute in span.clamped(to: 0..<drawn.minutes) { year[minute] = right }
        }
        func number(_ moment: Instant) -> Int { Int((moment - drawn.start).milliseconds / 60_000) }
        var closedDays: Set<CalendarDate> = []
        var days: [(date: CalendarDate, weekday: Weekday)] = []
        var date = drawn.first.adding(-1)
        while let day = date, day.year <= drawn.first.year {
            days.append((day, day.weekday))
            let ordinal = (day.month, day.day)
            if ordinal >= (12, 29) || ordinal <= (1, 3) { closedDays.insert(day) }
            if let from = drawn.first.adding(100), let to = drawn.first.adding(113), from <= day, day <= to { closedDays.insert(day) }
            date = day.adding(1)
        }
        for (opening, right) in [(2, Right.schedule("for-residents")), (0, .schedule("club-hours", of: "club"))] {
            guard let schedule = drawn.plan.openings[opening].schedule else { continue }
            for (index, day) in days.enumerated() {
                let ordinal = (day.date.month, day.date.day)
                let isTerm = ordinal >= (4, 1) && ordinal <= (7, 20) || ordinal >= (11, 1) || ordinal <= (2, 15)
                if !schedule.terms.isEmpty, !isTerm { continue }
                if closedDays.contains(day.date), !schedule.ignoresClosures { continue }
                let isHoliday = NationalHoliday.name(of: day.date) != nil
                if isHoliday, schedule.onHolidays == .closed { continue }
                let weekday = isHoliday && schedule.onHolidays == .likeSunday ? Weekday.sunday : day.weekday
                for hours in schedule.week[weekday.rawValue] {
                    let midnight = (index - 1) * 1440
                    paint(midnight + hours.lowerBound..<midnight + hours.upperBound, right)
                }
            }
        }
        for slot in drawn.bookings {
            for minute in (number(slot.from)..<number(slot.to)).clamped(to: 0..<drawn.minutes)
            where !closedDays.contains(days[minute / 1440 + 1].date) { year[minute] = .booking(slot.booking) }
        }
        for exception in drawn.exceptions {
            let span = number(exception.from)..<number(exception.to)
            let isOurs = exception.groups.contains("club") || exception.groups.contains("known")
            switch exception.kind {
            case .open where isOurs: paint(span, .exception(exception.id))
            case .close where !isOurs: paint(span, nil)
            default: break
            }
        }
        return year
    }
}
