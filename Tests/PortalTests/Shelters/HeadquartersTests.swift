import Contracts
import HTTP
import Harness
import Store
import Testing

@testable import Portal

@Suite("What headquarters see of shelters, and say to them")
struct HeadquartersTests {
    @Test("Whoever is not heard stands first and is named on top; a rehearsal is in no number of people")
    func totals() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try portal.shelter("s02", "西小学校")
        try portal.occupancy("s02", .silent, headcount: 30)
        try portal.shelter("s03", "南体育館", drill: true)
        try portal.occupancy("s03", headcount: 500)
        let needs = ShelterNeeds(
            at: portal.now, maxAge: 600, bands: [.init(.infant, 2), .init(.old, 5)], needs: [.init("allergy", 3)], drill: false)
        try portal.state(needs, on: .shelterNeeds, of: "s01")
        let page = try #require(try portal.get("/ja/hq", as: "sato")).text
        let order = ["s02", "s01", "s03"].compactMap { page.firstRange(of: "<li id=\"hq-\($0)\"")?.lowerBound }
        #expect(order == order.sorted() && order.count == 3)
        #expect(page.contains("<dt>避難者</dt><dd>42</dd>") && page.contains("<dt>応答なし</dt><dd>1</dd>"))
        #expect(page.contains("応答なし：西小学校") && page.contains("訓練中：1か所 500人"))
        #expect(page.contains("0歳 2、65〜74歳 5") && page.contains("アレルギー 3"))
        let sheet = try #require(try portal.get("/en/hq/print", as: "sato")).text
        #expect(sheet.contains("西小学校") && sheet.contains("南体育館 (drill)"))
        try portal.shelter("s02", "西小学校") { $0.capacity = Shelter.Capacity(day: 200, night: 90) }
        // The column's heading says what the numbers are; beside the headcount they say it themselves.
        #expect(try portal.get("/ja/hq/print", as: "sato")?.text.contains("<td>日中200・夜間90</td>") == true)
        #expect(try portal.get("/ja/hq", as: "sato")?.text.contains("/ 定員 日中200・夜間90") == true)
    }

    @Test("What is heard reaches open pages in the same turn, and a page that opens its stream misses nothing")
    func live() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let page = try #require(try portal.get("/ja/hq", as: "sato")).text
        let feed = try #require(page.firstMatch(of: /data-feed="([^"]+)"/)).1
        portal.rig.forgetWhatWasSaid()
        try portal.occupancy("s01", .open, .crowded, headcount: 77)
        let said = portal.said(on: "hq/ja")
        #expect(said.contains { $0.contains("hq-s01") && $0.contains("77人") } && said.contains { $0.contains("hq-totals") })
        try portal.get(String(feed), as: "sato")
        let opened = try #require(portal.rig.effects.compactMap { $0 as? Opened }.last)
        #expect(
            Set(opened.feeds.filter { !$0.hasPrefix("session/") }) == ["hq/ja"]
                && String(decoding: opened.first, as: UTF8.self).contains("77人"))
    }

    @Test("The timeline tells openings, silence and goods, nothing of what is handed out piece by piece, and keeps the newest five hundred")
    func timeline() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try stage.supplies([Supply("water", stock: 10, wanted: 50, title: "水")])
        try stage.supplies([Supply("water", stock: 50, wanted: 10, title: "水")])
        try stage.supplies([Supply("water", stock: 49, wanted: 10, title: "水")], handOuts: [HandOut("water", at: "s01")])
        try stage.supplies([Supply("water", stock: 48, wanted: 10, title: "水")])
        try portal.occupancy("s01", .silent)
        try portal.shelter("s01", "中央公民館", .closed)
        let page = try #require(try portal.get("/ja/hq/timeline", as: "sato")).text
        let lines = ["閉鎖", "応答なし", "水 配布終了", "水 配布開始", "水 40個 到着（在庫50、不足10）", "開設"].compactMap {
            page.firstRange(of: "中央公民館: \($0)</li>")?.lowerBound
        }
        #expect(lines.count == 6 && page.ranges(of: "<li>").count == 6)
        for count in 1...510 { try stage.supplies([Supply("water", wanted: 1000 + count)]) }
        let kept = try portal.rig.disk.read { (db: borrowing Transaction) throws in try Timeline.newest(1000, in: db).count }
        #expect(kept == 500)
        let newest = try #require(try portal.get("/ja/hq/timeline", as: "sato")).text
        #expect(newest.ranges(of: "<li>").count == 500 && newest.contains("不足1510") && !newest.contains("開設"))
    }

    @Test("Closing takes two steps, and whoever closes has seen how many are there at that moment")
    func closing() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let page = try #require(try portal.get("/ja/hq/shelter/s01/close", as: "sato")).text
        #expect(page.contains("いま12人が記録されています") && page.contains("name=\"seen\" value=\"12\""))
        try portal.occupancy("s01", headcount: 13)
        for fields in [[("stage", "closed")], [("stage", "closed"), ("seen", "12"), ("empties", "1")]] {
            #expect(try portal.post("/ja/hq/shelter/s01/run", fields, as: "sato")?.headers["Location"] == "/ja/hq/shelter/s01/close")
        }
        #expect(try stage.given(.runShelter).isEmpty)
        try portal.post("/ja/hq/shelter/s01/run", [("stage", "closed"), ("seen", "13"), ("empties", "1")], as: "sato")
        let (user, command) = try portal.command(.runShelter)
        #expect(user == "shelter-desk-hq" && command.data == RunShelter("s01", .closed, empties: true))
        let run = ShelterRun(.closing, since: portal.now, by: "shelter-desk-hq")
        try portal.reply(.accept(ShelterChanged(Shelter("s01", title: "中央公民館"), run)), on: .runShelter)
        #expect(portal.shown?.headers["Location"] == "/ja/hq/shelter/s01?done=closed")
        let after = try #require(try portal.get("/ja/hq/shelter/s01?done=closed", as: "sato")).text
        #expect(after.contains("取り消して再び開設"))
        try portal.post("/ja/hq/shelter/s01/run", [("stage", "open")], as: "sato")
        #expect(try portal.command(.runShelter).1.data == RunShelter("s01", .open))
    }

    @Test("A rehearsal has an end; a refusal is shown with the service's sentence, and silence is not taken for a yes")
    func drill() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        #expect(
            try portal.post("/ja/hq/shelter/s01/run", [("stage", "open"), ("drill", "1"), ("hours", "999")], as: "sato")?.status == 422)
        try portal.post("/ja/hq/shelter/s01/run", [("stage", "open"), ("drill", "1"), ("hours", "3")], as: "sato")
        #expect(try portal.command(.runShelter).1.data == RunShelter("s01", .open, drill: true, until: portal.now + .seconds(3 * 3600)))
        try portal.reply(.refuse("in-use", "s01 is <b>in use</b>."), on: .runShelter)
        #expect(portal.shown?.status == 409 && portal.shown?.text.contains("s01 is &lt;b&gt;in use&lt;/b&gt;.") == true)
        try portal.post("/ja/hq/shelter/s01/supply", [("item", "water"), ("arrived", "240")], as: "sato")
        try portal.rig.pass(.seconds(12))
        #expect(portal.shown?.status == 504)
    }

    @Test("What came in, what is in stock and what is wanted is said as it was written, and nothing that is no number")
    func supplies() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try portal.post("/ja/hq/shelter/s01/supply", [("item", "water"), ("arrived", "240"), ("stock", ""), ("wanted", "0")], as: "sato")
        var wish = PutSupply("water", at: "s01")
        (wish.arrived, wish.wanted) = (240, 0)
        #expect(try portal.command(.putSupply).1.data == wish)
        try portal.reply(.accept(SupplyChanged(Supply("water", stock: 240), at: "s01", by: "shelter-desk-hq")), on: .putSupply)
        #expect(portal.shown?.headers["Location"] == "/ja/hq/shelter/s01?done=supply")
        for fields in [[("item", "water"), ("arrived", "二百")], [("item", "水"), ("arrived", "1")], [("item", "water")]] {
            #expect(try portal.post("/ja/hq/shelter/s01/supply", fields, as: "sato")?.status == 422)
        }
        #expect(try stage.given(.putSupply).count == 1)
    }

    @Test("Who has not come is listed page after page, with who looked and when, and the look is written down")
    func missing() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        #expect(try portal.get("/ja/hq/missing", as: "sato")?.text.contains("list=district/%E5%AE%AE%E5%89%8D") == true)
        #expect(try portal.get("/ja/hq/missing?list=nobody", as: "sato")?.status == 422)
        try portal.get("/ja/hq/missing?kind=district&name=%E5%AE%AE%E5%89%8D", as: "sato")
        let list = try #require(PeopleList("district/宮前"))
        #expect(try portal.command(.listMissing).1.data == ListMissing(of: list))
        func page(_ people: [EvacueeBrief], more: Bool) -> MissingPage {
            MissingPage(here: 7, elsewhere: 1, left: 0, missing: 2, people: people, more: more)
        }
        let hostile = EvacueeBrief.person("c", "<img src=x onerror=alert(1)>", "")
        try portal.reply(.accept(page([.hanako], more: true)), on: .listMissing)
        #expect(try portal.command(.listMissing).1.data == ListMissing(of: list, after: EvacueeBrief.hanako.who.person))
        try portal.reply(.accept(page([hostile], more: false)), on: .listMissing)
        let shown = try #require(portal.shown).text
        #expect(shown.contains("長井花子") && shown.contains("&lt;img src=x") && !shown.contains("<img"))
        #expect(shown.contains("<dt>未確認</dt><dd>2</dd>") && shown.contains("<p class=\"watermark\">閲覧 佐藤（sato） 2026-11-21 08:00"))
        #expect(try portal.looks() == [Looked(.missing, account: "sato", by: "shelter-desk-hq")])
    }

    @Test("Nothing of it is shown to strangers or to staff of other work, on pages, forms and streams alike")
    func access() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        for path in [
            "/ja/hq", "/ja/hq/print", "/ja/hq/missing", "/ja/hq/shelter/s01", "/ja/desk/s01", "/ja/desk/s01/roster", "/events/hq/ja",
        ] {
            #expect(try portal.get(path)?.status == 303)
            #expect(try portal.get(path, as: "suzuki")?.status == 403)
        }
        #expect(try portal.post("/ja/hq/shelter/s01/run", [("stage", "open")])?.status == 303)
        #expect(try portal.post("/ja/hq/shelter/s01/run", [("stage", "open")], as: "suzuki")?.status == 403)
        let evil = ["origin": "https://evil.example"]
        #expect(try portal.post("/ja/hq/shelter/s01/run", [("stage", "open")], as: "sato", headers: evil)?.status == 403)
        #expect(try portal.get("/ja/hq/shelter/nowhere", as: "sato")?.status == 404)
        #expect(portal.rig.effects.compactMap { $0 as? Opened }.isEmpty)
        #expect(try stage.given(.runShelter).isEmpty)
    }

    @Test("Names of shelters and goods that are markup stay names, in pages and in pieces")
    func injection() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try portal.shelter("s01", "<script>alert(1)</script>\" onclick=\"x") { $0.district = "'><img src=x>" }
        try stage.supplies([Supply("water", stock: 1, wanted: 5, title: "<img src=y>")])
        try stage.supplies([Supply("water", stock: 2, wanted: 4, title: "<img src=y>")])
        for path in [
            "/ja/hq", "/ja/hq/timeline", "/ja/hq/print", "/ja/hq/missing", "/ja/hq/shelter/s01", "/ja/hq/shelter/s01/close", "/ja/desk",
            "/ja/desk/s01",
        ] {
            let page = try #require(try portal.get(path, as: "sato")).text
            #expect(!page.contains("<script>") && !page.contains("<img") && !page.contains("\" onclick"))
        }
        #expect(portal.said(on: "hq/ja").allSatisfy { !$0.contains("<img") && !$0.contains("<script>") })
    }
}
