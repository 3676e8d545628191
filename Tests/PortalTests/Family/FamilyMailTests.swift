import Bus
import Contracts
import HTTP
import Harness
import Store
import Testing

@testable import Portal

@Suite("Mail addresses at somebody's own page")
struct FamilyMailTests {
    private let new = "new@mail.example"
    private let old = Reach(.mail, "hanako@mail.example")

    private func file(_ portal: TestPortal, _ change: (inout PersonFacts) -> Void = { _ in }) throws {
        var facts = PersonFacts()
        (facts.channels, facts.born) = ([old, Reach(.phone, "0238-00-0000")], CalendarDate("1985-04-01"))
        change(&facts)
        try portal.reply(
            .accept(PersonFile(TestPortal.hanako, facts, .resident, .registered, since: portal.now)), on: .showOwn)
    }

    private var brief: Reply<PersonAnswer> {
        .accept(PersonAnswer(PersonBrief(TestPortal.hanako, PersonFacts(), .resident, .registered, cards: 1)))
    }

    /// Asks for digits, and hands back those that the notifier was told to send.
    private func ask(_ portal: TestPortal, _ cookie: String, _ address: String = "new@mail.example") throws -> String {
        try portal.post("/ja/family/mail", [("address", address)], with: cookie)
        try file(portal)
        let digits = try portal.command(.proveOwn).1.data.code
        try portal.reply(.accept(Done()), on: .proveOwn)
        return digits
    }

    private func type(_ portal: TestPortal, _ digits: String, _ cookie: String, _ address: String = "new@mail.example") throws -> UInt32? {
        try portal.post("/ja/family/mail/code", [("address", address), ("digits", digits)], with: cookie)?.status
    }

    /// Digits that are others.
    private func wrong(_ digits: String) -> String { digits == "000000" ? "000001" : "000000" }

    @Test("Digits go to the address that was typed; typed here they add it, the others are told, and they are used up")
    func adds() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        let digits = try ask(portal, cookie, " NEW@mail.example ".replacing("NEW", with: "new"))
        #expect(try portal.command(.proveOwn).1.data == ProveOwn(TestPortal.hanako, at: Reach(.mail, new), code: digits))
        #expect(digits.utf8.count == 6 && portal.shown?.text.contains(digits) == false)
        #expect(portal.shown?.text.contains("value=\"\(new)\"") == true)
        #expect(try type(portal, wrong(digits), cookie) == 403)
        #expect(try portal.rig.said(.reachOwn).isEmpty)
        #expect(try type(portal, "\(digits.prefix(3)) \(digits.suffix(3))", cookie) == nil)
        #expect(try portal.command(.reachOwn).1.data == ReachOwn(TestPortal.hanako, at: Reach(.mail, new)))
        try portal.reply(brief, on: .reachOwn)
        #expect(portal.shown?.headers["Location"] == "/ja/family/mail?done=added")
        #expect(try portal.command(.tellOwnReach).1.data == TellOwnReach(TestPortal.hanako, of: Reach(.mail, new)))
        #expect(try type(portal, digits, cookie) == 403, "they are used up")
        #expect(try portal.count("SELECT count(*) FROM own_code") == 0)
    }

    @Test("Digits fit the session, the person and the address for which they were sent, and no other")
    func bound() throws {
        let portal = try TestPortal.family()
        let (cookie, other, kenta) = (try portal.enter(), try portal.enter(), try portal.enter(TestPortal.kenta))
        let digits = try ask(portal, cookie)
        #expect(try type(portal, digits, other) == 403 && type(portal, digits, kenta) == 403)
        #expect(try type(portal, digits, cookie, "other@mail.example") == 403)
        #expect(try type(portal, digits, cookie, "hanako@mail.example") == 403)
        #expect(try portal.rig.said(.reachOwn).isEmpty)
        #expect(try type(portal, digits, cookie) == nil && portal.command(.reachOwn).1.data.reach.address == new)
    }

    @Test("Five tries and a quarter of an hour; other digits are sent then")
    func tries() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        let first = try ask(portal, cookie)
        for _ in 1...5 { #expect(try type(portal, wrong(first), cookie) == 403) }
        #expect(try type(portal, first, cookie) == 403, "the sixth")
        let second = try ask(portal, cookie)
        #expect(second != first)
        try portal.pass(.seconds(600))
        try portal.get("/ja/family/consents", with: cookie)
        try portal.pass(.seconds(301))
        #expect(try type(portal, second, cookie) == 403)
        #expect(try portal.rig.said(.reachOwn).isEmpty)
    }

    @Test("150 codes are sent in a quarter of an hour, over all; then it is refused aloud and staff hear of it")
    func many() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        for _ in 0..<150 { _ = try ask(portal, cookie) }
        portal.rig.forgetWhatWasSaid()
        try portal.post("/ja/family/mail", [("address", new)], with: cookie)
        try file(portal)
        #expect(portal.shown?.status == 403 && portal.shown?.text.contains("申し込みが大変多い") == true)
        #expect(try portal.rig.said(.proveOwn).isEmpty)
        try portal.rig.pass(.seconds(20))
        let life = try #require(portal.rig.published.last { $0.topic == "nagai/portal/health/main/life" })
        let said: Life = try life.payload.decoded()
        #expect(said.problems?.map(\.code).contains("links-asked") == true)
    }

    @Test("The database tells neither address nor digits, and the log neither")
    func secret() throws {
        let portal = try TestPortal.family()
        let digits = try ask(portal, try portal.enter())
        #expect(try portal.count("SELECT count(*) FROM own_code") == 1)
        let disk = String(decoding: try portal.rig.disk.serialized(), as: UTF8.self)
        for word in [digits, new] {
            #expect(!disk.contains(word))
            #expect(portal.rig.log.allSatisfy { !$0.contains(word) })
        }
    }

    @Test(
        "What is no address is written to by nobody, and neither is one that is there",
        arguments: [
            "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "\"><script>@b.example", "", "hanako@mail.example",
        ])
    func badAddress(text: String) throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        try portal.post("/ja/family/mail", [("address", text)], with: cookie)
        try file(portal)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("<script>@") == false)
        #expect(try portal.rig.said(.proveOwn).isEmpty && portal.count("SELECT count(*) FROM own_code") == 0)
    }

    @Test("Whoever came in by a card, a child and a protected person change nothing here", arguments: ["card", "child", "protected"])
    func atCounter(who: String) throws {
        let portal = try TestPortal.family()
        let cookie = try who == "card" ? portal.enterByCard() : portal.enter()
        func answer() throws {
            for _ in 0..<(who == "card" ? 2 : 1) {
                try file(portal) {
                    if who == "child" { $0.born = CalendarDate("2018-05-05") }
                    if who == "protected" { $0.isProtected = true }
                }
            }
        }
        try portal.get("/ja/family/mail", with: cookie)
        try answer()
        let page = try #require(portal.shown).text
        #expect(page.contains("id=\"why-not\"") && !page.contains("id=\"add\"") && !page.contains("class=\"remove\""))
        for (path, fields) in [("", [("address", new)]), ("/remove", [("address", old.address)])] {
            try portal.post("/ja/family/mail\(path)", fields, with: cookie)
            try answer()
            #expect(portal.shown?.status == 403)
        }
        #expect(try portal.rig.said(.proveOwn).isEmpty && portal.rig.said(.reachOwn).isEmpty)
    }

    @Test("One that is there is taken away and told; nobody is written to because somebody has typed an address")
    func removes() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        try portal.get("/ja/family/mail", with: cookie)
        try file(portal)
        #expect(portal.shown?.text.contains("<li class=\"card\"><p>hanako@mail.example</p>") == true)
        #expect(portal.shown?.text.contains("0238") == false)
        try portal.post("/ja/family/mail/remove", [("address", "mayor@town.example")], with: cookie)
        try file(portal)
        #expect(try portal.rig.said(.reachOwn).isEmpty && portal.rig.said(.tellOwnReach).isEmpty)
        try portal.post("/ja/family/mail/remove", [("address", old.address)], with: cookie)
        try file(portal)
        let question = try #require(portal.shown)
        #expect(question.text.contains("id=\"last\"") && question.text.contains("value=\"\(old.address)\""), "it is the last one")
        #expect(try portal.rig.said(.reachOwn).isEmpty)
        try portal.post("/ja/family/mail/remove", [("address", old.address), ("sure", "1")], with: cookie)
        try file(portal)
        #expect(try portal.command(.reachOwn).1.data == ReachOwn(TestPortal.hanako, at: old, remove: true))
        try portal.reply(brief, on: .reachOwn)
        #expect(portal.shown?.headers["Location"] == "/ja/family/mail?done=removed")
        #expect(try portal.command(.tellOwnReach).1.data == TellOwnReach(TestPortal.hanako, of: old, removed: true))
    }

    @Test("A refusal is said in Japanese, and nothing is told to anybody")
    func refused() throws {
        let portal = try TestPortal.family()
        let cookie = try portal.enter()
        try portal.post("/ja/family/mail", [("address", new)], with: cookie)
        try file(portal)
        try portal.reply(.refuse("no-mail", "This town sends no mail."), on: .proveOwn)
        #expect(portal.shown?.status == 409 && portal.shown?.text.contains("メールをお送りしていません") == true)
        let digits = try ask(portal, cookie)
        #expect(try type(portal, digits, cookie) == nil)
        try portal.reply(.refuse("at-counter", "At the counter."), on: .reachOwn)
        #expect(try portal.shown?.text.contains("役場の窓口で承ります") == true && portal.rig.said(.tellOwnReach).isEmpty)
    }
}
