import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("What else is somebody's own: points, ways, consents")
struct FamilyPagesTests {
    private func points(_ portal: TestPortal, _ number: Int64 = 41, more: Bool = false) -> OwnPoints {
        let mine = Account("town", .person, "p-7k3mq2x5t4w2vbza")
        func entry(
            _ number: Int64, _ amount: Int64, _ kind: Account.Kind, _ holder: Name<HolderKind>, _ place: PlaceID? = nil
        )
            -> EntriesPage.Entry
        {
            EntriesPage.Entry(
                number, .single, mine, amount, balance: 0, other: Account("town", kind, holder), for: "visit", origin: nil,
                moment: portal.now, at: portal.now, place: place)
        }
        return OwnPoints(
            TestPortal.hanako,
            lots: [
                PointsShown.Lot("town", 320, held: 20, expires: "2027-03-31"), PointsShown.Lot("town", 1000, expires: nil),
                PointsShown.Lot("old-purse", 5, expires: nil),
            ],
            entries: [entry(number, -300, .shop, "bakery"), entry(number - 1, 10, .issue, "town", "gym")], more: more)
    }

    @Test("Points stand by purse with the town's titles, the record says with whom and where, and goes on")
    func points() throws {
        let portal = try TestPortal.family { $0.partners = [TownFacts.Partner(Party("shop/bakery")!, title: "パン屋 <&>")] }
        let cookie = try portal.enter()
        try portal.get("/ja/family/points", with: cookie)
        #expect(try portal.command(.showOwnPoints).1.data == ShowOwnPoints(TestPortal.hanako))
        try portal.reply(.accept(points(portal, more: true)), on: .showOwnPoints)
        let page = try #require(portal.shown).text
        #expect(page.contains("<dt>ながいコイン</dt><dd>1,320 ポイント</dd>") && page.contains("うち保留 20") && page.contains("320 は 2027-03-31 まで"))
        #expect(page.contains("お店で使用・パン屋 &lt;&amp;&gt;") && page.contains("付与・市民体育館") && page.contains("-300 ポイント"))
        #expect(page.contains("href=\"/ja/family/points?before=40\""))
        try portal.get("/ja/family/points?before=40", with: cookie)
        #expect(try portal.command(.showOwnPoints).1.data == ShowOwnPoints(TestPortal.hanako, before: 40))
        try portal.reply(.accept(points(portal, 39)), on: .showOwnPoints)
        #expect(portal.shown?.text.contains("<dt>") == false && portal.shown?.text.contains("id=\"more\"") == false)
    }

    @Test("A refusal of the directory is said in Japanese and in its own words")
    func refused() throws {
        let portal = try TestPortal.family()
        try portal.get("/ja/family/points", with: try portal.enter())
        try portal.reply(.refuse("busy", "Too much <now>."), on: .showOwnPoints)
        let page = try #require(portal.shown)
        #expect(page.status == 409 && page.text.contains("混み合っています") && page.text.contains("Too much &lt;now&gt;."))
    }

    private func ways(_ portal: TestPortal, _ cookie: String, _ ways: [Carriage]) throws -> String {
        try portal.get("/ja/family/notices", with: cookie)
        try portal.reply(.accept(OwnNotices(TestPortal.hanako, children: [], deliveries: [], ways: ways)), on: .showOwnNotices)
        return try #require(portal.shown).text
    }

    @Test("Ways stand there without addresses; this browser subscribes to the town's public key, and takes it back")
    func push() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        let page = try ways(portal, cookie, [.mail, .push])
        #expect(page.contains("id=\"way-mail\"") && page.contains("id=\"way-push\"") && page.contains("data-key=\"BKey\""))
        #expect(page.contains("src=\"/push.js\""))
        let own = [("endpoint", "https://push.example/abc"), ("p256dh", "BPoint"), ("auth", "secret")]
        try portal.post("/ja/family/push", own + [("remove", "")], with: cookie)
        let push = PushSubscription(endpoint: "https://push.example/abc", p256dh: "BPoint", auth: "secret")
        #expect(try portal.command(.subscribeOwn).1.data == SubscribeOwn(TestPortal.hanako, push: push))
        try portal.reply(.accept(WaysToReach(TestPortal.hanako, ways: [.push])), on: .subscribeOwn)
        #expect(portal.shown?.headers["Location"] == "/ja/family/notices?done=on")
        try portal.post("/ja/family/push", own + [("remove", "1")], with: cookie)
        #expect(try portal.command(.subscribeOwn).1.data.remove == true)
        #expect(try portal.post("/ja/family/push", [("endpoint", "http://push.example")], with: cookie)?.status == 422)
    }

    @Test("Whoever came in by a card has their browser told things as long as the card is theirs")
    func pushByCard() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enterByCard()
        try portal.post(
            "/ja/family/push", [("endpoint", "https://push.example/abc"), ("p256dh", "BPoint"), ("auth", "secret")], with: cookie)
        try portal.reply(.accept(PersonFile(TestPortal.hanako, PersonFacts(), .resident, .registered, since: portal.now)), on: .showOwn)
        #expect(try portal.command(.subscribeOwn).1.data.card == .card(1))
    }

    @Test("Without a key of the town's no browser is asked, and whoever is reached by no way reads where to go")
    func noWays() throws {
        let portal = try TestPortal.family { $0.pushKey = nil }
        let cookie = try portal.enter()
        let page = try ways(portal, cookie, [])
        #expect(!page.contains("push.js") && !page.contains("id=\"push\"") && page.contains("お知らせの届け先がありません"))
        let own = [("endpoint", "https://push.example/abc"), ("p256dh", "BPoint"), ("auth", "secret")]
        #expect(try portal.post("/ja/family/push", own, with: cookie)?.status == 422)
    }

    private func file(_ portal: TestPortal, _ consents: [Consent]) -> PersonFile {
        var file = PersonFile(TestPortal.hanako, PersonFacts(), .resident, .registered, since: portal.now)
        file.consents = consents
        return file
    }

    @Test("What services of this town ask stands in plain words beside what was said of it last, and a button says otherwise")
    func consents() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        func said(_ kind: Name<Consent>, _ given: Bool, _ age: Int64) -> Consent {
            Consent("notifier", kind, given: given, wording: "2026-04", how: "paper", at: portal.now - .seconds(age))
        }
        try portal.get("/ja/family/consents", with: cookie)
        try portal.reply(
            .accept(
                file(
                    portal, [said("ride", true, 100), said("school-gate", true, 9), said("school-gate", false, 90), said("choir", true, 5)])
            ),
            on: .showOwn)
        let page = try #require(portal.shown).text
        func piece(_ id: String) -> String {
            String(page.split(separator: "<li id=\"consent-\(id)\"").last?.split(separator: "</li>").first ?? "")
        }
        #expect(piece("notifier-school-gate").contains("同意しています") && piece("notifier-school-gate").contains("value=\"0\""))
        #expect(piece("notifier-safety").contains("同意していません") && piece("notifier-safety").contains("value=\"1\""))
        #expect(piece("notifier-choir").contains("同意しています"))
        #expect(!page.contains("consent-shelter") && !page.contains("consent-analytics"), "nobody here would go by it")

        try portal.post("/ja/family/consents", [("service", "notifier"), ("kind", "ride"), ("given", "0")], with: cookie)
        let command = try portal.command(.consentOwn).1.data
        #expect(command == ConsentOwn("notifier", "ride", given: false, by: TestPortal.hanako, wording: Portal.wording))
        #expect((1...40).contains(command.wording.unicodeScalars.count))
        try portal.reply(.refuse("unknown-kind", "Nobody asks."), on: .consentOwn)
        #expect(portal.shown?.status == 409)
        #expect(
            try portal.post("/ja/family/consents", [("service", "notifier"), ("kind", "ride"), ("given", "2")], with: cookie)?.status == 404
        )
    }
}
