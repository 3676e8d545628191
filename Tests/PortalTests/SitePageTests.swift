import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("The pages of a site")
struct SitePageTests {
    private static func facts(_ programs: Program...) -> TownFacts {
        var facts = TownFacts(title: "長井市 west", offset: .japan)
        (facts.place, facts.keepers) = ("west", ShelterKeepers(islands: ["west": []]))
        facts.processes = programs.map { Address($0, "west") }
        facts.shelterReaders = [("west-1", "shelter-1", "reader-1")]
        return facts
    }

    private static var policy: PortalPolicy {
        var policy = PortalPolicy(listen: "127.0.0.1:8480", origin: TestPortal.origin)
        policy.accounts = [PortalPolicy.Account("sato", title: "佐藤", stations: [PortalPolicy.Station(.shelterDesk, "hq")])]
        return policy
    }

    private func island() throws -> TestPortal {
        let portal = try TestPortal(policy: Self.policy, facts: Self.facts("portal", "reader-agent", "shelter-registry"))
        try portal.shelter("s01", "公民館")
        try portal.shelter("west-1", "西小学校")
        try portal.occupancy("s01")
        try portal.occupancy("west-1")
        return portal
    }

    private func life(of instance: String, heard: Duration? = nil, number: Int64 = 0, _ portal: TestPortal) throws {
        var life = Life(.ready, at: portal.now, counters: heard.map { ["town-heard": (portal.now - $0).milliseconds] } ?? [:])
        life.audit = AuditHead(number: number, link: String(repeating: "\(number)", count: 64))
        portal.rig.say("nagai/shelter-registry/health/\(instance)/life", try life.json())
        try portal.rig.settle()
    }

    /// Paths of our own pages that a page leads to.
    private func links(_ page: String) -> Set<String> {
        Set(
            page.split(separator: "href=\"").dropFirst().compactMap { $0.split(separator: "\"").first.map(String.init) }.filter {
                $0.hasPrefix("/ja/") || $0.hasPrefix("/en/") || $0.hasPrefix("/easy/")
            })
    }

    @Test("No page leads to one of a service that is not there: everything that can be clicked from the first page on is there")
    func noDeadEnds() throws {
        let portal = try island()
        var (seen, ahead): (Set<String>, [String]) = ([], ["/ja/", "/ja/staff", "/ja/desk"])
        while let path = ahead.popLast() {
            guard seen.insert(path).inserted else { continue }
            var page = try portal.get(path, as: "sato")
            if page == nil {
                // The registry's word on a roster, or on whoever has not come.
                if path.contains("roster") { try portal.reply(.accept(RosterPage([], more: false)), on: .listRoster) }
                page = portal.shown
            }
            guard let page else { continue }
            #expect(page.status == 200, "\(path) answers \(page.status)")
            ahead += links(page.text)
        }
        #expect(seen.contains("/ja/shelters") && seen.contains("/ja/hq") && seen.contains("/ja/desk/west-1"))
        #expect(seen.isDisjoint(with: ["/ja/facilities", "/ja/family", "/ja/desk/s01"]))
        for path in ["facilities", "family", "people", "bookings", "doors", "figures", "kiosk-setup", "receptions", "campaigns"] {
            #expect(try portal.get("/ja/\(path)", as: "sato")?.status == 404, "\(path)")
        }
        #expect(try portal.get("/api/v1/facilities")?.status == 404 && portal.get("/api/v1/shelters")?.status == 200)
    }

    @Test("A site that has only reception tables has no pages of shelters")
    func reception() throws {
        var policy = Self.policy
        policy.accounts[0].stations = [PortalPolicy.Station(.receptionDesk, "table")]
        var facts = Self.facts("portal", "reader-agent", "reception")
        facts.receptions = [TownFacts.Reception("festival", title: "町まつり", stations: [])]
        let portal = try TestPortal(policy: policy, facts: facts)
        #expect(try portal.get("/ja/shelters")?.status == 404 && portal.get("/ja/hq", as: "sato")?.status == 404)
        let page = try #require(try portal.get("/ja/receptions", as: "sato"))
        #expect(page.status == 200 && page.text.contains("value=\"paper\"") && page.text.contains("受付の開始と終了は町で行います"))
        #expect(!page.text.contains("value=\"open\"") && !page.text.contains("value=\"close\""), "a site would be refused")
        let first = try #require(try portal.get("/ja/")).text
        #expect(links(first).contains("/ja/staff") && !first.contains("/ja/shelters"))
    }

    @Test("A shelter of another place can be looked at and not run from here")
    func others() throws {
        let portal = try island()
        let (own, other) = (try portal.get("/ja/hq/shelter/west-1", as: "sato"), try portal.get("/ja/hq/shelter/s01", as: "sato"))
        #expect(own?.text.contains("/ja/hq/shelter/west-1/close") == true && own?.text.contains("/ja/desk/west-1") == true)
        #expect(other?.text.contains("その場所の画面で行います") == true && other?.text.contains("<form class=\"row\" method=\"post\"") == false)
        #expect(try portal.get("/ja/desk", as: "sato")?.text.contains("desk/s01") == false)
    }

    @Test("Since when the town is not heard stands beside the shelters, and open pages are told when it is, and when it is no longer")
    func silence() throws {
        let portal = try island()
        #expect(try portal.get("/ja/shelters")?.text.contains("町とはまだ連絡がとれていません") == true)
        try life(of: "west", heard: .seconds(5), portal)
        #expect(portal.said(on: "shelters/ja").contains { $0.contains("<div id=\\\"town\\\"></div>") })
        #expect(try portal.get("/ja/shelters")?.text.contains("<div id=\"town\"></div>") == true)
        portal.rig.forgetWhatWasSaid()
        try portal.rig.pass(.seconds(56))
        #expect(portal.said(on: "hq/en").contains { $0.contains("has not been heard since 2026-11-21 07:59") })
        // The registry goes on, and with each word of it nothing is new.
        portal.rig.forgetWhatWasSaid()
        try life(of: "west", heard: .seconds(61), portal)
        #expect(portal.said(on: "hq/en").isEmpty)
        #expect(try portal.get("/ja/hq", as: "sato")?.text.contains("2026-11-21 07:59 から連絡がとれていません") == true)
        #expect(try portal.get("/easy/shelters")?.text.contains("まちと つながっていません") == true)
    }

    @Test("The town's own registry that has gone is no news at a site, the site's own is")
    func lives() throws {
        let portal = try island()
        for instance in ["main", "west"] { try life(of: instance, portal) }
        portal.rig.say("nagai/shelter-registry/health/main/life", try Life(.lost, at: portal.now).json())
        try portal.rig.settle()
        #expect(try portal.get("/ja/shelters")?.text.contains("更新されていません") == false)
        portal.rig.say("nagai/shelter-registry/health/west/life", try Life(.lost, at: portal.now).json())
        try portal.rig.settle()
        #expect(try portal.get("/ja/shelters")?.text.contains("更新されていません") == true)
    }

    @Test("What was commanded here is given again to the site's service that has forgotten it, and not on a word of the town's")
    func givenAgain() throws {
        let portal = try island()
        for instance in ["main", "west"] { try life(of: instance, number: 1, portal) }
        try portal.rig.pass(.seconds(120))
        try portal.post("/ja/hq/shelter/west-1/run", [("stage", "open")], as: "sato")
        let shelter = ShelterChanged(Shelter("west-1", title: "西小学校"), ShelterRun(.open, since: portal.now, by: "shelter-desk-hq"))
        try portal.reply(.accept(shelter), on: .runShelter)
        try portal.rig.pass(.seconds(60))
        for instance in ["main", "west"] { try life(of: instance, number: 2, portal) }
        try portal.rig.pass(.seconds(15))
        portal.rig.forgetWhatWasSaid()
        try life(of: "main", number: 1, portal)
        #expect(try portal.rig.said(.runShelter).isEmpty)
        try life(of: "west", number: 1, portal)
        #expect(try portal.rig.said(.runShelter).count == 1)
    }

    @Test("What was heard on another day says which")
    func day() throws {
        let portal = try island()
        try portal.rig.pass(.seconds(86_400))
        #expect(try portal.get("/ja/shelters")?.text.contains("2026-11-21 08:00 現在") == true)
    }
}
