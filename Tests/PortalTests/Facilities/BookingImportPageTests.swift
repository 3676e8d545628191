import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("A file of bookings, taken over at a page")
struct BookingImportPageTests {
    private let person = "p-aaaaaaaaaaaaaaaa"

    private func portal() throws -> TestPortal {
        var facts = TestPortal.facts
        facts.doors = [TownFacts.Door("gym", title: "体育館"), TownFacts.Door("hall", title: "公民館")]
        return try TestPortal(facts: facts)
    }

    private func sheet(_ rows: String...) -> String {
        (["予約番号,施設,日付,開始,終了,利用者"] + rows).joined(separator: "\r\n") + "\r\n"
    }

    private func booking(_ portal: TestPortal, _ slot: PutBooking.Slot, _ number: UInt64) -> Booking {
        Booking(
            id: EventID(high: 1, low: number), door: slot.door, from: slot.from, to: slot.to, tokens: slot.tokens, persons: slot.persons)
    }

    @Test("It is shown line by line and changes nothing; then it is done for good, and what is not understood is named with its line")
    func whole() throws {
        let portal = try portal()
        #expect(try portal.get("/ja/bookings/import", as: "suzuki")?.text.contains("name=\"text\"") == true)
        let text = sheet(
            "1,体育館,2026-11-24,18:00,19:00,\(person)", "2,<b>,2026-11-24,9:00,10:00,\(person)", "3,hall,2020-01-01,9:00,10:00,\(person)")
        let form = [("text", text), ("system", "web"), ("holders", "")]
        try portal.post("/ja/bookings/import", form + [("act", "try")], as: "suzuki")
        let (user, wish) = try portal.command(.putBooking)
        let slot = try #require(wish.data.slot)
        #expect(user == "desk-office" && wish.data.trial == true && slot.door == "gym" && slot.from.minute(.japan) == "2026-11-24 18:00")
        try portal.reply(.accept(BookingPut(.new, booking: booking(portal, slot, 1))), on: .putBooking)
        let page = try #require(portal.shown).text
        for words in ["まだ何も変えていません", "新規 1、過去 1、読み取れない 1", "体育館 2026-11-24 18:00–19:00", "3行目", "&lt;b&gt;", "value=\"apply\""] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(!page.contains("<b>") && page.contains(person))
        #expect(try portal.rig.said(.putBooking).count == 1)
        try portal.post("/ja/bookings/import", form + [("act", "apply")], as: "suzuki")
        #expect(try portal.command(.putBooking).1.data.trial == nil)
        try portal.reply(.accept(BookingPut(.new, booking: booking(portal, slot, 1))), on: .putBooking)
        #expect(portal.shown?.text.contains("<h1>取り込みました</h1>") == true && portal.shown?.text.contains("value=\"apply\"") == false)
    }

    @Test("A slot that another one of the file leaves is free by then; one that a stranger has is refused with whose time it is")
    func swapped() throws {
        let portal = try portal()
        let text = sheet(
            "1,gym,2026-11-24,10:00,11:00,\(person)", "2,gym,2026-11-24,11:00,12:00,\(person)", "3,gym,2026-11-24,15:00,16:00,\(person)")
        try portal.post("/ja/bookings/import", [("text", text), ("system", "web"), ("act", "try")], as: "suzuki")
        func wish() throws -> PutBooking.Slot { try #require(try portal.command(.putBooking).1.data.slot) }
        let first = try wish()
        let second = booking(portal, first, 2)
        try portal.reply(.accept(BookingPut(.taken, other: second)), on: .putBooking)
        try portal.reply(.accept(BookingPut(.changed, before: second, booking: booking(portal, try wish(), 2))), on: .putBooking)
        let stranger = booking(portal, try wish(), 9)
        try portal.reply(.accept(BookingPut(.taken, other: stranger)), on: .putBooking)
        for other in [second, stranger] { try portal.reply(.accept(BookingPut(.taken, other: other)), on: .putBooking) }
        let page = try #require(portal.shown).text
        #expect(page.contains("新規 1、変更 1、受付不可 1") && page.contains("ほかの予約（体育館 2026-11-24 15:00–16:00）"))
        #expect(page.contains("体育館 2026-11-24 10:00–11:00 → 体育館 2026-11-24 11:00–12:00"))
        #expect(try portal.rig.said(.putBooking).count == 5)
    }

    @Test("iCalendar is read too, for whom is typed where the file names nobody, and a refusal is said in words")
    func calendar() throws {
        let portal = try portal()
        let text = [
            "BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1@web", "DTSTART:20261124T180000", "DURATION:PT1H", "LOCATION:公民館", "END:VEVENT",
            "END:VCALENDAR", "",
        ].joined(separator: "\r\n")
        let form = [("text", text), ("system", "web"), ("act", "try")]
        try portal.post("/ja/bookings/import", form, as: "suzuki")
        #expect(portal.shown?.text.contains("利用者の記載がありません") == true)
        try portal.post("/ja/bookings/import", form + [("holders", person)], as: "suzuki")
        #expect(try portal.command(.putBooking).1.data.slot?.persons == [PersonID(person)!])
        try portal.reply(.refuse("closed", "Door hall is closed."), on: .putBooking)
        #expect(portal.shown?.text.contains("この扉の休館日です") == true && portal.shown?.text.contains("value=\"apply\"") == false)
    }

    @Test(
        "What is no such file, or nobody's, is said beside the form with what was pasted, and no service is asked",
        arguments: [("", "web", ""), ("こんにちは", "web", ""), ("予約番号,施設\r\n", "Web!", ""), ("予約番号,施設\r\n", "web", "長井")])
    func wrong(text: String, system: String, holders: String) throws {
        let portal = try portal()
        let form = [("text", text), ("system", system), ("holders", holders), ("act", "try")]
        let page = try #require(try portal.post("/ja/bookings/import", form, as: "suzuki"))
        #expect(page.status == 422 && page.text.contains("id=\"fault\"") && page.text.contains(text))
        #expect(try portal.rig.said(.putBooking).isEmpty)
    }

    @Test("A service that is silent ends it, and the same file may be sent again; whoever has no desk sees none of it")
    func silence() throws {
        let portal = try portal()
        let form = [("text", sheet("1,gym,2026-11-24,10:00,11:00,\(person)")), ("system", "web"), ("act", "apply")]
        try portal.post("/ja/bookings/import", form, as: "suzuki")
        try portal.rig.pass(.seconds(11))
        #expect(portal.shown?.status == 504)
        #expect(try portal.get("/ja/bookings/import", as: "sato")?.status == 403)
        #expect(try portal.post("/ja/bookings/import", form, as: "sato")?.status == 403)
    }
}
