import Contracts
import HTTP
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("Which screens are kiosks")
struct KioskPairingTests {
    /// Whether a browser sees a kiosk's page and hears its feed.
    private func sees(_ kiosk: KioskID, _ stage: KioskStage, _ headers: [String: String], as account: AccountID? = nil) throws -> Bool {
        let page = try #require(try stage.portal.get("/ja/kiosk/\(kiosk)", as: account, headers: headers))
        let count = stage.portal.rig.effects.count { $0 is Opened }
        let answer = try stage.portal.get("/events/kiosk/\(kiosk)/ja", as: account, headers: headers)
        let isOpen = stage.portal.rig.effects.count { $0 is Opened } > count
        // A page that was open before its pairing was ended is told to look again, and no more.
        #expect(page.status == 200 && (answer == nil) == isOpen && (isOpen || answer?.text == "event: page\ndata: \n\n"))
        #expect(page.text.contains("data-feed=\"/events/kiosk/\(kiosk)/ja\"") == isOpen)
        #expect(page.text.contains("この画面はキオスクではありません") != isOpen)
        return isOpen
    }

    private func account(_ policy: inout PortalPolicy) {
        policy.kiosks.append(PortalPolicy.Kiosk("hall", at: ReaderPlace(agent: "gate-1", reader: "reader-2")))
    }

    @Test("A screen that staff have not made a kiosk sees nothing and hears nothing, whoever has signed in there")
    func stranger() throws {
        let stage = try KioskStage()
        let guess = ["cookie": "\(Pairing.cookie)=\(Base64URL.text([UInt8](repeating: 1, count: 32)))"]
        #expect(try !sees("lobby", stage, [:]) && !sees("lobby", stage, guess) && !sees("lobby", stage, [:], as: "sato"))
        #expect(try stage.portal.post("/ja/kiosk/lobby/end", headers: guess)?.status == 403)
        #expect(try !sees("lobby", stage, ["cookie": "\(Pairing.cookie)=x"]))
    }

    @Test("Whoever makes a screen a kiosk is signed out there; it is written down, and its secret is the browser's alone")
    func pair() throws {
        let stage = try KioskStage()
        let setup = try #require(try stage.portal.get("/ja/kiosk-setup", as: "ito")).text
        #expect(setup.contains("value=\"lobby\"") && setup.contains("まだありません"))
        let screen = try stage.pair()
        let cookies = try #require(stage.portal.shown).cookies
        #expect(
            cookies[0].hasPrefix("__Host-kazasu-kiosk=")
                && cookies[0].hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000"))
        #expect(cookies.dropFirst() == [SessionSecret.noCookie])
        #expect(try stage.portal.get("/ja/staff", as: "ito")?.status == 303)
        #expect(try sees("lobby", stage, screen))
        #expect(try stage.portal.looks() == [Looked(.kiosk, account: "ito", thing: "lobby"), Looked(.signOut, account: "ito")])
        // Each time it is there its cookie begins anew.
        #expect(try stage.portal.get("/ja/kiosk/lobby", headers: screen)?.cookies == [cookies[0]])
        let value = try #require(screen["cookie"]).dropFirst(Pairing.cookie.utf8.count + 1)
        let list = try #require(try stage.portal.get("/ja/kiosk-setup", as: "sato")).text
        #expect(list.contains("<th scope=\"row\">lobby</th>") && list.contains(">ito</td>") && !list.contains(value))
        let disk = try stage.portal.rig.disk.read { try Pairing.all(in: $0).map(\.id.bytes) }
        #expect(disk == [sha256(try #require(Base64URL.decode(value.utf8)))])
    }

    @Test("A screen is one kiosk's: another's page, feed and button are not for it, and made another's it is the former no more")
    func oneKiosk() throws {
        let stage = try KioskStage(account)
        let screen = try stage.pair("lobby")
        #expect(try sees("lobby", stage, screen) && !sees("hall", stage, screen))
        #expect(try stage.portal.post("/ja/kiosk/hall/end", headers: screen)?.status == 403)
        let other = try stage.pair("hall", by: "mori", held: screen)
        #expect(try !sees("lobby", stage, screen) && !sees("hall", stage, screen) && sees("hall", stage, other))
        let looks = try stage.portal.looks().filter { $0.account == "mori" && $0.thing != nil }
        #expect(looks == [Looked(.kioskEnded, account: "mori", thing: "lobby"), Looked(.kiosk, account: "mori", thing: "hall")])
    }

    @Test("A screen whose pairing is ended loads its page anew, hears no more, and sees nothing; others go on")
    func ended() throws {
        let stage = try KioskStage()
        let (first, second) = (try stage.pair(), try stage.pair(by: "mori"))
        #expect(try sees("lobby", stage, first) && sees("lobby", stage, second))
        let id = try #require(first["cookie"].flatMap { SessionSecret(String($0.dropFirst(Pairing.cookie.utf8.count + 1))) }).id
        let opened = stage.portal.rig.effects.compactMap { $0 as? Opened }
        #expect(opened.count { $0.feeds.contains(Portal.feed(of: id)) } == 1)
        stage.portal.rig.forgetWhatWasSaid()
        #expect(try stage.portal.post("/ja/kiosk-setup/end", [("screen", id.text)], as: "suzuki")?.status == 303)
        // Said before it ends: an event after the end would reach nobody.
        let told = try #require(stage.portal.rig.effects.firstIndex { ($0 as? Said)?.feed == Portal.feed(of: id) })
        let end = try #require(stage.portal.rig.effects.firstIndex { ($0 as? SessionsEnded)?.sessions == [id] })
        #expect(told < end && stage.portal.said(on: Portal.feed(of: id)) == ["event: page\ndata: \n\n"])
        #expect(try stage.portal.looks().filter { $0.at == .kioskEnded } == [Looked(.kioskEnded, account: "suzuki", thing: "lobby")])
        #expect(try stage.portal.post("/ja/kiosk-setup/end", [("screen", id.text)], as: "suzuki")?.status == 303)
        #expect(try stage.portal.looks().count { $0.at == .kioskEnded } == 1, "what has ended is ended by nobody")
        #expect(try !sees("lobby", stage, first) && sees("lobby", stage, second))
        #expect(try stage.portal.get("/ja/kiosk-setup", as: "suzuki")?.text.contains(id.text) == false)
    }

    @Test("Staff alone make kiosks and end them, by a form of ours, and of kiosks the town's file names")
    func staffAlone() throws {
        let stage = try KioskStage()
        #expect(try stage.portal.get("/ja/kiosk-setup")?.status == 303)
        #expect(try stage.portal.post("/ja/kiosk-setup", [("kiosk", "lobby")])?.status == 303)
        let signedIn = ["cookie": "\(SessionSecret.cookie)=\(try stage.portal.cookie(of: "ito"))"]
        #expect(try stage.portal.post("/ja/kiosk-setup", [("csrf", "x"), ("kiosk", "lobby")], headers: signedIn)?.status == 422)
        let elsewhere = ["origin": "https://evil.example"]
        #expect(try stage.portal.post("/ja/kiosk-setup", [("kiosk", "lobby")], as: "sato", headers: elsewhere)?.status == 403)
        for kiosk in ["cellar", "", "<b>", "lobby/../hall"] {
            #expect(try stage.portal.post("/ja/kiosk-setup", [("kiosk", kiosk)], as: "sato")?.status == 422)
        }
        #expect(try stage.portal.post("/ja/kiosk-setup/end", [("screen", "no such")], as: "sato")?.status == 303)
        #expect(try stage.portal.rig.disk.read { try Pairing.all(in: $0).isEmpty })
    }

    @Test("A screen that is there now and then stays a kiosk; one that was away for longer than a browser keeps a cookie is none")
    func lasts() throws {
        let stage = try KioskStage()
        let (used, unused) = (try stage.pair(), try stage.pair(by: "mori"))
        for _ in 0..<2 {
            stage.portal.rig.now = stage.portal.now + .seconds(399 * 86_400)
            try stage.portal.rig.settle()
            #expect(try sees("lobby", stage, used))
        }
        #expect(try !sees("lobby", stage, unused))
        try stage.portal.rig.pass(.seconds(2 * 86_400), step: .seconds(3600))
        #expect(try stage.portal.rig.disk.read { try Pairing.all(in: $0).count } == 1)
    }
}
