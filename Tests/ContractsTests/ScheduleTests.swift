import Contracts
import Testing

@Suite("Schedules and closures")
struct ScheduleTests {
    private func day(_ date: CalendarDate) -> TownDay { TownDay(date, .japan) }
    private let week: [Weekday: [Schedule.Hours]] = [.monday: [1320..<1560], .sunday: [540..<720, 780..<1020]]

    @Test("Days of a span are both ends and all between, once or every year, also over its turn")
    func spans() throws {
        let works = try #require(DateSpan("2026-12-01..2026-12-14"))
        #expect(
            works.contains("2026-12-01") && works.contains("2026-12-14") && !works.contains("2026-12-15") && !works.contains("2027-12-02"))
        let newYear = try #require(DateSpan("12-29..01-03"))
        for day in ["2026-12-29", "2026-12-31", "2027-01-01", "2027-01-03"] as [CalendarDate] { #expect(newYear.contains(day)) }
        #expect(!newYear.contains("2026-12-28") && !newYear.contains("2027-01-04"))
        let leap = try #require(DateSpan("02-29"))
        #expect(leap.contains("2028-02-29") && !leap.contains("2027-02-28") && !leap.contains("2027-03-01"))
    }

    @Test(
        "What is no span is refused",
        arguments: [
            "", "2026-12-14..2026-12-01", "12-29-01-03", "2026-13-01", "02-30", "12-01..2026-12-14", "12-29...01-03", "..", "12-29..",
        ])
    func noSpan(text: String) { #expect(DateSpan(text) == nil) }

    @Test("An opening past midnight belongs to the day on which it began")
    func midnight() {
        let slot = Schedule("late", week: week).slots(on: day("2026-11-23"))
        #expect(slot == [Instant(rfc3339: "2026-11-23T22:00:00+09:00")!..<Instant(rfc3339: "2026-11-24T02:00:00+09:00")!])
    }

    @Test("On a national holiday a schedule is open, closed or like a Sunday, as it says")
    func holidays() {
        // 2026-11-23 is 勤労感謝の日, a Monday.
        func hours(_ holidays: Schedule.Holidays) -> [Schedule.Hours] {
            Schedule("s", week: week, onHolidays: holidays).hours(on: day("2026-11-23"))
        }
        #expect(hours(.open) == week[.monday] && hours(.closed) == [] && hours(.likeSunday) == week[.sunday])
        #expect(Schedule("s", week: week, onHolidays: .closed).hours(on: day("2026-11-30")) == week[.monday])
    }

    @Test("A schedule of a term holds in no other time of the year")
    func terms() throws {
        let schedule = Schedule("s", week: week, terms: [try #require(DateSpan("04-08..07-20"))])
        #expect(schedule.hours(on: day("2026-07-20")) == week[.monday] && schedule.hours(on: day("2026-07-27")) == [])
    }

    @Test("A day begins by the town's clock")
    func offset() throws {
        let utc = TownDay("2026-11-23", .utc)
        #expect(utc.start - day("2026-11-23").start == .seconds(9 * 3600))
    }
}
