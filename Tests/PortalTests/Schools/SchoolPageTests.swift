import Contracts
import HTTP
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("A school's page")
struct SchoolPageTests {
    private let kenta: PersonID = PersonID("p-7k3mq2x5t4w2vbza")!

    private func portal() throws -> TestPortal {
        var facts = TestPortal.facts
        facts.schools = [TownFacts.School("east", title: "東小学校", gates: ["gate-1"])]
        return try TestPortal(facts: facts)
    }

    private func list(_ states: [PupilDay.State], more: Bool = false, silent: [SilentGate] = [], at now: Instant) -> PupilList {
        var list = PupilList("east", on: now.date(), due: now + .seconds(1800))
        for (number, state) in states.enumerated() {
            var pupil = PupilDay(number == 0 ? kenta : PersonID("p-7k3mq2x5t4w2vb\(["aa", "ab", "ac", "ad"][number])")!, state)
            (pupil.name, pupil.schoolClass) = (number == 0 ? "健太" : "児童\(number)", number < 2 ? "1-1" : "1-2")
            if state == .arrived { pupil.arrived = now - .seconds(600) }
            list.pupils.append(pupil)
            list.tally[state.rawValue, default: 0] += 1
        }
        (list.more, list.silent) = (more, silent)
        return list
    }

    @Test(
        "Pupils stand by class, with figures above and a silent gate loud on the same page; the look is written down once while the page stays open"
    )
    func page() throws {
        let portal = try portal()
        #expect(try portal.get("/ja/school/east", as: "sato") == nil)
        let (user, wish) = try portal.command(.listPupils)
        #expect(user == "notice-desk-hall" && wish.data.school == "east")
        let silent = [SilentGate("gate-1", since: portal.now - .seconds(300))]
        try portal.reply(.accept(list([.arrived, .notArrived, .absent], silent: silent, at: portal.now)), on: .listPupils)
        let page = try #require(portal.shown).text
        #expect(page.contains("1-1 組") && page.contains("1-2 組") && page.contains("健太"))
        #expect(page.contains("<span class=\"state here\">登校</span>") && page.contains("<span class=\"state away\">未登校</span>"))
        #expect(page.contains("id=\"tally-not-arrived\"") && page.contains("<time>07:50</time>"))
        #expect(page.contains("id=\"gate-gate-1\" class=\"notice bad\" role=\"alert\"") && page.contains("応答していません"))
        #expect(page.contains("data-watermark=\"閲覧 佐藤（sato） 2026-11-21 08:00\""))
        try portal.get("/ja/school/east", as: "sato")
        try portal.reply(.accept(list([.arrived], at: portal.now)), on: .listPupils)
        #expect(try portal.looks() == [Looked(.pupils, account: "sato", by: "notice-desk-hall", thing: "east")])
    }

    @Test("A long list is asked for page after page, as the address says")
    func pages() throws {
        let portal = try portal()
        try portal.get("/ja/school/east?class=1-1&state=arrived&date=2026-11-20", as: "sato")
        try portal.reply(.accept(list([.arrived, .arrived], more: true, at: portal.now)), on: .listPupils)
        #expect(portal.shown == nil)
        let wish = try portal.command(.listPupils).1.data
        #expect(wish.after == 2 && wish.schoolClass == "1-1" && wish.state == .arrived && wish.date == "2026-11-20")
        try portal.reply(.accept(list([.arrived], at: portal.now)), on: .listPupils)
        #expect(portal.shown?.text.components("<tr id=\"pupil-") == 3)
    }

    @Test("A name that is markup stays a name")
    func injection() throws {
        let portal = try portal()
        try portal.get("/ja/school/east", as: "sato")
        var hostile = list([.arrived], at: portal.now)
        (hostile.pupils[0].name, hostile.pupils[0].schoolClass) = ("<img src=x onerror=alert(1)>", "\"><script>alert(1)</script>")
        try portal.reply(.accept(hostile), on: .listPupils)
        let page = try #require(portal.shown).text
        #expect(!page.contains("<img") && !page.contains("<script>alert") && page.contains("&lt;img src=x"))
    }

    @Test(
        "Whoever has no notice desk, and whoever has not signed in, sees nothing; a school of others is refused by the service in its own words"
    )
    func strangers() throws {
        let portal = try portal()
        #expect(try portal.get("/ja/school/east", as: "suzuki")?.status == 403)
        #expect(try portal.get("/ja/school/east")?.status == 303)
        #expect(try portal.get("/events/school/east", as: "suzuki")?.status == 403)
        #expect(try portal.get("/ja/school/west", as: "sato")?.status == 404)
        try portal.get("/ja/school/east", as: "sato")
        try portal.reply(.refuse("not-yours", "hall speaks for west alone."), on: .listPupils)
        #expect(portal.shown?.status == 409 && portal.shown?.text.contains("hall speaks for west alone.") == true)
    }

    @Test("A service that does not answer is named when patience is over")
    func silence() throws {
        let portal = try portal()
        try portal.get("/ja/school/east", as: "sato")
        try portal.rig.pass(.seconds(12))
        #expect(portal.shown?.status == 504 && portal.shown?.text.contains("notifier") == true)
    }

    @Test("An absence of several days is reported and taken back; a refusal keeps what was typed")
    func absence() throws {
        let portal = try portal()
        let typed = [("person", kenta.text), ("from", "2026-11-24"), ("until", "2026-11-27")]
        try portal.post("/ja/school/east/absence", typed, as: "sato")
        let wish = try portal.command(.reportAbsence).1.data
        #expect(wish == ReportAbsence(kenta, at: "east", from: "2026-11-24", until: "2026-11-27"))
        try portal.reply(.refuse("too-long", "At most a hundred days."), on: .reportAbsence)
        try portal.reply(.accept(list([.expected], at: portal.now)), on: .listPupils)
        let again = try #require(portal.shown)
        #expect(again.status == 422 && again.text.contains("At most a hundred days.") && again.text.contains("value=\"2026-11-27\""))
        try portal.post("/ja/school/east/absence", typed, as: "sato")
        try portal.reply(.accept(AbsenceReported(wish, by: "notice-desk-hall")), on: .reportAbsence)
        let next = try #require(portal.shown?.headers["Location"])
        #expect(portal.shown?.status == 303)
        try portal.get(next, as: "sato")
        try portal.reply(.accept(list([.absent], at: portal.now)), on: .listPupils)
        #expect(portal.shown?.text.contains("健太 の欠席(2026-11-24〜2026-11-27)を登録しました。") == true)
        #expect(portal.shown?.text.contains("<button name=\"undo\" value=\"1\">元に戻す</button>") == true)
        try portal.post("/ja/school/east/absence", typed + [("undo", "1")], as: "sato")
        #expect(try portal.command(.reportAbsence).1.data.undo == true)
    }

    @Test("Days that are none are said so beside the form, and no service is asked")
    func wrongDays() throws {
        let portal = try portal()
        try portal.post(
            "/ja/school/east/absence", [("person", kenta.text), ("from", "2026-11-27"), ("until", "2026-11-24")], as: "sato")
        #expect(try portal.rig.said(.reportAbsence).isEmpty)
        try portal.reply(.accept(list([.expected], at: portal.now)), on: .listPupils)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("最終日は初日以後") == true)
    }

    @Test("A day is closed, gets other hours, or is as usual again")
    func days() throws {
        let portal = try portal()
        for (fields, wish) in [
            ([("how", "closed")], ChangeSchoolDay("east", on: "2026-11-24", isClosed: true)),
            ([("how", "hours"), ("from", "08:30"), ("until", "12:00")], ChangeSchoolDay("east", on: "2026-11-24", from: 510, until: 720)),
            ([("how", "usual")], ChangeSchoolDay("east", on: "2026-11-24")),
        ] {
            try portal.post("/ja/school/east/day", [("date", "2026-11-24")] + fields, as: "sato")
            #expect(try portal.command(.changeSchoolDay).1.data == wish)
            try portal.reply(.accept(SchoolDayChanged(wish, by: "notice-desk-hall")), on: .changeSchoolDay)
            #expect(portal.shown?.status == 303)
        }
        #expect(try portal.get("/ja/school/east/day?done=closed&date=2026-11-24", as: "sato")?.text.contains("value=\"usual\"") == true)
        let half = [("date", "2026-11-24"), ("how", "hours"), ("from", "12:00"), ("until", "08:30")]
        let wrong = try #require(try portal.post("/ja/school/east/day", half, as: "sato"))
        #expect(wrong.status == 422 && wrong.text.contains("value=\"hours\" checked") && wrong.text.contains("value=\"12:00\""))
    }

    @Test("Cards at the gate are told to open pages at once and then at most every two seconds, and never whose they are")
    func news() throws {
        let portal = try portal()
        var gate = FakeAgent("gate-1", seed: 3)
        portal.rig.forgetWhatWasSaid()
        func tap(_ purpose: Purpose) throws {
            portal.rig.say(gate.topic, try gate.tap(at: portal.now, purpose: purpose).json())
            try portal.rig.settle()
        }
        try tap(.init(kind: "visit"))
        #expect(portal.said(on: "school/east").isEmpty)
        for _ in 0..<5 { try tap(.init(kind: "school-gate")) }
        #expect(portal.said(on: "school/east").count == 1)
        try portal.rig.pass(.seconds(3))
        #expect(portal.said(on: "school/east").count == 2)
        try portal.rig.pass(.seconds(20))
        #expect(portal.said(on: "school/east").count == 2)
        #expect(portal.said(on: "school/east").allSatisfy { !$0.contains("k1.") && !$0.contains("p-") })
    }

    @Test("The list as CSV opens in the town's spreadsheet, in either encoding, and a formula in a name runs nowhere")
    func csv() throws {
        let portal = try portal()
        for (encoding, start) in [("utf8", [0xEF, 0xBB, 0xBF]), ("cp932", [0x91, 0x67])] as [(String, [UInt8])] {
            try portal.get("/ja/school/east/pupils.csv?encoding=\(encoding)", as: "sato")
            var list = list([.arrived], at: portal.now)
            list.pupils[0].name = "=1+1"
            try portal.reply(.accept(list), on: .listPupils)
            let sheet = try #require(portal.shown)
            #expect(sheet.body.starts(with: start))
            #expect(sheet.headers["Content-Disposition"] == "attachment; filename=\"east-2026-11-21.csv\"")
            #expect(sheet.text.contains("'=1+1"))
        }
        #expect(try portal.looks().map(\.at) == [.export, .export])
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
