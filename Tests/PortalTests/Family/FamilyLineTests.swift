import Contracts
import HTTP
import Harness
import Store
import Testing

@testable import Portal

@Suite("LINE at somebody's own page")
struct FamilyLineTests {
    private let mail = Reach(.mail, "hanako@mail.example")
    private let line = Reach(.line, "U4af4980629f8a1b2c3d4e5f60718293a")
    private let asked = EventID(high: 7, low: 7)

    private func town() throws -> TestPortal { try TestPortal.family { $0.lineLogin = "1234567890" } }

    private func file(_ portal: TestPortal, _ channels: [Reach]? = nil, _ change: (inout PersonFacts) -> Void = { _ in }) throws {
        var facts = PersonFacts()
        (facts.channels, facts.born) = (channels ?? [mail], CalendarDate("1985-04-01"))
        change(&facts)
        try portal.reply(.accept(PersonFile(TestPortal.hanako, facts, .resident, .registered, since: portal.now)), on: .showOwn)
    }

    private var brief: Reply<PersonAnswer> {
        .accept(PersonAnswer(PersonBrief(TestPortal.hanako, PersonFacts(), .resident, .registered, cards: 1)))
    }

    /// What the page's link gives LINE.
    private func leave(_ portal: TestPortal, _ cookie: String, in tongue: String = "ja") throws -> [String: String] {
        try portal.get("/\(tongue)/family/line", with: cookie)
        try file(portal)
        let parts = try #require(portal.shown).text.split(separator: "https://access.line.me/oauth2/v2.1/authorize?")
        let query = try #require(parts.last?.split(separator: "\"").first).replacing("&amp;", with: "&")
        return Request(path: "/", headers: [:], body: Array(query.utf8)).form
    }

    private func comeBack(_ portal: TestPortal, _ cookie: String, _ query: String) throws {
        try portal.get("/family/line/back?\(query)", with: cookie)
        try file(portal)
    }

    private func press(_ portal: TestPortal, _ cookie: String, once: String = "") throws {
        try portal.post("/ja/family/line", [("asked", "\(asked)"), ("once", once)], with: cookie)
        try file(portal)
    }

    private func nothingIsDone(_ portal: TestPortal) throws -> Bool {
        try portal.rig.said(.askOwnLine).isEmpty && portal.rig.said(.reachOwn).isEmpty && portal.rig.said(.tellOwnReach).isEmpty
    }

    @Test("There by a link, back with a code, linked by a button: the other addresses are told, and no page and no log has id or code")
    func links() throws {
        let portal = try town()
        let cookie = try portal.enter()
        let given = try leave(portal, cookie, in: "easy")
        #expect(portal.shown?.text.contains("id=\"to-line\" class=\"button main\" rel=\"noreferrer\"") == true)
        #expect(given["response_type"] == "code" && given["client_id"] == "1234567890" && given["scope"] == "openid")
        #expect(given["bot_prompt"] == "aggressive" && given["redirect_uri"] == "\(TestPortal.origin)/family/line/back")
        let (state, nonce) = (try #require(given["state"]), try #require(given["nonce"]))
        #expect(
            state.utf8.count >= 32 && nonce.utf8.count == 32 && state.allSatisfy { $0.isLetter || $0.isNumber } && !state.contains(nonce))
        try comeBack(portal, cookie, "code=c0de-of-line&state=\(state)")
        let wish = AskOwnLine(TestPortal.hanako, code: "c0de-of-line", nonce: nonce, redirect: "\(TestPortal.origin)/family/line/back")
        #expect(try portal.command(.askOwnLine).1.data == wish)
        try portal.reply(.accept(OwnLineAsked(asked)), on: .askOwnLine)
        #expect(portal.shown?.headers["Location"] == "/easy/family/line?asked=\(asked)")
        try portal.get("/ja/family/line?asked=\(asked)", with: cookie)
        try file(portal)
        #expect(portal.shown?.text.contains("value=\"\(asked)\"><button class=\"main\">LINEとつなぐ") == true)
        #expect(try portal.rig.said(.reachOwn).isEmpty, "a link changes nothing")
        try press(portal, cookie)
        #expect(try portal.command(.findOwnLine).1.data == FindOwnLine(TestPortal.hanako, asked: asked))
        try portal.reply(.accept(OwnLine(nil)), on: .findOwnLine)
        #expect(portal.shown?.text.contains("もう一度押してください") == true && portal.shown?.text.contains("id=\"link\"") == true)
        try press(portal, cookie)
        try portal.reply(.accept(OwnLine(line.address)), on: .findOwnLine)
        #expect(try portal.command(.reachOwn).1.data == ReachOwn(TestPortal.hanako, at: line))
        try portal.reply(brief, on: .reachOwn)
        #expect(portal.shown?.headers["Location"] == "/ja/family/line?done=added")
        #expect(try portal.command(.tellOwnReach).1.data == TellOwnReach(TestPortal.hanako, of: line))
        try portal.get("/ja/family/line?done=added", with: cookie)
        try file(portal, [mail, line])
        #expect(portal.shown?.text.contains("つながっています") == true && portal.shown?.text.contains("id=\"remove\"") == true)
        let pages = portal.rig.effects.compactMap { ($0 as? Answered)?.response.text }
        for word in [line.address, "c0de-of-line"] {
            #expect(pages.allSatisfy { !$0.contains(word) } && portal.rig.log.allSatisfy { !$0.contains(word) })
        }
        let disk = String(decoding: try portal.rig.disk.serialized(), as: UTF8.self)
        for word in [state, nonce, "c0de-of-line", line.address] { #expect(!disk.contains(word)) }
    }

    @Test("A form that is sent twice links once and tells once; an account that is there already is fine")
    func twice() throws {
        let portal = try town()
        let cookie = try portal.enter()
        for _ in 1...2 {
            try press(portal, cookie, once: "drawn")
            try portal.reply(.accept(OwnLine(line.address)), on: .findOwnLine)
            try portal.reply(brief, on: .reachOwn)
            #expect(portal.shown?.headers["Location"] == "/ja/family/line?done=added")
        }
        #expect(try Set(portal.rig.said(.reachOwn).map(\.id)).count == 1 && Set(portal.rig.said(.tellOwnReach).map(\.id)).count == 1)
        try portal.post("/ja/family/line", [("asked", "\(asked)"), ("once", "other")], with: cookie)
        try file(portal, [mail, line])
        try portal.reply(.accept(OwnLine(line.address)), on: .findOwnLine)
        #expect(portal.shown?.headers["Location"] == "/ja/family/line?done=added")
        #expect(try Set(portal.rig.said(.reachOwn).map(\.id)).count == 1)
    }

    @Test("A state is good for the session and the person that left with it, once, and for a quarter of an hour")
    func states() throws {
        let portal = try town()
        let (cookie, other, kenta) = (try portal.enter(), try portal.enter(), try portal.enter(TestPortal.kenta))
        let state = try #require(try leave(portal, cookie)["state"])
        #expect(try leave(portal, other)["state"] != state)
        for (who, query) in [
            (other, "code=c&state=\(state)"), (kenta, "code=c&state=\(state)"), (cookie, "code=c"), (cookie, "code=c&state="),
            (cookie, "code=c&state=\(state.dropLast())"),
        ] {
            try comeBack(portal, who, query)
            #expect(portal.shown?.headers["Location"]?.hasSuffix("/family/line?done=old") == true)
        }
        #expect(try nothingIsDone(portal))
        #expect(try portal.get("/family/line/back?code=c&state=\(state)")?.headers["Location"] == "/ja/family", "nobody has come in")
        try comeBack(portal, cookie, "code=c&state=\(state)")
        try portal.reply(.accept(OwnLineAsked(asked)), on: .askOwnLine)
        try comeBack(portal, cookie, "code=c&state=\(state)")
        #expect(portal.shown?.headers["Location"] == "/ja/family/line?done=old")
        #expect(try portal.rig.said(.askOwnLine).count == 1)
        let late = try #require(try leave(portal, cookie)["state"])
        try portal.pass(.seconds(600))
        try portal.get("/ja/family/consents", with: cookie)
        try portal.pass(.seconds(301))
        try comeBack(portal, cookie, "code=c&state=\(late)")
        #expect(try portal.shown?.headers["Location"] == "/ja/family/line?done=old" && portal.rig.said(.askOwnLine).count == 1)
    }

    @Test("Each way to LINE has a nonce of its own")
    func nonces() throws {
        let portal = try town()
        let (cookie, other) = (try portal.enter(), try portal.enter())
        let nonces = try [leave(portal, cookie), leave(portal, cookie), leave(portal, other)].compactMap { $0["nonce"] }
        #expect(Set(nonces).count == 3)
    }

    @Test("Whoever declines at LINE is told that nothing has changed; whatever else LINE says, to begin once more")
    func declined() throws {
        let portal = try town()
        let cookie = try portal.enter()
        for (error, done, words) in [("access_denied", "declined", "何も変わっていません"), ("server_error", "failed", "もう一度はじめから")] {
            let state = try #require(try leave(portal, cookie)["state"])
            try comeBack(portal, cookie, "error=\(error)&error_description=%3Cscript%3E&state=\(state)")
            #expect(portal.shown?.headers["Location"] == "/ja/family/line?done=\(done)")
            try portal.get("/ja/family/line?done=\(done)", with: cookie)
            try file(portal)
            #expect(portal.shown?.text.contains(words) == true && portal.shown?.text.contains("<script>") == false)
        }
        #expect(try nothingIsDone(portal))
    }

    @Test("What LINE has not said, or to somebody else, is refused in Japanese, and the way to LINE is there again")
    func refused() throws {
        let portal = try town()
        let cookie = try portal.enter()
        try press(portal, cookie)
        try portal.reply(.refuse("no-line", "LINE has not said who you are."), on: .findOwnLine)
        #expect(portal.shown?.status == 409 && portal.shown?.text.contains("LINEで確認できませんでした") == true)
        #expect(portal.shown?.text.contains("id=\"to-line\"") == true && portal.shown?.text.contains("id=\"link\"") == false)
        try portal.post("/ja/family/line", [("asked", "none")], with: cookie)
        try file(portal)
        #expect(try portal.shown?.status == 404 && nothingIsDone(portal))
    }

    @Test("Whoever came in by a card, a child and a protected person change nothing here", arguments: ["card", "child", "protected"])
    func atCounter(who: String) throws {
        let portal = try town()
        let cookie = try who == "card" ? portal.enterByCard() : portal.enter()
        func answer() throws {
            for _ in 0..<(who == "card" ? 2 : 1) {
                try file(portal, [mail, line]) {
                    if who == "child" { $0.born = CalendarDate("2018-05-05") }
                    if who == "protected" { $0.isProtected = true }
                }
            }
        }
        for path in ["/ja/family/line", "/ja/family/line?asked=\(asked)", "/family/line/back?code=c&state=x"] {
            try portal.get(path, with: cookie)
            try answer()
            let page = try #require(portal.shown).text
            #expect(page.contains("id=\"why-not\"") && !page.contains("access.line.me") && !page.contains("<form id="))
        }
        for path in ["", "/remove"] {
            try portal.post("/ja/family/line\(path)", [("asked", "\(asked)")], with: cookie)
            try answer()
            #expect(portal.shown?.status == 403)
        }
        #expect(try nothingIsDone(portal) && portal.rig.said(.findOwnLine).isEmpty && portal.count("SELECT count(*) FROM own_code") == 0)
    }

    @Test("Unlinked is every account that is there; each is told")
    func unlinks() throws {
        let portal = try town()
        let cookie = try portal.enter()
        let second = Reach(.line, "U00000000000000000000000000000000")
        try portal.post("/ja/family/line/remove", with: cookie)
        try file(portal, [line, second])
        #expect(portal.shown?.text.contains("id=\"last\"") == true, "nothing else would be left")
        #expect(try portal.rig.said(.reachOwn).isEmpty)
        try portal.post("/ja/family/line/remove", with: cookie)
        try file(portal, [line, mail, second])
        for reach in [line, second] {
            #expect(try portal.command(.reachOwn).1.data == ReachOwn(TestPortal.hanako, at: reach, remove: true))
            try portal.reply(brief, on: .reachOwn)
            #expect(try portal.command(.tellOwnReach).1.data == TellOwnReach(TestPortal.hanako, of: reach, removed: true))
        }
        #expect(portal.shown?.headers["Location"] == "/ja/family/line?done=removed")
    }

    @Test("In a town without a channel there is no such page, and LINE is the counter's")
    func without() throws {
        for (portal, isThere) in [(try town(), true), (try TestPortal.family(), false)] {
            let cookie = try portal.enter()
            try portal.get("/ja/family/notices", with: cookie)
            try portal.reply(.accept(OwnNotices(TestPortal.hanako, children: [], deliveries: [], ways: [.mail])), on: .showOwnNotices)
            #expect(portal.shown?.text.contains("href=\"/ja/family/line\"") == isThere)
            #expect(portal.shown?.text.contains("LINE や電話番号") == !isThere)
        }
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        for path in ["/ja/family/line", "/family/line/back?code=c&state=x"] { #expect(try portal.get(path, with: cookie)?.status == 404) }
        for path in ["", "/remove"] { #expect(try portal.post("/ja/family/line\(path)", with: cookie)?.status == 404) }
    }
}
