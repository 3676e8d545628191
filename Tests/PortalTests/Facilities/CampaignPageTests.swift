import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("Campaigns and settlements, as the desk for points sees them")
struct CampaignPageTests {
    private func portal(_ capabilities: Capabilities = Capabilities()) throws -> TestPortal {
        var (facts, policy) = (TestPortal.facts, TestPortal.policy)
        facts.purses = [("town", "ながいコイン", "ポイント")]
        facts.partners = [TownFacts.Partner(Party("shop/bakery")!, title: "パン屋 <&>")]
        policy.accounts.append(PortalPolicy.Account("ito", title: "伊藤", stations: [PortalPolicy.Station(.pointsDesk, "counter")]))
        return try TestPortal(policy: policy, facts: facts, capabilities: capabilities)
    }

    private func campaign(_ portal: TestPortal, by user: UserID, _ stage: Campaign.Stage = .proposed) -> Campaign {
        var campaign = Campaign(
            "spring-2027", title: "春の<支援>", benefit: "support-2027", 1000, of: "town", source: .list, by: user, at: portal.now)
        (campaign.stage, campaign.tally.new, campaign.tally.amount, campaign.tally.unknown) = (stage, 1204, 1_204_000, 3)
        return campaign
    }

    @Test("A campaign is listed with what it would pay")
    func list() throws {
        let portal = try portal()
        try portal.get("/ja/campaigns", as: "ito")
        try portal.reply(.accept(CampaignsPage([campaign(portal, by: "points-desk-other")], more: false)), on: .listCampaigns)
        let page = try #require(portal.shown).text
        #expect(page.contains("春の&lt;支援&gt;") && page.contains("<dd>1,204</dd>") && page.contains("合計(ポイント)</dt><dd>1,204,000</dd>"))
        #expect(page.contains("data-stage=\"proposed\""))
    }

    @Test("Another person approves, after a tick; whoever drew it up is told why not")
    func approval() throws {
        let portal = try portal()
        func show(_ campaign: Campaign) throws -> String {
            try portal.get("/ja/campaigns/spring-2027", as: "ito")
            let line = CampaignLine(7, PersonID("p-7k3mq2x5t4w2vbza")!, 1000, .unknown)
            try portal.reply(.accept(CampaignPage(campaign, [line], more: false)), on: .reviewCampaign)
            return try #require(portal.shown).text
        }
        #expect(try !show(campaign(portal, by: "points-desk-counter")).contains("value=\"approve\""))
        let page = try show(campaign(portal, by: "points-desk-other"))
        #expect(page.contains("value=\"approve\"") && page.contains("未登録またはカードなし"))
        try portal.post("/ja/campaigns/spring-2027", [("decision", "approve")], as: "ito")
        #expect(try portal.rig.said(.decideCampaign).isEmpty)
        try portal.post("/ja/campaigns/spring-2027", [("decision", "approve"), ("sure", "1")], as: "ito")
        #expect(try portal.command(.decideCampaign).1.data == DecideCampaign(.approve, "spring-2027"))
        let paying = campaign(portal, by: "points-desk-other", .paying)
        try portal.reply(.accept(CampaignChanged(paying, by: "points-desk-counter")), on: .decideCampaign)
        #expect(portal.shown?.headers["Location"] == "/ja/campaigns/spring-2027")
        try portal.post("/ja/campaigns/spring-2027", [("decision", "propose"), ("sure", "1")], as: "ito")
        #expect(portal.shown?.status == 404)
    }

    @Test("A statement says what a shop is paid, and that it is not closed yet")
    func statement() throws {
        let portal = try portal()
        try portal.get("/ja/settlements/statement?party=shop/bakery&from=2026-11-01&to=2026-11-20", as: "ito")
        let wish = try portal.command(.showSettlement).1.data
        let line = Settlement.Line("town", taken: 12_500, 31, back: 500, 1, yen: 12_000)
        let settlement = Settlement(
            wish.party, from: wish.from, to: wish.to, [line], days: [Settlement.Day("2026-11-03", 12_000)], fee: 180)
        try portal.reply(.accept(settlement), on: .showSettlement)
        let page = try #require(portal.shown).text
        #expect(page.contains("パン屋 &lt;&amp;&gt;") && page.contains("未確定") && page.contains("<dd id=\"payable\">11,820円</dd>"))
        #expect(try portal.get("/ja/settlements/statement?party=shop/bakery&from=2026-11-20&to=2026-11-01", as: "ito")?.status == 422)
        #expect(try portal.get("/ja/settlements/statement?party=shop/other&from=2026-11-01&to=2026-11-20", as: "ito")?.status == 404)
    }

    @Test("A period is closed in two steps: its figures, then a tick, and only the sum that was shown")
    func closing() throws {
        let portal = try portal()
        let days = "party=shop/bakery&from=2026-10-01&to=2026-10-31"
        let bakery = Party("shop/bakery")!
        func show(_ yen: Int64, closed: Instant? = nil) throws {
            var settlement = Settlement(
                bakery, from: "2026-10-01", to: "2026-10-31", [Settlement.Line("town", taken: yen, 1, back: 0, 0, yen: yen)], days: [],
                fee: 0)
            settlement.closed = closed
            try portal.reply(.accept(settlement), on: .showSettlement)
        }
        try portal.get("/ja/settlements/statement?\(days)", as: "ito")
        try show(12_000)
        #expect(portal.shown?.text.contains("/ja/settlements/close?party=shop/bakery") == true)
        try portal.get("/ja/settlements/close?\(days)", as: "ito")
        try show(12_000)
        let page = try #require(portal.shown).text
        #expect(page.contains("12,000円") && page.contains("name=\"payable\" value=\"12000\"") && page.contains("取り消せません"))
        let form = [("party", "shop/bakery"), ("from", "2026-10-01"), ("to", "2026-10-31"), ("payable", "12000")]
        try portal.post("/ja/settlements/close", form, as: "ito")
        try show(12_000)
        #expect(portal.shown?.status == 422)
        try portal.post("/ja/settlements/close", form + [("sure", "1")], as: "ito")
        try show(12_001)
        try show(12_001)
        #expect(portal.shown?.text.contains("お支払額が変わりました") == true)
        #expect(try portal.rig.said(.closeSettlement).isEmpty)
        try portal.post("/ja/settlements/close", form + [("sure", "1")], as: "ito")
        try show(12_000)
        #expect(try portal.command(.closeSettlement).1.data == CloseSettlement(bakery, from: "2026-10-01", to: "2026-10-31"))
        try portal.reply(.refuse("gap", "The last closed period ends with 2026-08-31."), on: .closeSettlement)
        try show(12_000)
        #expect(portal.shown?.text.contains("前に確定した期間の翌日から") == true)
        try portal.post("/ja/settlements/close", form + [("sure", "1")], as: "ito")
        try show(12_000)
        let closed = Settlement(bakery, from: "2026-10-01", to: "2026-10-31", [], days: [], fee: 0)
        try portal.reply(.accept(SettlementClosed(closed)), on: .closeSettlement)
        #expect(portal.shown?.headers["Location"] == "/ja/settlements/statement?\(days)")
        try portal.get("/ja/settlements/close?\(days)", as: "ito")
        try show(12_000, closed: portal.now)
        #expect(portal.shown?.status == 303)
    }

    @Test("A period that is not over leads to no closing, nor does one for whoever may not close")
    func notYet() throws {
        for (to, capability, word) in [
            ("2026-11-21", Capability.lead, "最終日の翌日から"), ("2026-10-31", .clerk, "別の担当者が行います"),
        ] {
            let portal = try portal(Capabilities(["points-desk-counter": [capability]]))
            try portal.get("/ja/settlements/statement?party=shop/bakery&from=2026-10-01&to=\(to)", as: "ito")
            let settlement = Settlement(Party("shop/bakery")!, from: "2026-10-01", to: CalendarDate(to)!, [], days: [], fee: 0)
            try portal.reply(.accept(settlement), on: .showSettlement)
            #expect(portal.shown?.text.contains("settlements/close") == false && portal.shown?.text.contains(word) == true)
        }
    }

    @Test("Closed periods are listed, newest first")
    func settlements() throws {
        let portal = try portal()
        try portal.get("/ja/settlements", as: "ito")
        let closed = Settlement(Party("shop/bakery")!, from: "2026-10-01", to: "2026-10-31", [], days: [], fee: 0)
        try portal.reply(.accept(SettlementsPage([closed], more: false)), on: .listSettlements)
        #expect(portal.shown?.text.contains("2026-10-01〜2026-10-31") == true)
    }

    @Test("Numbers are written in groups of three", arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func groups(number: Int64, words: String) { #expect(grouped(number) == words) }

    @Test("Whoever has no desk for points sees none of it")
    func strangers() throws {
        let portal = try portal()
        for path in ["/ja/campaigns", "/ja/campaigns/spring-2027", "/ja/settlements", "/ja/settlements/statement", "/ja/settlements/close"]
        {
            #expect(try portal.get(path, as: "suzuki")?.status == 403)
        }
    }
}
