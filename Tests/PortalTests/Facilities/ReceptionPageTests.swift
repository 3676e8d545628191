import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("Receptions, as the desk sees them")
struct ReceptionPageTests {
    private func portal() throws -> TestPortal {
        var (facts, policy) = (TestPortal.facts, TestPortal.policy)
        facts.receptions = [TownFacts.Reception("fair", title: "<b>健康まつり</b>", stations: ["north", "south"])]
        policy.accounts.append(
            PortalPolicy.Account("ito", title: "伊藤", stations: [PortalPolicy.Station(.receptionDesk, "table")]))
        return try TestPortal(policy: policy, facts: facts)
    }

    private func count(_ portal: TestPortal, _ byCard: Int, paper: Int = 0, conflicts: Int = 0) -> ReceptionCount {
        var count = ReceptionCount("fair", .open, at: portal.now)
        (count.accepted, count.byCard, count.paper, count.conflicts) = (byCard, byCard, paper, conflicts)
        return count
    }

    @Test("Counts are shown as they are said, and told to open pages in the same turn; a title that is markup stays a title")
    func live() throws {
        let portal = try portal()
        #expect(try portal.get("/ja/receptions", as: "ito")?.text.contains("まだ知らせがありません") == true)
        try portal.state(count(portal, 1204, paper: 30, conflicts: 2), on: .receptionCounts, of: "fair")
        let said = portal.said(on: "receptions/en")
        #expect(said.count == 1 && said[0].contains("<dd>1,234</dd>") && said[0].contains("2 people were received twice"))
        let page = try #require(try portal.get("/ja/receptions", as: "ito")).text
        #expect(page.contains("<dd>1,234</dd>") && page.contains("重複受付が 2 件あります"))
        #expect(page.contains("&lt;b&gt;健康まつり&lt;/b&gt;") && !page.contains("<b>"))
    }

    @Test("A service that has gone is said with the time since when")
    func gone() throws {
        let portal = try portal()
        let life = try Life(.lost, at: portal.now - .seconds(3600)).json()
        portal.rig.say("nagai/reception/health/main/life", life)
        try portal.rig.settle()
        #expect(try portal.get("/ja/receptions", as: "ito")?.text.contains("id=\"silence\"") == true)
    }

    @Test("What was received on paper is entered for a station, a reception is opened and closed, and a refusal stands on the page")
    func acts() throws {
        let portal = try portal()
        try portal.post("/ja/receptions", [("reception", "fair"), ("act", "paper"), ("station", "south"), ("count", "12")], as: "ito")
        let (user, paper) = try portal.command(.countPaper)
        #expect(user == "reception-desk-table" && paper.data == CountPaper(12, in: "fair", at: "south"))
        try portal.reply(.accept(count(portal, 0, paper: 12)), on: .countPaper)
        #expect(portal.shown?.headers["Location"] == "/ja/receptions#reception-fair")
        for (act, decision) in [("open", DecideReception.Decision.open), ("close", .close)] {
            try portal.post("/ja/receptions", [("reception", "fair"), ("act", act)], as: "ito")
            #expect(try portal.command(.decideReception).1.data == DecideReception(decision, "fair"))
        }
        try portal.reply(.refuse("not-yours", "table may not."), on: .decideReception)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("table may not.") == true)
        #expect(try portal.post("/ja/receptions", [("reception", "fair"), ("act", "paper"), ("count", "many")], as: "ito")?.status == 422)
    }

    @Test("Who was received stands on paper with who printed it, and the look is written down")
    func attendance() throws {
        let portal = try portal()
        try portal.get("/ja/receptions/fair/attendance", as: "ito")
        var one = Attendance(1, at: portal.now, .card, "north")
        one.name = "長井 <健太>"
        try portal.reply(.accept(AttendancePage([one], more: true, title: "健康まつり")), on: .listAttendance)
        #expect(try portal.command(.listAttendance).1.data.after == 1)
        try portal.reply(
            .accept(AttendancePage([Attendance(2, at: portal.now, .name, "south")], more: false, title: "健康まつり")), on: .listAttendance)
        let page = try #require(portal.shown).text
        #expect(page.contains("長井 &lt;健太&gt;") && page.contains("id=\"received-2\"") && page.contains("2 人"))
        #expect(page.contains("data-watermark=\"閲覧 伊藤（ito） 2026-11-21 08:00\""))
        #expect(try portal.looks() == [Looked(.attendance, account: "ito", by: "reception-desk-table", thing: "fair")])
    }

    @Test("Whoever has no reception desk sees none of it")
    func strangers() throws {
        let portal = try portal()
        for path in ["/ja/receptions", "/ja/receptions/fair/attendance", "/events/receptions/ja"] {
            #expect(try portal.get(path, as: "suzuki")?.status == 403)
        }
        #expect(try portal.get("/ja/receptions/other/attendance", as: "ito")?.status == 404)
    }
}
