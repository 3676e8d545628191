import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("The bookings of a door")
struct BookingPageTests {
    private let kenta: PersonID = PersonID("p-7k3mq2x5t4w2vbza")!
    private let id = EventID(at: Instant(milliseconds: 1_795_215_600_000), random: (1, 2))

    private func portal() throws -> TestPortal {
        var facts = TestPortal.facts
        facts.doors = [TownFacts.Door("gym", title: "体育館, 東"), TownFacts.Door("hall", title: "公民館")]
        return try TestPortal(facts: facts)
    }

    /// On Saturday, 21 November, from 18:00 to 20:00.
    private func booking(_ portal: TestPortal, paid: Bool? = nil) -> Booking {
        Booking(
            id: id, door: "gym", from: portal.now + .seconds(36_000), to: portal.now + .seconds(43_200), tokens: [.card(1)],
            persons: [kenta], paid: paid)
    }

    private func times(_ page: String) -> Int { page.ranges(of: "<td class=\"taken\"").count }

    @Test("A week stands as a table of half hours: four are taken, and free ones carry their times")
    func week() throws {
        let portal = try portal()
        try portal.get("/ja/bookings", as: "suzuki")
        let wish = try portal.command(.listBookings).1.data
        #expect(wish.door == "gym" && wish.from.minute(.japan) == "2026-11-16 00:00" && wish.to.minute(.japan) == "2026-11-23 00:00")
        try portal.reply(.accept(BookingList(bookings: [booking(portal)], more: false)), on: .listBookings)
        let page = try #require(portal.shown).text
        #expect(times(page) == 4 && page.contains("<a href=\"#booking-\(id)\">18:00–20:00</a>"))
        #expect(page.contains("<td data-from=\"2026-11-21T20:00\" data-until=\"2026-11-21T20:30\"></td>"))
        #expect(page.contains("カード1枚・1名") && page.contains("id=\"booking-\(id)\""))
        #expect(!page.contains(kenta.text) && !page.contains(Token.card(1).text))
        #expect(try portal.looks() == [Looked(.bookings, account: "suzuki", by: "desk-office", thing: "gym")])
    }

    @Test("A booking at night makes the table as long as it has to be")
    func night() throws {
        let portal = try portal()
        try portal.get("/ja/bookings?door=gym&week=2026-11-21", as: "suzuki")
        var night = booking(portal)
        (night.from, night.to) = (portal.now + .seconds(54_000), portal.now + .seconds(64_800))
        try portal.reply(.accept(BookingList(bookings: [night], more: false)), on: .listBookings)
        let page = try #require(portal.shown).text
        #expect(page.contains("<th scope=\"row\">00:00</th>") && page.contains("<th scope=\"row\">23:30</th>"))
        #expect(times(page) == 6 && page.contains("11-21 23:00–11-22 02:00"))
    }

    @Test("Where another booking has the time, that is said beside the form and what was typed stays")
    func conflict() throws {
        let portal = try portal()
        let typed = [
            ("door", "gym"), ("week", "2026-11-16"), ("act", "add"), ("from", "2026-11-21T18:00"), ("until", "2026-11-21T20:00"),
            ("holders", "\(kenta) \(Token.card(1))"), ("paid", "0"),
        ]
        try portal.post("/ja/bookings", typed, as: "suzuki")
        let wish = try portal.command(.addBooking).1.data
        let slot = booking(portal, paid: false)
        #expect(wish == AddBooking(door: "gym", from: slot.from, to: slot.to, tokens: [.card(1)], persons: [kenta], paid: false))
        try portal.reply(.refuse("overlap", "Door gym is booked."), on: .addBooking)
        try portal.reply(.accept(BookingList(bookings: [slot], more: false)), on: .listBookings)
        let page = try #require(portal.shown)
        #expect(page.status == 422 && page.text.contains("ほかの予約と重なっています。"))
        #expect(page.text.contains("value=\"2026-11-21T18:00\"") && page.text.contains("value=\"\(kenta) \(Token.card(1))\""))
        #expect(page.text.contains("<option value=\"0\" selected>"))
        try portal.post("/ja/bookings", typed, as: "suzuki")
        try portal.reply(.refuse("closed", "Door gym is closed."), on: .addBooking)
        try portal.reply(.accept(BookingList(bookings: [], more: false)), on: .listBookings)
        #expect(portal.shown?.text.contains("この扉の休館日です") == true)
        try portal.post("/ja/bookings", typed, as: "suzuki")
        try portal.reply(.accept(BookingAnswer(booking: slot)), on: .addBooking)
        #expect(portal.shown?.headers["Location"] == "/ja/bookings?door=gym&week=2026-11-16&done=add")
    }

    @Test(
        "What cannot be a booking is said beside the form, and no service is asked for it",
        arguments: [
            ("2026-11-21T20:00", "2026-11-21T18:00", "p-7k3mq2x5t4w2vbza"), ("", "2026-11-21T18:00", "p-7k3mq2x5t4w2vbza"),
            ("2026-11-21T18:00", "2026-11-21T20:00", ""), ("2026-11-21T18:00", "2026-11-21T20:00", "<b>佐藤</b>"),
        ])
    func wrong(from: String, until: String, holders: String) throws {
        let portal = try portal()
        try portal.post("/ja/bookings", [("act", "add"), ("from", from), ("until", until), ("holders", holders)], as: "suzuki")
        #expect(try portal.rig.said(.addBooking).isEmpty)
        try portal.reply(.accept(BookingList(bookings: [], more: false)), on: .listBookings)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("id=\"fault\"") == true)
        #expect(portal.shown?.text.contains("<b>") == false)
    }

    @Test("A running booking is extended, one that is due is paid")
    func extend() throws {
        let portal = try portal()
        let slot = booking(portal, paid: false)
        try portal.post("/ja/bookings", [("act", "extend"), ("booking", "\(id)"), ("until", "2026-11-21T21:00")], as: "suzuki")
        #expect(try portal.command(.extendBooking).1.data == ExtendBooking(booking: id, to: slot.to + .seconds(3600)))
        try portal.reply(.accept(BookingAnswer(booking: slot)), on: .extendBooking)
        #expect(portal.shown?.status == 303)
        try portal.post("/ja/bookings", [("act", "paid"), ("booking", "\(id)"), ("paid", "1")], as: "suzuki")
        #expect(try portal.command(.markPaid).1.data == MarkPaid(id, paid: true))
    }

    @Test("A cancelled booking can be booked again from the same page, for whom it was")
    func undo() throws {
        let portal = try portal()
        let slot = booking(portal, paid: true)
        try portal.post("/ja/bookings", [("act", "cancel"), ("booking", "\(id)")], as: "suzuki")
        try portal.reply(.accept(BookingAnswer(booking: slot)), on: .cancelBooking)
        try portal.reply(.accept(BookingList(bookings: [], more: false)), on: .listBookings)
        let page = try #require(portal.shown).text
        #expect(page.contains("18:00–20:00 の予約を取り消しました。") && page.contains("id=\"again\""))
        let fields = hidden(page, in: "again")
        try portal.post("/ja/bookings", fields + [("act", "add")], as: "suzuki")
        let again = try portal.command(.addBooking).1.data
        #expect(again == AddBooking(door: "gym", from: slot.from, to: slot.to, tokens: slot.tokens, persons: slot.persons, paid: true))
    }

    /// The hidden fields of a form, as a browser sends them.
    private func hidden(_ page: String, in form: String) -> [(String, String)] {
        let start = page.firstRange(of: "id=\"\(form)\"")?.upperBound ?? page.endIndex
        let end = page[start...].firstRange(of: "</form>")?.lowerBound ?? page.endIndex
        return page[start..<end].split(separator: "<input type=\"hidden\" name=\"").dropFirst().compactMap { field in
            let parts = field.split(separator: "\"", omittingEmptySubsequences: false)
            return parts[0] == "csrf" ? nil : (String(parts[0]), String(parts[2]))
        }
    }

    @Test("Another calendar gets the slots, and nobody in them; no line is longer than 75 bytes")
    func iCalendar() throws {
        let portal = try portal()
        try portal.get("/ja/bookings.ics?door=gym", as: "suzuki")
        try portal.reply(.accept(BookingList(bookings: [booking(portal)], more: false)), on: .listBookings)
        let file = try #require(portal.shown)
        let lines = file.body.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        #expect(lines.allSatisfy { $0.last == 13 && $0.count <= 76 })
        #expect(file.text.contains("DTSTART:20261121T090000Z\r\nDTEND:20261121T110000Z\r\nSUMMARY:予約 体育館\\, 東\r\n"))
        #expect(file.text.contains("UID:\(id)@kazasu.nagai.example\r\n"))
        #expect(!file.text.contains(kenta.text) && !file.text.contains("k1."))
    }

    @Test("A long title is folded between characters")
    func folding() {
        let door = TownFacts.Door("gym", title: String(repeating: "体育館", count: 30))
        let slot = Booking(id: id, door: "gym", from: .distantPast, to: .distantPast + .seconds(60), tokens: [])
        let bytes = Calendar(door: door, host: "x", at: .distantPast).bytes([slot])
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("\u{FFFD}"))
        #expect(text.replacing("\r\n ", with: "").contains("LOCATION:\(door.title)\r\n"))
        #expect(bytes.split(separator: 10).allSatisfy { $0.count <= 76 })
    }

    @Test("Whoever has no desk books nothing, and there is no page of a door the town does not have")
    func strangers() throws {
        let portal = try portal()
        #expect(try portal.get("/ja/bookings", as: "sato")?.status == 403)
        #expect(try portal.post("/ja/bookings", [("act", "add")], as: "sato")?.status == 403)
        #expect(try portal.get("/ja/bookings?door=attic", as: "suzuki")?.status == 404)
        #expect(try portal.get("/ja/bookings")?.status == 303)
    }
}
