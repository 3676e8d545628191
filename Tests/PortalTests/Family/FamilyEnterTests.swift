import Bus
import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("Residents come in by what the town knows of them")
struct FamilyEnterTests {
    private let name = [("reading", "ナガイ ハナコ"), ("born", "1985-04-01")]

    @Test("A link is sent to whoever is found; the page says the same to whoever is not, and takes as long")
    func sameAnswer() throws {
        let portal = try TestPortal.family()
        #expect(try portal.post("/ja/family/ask", name) == nil)
        let (user, wish) = try portal.command(.enterOwn)
        #expect(user == "resident-page" && wish.data == EnterOwn(reading: "ナガイ ハナコ", born: "1985-04-01"))
        try portal.reply(.accept(OwnEntered([TestPortal.hanako])), on: .enterOwn)
        let found = try #require(portal.shown)
        let letter = try portal.command(.letIn)
        #expect(letter.user == "resident-page" && letter.1.data.person == TestPortal.hanako)
        #expect(letter.1.data.link.hasPrefix("https://kazasu.nagai.example/ja/family/in#"))
        try portal.reply(.refuse("no-address", "None."), on: .letIn)
        #expect(try portal.looks().isEmpty)

        portal.rig.forgetWhatWasSaid()
        try portal.post("/ja/family/ask", name)
        try portal.reply(.refuse("no-match", "Nobody."), on: .enterOwn)
        #expect(portal.shown == found)
        #expect(found.text.contains("もし登録があれば") && found.status == 200)
        #expect(try portal.rig.said(.letIn).isEmpty)
        #expect(try portal.looks() == [Looked(.signInFailed, account: nil, by: "resident-page")])
    }

    @Test("The link in the mail shows a button and nothing else; the button lets in once, with a cookie that mails may lead to")
    func link() throws {
        let portal = try TestPortal.family()
        let address = try portal.link(in: "easy")
        let (path, secret) = (address.dropFirst(TestPortal.origin.utf8.count).prefix { $0 != "#" }, address.drop { $0 != "#" }.dropFirst())
        #expect(secret.utf8.count == 22)
        for _ in 0..<3 {
            let page = try #require(try portal.get(String(path)))
            #expect(page.cookies.isEmpty && page.text.contains("<button id=\"enter\"") && page.headers["Cache-Control"] == nil)
            #expect(page.text.contains("src=\"/enter.js\"") && page.text.contains("id=\"link\""))
        }
        let link = [("link", String(secret))]
        let begun = try #require(try portal.post("/easy/family/in", link))
        #expect(begun.status == 303 && begun.headers["Location"] == "/easy/family/home")
        #expect(begun.cookies.first?.contains("SameSite=Lax") == true && begun.cookies.first?.contains("HttpOnly") == true)
        #expect(try portal.rig.said(.looks).last?.data == Looked(.signIn, account: nil, person: TestPortal.hanako))
        let again = try #require(try portal.post("/easy/family/in", link))
        #expect(again.status == 403 && again.cookies.isEmpty)
        #expect(try portal.rig.said(.looks).last?.data.at == .signInFailed)
        #expect(try portal.get("/ja/family", with: begun.cookieValue)?.headers["Location"] == "/ja/family/home")
    }

    @Test("A link that is older than a quarter of an hour lets nobody in, and neither does one that was made up")
    func expired() throws {
        let portal = try TestPortal.family()
        let link = String(try #require(try portal.link().split(separator: "#").last))
        portal.rig.now = portal.now + .seconds(900)
        for link in [link, "", "AAAAAAAAAAAAAAAAAAAAAA", "<script>alert(1)</script>"] {
            let page = try #require(try portal.post("/ja/family/in", [("link", link)]))
            #expect(page.status == 403 && page.cookies.isEmpty && page.text.contains("もう使えません"))
            #expect(!page.text.contains("<script>alert"))
        }
    }

    @Test("Whoever has no scripts pastes the link as it came; an address with the secret in it as it once was holds nothing")
    func pasted() throws {
        let portal = try TestPortal.family()
        let link = try portal.link()
        let query = link.replacing("#", with: "?link=")
        #expect(try portal.get(String(query.dropFirst(TestPortal.origin.utf8.count)))?.text.contains(query.suffix(22)) == false)
        #expect(try portal.post("/ja/family/in", [("link", query)])?.status == 403)
        #expect(try portal.post("/ja/family/in", [("link", " \(link)\u{3000}")])?.headers["Location"] == "/ja/family/home")
    }

    @Test("Several people of one name and birth date each get a link of their own")
    func twins() throws {
        let portal = try TestPortal.family()
        try portal.post("/ja/family/ask", name)
        try portal.reply(.accept(OwnEntered([TestPortal.hanako, TestPortal.kenta])), on: .enterOwn)
        let letters = try portal.rig.said(.letIn).map(\.data)
        #expect(letters.map(\.person) == [TestPortal.hanako, TestPortal.kenta] && Set(letters.map(\.link)).count == 2)
    }

    @Test("After thirty tries from one address nobody is asked any more; staff beside it sign in as ever, and another address comes in")
    func tooMany() throws {
        let portal = try TestPortal.family()
        for _ in 0..<30 {
            try portal.post("/ja/family/ask", name)
            try portal.reply(.refuse("no-match", "Nobody."), on: .enterOwn)
        }
        portal.rig.forgetWhatWasSaid()
        #expect(try portal.post("/ja/family/ask", name)?.status == 403)
        #expect(try portal.post("/ja/family/in", [("link", "A")])?.status == 403)
        #expect(try portal.rig.said(.enterOwn).isEmpty)
        #expect(try portal.get("/ja/staff", as: "sato")?.status == 200)
        portal.rig.now = portal.now + .seconds(901)
        _ = try portal.enter()
    }

    @Test(
        "From ever new addresses 150 links are asked for in a quarter of an hour; then it is refused aloud and staff hear of it, and a card comes in"
    )
    func manyAddresses() throws {
        let portal = try TestPortal.family()
        func ask(_ number: Int) throws -> Response? {
            let headers = ["content-type": "application/x-www-form-urlencoded", "origin": TestPortal.origin]
            let form = Array("reading=%E3%83%8A%E3%82%AC%E3%82%A4&born=1985-04-01".utf8)
            let client = "198.51.\(number / 250).\(number % 250)"
            return try portal.ask(Request(method: "POST", path: "/ja/family/ask", headers: headers, body: form, client: client), with: nil)
        }
        func problems() throws -> [String] {
            try portal.rig.pass(.seconds(20))
            let life = try #require(portal.rig.published.last { $0.topic == "nagai/portal/health/main/life" })
            let said: Life = try life.payload.decoded()
            return said.problems?.map(\.code) ?? []
        }
        for number in 0..<150 {
            #expect(try ask(number) == nil)
            try portal.reply(.refuse("no-match", "Nobody."), on: .enterOwn)
            if number == 148 { #expect(try !problems().contains("links-asked")) }
        }
        #expect(portal.rig.log.count { $0.contains("150 links to own pages") } == 1)
        portal.rig.forgetWhatWasSaid()
        let page = try #require(try ask(999))
        #expect(page.status == 403 && page.text.contains("申し込みが大変多い"))
        #expect(try portal.rig.said(.enterOwn).isEmpty)
        #expect(try problems().contains("links-asked"))
        #expect(try portal.post("/ja/family/code", [("code", try portal.kioskCode(.card(1))), ("born", "1985-04-01")]) == nil)
        portal.rig.now = portal.now + .seconds(901)
        #expect(try ask(1000) == nil)
        #expect(try !problems().contains("links-asked"))
    }

    @Test("What was typed comes back as text, and half a form asks no service")
    func forms() throws {
        let portal = try TestPortal.family()
        let hostile = "\"><script>alert(1)</script>"
        for fields in [
            [("reading", hostile), ("born", "1985-13-01")], [("reading", "　"), ("born", "1985-04-01")],
            [("reading", "a"), ("born", "2985-04-01")],
        ] {
            let page = try #require(try portal.post("/ja/family/ask", fields))
            #expect(page.status == 422 && !page.text.contains("<script>alert") && page.text.contains("id=\"fault\""))
        }
        #expect(try portal.rig.said(.enterOwn).isEmpty)
        let scanned = try #require(try portal.get("/ja/family?code=7K3MQX2A%22%3E%3Cb%3E"))
        #expect(scanned.text.contains("value=\"7K3MQX2A&quot;&gt;&lt;b&gt;\""))
    }

    @Test("A directory that does not answer is said; so is what a town without mail and kiosks has instead")
    func silence() throws {
        let portal = try TestPortal.family()
        try portal.post("/ja/family/ask", name)
        try portal.rig.pass(.seconds(12))
        #expect(portal.shown?.status == 504)
        let plain = try TestPortal.family { $0.processes = [] }
        let page = try #require(try plain.get("/ja/family")).text
        #expect(!page.contains("by-link") && page.contains("by-code") && page.contains("窓口"))
        #expect(try plain.post("/ja/family/ask", name)?.status == 422)
    }

    @Test("Without residents in the town's file there is no such page, and the first page does not lead to one")
    func without() throws {
        let portal = try TestPortal()
        #expect(try portal.get("/ja/family")?.status == 404 && portal.post("/ja/family/ask", name)?.status == 404)
        #expect(try portal.get("/ja/")?.text.contains("/ja/family") == false)
        #expect(try TestPortal.family().get("/ja/")?.text.contains("href=\"/ja/family\"") == true)
    }

    @Test("A resident's session opens no page of the staff, a member of staff's no resident's, and neither takes the other's forms")
    func otherSessions() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        portal.rig.forgetWhatWasSaid()
        for path in ["staff", "hq", "school/east", "bookings", "figures"] {
            let answer = try portal.get("/ja/\(path)", with: cookie)
            #expect(answer?.status == 303 && answer?.headers["Location"]?.hasPrefix("/ja/sign-in") == true, "\(path)")
        }
        #expect(try portal.post("/ja/school/east/absence", with: cookie)?.headers["Location"]?.hasPrefix("/ja/sign-in") == true)
        #expect(try portal.get("/events/school/east", with: cookie)?.status == 303)
        for path in ["home", "points", "notices", "consents", "uses", "data"] {
            #expect(try portal.get("/ja/family/\(path)", as: "sato")?.headers["Location"] == "/ja/family", "\(path)")
            #expect(try portal.get("/ja/family/\(path)")?.headers["Location"] == "/ja/family")
        }
        #expect(try portal.post("/ja/family/consents", as: "sato")?.headers["Location"] == "/ja/family")
        #expect(portal.rig.published.allSatisfy { !$0.topic.contains("/command/resident-page/") })
    }

    @Test("A form from elsewhere, or without the page's token, is not taken")
    func forgery() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        portal.rig.forgetWhatWasSaid()
        let fields = [("service", "notifier"), ("kind", "ride"), ("given", "1")]
        #expect(try portal.post("/ja/family/consents", fields, with: cookie, headers: ["origin": "https://evil.example"])?.status == 403)
        #expect(try portal.post("/ja/family/ask", name, headers: ["origin": "https://evil.example"])?.status == 403)
        #expect(try portal.post("/ja/family/consents", [("csrf", "x")] + fields, with: cookie) == nil, "the page's own token stands first")
        let body = Array("csrf=x&service=notifier&kind=ride&given=1".utf8)
        let bare = Request(
            method: "POST", path: "/ja/family/consents",
            headers: ["origin": TestPortal.origin, "cookie": "\(SessionSecret.cookie)=\(cookie)"], body: body)
        #expect(try portal.ask(bare, with: nil)?.status == 422)
    }

    @Test("Signing out, and a quarter of an hour without a look, end it")
    func ends() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        #expect(try portal.get("/ja/family/home", with: cookie) == nil)
        let out = try #require(try portal.post("/ja/family/sign-out", with: cookie))
        #expect(out.headers["Location"] == "/ja/family?done=out" && out.cookies == [SessionSecret.noCookie])
        #expect(try portal.get("/ja/family/home", with: cookie)?.headers["Location"] == "/ja/family")
        let other = try portal.enter()
        portal.rig.now = portal.now + .seconds(900)
        #expect(try portal.get("/ja/family/home", with: other)?.headers["Location"] == "/ja/family")
    }
}
