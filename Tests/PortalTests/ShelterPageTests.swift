import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("What everybody sees of shelters")
struct ShelterPageTests {
    @Test("Open, crowded, full, closed and silent are told apart in words, by a sign and by a class")
    func looks() throws {
        let portal = try TestPortal()
        for (id, congestion) in [("s01", Occupancy.Congestion.free), ("s02", .crowded), ("s03", .full)]
            as [(ShelterID, Occupancy.Congestion)]
        {
            try portal.shelter(id, "避難所\(id)")
            try portal.occupancy(id, congestion == .full ? .full : .open, congestion)
        }
        try portal.shelter("s04", "閉", .closed)
        try portal.shelter("s05", "黙")
        let page = try #require(try portal.get("/ja/shelters")).text
        for (mark, word) in [("open", "空きあり"), ("filling", "混雑"), ("full", "満員"), ("closed", "閉鎖"), ("silent", "確認中")] {
            #expect(page.contains("<p class=\"state \(mark)\">\(word)</p>"))
        }
        // Where one can go stands first, where nothing is known last.
        let order = ["s01", "s02", "s03", "s04", "s05"].compactMap { page.firstRange(of: "id=\"shelter-\($0)\"")?.lowerBound }
        #expect(order == order.sorted() && order.count == 5)
    }

    @Test("What was heard is not believed for longer than its maker says, and open pages are told")
    func staleness() throws {
        let portal = try TestPortal()
        try portal.shelter("s01", "中央公民館")
        try portal.occupancy("s01")
        #expect(try portal.get("/en/shelters")?.text.contains("Room") == true)
        portal.rig.forgetWhatWasSaid()
        try portal.rig.pass(.seconds(65))
        #expect(portal.said(on: "shelters/en").contains { $0.contains("Not heard from") })
        #expect(try portal.get("/en/shelters")?.text.contains("Not heard from") == true)
    }

    @Test("Where the town's registry has gone the page says since when; a site's that is cut off is no news of the others")
    func registryGone() throws {
        let portal = try TestPortal()
        try portal.shelter("s01", "中央公民館")
        func life(_ state: Life.State, of instance: String) throws {
            portal.rig.say("nagai/shelter-registry/health/\(instance)/life", try Life(state, at: portal.now).json())
            try portal.rig.settle()
        }
        try life(.ready, of: "main")
        try portal.rig.pass(.seconds(5))
        try life(.lost, of: "island-1")
        #expect(try portal.get("/ja/shelters")?.text.contains("更新されていません") == false)
        portal.rig.forgetWhatWasSaid()
        try portal.rig.pass(.seconds(70))
        try life(.lost, of: "main")
        #expect(try portal.get("/ja/shelters")?.text.contains("08:00 から更新されていません") == true)
        #expect(portal.said(on: "shelters/ja").contains { $0.contains("event: page") })
        try life(.ready, of: "main")
        #expect(try portal.get("/ja/shelters")?.text.contains("更新されていません") == false)
    }

    @Test("A name that is markup stays a name, in the page, in what open pages are told and in what programs are told")
    func injection() throws {
        let portal = try TestPortal()
        try portal.shelter("s01", "<script>alert(1)</script>\" onclick=\"x") { $0.address = "'><img src=x onerror=alert(1)>" }
        try portal.occupancy("s01")
        let page = try #require(try portal.get("/ja/shelters")).text
        #expect(!page.contains("<script>alert") && !page.contains("<img") && !page.contains("\" onclick"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onclick=&quot;x"))
        #expect(portal.said(on: "shelters/ja").allSatisfy { !$0.contains("<img") && !$0.contains("<script") })
    }

    @Test("Without a language a browser is sent to its own; a path that is none is said so")
    func languages() throws {
        let portal = try TestPortal()
        #expect(try portal.get("/", headers: ["accept-language": "en-US,en;q=0.9"])?.headers["Location"] == "/en/")
        #expect(try portal.get("/", headers: ["accept-language": "fr"])?.headers["Location"] == "/ja/")
        #expect(try portal.get("/easy/shelters")?.status == 200)
        #expect(try portal.get("/ja/nothing")?.status == 404)
        #expect(try portal.post("/ja/shelters")?.status == 405)
    }

    @Test("Nothing of staff is shown to whoever has not signed in")
    func strangers() throws {
        let portal = try TestPortal()
        #expect(try portal.get("/ja/staff")?.headers["Location"] == "/ja/sign-in?next=/ja/staff")
        #expect(try portal.get("/ja/staff", as: "sato")?.text.contains("災害対策本部") == true)
        #expect(try portal.get("/ja/staff", as: "suzuki")?.text.contains("災害対策本部") == false)
        let page = try #require(try portal.get("/ja/shelters"))
        #expect(page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(page.headers["Content-Security-Policy"]?.contains("unsafe") == false)
    }
}
