import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("Sessions")
struct SessionTests {
    @Test("A session ends half an hour after its last look, and twelve hours after it began")
    func ends() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let secret = try door.enter("sato", app)
        let began = door.now
        #expect(try door.session(secret)?.end == began + .seconds(12 * 3600))
        for _ in 0..<24 {
            door.rig.now = door.now + .seconds(1799)
            #expect(try door.session(secret) != nil)
        }
        door.rig.now = began + .seconds(12 * 3600) - .milliseconds(1)
        #expect(try door.session(secret) != nil)
        door.rig.now = began + .seconds(12 * 3600)
        #expect(try door.session(secret) == nil)
        let idle = try door.enter("sato", app)
        door.rig.now = door.now + .seconds(1800)
        #expect(try door.session(idle) == nil)
    }

    @Test("A page that fetches itself keeps nobody signed in")
    func idlePage() throws {
        let door = try TestDoor()
        let secret = try door.enter("sato", try door.join("sato"))
        for _ in 0..<29 {
            door.rig.now = door.now + .seconds(60)
            #expect(try door.session(secret, isAct: false) != nil)
        }
        door.rig.now = door.now + .seconds(60)
        #expect(try door.session(secret, isAct: false) == nil)
    }

    @Test("That somebody looked is written down once a minute")
    func writes() throws {
        let door = try TestDoor()
        let secret = try door.enter("sato", try door.join("sato"))
        let began = door.now.milliseconds
        func seen() throws -> Int64 { try door.count("SELECT seen FROM session") - began }
        for _ in 0..<59 {
            door.rig.now = door.now + .seconds(1)
            _ = try door.session(secret)
        }
        #expect(try seen() == 0)
        door.rig.now = door.now + .seconds(1)
        _ = try door.session(secret)
        #expect(try seen() == 60_000)
    }

    @Test("What is no session's secret is nobody's", arguments: ["", "x", "sato", String(repeating: "A", count: 43), "a b", "\0"])
    func strangers(cookie: String) throws {
        let door = try TestDoor()
        _ = try door.enter("sato", try door.join("sato"))
        #expect(try door.visit { try $0.session(for: cookie, in: $1) == nil })
        #expect(try door.visit { try $0.session(for: nil, in: $1) == nil })
    }

    @Test("Whoever has the database has no cookie: the id of a session is none")
    func stolenDatabase() throws {
        let door = try TestDoor()
        let secret = try door.enter("sato", try door.join("sato"))
        let id = SessionSecret(secret.id.bytes)
        #expect(try door.session(id) == nil)
    }

    @Test("A cookie that was there before signing in is nobody's afterwards, whoever put it there")
    func fixed() throws {
        let door = try TestDoor()
        let (sato, ito) = (try door.join("sato"), try door.join("ito"))
        let planted = try door.enter("ito", ito)
        let secret = try door.enter("sato", sato, with: planted.value)
        #expect(secret != planted)
        #expect(try door.session(planted) == nil)
        #expect(try door.session(secret)?.visitor == .staff("sato"))
        door.rig.now = door.now + .seconds(30)
        let invented = door.secret()
        let next = try door.enter("sato", sato, with: invented.value)
        #expect(next != invented)
        #expect(try door.session(invented) == nil)
        #expect(try door.session(secret) != nil, "another browser's session goes on")
    }

    @Test("A wrong try ends no session")
    func wrongTry() throws {
        let door = try TestDoor()
        let secret = try door.enter("sato", try door.join("sato"))
        #expect(try door.signIn("sato", "something else", "123456", with: secret.value) == .refused)
        #expect(try door.session(secret) != nil)
    }

    @Test("After signing out a cookie is worth nothing, and what is open for it is to be closed")
    func signedOut() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let secret = try door.enter("sato", app)
        door.rig.now = door.now + .seconds(30)
        let other = try door.enter("sato", app)
        door.rig.forgetWhatWasSaid()
        try door.visit { try $0.signOut(try #require(try $0.session(for: secret.value, in: $1)), in: $1) }
        #expect(try door.session(secret) == nil)
        #expect(try door.session(other) != nil)
        #expect(door.rig.effects.compactMap { $0 as? SessionsEnded } == [SessionsEnded(sessions: [secret.id])])
        #expect(try door.looks() == [.signOut])
        try door.visit { try $0.endAll("sato", in: $1) }
        #expect(try door.session(other) == nil)
    }

    @Test("A form counts in the session it was made for")
    func forms() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let first = try door.enter("sato", app)
        door.rig.now = door.now + .seconds(30)
        let second = try door.enter("sato", app)
        let (one, two) = (try #require(try door.session(first)), try #require(try door.session(second)))
        #expect(one.owns(one.formToken))
        #expect(try door.session(first)?.owns(one.formToken) == true)
        #expect(one.formToken != two.formToken)
        for token in [two.formToken, "", nil, first.value, first.id.text, one.formToken + "A", String(one.formToken.dropLast())] {
            #expect(!one.owns(token))
        }
    }

    @Test("Cookies are bound to the host, unreadable for scripts, and for staff never sent from elsewhere")
    func cookies() {
        let secret = SessionSecret([UInt8](repeating: 255, count: 32))
        let value = "__Host-kazasu=__________________________________________8"
        #expect(secret.staffCookie == "\(value); Path=/; Secure; HttpOnly; SameSite=Strict")
        #expect(secret.residentCookie == "\(value); Path=/; Secure; HttpOnly; SameSite=Lax")
        #expect(SessionSecret.noCookie == "__Host-kazasu=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
        #expect(SessionSecret(secret.value) == secret)
        #expect(!"\(secret) \(String(reflecting: secret))".contains("255"))
    }

    @Test("What has ended is deleted within minutes, and is told")
    func purged() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let old = try door.enter("sato", app)
        door.rig.now = door.now + .seconds(1700)
        let young = try door.enter("sato", app)
        door.rig.forgetWhatWasSaid()
        try door.rig.pass(.seconds(200), step: .seconds(20))
        #expect(door.rig.effects.compactMap { $0 as? SessionsEnded } == [SessionsEnded(sessions: [old.id])])
        #expect(try door.count("SELECT count(*) FROM session") == 1)
        #expect(try door.session(young) != nil)
    }

    @Test("A clock that is set back lengthens no session that began before")
    func setBack() throws {
        let door = try TestDoor()
        let secret = try door.enter("sato", try door.join("sato"))
        door.rig.now = door.now - .seconds(3600)
        #expect(try door.session(secret) == nil)
    }

    @Test("A link lets a resident in once, soon, and to what it was made for")
    func links() throws {
        let door = try TestDoor()
        func link() throws -> String {
            let bytes = door.bytes(SignIn.linkBytes)
            return try door.visit { try $0.link(for: .person(7), to: "own", bytes: bytes, in: $1) }
        }
        func redeem(_ text: String, _ purpose: LinkPurpose = "own", with cookie: String? = nil) throws -> SessionSecret? {
            let secret = door.secret()
            return try door.visit { try $0.redeem(text, for: purpose, secret: secret, replacing: cookie, in: $1) }
        }
        let first = try link()
        #expect(try redeem(first, "mail") == nil)
        let secret = try #require(try redeem(first))
        #expect(try redeem(first) == nil)
        let session = try #require(try door.session(secret))
        #expect(session.visitor == .resident(.person(7)))
        #expect(session.end == door.now + .seconds(7200))
        #expect(try door.rig.said(.looks).last?.data == Looked(.signIn, account: nil, person: .person(7)))
        for text in ["", "AAAAAAAAAAAAAAAAAAAAAA", String(first.dropLast()), first + "A"] { #expect(try redeem(text) == nil) }

        let (second, third) = (try link(), try link())
        door.rig.now = door.now + .seconds(899)
        #expect(try door.session(secret) != nil)
        let other = try #require(try redeem(second, with: secret.value))
        #expect(try door.session(secret) == nil, "one browser, one session")
        door.rig.now = door.now + .seconds(1)
        #expect(try redeem(third) == nil)
        door.rig.now = door.now + .seconds(899)
        #expect(try door.session(other, isAct: false) == nil)

        let fourth = try link()
        try door.visit { try $0.endAll(.person(7), in: $1) }
        #expect(try redeem(fourth) == nil)
        try door.rig.pass(.seconds(120), step: .seconds(30))
        #expect(try door.count("SELECT (SELECT count(*) FROM link) + (SELECT count(*) FROM session)") == 0)
    }
}
