import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("Who tries passwords")
struct LockoutTests {
    /// As it is meant to be, in few lines: names on paper.
    private struct Model {
        var wrong: [String: [Instant]] = [:]
        var from: [String: [Instant]] = [:]
        var locked: [String: (times: Int, until: Instant)] = [:]

        enum Answer: Equatable { case signedIn, refused, tooMany, lockedOut(Instant) }

        mutating func answer(_ name: String, _ client: String, isRight: Bool, at now: Instant) -> Answer {
            func recent(_ moments: [Instant]?) -> [Instant] { (moments ?? []).filter { now - $0 < .seconds(900) } }
            if recent(from[client]).count >= 30 { return .tooMany }
            if let lock = locked[name], now < lock.until { return .lockedOut(lock.until) }
            if isRight {
                (wrong[name], locked[name]) = (nil, nil)
                return .signedIn
            }
            from[client, default: []].append(now)
            wrong[name] = recent(wrong[name]) + [now]
            guard wrong[name]?.count == 5 else { return .refused }
            let before = locked[name].map { now - $0.until < .seconds(86_400) ? $0.times : 0 } ?? 0
            let minutes: [Int64] = [5, 10, 20, 40, 60]
            let until = now + .seconds(60 * minutes[min(before, 4)])
            (locked[name], wrong[name]) = ((before + 1, until), nil)
            return .lockedOut(until)
        }
    }

    @Test("In whatever order names are tried, from wherever and with whatever pauses: as on paper", arguments: 0..<40 as Range<UInt64>)
    func anyOrder(seed: UInt64) throws {
        let door = try TestDoor(seed: seed)
        let app = try door.join("sato")
        var (model, chance) = (Model(), Seeded(seed))
        let pauses: [Int64] = [31, 150, 400, 900, 3_000, 40_000, 90_000]
        var answers: Set<String> = []
        var last = Int64.step(at: door.now) - 1
        let haste = chance.below(20) + 8
        for _ in 0..<120 {
            door.rig.now = door.now + .seconds(chance.oneIn(haste) ? pauses[chance.below(pauses.count)] : 1)
            if chance.oneIn(15) { try door.rig.settle() }
            let name = ["sato", "sato", "ito", "mori", "nobody", "else"][chance.below(6)]
            let client = ["203.0.113.1", "203.0.113.2"][chance.oneIn(5) ? 1 : 0]
            // A code is of use once.
            let step = Int64.step(at: door.now)
            let isRight = name == "sato" && step > last && chance.oneIn(8)
            let code = isRight ? app.code(step) : "12345"
            let expected = model.answer(name, client, isRight: isRight, at: door.now)
            let answer: Model.Answer =
                switch try door.signIn(name, code, from: client) {
                case .signedIn: .signedIn
                case .refused: .refused
                case .tooMany: .tooMany
                case .lockedOut(let until): .lockedOut(until)
                }
            #expect(answer == expected, "SEED=\(seed) \(name) from \(client)")
            if answer == .signedIn { last = step }
            answers.insert("\(answer)".prefix { $0 != "(" }.description)
        }
        #expect(answers.isSuperset(of: ["refused", "lockedOut"]))
    }

    @Test("Five wrong tries lock an account, a right password in the midst helps nobody, and nothing is checked meanwhile")
    func locked() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        let session = try door.enter("sato", app)
        door.rig.forgetWhatWasSaid()
        for _ in 0..<4 {
            door.rig.now = door.now + .seconds(10)
            #expect(try door.signIn("sato", "something else", "1") == .refused)
        }
        door.rig.now = door.now + .seconds(10)
        let until = door.now + .seconds(300)
        #expect(try door.signIn("sato", "something else", "1") == .lockedOut(until: until))
        #expect(try door.looks() == [.signInFailed, .signInFailed, .signInFailed, .signInFailed, .signInFailed, .lockedOut])
        door.checks.count = 0
        #expect(try door.signIn("sato", app.code(.step(at: door.now)), from: "198.51.100.1") == .lockedOut(until: until))
        #expect(door.checks.count == 0)
        #expect(try door.session(session) != nil, "who is in stays in")
        door.rig.now = until
        _ = try door.enter("sato", app)
        #expect(try door.count("SELECT count(*) FROM lockout") == 0)
    }

    @Test("A name that does not exist is locked like one that does")
    func unknown() throws {
        let door = try TestDoor()
        var answers: [[SignIn.Answer]] = []
        for name in ["sato", "nobody"] {
            var given: [SignIn.Answer] = []
            for _ in 0..<7 { given.append(try door.signIn(name, "x", "1", from: name)) }
            door.rig.now = door.now + .seconds(2)
            answers.append(given)
        }
        // Three are checked in a second, and then nothing is said of any.
        #expect(answers[0] == [.refused, .refused, .refused, .tooMany, .tooMany, .tooMany, .tooMany])
        #expect(answers[1] == answers[0])
        for _ in 0..<2 {
            door.rig.now = door.now + .seconds(1)
            answers = try ["sato", "nobody"].map { [try door.signIn($0, "x", "1", from: $0)] }
        }
        #expect(answers[0] == [.lockedOut(until: door.now + .seconds(300))])
        #expect(answers[1] == answers[0])
    }

    @Test("One address cannot try many names")
    func oneAddress() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        for number in 0..<30 {
            door.rig.now = door.now + .seconds(1)
            #expect(try door.signIn("name-\(number)", "x", "1", from: "2001:db8:1:2::\(number)") == .refused)
        }
        door.rig.now = door.now + .seconds(1)
        #expect(try door.signIn("sato", app.code(.step(at: door.now)), from: "2001:db8:1:2:ffff::1") == .tooMany)
        _ = try door.signIn("sato", app.code(.step(at: door.now)), from: "2001:db8:1:3::1")
        #expect(try door.count("SELECT count(*) FROM session") == 1)
    }

    @Test("A lock-out is a problem that names whom it is about, until they sign in")
    func problem() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        func problems() throws -> [Problem] { try door.visit { try $0.problems(in: $1) } }
        for name in ["nobody", "sato"] {
            for _ in 0..<5 {
                door.rig.now = door.now + .seconds(1)
                _ = try door.signIn(name, "x", "1")
            }
            #expect(try problems().count == (name == "sato" ? 1 : 0))
        }
        let problem = try #require(try problems().first)
        #expect(problem.weight == .amber && problem.code == "passwords-tried" && problem.text.contains("passwords of sato at"))
        #expect(try door.visit { try $0.counters(in: $1) }["locked-out"] == 2)
        door.rig.now = door.now + .seconds(400)
        #expect(try !problems().isEmpty)
        _ = try door.enter("sato", app)
        #expect(try problems().isEmpty)
    }

    @Test("A new invitation ends a lock-out, so that a technician can let somebody in who is being kept out")
    func invited() throws {
        let door = try TestDoor()
        try door.join("sato")
        for _ in 0..<5 {
            door.rig.now = door.now + .seconds(1)
            _ = try door.signIn("sato", "x", "1", from: "198.51.100.1")
        }
        let app = try door.join("sato", "seven green bicycles")
        guard case .signedIn = try door.signIn("sato", "seven green bicycles", app.code(.step(at: door.now))) else {
            throw TestDoor.Unexpected()
        }
    }

    @Test("After a clock was set back nobody waits for an end that lies years ahead, and what is written there goes")
    func setBack() throws {
        let door = try TestDoor()
        let app = try door.join("sato")
        door.rig.now = door.now + .seconds(400 * 86_400)
        for _ in 0..<7 {
            door.rig.now = door.now + .seconds(1)
            _ = try door.signIn("sato", "x", "1")
        }
        door.rig.now = Rig<Door>.morning + .seconds(3600)
        #expect(try door.signIn("sato", "x", "1") == .refused)
        try door.rig.pass(.seconds(180), step: .seconds(30))
        #expect(try door.count("SELECT count(*) FROM lockout") == 0)
        #expect(try door.count("SELECT count(*) FROM attempt WHERE key <> 0") == 2, "of this morning")
        _ = try door.enter("sato", app)
    }

    @Test(
        "An address is counted by its network",
        arguments: [
            ("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:db8:1:2::", "2001:db8:1:2"),
            ("2001:db8::1", "2001:db8:0:0"), ("::1", "0:0:0:0"), ("::", "0:0:0:0"), ("fe80::1%eth0", "fe80:0:0:0"),
            ("::ffff:203.0.113.9", "203.0.113.9"), ("", ""), (":::::::::::", "0:0:0:0"), ("1:2:3:4:5:6:7:8:9:10", "1:2:3:4"),
        ])
    func networks(client: String, expected: String) { #expect(network(of: client) == expected) }
}
