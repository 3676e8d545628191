import Contracts
import Sheets
import Testing

@Suite("Dates as clerks write them")
struct JapaneseDateTests {
    @Test(
        "Every way of writing a day",
        arguments: [
            ("1954-03-01", "1954-03-01"), ("1954/3/1", "1954-03-01"), ("1954.3.1", "1954-03-01"), ("19540301", "1954-03-01"),
            ("1954年3月1日", "1954-03-01"), ("１９５４年０３月０１日", "1954-03-01"), ("１９５４／３／１", "1954-03-01"), ("1954－3－1", "1954-03-01"),
            ("1954−3−1", "1954-03-01"), (" 1954-3-1　", "1954-03-01"), ("R5.4.1", "2023-04-01"), ("令和5年4月1日", "2023-04-01"),
            ("r5-4-1", "2023-04-01"),
            ("R05/04/01", "2023-04-01"), ("S29/3/1", "1954-03-01"), ("昭和29年3月1日", "1954-03-01"), ("昭和29年 3月 1日", "1954-03-01"),
            ("昭和　２９年　３月　１日", "1954-03-01"), ("Ｓ２９．３．１", "1954-03-01"), ("㍼29.3.1", "1954-03-01"), ("昭29.3.1", "1954-03-01"),
            ("S290301", "1954-03-01"), ("H31.4.30", "2019-04-30"), ("令和元年5月1日", "2019-05-01"), ("R元.5.1", "2019-05-01"),
            ("㋿元年5月1日", "2019-05-01"),
            ("平成元年1月8日", "1989-01-08"), ("S64.1.7", "1989-01-07"), ("㍻1.1.8", "1989-01-08"), ("㍽15.12.24", "1926-12-24"),
            ("㍾6.1.1", "1873-01-01"),
            ("M6.1.1", "1873-01-01"), ("T元.7.30", "1912-07-30"), ("M45.7.30", "1912-07-30"), ("大正15年12月25日", "1926-12-25"),
            ("昭和元年12月25日", "1926-12-25"),
            ("R6.2.29", "2024-02-29"), ("99991231", "9999-12-31"), ("1868-01-25", "1868-01-25"), ("R99.12.31", "2117-12-31"),
        ] as [(String, CalendarDate)])
    func read(text: String, date: CalendarDate) throws { #expect(try japaneseDate(text).get() == date) }

    @Test(
        "A day outside its era is refused, and the right era is named",
        arguments: [
            ("昭和65年1月1日", "\"昭和65年1月1日\" is after the last day of 昭和, 昭和64年1月7日: it is 平成2年1月1日."),
            ("S64.1.8", "\"S64.1.8\" is after the last day of 昭和, 昭和64年1月7日: it is 平成元年1月8日."),
            ("H31.5.1", "\"H31.5.1\" is after the last day of 平成, 平成31年4月30日: it is 令和元年5月1日."),
            ("R1.4.30", "\"R1.4.30\" is before the first day of 令和, 令和元年5月1日: it is 平成31年4月30日."),
            ("H1.1.7", "\"H1.1.7\" is before the first day of 平成, 平成元年1月8日: it is 昭和64年1月7日."),
            ("S元.12.24", "\"S元.12.24\" is before the first day of 昭和, 昭和元年12月25日: it is 大正15年12月24日."),
            ("T15.12.26", "\"T15.12.26\" is after the last day of 大正, 大正15年12月25日: it is 昭和元年12月26日."),
            ("大正1.7.29", "\"大正1.7.29\" is before the first day of 大正, 大正元年7月30日: it is 明治45年7月29日."),
            ("M45.7.31", "\"M45.7.31\" is after the last day of 明治, 明治45年7月30日: it is 大正元年7月31日."),
            (
                "明治5年12月2日",
                "\"明治5年12月2日\" was written in the old calendar, before 明治6年1月1日. Write the day of today's calendar with its western year."
            ),
        ])
    func outside(text: String, sentence: String) { #expect(japaneseDate(text).fault?.description == sentence) }

    @Test(
        "What may be another day, or is none, is refused with a sentence",
        arguments: [
            ("", "no date is written here."), (" 　", "no date is written here."), ("R", "\"R\" is not a date."),
            ("不明", "\"不明\" is not a date."),
            ("29.3.1", "\"29.3.1\" has neither an era nor a year of four digits in front."),
            ("3/1/1954", "\"3/1/1954\" has neither an era"),
            ("R2023.4.1", "\"R2023.4.1\" has an era and no year of one or two digits."),
            ("45017", "\"45017\" is a spreadsheet's own count of days."),
            ("540301", "\"540301\" is not a date."), ("1954-3/1", "\"1954-3/1\" is not a date."),
            ("1954 3 1", "\"1954 3 1\" is not a date."),
            ("1954年3月", "\"1954年3月\" is not a date."), ("1954-3-1-", "\"1954-3-1-\" is not a date."),
            ("2023/4/1 0:00", "\"2023/4/1 0:00\" is not a date."),
            ("2023/4/1 1", "\"2023/4/1 1\" is not a date."), ("元年5月1日", "\"元年5月1日\" is not a date."),
            ("R5元.1.1", "\"R5元.1.1\" is not a date."),
            ("SR5.4.1", "\"SR5.4.1\" is not a date."), ("1954-003-01", "\"1954-003-01\" is not a date."),
            ("1954-٣-1", "\"1954-٣-1\" is not a date."),
            ("0000-01-01", "\"0000-01-01\" is in a year 0"), ("R0.5.1", "\"R0.5.1\" is in a year 0"),
            ("2023-02-29", "\"2023-02-29\" is no day of the calendar: month 2 of 2023 has no day 29."),
            ("R5.13.1", "\"R5.13.1\" is no day of the calendar: there is no month 13."),
            ("99999999", "\"99999999\" is no day of the calendar: there is no month 99."),
            ("2023-04-00", "\"2023-04-00\" is no day"), ("1954-03-01\(String(repeating: " ", count: 100))x", "\"1954-03-01"),
            ("9\(String(repeating: "9", count: 99)).1.1", "\"999"),
        ])
    func refused(text: String, sentence: String) {
        let fault = japaneseDate(text).fault
        #expect(fault?.description.hasPrefix(sentence) == true, "\(fault?.description ?? "read")")
    }

    @Test("Every day since 明治6年 is written in its era and read again as the same")
    func roundTrip() throws {
        let first = Instant(startOf: "1873-01-01")
        for day in 0..<66_000 {
            let date = (first + .seconds(day * 86_400)).date()
            if try japaneseDate(date.wareki).get() != date { Issue.record("\(date.wareki)") }
        }
    }

    @Test(
        "Written in the newest era that has the day",
        arguments: [
            ("1954-03-01", "昭和29年3月1日"), ("1912-07-30", "大正元年7月30日"), ("1912-07-29", "明治45年7月29日"), ("1926-12-25", "昭和元年12月25日"),
            ("1989-01-07", "昭和64年1月7日"), ("1989-01-08", "平成元年1月8日"), ("2019-05-01", "令和元年5月1日"), ("1873-01-01", "明治6年1月1日"),
            ("1872-12-31", "1872年12月31日"), ("2117-12-31", "令和99年12月31日"), ("2118-01-01", "2118年1月1日"), ("9999-12-31", "9999年12月31日"),
        ] as [(CalendarDate, String)])
    func written(date: CalendarDate, text: String) { #expect(date.wareki == text) }
}
