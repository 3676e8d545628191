import Contracts
import HTTP
import Harness
import Store
import Testing

@testable import Portal

@Suite("A code that a kiosk shows lets in whoever has the card and knows the birth date")
struct KioskCodeTests {
    @discardableResult
    private func come(_ portal: TestPortal, _ code: String, _ born: String = "1985-04-01") throws -> Response? {
        try portal.post("/ja/family/code", [("code", code), ("born", born)])
    }

    @Test("With the birth date it lets in, once, however it is typed")
    func once() throws {
        let portal = try TestPortal.family()
        let code = try portal.kioskCode(.card(1))
        #expect(code.utf8.count == 8)
        let typed = " \(code.prefix(4).lowercased())-\(code.dropFirst(4)) "
        #expect(try come(portal, typed) == nil)
        #expect(try portal.command(.enterOwn).1.data == EnterOwn(token: .card(1), born: "1985-04-01"))
        try portal.reply(.accept(OwnEntered([TestPortal.hanako])), on: .enterOwn)
        let begun = try #require(portal.shown)
        #expect(
            begun.status == 303 && begun.headers["Location"] == "/ja/family/home" && begun.cookies.first?.contains("SameSite=Lax") == true)
        #expect(try portal.get("/ja/family/home", with: begun.cookieValue) == nil)
        #expect(try come(portal, code)?.status == 403)
    }

    @Test("After five tries it is none, whether they came one after the other or all at once")
    func fiveTries() throws {
        let portal = try TestPortal.family()
        let code = try portal.kioskCode(.card(1))
        for day in 1...5 { #expect(try come(portal, code, "1985-05-0\(day)") == nil) }
        #expect(try portal.rig.said(.enterOwn).count == 5)
        let sixth = try #require(try come(portal, code))
        try portal.reply(.refuse("no-match", "Nobody."), on: .enterOwn)
        #expect(sixth.status == 403 && sixth.cookies.isEmpty && sixth.text.contains("コードか生年月日が違うか"))
        #expect(try portal.rig.said(.enterOwn).count == 5)
        #expect(try portal.looks().map(\.at) == [.signInFailed, .signInFailed])
    }

    @Test("What is guessed, is five minutes old or has a successor lets nobody in; a wrong birth date is answered in the same words")
    func guessed() throws {
        let portal = try TestPortal.family()
        let old = try portal.kioskCode(.card(1))
        let code = try portal.kioskCode(.card(1), 0x5A)
        for guess in [old, "", "7K3MQX2", "7K3MQX2AA", "!!!!!!!!", "00000000"] { #expect(try come(portal, guess)?.status == 403) }
        #expect(try portal.rig.said(.enterOwn).isEmpty)
        let guessed = try #require(try come(portal, "00000000")).text
        #expect(try come(portal, code) == nil)
        try portal.reply(.refuse("no-match", "Nobody."), on: .enterOwn)
        #expect(portal.shown?.text.replacing(code, with: "00000000") == guessed)
        portal.rig.now = portal.now + .seconds(300)
        #expect(try come(portal, code)?.status == 403)
        #expect(try portal.rig.said(.enterOwn).count == 1)
    }

    @Test("Two who send it at the same moment with the right date: one comes in")
    func race() throws {
        let portal = try TestPortal.family()
        let code = try portal.kioskCode(.card(1))
        #expect(try come(portal, code) == nil && come(portal, code) == nil)
        let asked = try portal.rig.said(.enterOwn)
        #expect(asked.count == 2)
        for (number, question) in asked.enumerated() {
            let answer = Envelope(
                id: EventID(at: portal.now, random: (9, UInt64(number))), source: "/nagai/resident-directory/main", time: portal.now,
                cause: question.id, data: Reply<OwnEntered>.accept(OwnEntered([TestPortal.hanako])))
            portal.rig.say("nagai/resident-directory/reply/resident-page/own-enter", try answer.json())
        }
        try portal.rig.settle()
        #expect(try portal.count("SELECT count(*) FROM session WHERE person IS NOT NULL") == 1)
    }

    // MARK: The card is lost meanwhile

    /// Comes in with a code that a kiosk has shown for this card.
    private func enter(_ portal: TestPortal, by card: Token) throws -> String {
        try come(portal, try portal.kioskCode(card))
        try portal.reply(.accept(OwnEntered([TestPortal.hanako])), on: .enterOwn)
        return try #require(portal.shown?.cookieValue)
    }

    private func file(_ portal: TestPortal) -> PersonFile {
        PersonFile(TestPortal.hanako, PersonFacts(), .resident, .registered, since: portal.now)
    }

    @Test("Each page of a session that stands on a card asks first whether it still works, and goes on if so; one by a link does not")
    func stands() throws {
        let portal = try TestPortal.family()
        let (byCard, byLink) = (try enter(portal, by: .card(1)), try portal.enter())
        portal.rig.forgetWhatWasSaid()
        try portal.get("/ja/family/home", with: byLink)
        #expect(try portal.rig.said(.showOwn).isEmpty && portal.rig.said(.showOwnNotices).count == 1)
        portal.rig.forgetWhatWasSaid()
        try portal.get("/ja/family/home", with: byCard)
        #expect(try portal.command(.showOwn).1.data == ShowOwn(TestPortal.hanako, by: .card(1)))
        #expect(try portal.rig.said(.showOwnNotices).isEmpty)
        try portal.reply(.accept(file(portal)), on: .showOwn)
        try portal.reply(.accept(OwnNotices(TestPortal.hanako, children: [], deliveries: [], ways: [])), on: .showOwnNotices)
        #expect(portal.shown?.status == 200)
    }

    @Test("When it works no longer nothing is shown or done: all sessions by that card end, and those by another card or by a link go on")
    func lost() throws {
        let portal = try TestPortal.family()
        let (one, two) = (try enter(portal, by: .card(1)), try enter(portal, by: .card(1)))
        let others = [try enter(portal, by: .card(2)), try portal.enter()]
        portal.rig.forgetWhatWasSaid()
        let fields = [("service", "notifier"), ("kind", "ride"), ("given", "1")]
        #expect(try portal.post("/ja/family/consents", fields, with: one) == nil)
        try portal.reply(.refuse("card-gone", "Lost."), on: .showOwn)
        let page = try #require(portal.shown)
        #expect(page.status == 403 && page.cookies == [SessionSecret.noCookie] && page.text.contains("カードは使えなくなった"))
        #expect(page.text.contains("id=\"by-link\"") && !page.text.contains("sign-out"))
        #expect(try portal.rig.said(.consentOwn).isEmpty)
        for cookie in [one, two] { #expect(try portal.get("/ja/family/home", with: cookie)?.headers["Location"] == "/ja/family") }
        for cookie in others { #expect(try portal.get("/ja/family/home", with: cookie) == nil) }
    }

    @Test("A directory that is silent shows nothing, and keeps nobody from signing out")
    func silent() throws {
        let portal = try TestPortal.family()
        let cookie = try enter(portal, by: .card(1))
        try portal.get("/ja/family/points", with: cookie)
        try portal.rig.pass(.seconds(12))
        #expect(portal.shown?.status == 504)
        #expect(try portal.post("/ja/family/sign-out", with: cookie)?.headers["Location"] == "/ja/family?done=out")
    }

    @Test("It stands nowhere as it is typed, and is gone from the disk when it is over")
    func kept() throws {
        let portal = try TestPortal.family()
        let code = try portal.kioskCode(.card(1))
        #expect(try portal.count("SELECT count(*) FROM kiosk_code") == 1)
        let bytes = try portal.rig.disk.serialized()
        #expect(!String(decoding: bytes, as: UTF8.self).contains(code))
        try portal.rig.pass(.seconds(420), step: .seconds(30))
        #expect(try portal.count("SELECT count(*) FROM kiosk_code") == 0)
    }
}
