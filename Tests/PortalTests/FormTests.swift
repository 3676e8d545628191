import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("Forms and sessions at the door of the portal")
struct FormTests {
    @Test("A form of another page is turned away, whatever it holds; one without this session's token as well")
    func strangers() throws {
        let portal = try TestPortal()
        _ = try portal.cookie(of: "sato")
        let elsewhere = try portal.post("/ja/staff/sign-out", as: "sato", headers: ["origin": "https://evil.example"])
        #expect(elsewhere?.status == 403)
        let other = try portal.post("/ja/staff/sign-out", [("csrf", "wrong")], as: "suzuki", headers: ["origin": TestPortal.origin])
        // The first of a name counts, and that is the right one; a token of somebody else does not.
        #expect(other?.status == 303)
        let bare = try portal.get("/ja/staff", as: "sato")
        #expect(bare?.status == 200)
    }

    @Test("A session that was signed out is nobody's any more, and its streams end")
    func signedOut() throws {
        let portal = try TestPortal()
        #expect(try portal.get("/ja/staff", as: "sato")?.status == 200)
        #expect(try portal.post("/ja/staff/sign-out", as: "sato")?.cookies == [SessionSecret.noCookie])
        #expect(portal.rig.effects.contains { $0 is SessionsEnded })
        #expect(try portal.get("/ja/staff", as: "sato")?.status == 303)
    }

    @Test("Who may not do a work is told so, and who has no session is sent to the sign-in", arguments: ["/ja/staff"])
    func unknown(path: String) throws {
        let portal = try TestPortal()
        let stolen = try portal.get(path, headers: ["cookie": "\(SessionSecret.cookie)=AAAA"])
        #expect(stolen?.status == 303)
    }

    @Test("A page to go on with is one of ours, or none")
    func next() throws {
        let portal = try TestPortal()
        for wish in ["//evil.example/", "https://evil.example/", "/ja//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            let page = try #require(try portal.get("/ja/sign-in?next=\(percentEncoded(wish))")).text
            #expect(page.contains("name=\"next\" value=\"/ja/staff\""), "\(wish)")
        }
        #expect(try portal.get("/ja/sign-in?next=/ja/hq")?.text.contains("value=\"/ja/hq\"") == true)
    }
}
