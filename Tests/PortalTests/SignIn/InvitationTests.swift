import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("Invitations")
struct InvitationTests {
    @Test("A technician invites, somebody chooses and confirms, and is signed in")
    func wholeWay() throws {
        let door = try TestDoor()
        let answer = try #require(try door.tell(.invite, "sato").answer)
        #expect(answer.until == door.now + .seconds(86_400))
        let code = try #require(answer.code)
        #expect(code.count == 19 && code.allSatisfy { $0 == "-" || "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
        guard case .confirm(let app) = try door.choose(TestDoor.password, "Sato", code.lowercased()) else { throw TestDoor.Unexpected() }
        guard case .signedIn(let secret) = try door.confirm("sato", code, app.code(.step(at: door.now))) else {
            throw TestDoor.Unexpected()
        }
        #expect(try door.session(secret)?.visitor == .staff("sato"))
        #expect(try door.looks() == [.signIn])
    }

    @Test("An invitation is used once")
    func once() throws {
        let door = try TestDoor()
        let code = try door.invite("sato")
        guard case .confirm(let app) = try door.choose(TestDoor.password, "sato", code) else { throw TestDoor.Unexpected() }
        _ = try door.confirm("sato", code, app.code(.step(at: door.now)))
        #expect(try door.confirm("sato", code, app.code(.step(at: door.now))) == .refused)
        #expect(try door.choose("seven green bicycles", "sato", code) == .refused)
    }

    @Test("Until it is confirmed nobody can sign in with what was chosen, and it can be chosen again")
    func unconfirmed() throws {
        let door = try TestDoor()
        let code = try door.invite("sato")
        #expect(try door.confirm("sato", code, "123456") == .refused)
        guard case .confirm(let first) = try door.choose("seven green bicycles", "sato", code) else { throw TestDoor.Unexpected() }
        #expect(try door.signIn("sato", "seven green bicycles", first.code(.step(at: door.now))) == .refused)
        guard case .confirm(let second) = try door.choose(TestDoor.password, "sato", code) else { throw TestDoor.Unexpected() }
        #expect(first != second)
        #expect(try door.confirm("sato", code, first.code(.step(at: door.now))) == .wrongCode)
        guard case .signedIn = try door.confirm("sato", code, second.code(.step(at: door.now))) else { throw TestDoor.Unexpected() }
        door.rig.now = door.now + .seconds(60)
        #expect(try door.signIn("sato", "seven green bicycles", second.code(.step(at: door.now))) == .refused)
        _ = try door.enter("sato", second)
    }

    @Test("What was chosen before holds until something new is confirmed; then the old sessions end with it")
    func replaced() throws {
        let door = try TestDoor()
        let old = try door.join("sato")
        let session = try door.enter("sato", old)
        let code = try door.invite("sato")
        guard case .confirm(let new) = try door.choose("seven green bicycles", "sato", code) else { throw TestDoor.Unexpected() }
        door.rig.now = door.now + .seconds(30)
        _ = try door.enter("sato", old)
        #expect(try door.session(session) != nil)
        door.rig.forgetWhatWasSaid()
        _ = try door.confirm("sato", code, new.code(.step(at: door.now)))
        #expect(try door.session(session) == nil)
        #expect(door.rig.effects.compactMap { $0 as? SessionsEnded }.flatMap(\.sessions).contains(session.id))
        door.rig.now = door.now + .seconds(60)
        #expect(try door.signIn("sato", old.code(.step(at: door.now))) == .refused)
        #expect(try door.signIn("sato", "seven green bicycles", old.code(.step(at: door.now))) == .refused)
    }

    @Test("An invitation holds for a day, the newest alone, and for its own account alone")
    func holds() throws {
        let door = try TestDoor()
        let first = try door.invite("sato")
        let second = try door.invite("sato")
        #expect(first != second)
        #expect(try door.choose(TestDoor.password, "sato", first) == .refused)
        #expect(try door.choose(TestDoor.password, "ito", second) == .refused)
        #expect(try door.choose(TestDoor.password, "nobody", second) == .refused)
        door.rig.now = door.now + .seconds(86_399)
        guard case .confirm(let app) = try door.choose(TestDoor.password, "sato", second) else { throw TestDoor.Unexpected() }
        door.rig.now = door.now + .seconds(1)
        #expect(try door.confirm("sato", second, app.code(.step(at: door.now))) == .refused)
        #expect(try door.choose(TestDoor.password, "sato", second) == .refused)
        try door.rig.pass(.seconds(90), step: .seconds(30))
        #expect(try door.count("SELECT count(*) FROM invitation") == 0)
    }

    @Test("A password that is guessed first cannot be chosen, and only who was invited hears why")
    func flawed() throws {
        let door = try TestDoor()
        let code = try door.invite("sato")
        #expect(try door.choose("short", "sato", code) == .flawed(.tooShort))
        #expect(try door.choose("sato-nagai-kazasu", "sato", code) == .flawed(.holdsNames))
        #expect(try door.choose("short", "sato", "0000-0000-0000-0000") == .refused)
        #expect(try door.count("SELECT count(*) FROM invitation WHERE factors IS NOT NULL") == 0)
    }

    @Test("Thirty wrong codes of an invitation keep an address away for a quarter of an hour")
    func guessed() throws {
        let door = try TestDoor()
        let code = try door.invite("sato")
        for _ in 0..<30 { #expect(try door.choose(TestDoor.password, "sato", "0000-0000-0000-0000") == .refused) }
        #expect(try door.choose(TestDoor.password, "sato", code) == .tooMany)
        #expect(try door.confirm("sato", code, "123456") == .tooMany)
        guard case .confirm = try door.choose(TestDoor.password, "sato", code, from: "203.0.113.10") else { throw TestDoor.Unexpected() }
        door.rig.now = door.now + .seconds(900)
        guard case .confirm = try door.choose(TestDoor.password, "sato", code) else { throw TestDoor.Unexpected() }
    }

    @Test("Who is shut out is forgotten, but for the audit")
    func shut() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let session = try door.enter("sato", app)
        _ = try door.invite("sato")
        for _ in 0..<6 {
            door.rig.now = door.now + .seconds(1)
            _ = try door.signIn("sato", "something else", "123456")
        }
        #expect(try door.tell(.shut, "sato") == .accept(AccountAnswer()))
        #expect(try door.session(session) == nil)
        for sql: StaticString in [
            "SELECT count(*) FROM credential", "SELECT count(*) FROM invitation", "SELECT count(*) FROM session",
            "SELECT count(*) FROM lockout",
        ] { #expect(try door.count(sql) == 0, "\(sql)") }
        door.rig.now = door.now + .seconds(60)
        #expect(try door.signIn("sato", app.code(.step(at: door.now))) == .refused)
        #expect(try door.tell(.shut, "long-gone") == .accept(AccountAnswer()))
    }

    @Test("Nobody is invited who is not in the town's file, and only a technician invites")
    func strangers() throws {
        let door = try TestDoor()
        let reply = try door.tell(.invite, "nobody")
        #expect(reply.refusal == "unknown-account")
        #expect(reply.text?.contains("portal, accounts") == true)
        #expect(try door.tell(.invite, "sato", as: "desk-hall").refusal == "not-yours")
    }

    @Test("A code is read as people type it")
    func typed() throws {
        let code = InvitationCode(bytes: [0, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf])
        #expect(code.text == "0123-4567-89AB-CDEF")
        for typed in ["0123-4567-89AB-CDEF", "o1234567 89abcdef", " Oi23-4567-89ab-cdef", "0l23４５６７-89AB-CDEF"] {
            #expect(InvitationCode(typed) == code, "\(typed)")
        }
        for typed in ["", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEFG", "U123-4567-89AB-CDEF", "0123-4567-89AB-CDEé"] {
            #expect(InvitationCode(typed) == nil, "\(typed)")
        }
    }

    @Test("Every code is read back as it was written")
    func thereAndBack() {
        var chance = Seeded(5)
        for _ in 0..<200 {
            let code = InvitationCode(bytes: (0..<10).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
            #expect(InvitationCode(code.text) == code)
        }
    }
}
