import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("A parent's page")
struct FamilyHomeTests {
    private func own(_ portal: TestPortal, absences: [CalendarDate] = [], name: String = "健太") -> OwnNotices {
        var day = PupilDay(TestPortal.kenta, .arrived)
        (day.name, day.schoolClass, day.arrived) = (name, "3-2", portal.now - .seconds(600))
        let about = EventID(at: portal.now, random: (3, 3))
        var told = DeliveryLine(about, .arrived, about: about, to: .person(TestPortal.hanako), .sent, at: portal.now - .seconds(590))
        told.way = .mail
        return OwnNotices(
            TestPortal.hanako, children: [OwnNotices.Child(day, at: "east", absences: absences)], deliveries: [told], ways: [.mail, .push])
    }

    private func home(_ portal: TestPortal, _ cookie: String, _ own: OwnNotices, _ path: String = "/ja/family/home") throws -> String {
        #expect(try portal.get(path, with: cookie) == nil)
        let (user, wish) = try portal.command(.showOwnNotices)
        #expect(user == "resident-page" && wish.data == ShowOwnNotices(TestPortal.hanako))
        try portal.reply(.accept(own), on: .showOwnNotices)
        return try #require(portal.shown).text
    }

    @Test("It shows each child's school, state and time, and what was told, in three languages; the look is written down")
    func home() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        let page = try home(portal, cookie, own(portal))
        #expect(page.contains("健太") && page.contains("東小学校 3-2") && page.contains("<span class=\"state here\">登校</span>"))
        #expect(page.contains("<time>07:50</time>") && page.contains("登校しました") && page.contains("送信済み(メール)"))
        #expect(try portal.looks() == [Looked(.own, account: nil, by: "resident-page", person: TestPortal.hanako)])
        #expect(try home(portal, cookie, own(portal), "/easy/family/home").contains("がっこうに います"))
        #expect(try home(portal, cookie, own(portal), "/en/family/home").contains("arrived at school"))
    }

    @Test("A name that is markup stays a name, and no name and no child stands in an address")
    func hostile() throws {
        let portal = try TestPortal.family()
        let page = try home(portal, try portal.enter(), own(portal, absences: ["2026-11-24"], name: "\"><img src=x onerror=alert(1)>"))
        #expect(!page.contains("<img") && page.contains("&lt;img src=x"))
        for link in page.split(separator: "href=\"").dropFirst() { #expect(!link.prefix { $0 != "\"" }.contains("p-7k3")) }
        for link in page.split(separator: "action=\"").dropFirst() { #expect(!link.prefix { $0 != "\"" }.contains("p-7k3")) }
    }

    @Test("An absence is reported for the session's person, shown as one span, and taken back")
    func absence() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        let typed = [("child", TestPortal.kenta.text), ("school", "east"), ("from", "2026-11-24"), ("until", "2026-11-26")]
        // Whom a form names as the one who says so counts for nothing.
        try portal.post("/ja/family/absence", typed + [("person", TestPortal.kenta.text)], with: cookie)
        let (user, command) = try portal.command(.reportOwnAbsence)
        #expect(user == "resident-page")
        #expect(
            command.data == ReportOwnAbsence(TestPortal.kenta, at: "east", from: "2026-11-24", until: "2026-11-26", by: TestPortal.hanako))
        let report = ReportAbsence(TestPortal.kenta, at: "east", from: "2026-11-24", until: "2026-11-26")
        try portal.reply(.accept(AbsenceReported(report, by: user.userID, guardian: TestPortal.hanako)), on: .reportOwnAbsence)
        #expect(portal.shown?.headers["Location"] == "/ja/family/home?done=absent")
        let page = try home(
            portal, cookie, own(portal, absences: ["2026-11-24", "2026-11-25", "2026-11-26", "2026-12-01"]), "/ja/family/home?done=absent")
        #expect(page.contains("欠席の連絡を受け付けました") && page.contains("2026-11-24〜2026-11-26") && page.contains("連絡済み:2026-12-01"))
        try portal.post("/ja/family/absence", typed + [("undo", "1")], with: cookie)
        #expect(try portal.command(.reportOwnAbsence).1.data.undo == true)
    }

    @Test("Another person's child is refused by the notifier, in words, and days that are none before it is asked")
    func refused() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        let typed = [("child", "p-7k3mq2x5t4w2vbzz"), ("school", "east"), ("from", "2026-11-24"), ("until", "2026-11-24")]
        try portal.post("/ja/family/absence", typed, with: cookie)
        try portal.reply(.refuse("not-yours", "No child of yours."), on: .reportOwnAbsence)
        try portal.reply(.accept(own(portal)), on: .showOwnNotices)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("No child of yours.") == true)
        portal.rig.forgetWhatWasSaid()
        try portal.post("/ja/family/absence", typed.dropLast() + [("until", "2026-11-23")], with: cookie)
        try portal.reply(.accept(own(portal)), on: .showOwnNotices)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("最終日は初日以後") == true)
        #expect(try portal.rig.said(.reportOwnAbsence).isEmpty)
        for broken in [[("child", "健太"), ("school", "east")], [("child", TestPortal.kenta.text), ("school", "")]] {
            #expect(try portal.post("/ja/family/absence", broken, with: cookie)?.status == 404)
        }
    }

    @Test("A notifier that is silent is named; a town without one asks nobody")
    func silence() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        try portal.get("/ja/family/home", with: cookie)
        try portal.rig.pass(.seconds(12))
        #expect(portal.shown?.status == 504 && portal.shown?.text.contains("notifier") == true)
        let plain = try TestPortal.family()
        let other = try plain.enter()
        var facts = TestPortal.facts
        facts.processes = [Address("resident-directory", "main")]
        try plain.restart(with: facts)
        #expect(try plain.get("/ja/family/home", with: other)?.status == 200)
    }

    @Test("Days that follow each other are one absence")
    func spans() {
        let days: [CalendarDate] = ["2026-12-31", "2026-11-30", "2026-12-01", "2027-01-01", "2027-01-03"]
        #expect(days.spans.map(\.from) == ["2026-11-30", "2026-12-31", "2027-01-03"])
        #expect(days.spans.map(\.until) == ["2026-12-01", "2027-01-01", "2027-01-03"])
        #expect([CalendarDate]().spans.isEmpty)
    }
}

extension String {
    fileprivate var userID: UserID { UserID(self)! }
}
