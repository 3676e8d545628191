import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("Signing in")
struct SignInTests {
    @Test("The right name, password and code let somebody in, as people type them")
    func rightAnswers() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let code = app.code(.step(at: door.now))
        guard case .signedIn(let secret) = try door.signIn(" Ｓato ", "ｂlue umbrella　on a Tuesday ", "\(code.prefix(3)) \(code.suffix(3))")
        else { throw TestDoor.Unexpected() }
        #expect(try door.session(secret)?.visitor == .staff("sato"))
        #expect(try door.looks().suffix(1) == [.signIn])
        #expect(try door.rig.said(.looks).last?.data.account == "sato")
    }

    enum Wrong: CaseIterable { case account, uninvited, password, code, otherApp, otherPassword, empty, everything }

    @Test("Whatever is wrong is answered alike, after one check of a password, and written down alike", arguments: Wrong.allCases)
    func wrong(_ wrong: Wrong) throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let other = try door.join("ito", "seven green bicycles")
        let code = app.code(.step(at: door.now))
        door.checks.count = 0
        door.rig.forgetWhatWasSaid()
        let answer =
            switch wrong {
            case .account: try door.signIn("nobody", code)
            case .uninvited: try door.signIn("mori", code)
            case .password: try door.signIn("sato", TestDoor.password + ".", code)
            case .code: try door.signIn("sato", app.code(.step(at: door.now) + 2))
            case .otherApp: try door.signIn("sato", other.code(.step(at: door.now)))
            case .otherPassword: try door.signIn("sato", "seven green bicycles", code)
            case .empty: try door.signIn("", "", "")
            case .everything: try door.signIn("no such name!", String(repeating: "x", count: 10_000), "12345678901234567890")
            }
        #expect(answer == .refused)
        #expect(door.checks.count == 1)
        #expect(try door.looks() == [.signInFailed])
        #expect(try door.count("SELECT count(*) FROM attempt WHERE key <> 0") == 2)
        #expect(try door.count("SELECT count(*) FROM session") == 0)
    }

    @Test("A code lets somebody in once, and a wrong password uses none up")
    func codeOnce() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let code = app.code(.step(at: door.now))
        #expect(try door.signIn("sato", "something else", code) == .refused)
        _ = try door.enter("sato", app)
        #expect(try door.signIn("sato", code) == .refused)
        door.rig.now = door.now + .seconds(30)
        #expect(try door.signIn("sato", code) == .refused)
        _ = try door.enter("sato", app)
    }

    @Test("The code that confirmed a choice signs nobody in again")
    func confirmedCode() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        #expect(try door.signIn("sato", app.code(.step(at: door.now) - 1)) == .refused)
    }

    @Test("Three passwords are checked in a second, and the next one in the next")
    func checksInSecond() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        door.checks.count = 0
        for client in 0..<3 { #expect(try door.signIn("nobody-\(client)", "x", "1", from: "203.0.113.\(client)") == .refused) }
        #expect(try door.signIn("sato", app.code(.step(at: door.now))) == .tooMany)
        #expect(door.checks.count == 3)
        door.rig.now = door.now + .seconds(1)
        _ = try door.enter("sato", app)
    }

    @Test("A password that was hashed at another cost is hashed anew when it fits")
    func costs() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let dear = Scrypt.Cost(logN: 3, r: 2, p: 1)
        func cost() throws -> Scrypt.Cost? {
            try door.visit { signIn, turn in try signIn.credential(of: "sato", in: turn.db)?.factors.password.cost }
        }
        try door.restart(cost: dear)
        #expect(try door.signIn("sato", "something else", app.code(.step(at: door.now))) == .refused)
        #expect(try cost() == TestDoor.cheap)
        _ = try door.enter("sato", app)
        #expect(try cost() == dear)
        door.rig.now = door.now + .seconds(30)
        _ = try door.enter("sato", app)
    }

    @Test("Who is taken out of the town's file is out at once, and a namesake who comes later is somebody else")
    func takenOut() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let secret = try door.enter("sato", app)
        var policy = TestDoor.policy
        policy.accounts.removeFirst()
        try door.restart(policy)
        #expect(try door.session(secret) == nil)
        door.rig.now = door.now + .seconds(30)
        #expect(try door.signIn("sato", app.code(.step(at: door.now))) == .refused)
        try door.rig.pass(.seconds(120), step: .seconds(30))
        try door.restart()
        #expect(try door.session(secret) == nil)
        #expect(try door.signIn("sato", app.code(.step(at: door.now))) == .refused)
    }

    @Test("Nothing that lets somebody in lies readable in the database, nor where they came from or what they typed for a name")
    func sealed() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let session = try door.enter("sato", app)
        let invitation = try door.invite("ito")
        let bytes = door.bytes(SignIn.linkBytes)
        _ = try door.visit { try $0.link(for: .person(1), to: "own", bytes: bytes, in: $1) }
        _ = try door.signIn("hunter2-by-mistake", "x", "1", from: "198.51.100.77")
        let hash = try #require(try door.visit { try $0.credential(of: "sato", in: $1.db)?.factors.password.text })
        let file = try door.rig.disk.serialized()
        let words = [
            TestDoor.password, session.value, session.formToken, invitation, invitation.filter { $0 != "-" }, "hunter2-by-mistake", hash,
            "198.51.100.77", TestDoor.client,
        ]
        #expect(Sniffer(words, numbers: ["link": bytes, "app": app.secret]).found(in: file) == [])
        #expect(Sniffer(["sato"]).found(in: file) == ["sato"])
    }

    @Test("What is sealed goes to a new key of the vault")
    func rotates() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let code = try door.invite("ito")
        _ = try door.choose(TestDoor.password, "ito", code)
        try door.restart(vault: .forTests(keys: 1...2))
        try door.rig.pass(.seconds(180), step: .seconds(10))
        #expect(try door.count("SELECT count(*) FROM credential WHERE substr(factors, 2, 2) <> x'0002'") == 0)
        #expect(try door.count("SELECT count(*) FROM invitation WHERE substr(factors, 2, 2) <> x'0002'") == 0)
        try door.restart(vault: .forTests(keys: 2...2))
        _ = try door.enter("sato", app)
    }
}
