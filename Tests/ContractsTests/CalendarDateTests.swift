import Contracts
import Testing

@Suite("Days of the calendar")
struct CalendarDateTests {
    @Test("A day has one form, also in JSON", arguments: ["1954-03-01", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
    func form(text: String) throws {
        let date = try #require(CalendarDate(text))
        #expect(date.description == text)
        #expect(try Array("\"\(text)\"".utf8).decoded(as: CalendarDate.self) == date)
        #expect(try String(decoding: date.json(), as: UTF8.self) == "\"\(text)\"")
    }

    @Test(
        "What is no day is refused",
        arguments: [
            "", "2026", "2026-11", "2026-11-31", "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-11-00", "0000-01-01",
            "2026-1-01",
            "2026-11-1", "2026/11/21", "20261121", "2026-11-21 ", " 2026-11-2", "12026-01-01", "-026-01-01", "２026-11-2",
            "2026-11-21T00:00:00Z",
        ])
    func refused(text: String) throws {
        #expect(CalendarDate(text) == nil)
        #expect(throws: (any Error).self) { try text.json().decoded(as: CalendarDate.self) }
    }

    @Test("Days stand in order")
    func order() {
        let days: [CalendarDate] = ["1954-03-01", "1954-03-02", "1954-04-01", "1955-01-01"]
        #expect(days.reversed().sorted() == days)
    }

    @Test(
        "A year older on the birthday; 1 March for who was born on 29 February",
        arguments: [
            ("1954-03-01", "2026-02-28", 71), ("1954-03-01", "2026-03-01", 72), ("1954-03-01", "2026-12-31", 72),
            ("2000-02-29", "2023-02-28", 22),
            ("2000-02-29", "2023-03-01", 23), ("2000-02-29", "2024-02-28", 23), ("2000-02-29", "2024-02-29", 24),
            ("2019-04-01", "2025-03-31", 5),
            ("2019-04-01", "2025-04-01", 6), ("2026-11-21", "2026-11-21", 0), ("2026-11-21", "2026-11-20", -1),
        ] as [(CalendarDate, CalendarDate, Int)])
    func age(born: CalendarDate, on day: CalendarDate, years: Int) { #expect(born.age(on: day) == years) }

    @Test(
        "A town's day begins at its own midnight",
        arguments: ["1970-01-01", "1954-03-01", "2024-02-29", "0001-01-01", "9999-12-31"] as [CalendarDate])
    func midnight(date: CalendarDate) {
        for offset in [UTCOffset.japan, .utc] {
            let start = Instant(startOf: date, offset)
            #expect(start.date(offset) == date)
            #expect((start + .milliseconds(86_399_999)).date(offset) == date)
            #expect(start.date(offset) >= (start - .milliseconds(1)).date(offset))
        }
        #expect(Instant(startOf: "1970-01-01").milliseconds == -9 * 3_600_000)
        #expect(Instant(rfc3339: "2026-11-20T15:00:00Z")?.date() == "2026-11-21")
        #expect(Instant(rfc3339: "2026-11-20T14:59:59.999Z")?.date() == "2026-11-20")
    }

    @Test("A moment beyond all years has a day all the same")
    func beyond() {
        #expect(Instant(milliseconds: .max).date() == "9999-12-31")
        #expect(Instant(milliseconds: .min).date() == "0001-01-01")
        #expect(Instant(milliseconds: .min).date(.utc) == "0001-01-01")
        #expect((Instant(startOf: "0001-01-01") - .milliseconds(1)).date() == "0001-01-01")
    }
}
