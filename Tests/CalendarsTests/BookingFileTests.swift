import Contracts
import Sheets
import Testing
import Town

@testable import Calendars

@Suite("A file of bookings from another system")
struct BookingFileTests {
    private let person = PersonID("p-aaaaaaaaaaaaaaaa")!
    private let reading = BookingReading(doors: [("gym", "市民体育館"), ("hall", nil)], offset: .japan, nearest: { nearest(to: $0, among: $1) })

    private func event(_ lines: String...) -> String { (["BEGIN:VEVENT"] + lines + ["END:VEVENT"]).joined(separator: "\r\n") }

    private func calendar(_ events: String...) -> ForeignBookings {
        let text = (["BEGIN:VCALENDAR", "VERSION:2.0"] + events + ["END:VCALENDAR", ""]).joined(separator: "\r\n")
        return ICalendar(Array(text.utf8), reading).found
    }

    private func instant(_ text: String) -> Instant { Instant(rfc3339: text)! }

    @Test(
        "iCalendar: by the town's clock, with a zone, in UTC and by its length it is the same slot",
        arguments: [
            ["DTSTART:20261121T180000", "DTEND:20261121T193000"],
            ["DTSTART;TZID=Asia/Tokyo:20261121T180000", "DTEND;TZID=\"Asia/Tokyo\":20261121T193000"],
            ["DTSTART:20261121T090000Z", "DTEND:20261121T103000Z"],
            ["DTSTART:20261121T180000", "DURATION:PT1H30M"],
        ])
    func slots(times: [String]) throws {
        let found = calendar(event("UID:1@web", times[0], times[1], "LOCATION:市民体育館", "ATTENDEE:urn:kazasu:\(person)"))
        #expect(found.faults == [])
        let slot = try #require(found.bookings.first?.slot)
        #expect(slot.door == "gym" && slot.persons == [person] && slot.tokens == [] && slot.paid == nil)
        #expect(slot.from == instant("2026-11-21T18:00:00+09:00") && slot.to == instant("2026-11-21T19:30:00+09:00"))
    }

    @Test("iCalendar: a fold within a character, an escaped comma, an alarm's own duration and an invitation by mail do no harm")
    func folded() throws {
        let line = Array("LOCATION:市民体育館".utf8)
        let folded = line.prefix(13) + Array("\r\n ".utf8) + line.dropFirst(13)
        let head = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\\,b\r\nDTSTART:20261121T180000\r\nDTEND:20261121T193000\r\n"
        let tail =
            "\r\nATTENDEE;CN=\"x:y;z\":mailto:a@example.jp\r\nX-KAZASU-HOLDER:\(person)\r\nX-KAZASU-PAID:FALSE\r\nBEGIN:VALARM\r\nDURATION:PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        let found = ICalendar(Array(head.utf8) + folded + Array(tail.utf8), reading).found
        #expect(found.faults == [] && found.bookings.count == 1)
        #expect(found.bookings.first?.id == "a,b" && found.bookings.first?.slot?.door == "gym" && found.bookings.first?.slot?.paid == false)
    }

    @Test("iCalendar: a zone of the file's own is believed where it has one distance from UTC")
    func zones() throws {
        let fixed = "BEGIN:VTIMEZONE\r\nTZID:JST\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE"
        let moving =
            "BEGIN:VTIMEZONE\r\nTZID:CET\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE"
        func one(_ id: String, _ zone: String) -> String {
            event("UID:\(id)", "DTSTART;TZID=\(zone):20261121T180000", "DURATION:PT1H", "LOCATION:gym", "X-KAZASU-HOLDER:\(person)")
        }
        let found = calendar(fixed, moving, one("1", "JST"), one("2", "CET"), one("3", "Mars"))
        #expect(found.bookings.map(\.id) == ["1"] && found.bookings[0].slot?.from == instant("2026-11-21T18:00:00+09:00"))
        #expect(found.faults.count == 2 && found.faults.allSatisfy { $0.text.contains("no single distance from UTC") })
    }

    @Test(
        "iCalendar: what is cancelled has no slot; what repeats, has no UID, no door or nobody is told with its line, and the rest is read")
    func faults() throws {
        let times = ("DTSTART:20261121T180000", "DURATION:PT1H")
        let found = calendar(
            event("UID:1", "STATUS:CANCELLED"), event("UID:2", times.0, times.1, "LOCATION:gym", "RRULE:FREQ=WEEKLY"),
            event(times.0, times.1, "LOCATION:gym"), event("UID:4", times.0, times.1, "LOCATION:gim", "X-KAZASU-HOLDER:\(person)"),
            event("UID:5", times.0, times.1, "LOCATION:gym"), event("UID:6", times.0, "DTEND:20261121T170000", "LOCATION:gym"),
            event("UID:7", "DTSTART;VALUE=DATE:20261121", "LOCATION:gym"), event("UID:1", "STATUS:CANCELLED"),
            event("UID:9", times.0, times.1, "LOCATION:hall", "X-KAZASU-HOLDER:\(person)"))
        #expect(found.bookings.map(\.id) == ["1", "9"] && found.bookings[0].slot == nil)
        let texts = found.faults.map(\.text)
        #expect(texts.count == 7 && found.faults.map(\.line) == [7, 14, 19, 26, 32, 38, 43])
        for (text, word) in zip(
            texts, ["RRULE", "no UID", "Did you mean \"gym\"", "nobody is named", "before it begins", "20261121", "too"])
        {
            #expect(text.contains(word), "\(text)")
        }
    }

    @Test("iCalendar: a file that was cut off is not read as a whole one")
    func cut() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\n"
        #expect(ICalendar(Array(text.utf8), reading).found.faults.map(\.text).first?.contains("ends within \"VEVENT\"") == true)
        #expect(ICalendar(Array("hello:x".utf8), reading).found.faults.count == 1)
    }

    @Test(
        "Lengths are read as RFC 5545 writes them, and nothing else is",
        arguments: [
            ("PT1H30M", 5400), ("P1D", 86_400), ("P1DT2H", 93_600), ("P2W", 1_209_600), ("PT0S", nil), ("1H", nil), ("PT", nil),
            ("P1H", nil),
            ("PT99999999999999999999H", nil), ("-PT1H", nil), ("PT1", nil),
        ] as [(String, Int?)])
    func lengths(text: String, seconds: Int?) { #expect(ICalendar.seconds(text) == seconds) }

    @Test("CSV as a Japanese booking system writes it, in Shift_JIS")
    func sheet() throws {
        let header = ["予約番号", "施設名", "利用日", "開始時刻", "終了時刻", "利用者番号", "入金", "状態", "備考"]
        let rows = [
            ["A-1", "市民体育館", "令和8年11月21日", "18:00", "19:30", "\(person)", "済", "", "バレー"],
            ["A-2", "hall", "2026/11/22", "9:00:00", "24:00", "k1.aaaaaaaaaaaaaaaaaaaaaaaaaa \(person)", "未", "予約", ""],
            ["A-3", "hall", "", "", "", "", "", "取消", ""], ["A-4", "hall", "2026/11/22", "25:00", "26:00", "\(person)", "", "", ""],
            ["A-5", "hall", "2026/11/22", "9:00", "10:00", "長井 花子", "", "", ""],
            ["A-6", "hall", "2026/11/22", "9:00", "10:00", "\(person)", "たぶん", "", ""],
        ]
        let found = try BookingSheet(try writeSheet(header: header, rows: rows, as: .cp932), reading).found
        #expect(found.bookings.map(\.id) == ["A-1", "A-2", "A-3"] && found.bookings[2].slot == nil)
        let (first, second) = (try #require(found.bookings[0].slot), try #require(found.bookings[1].slot))
        #expect(first.from == instant("2026-11-21T18:00:00+09:00") && first.door == "gym" && first.paid == true)
        #expect(second.to == instant("2026-11-23T00:00:00+09:00") && second.tokens.count == 1 && second.paid == false)
        #expect(found.faults.map(\.line) == [5, 6, 7])
    }

    @Test("CSV without a column that is needed names it, and what the file has")
    func columns() {
        #expect {
            _ = try BookingSheet(Array("予約番号,施設\r\n1,gym\r\n".utf8), reading)
        } throws: {
            let text = ($0 as? BookingFault)?.text ?? ""
            return text.contains("\"from\" or \"開始\"") && text.hasSuffix("The file has \"予約番号\", \"施設\".")
        }
    }
}
