import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

/// Sign-in as a service of its own, on a virtual clock; browsers and technicians are played by the test.
final class TestDoor {
    let rig: Rig<Door>
    private(set) var policy: PortalPolicy
    /// Passwords that were checked.
    let checks = Counter()
    private var chance: Seeded
    private var technician = FakeAgent("others", seed: 99)

    /// As little work as scrypt can be.
    static let cheap = Scrypt.Cost(logN: 1, r: 1, p: 1)
    static let client = "203.0.113.9"

    static var policy: PortalPolicy {
        var policy = PortalPolicy(listen: "127.0.0.1:0", origin: "http://localhost")
        policy.accounts = [
            .init("sato", title: "佐藤", stations: []), .init("ito", title: "伊藤", stations: []), .init("mori", title: "森", stations: []),
        ]
        return policy
    }

    init(_ policy: PortalPolicy = TestDoor.policy, vault: Vault = .forTests(), seed: UInt64 = 1, cost: Scrypt.Cost = TestDoor.cheap) throws
    {
        self.policy = policy
        chance = Seeded(seed)
        let roster = Roster([.portal: ["main"], .operator: ["main"]])
        rig = try Rig(Door(signIn: Self.signIn(policy, cost, checks), seed: seed), as: .portal, "main", roster: roster, vault: vault)
        try rig.settle()
    }

    private static func signIn(_ policy: PortalPolicy, _ cost: Scrypt.Cost, _ checks: Counter) -> SignIn {
        SignIn(policy: policy, cost: cost) { hash, password in
            checks.count += 1
            return try hash.matches(password)
        }
    }

    /// A new process on the same disk.
    func restart(_ policy: PortalPolicy = TestDoor.policy, cost: Scrypt.Cost = TestDoor.cheap, vault: Vault? = nil) throws {
        self.policy = policy
        rig.vault = vault ?? rig.vault
        try rig.start(Door(signIn: Self.signIn(policy, cost, checks), seed: chance.next()))
        try rig.settle()
    }

    var now: Instant { rig.now }

    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: chance.next()) } }
    func secret() -> SessionSecret { SessionSecret(bytes(SessionSecret.bytes)) }

    func visit<Result>(_ body: @escaping (SignIn, borrowing Turn) throws -> Result) throws -> Result {
        var result: Result?
        let signIn = rig.host.service.signIn
        try rig.settle([Knock { turn in result = try body(signIn, turn) }])
        return try #require(result)
    }

    // MARK: What people do

    func tell(_ step: ChangeAccount.Step, _ account: AccountID, as user: UserID = "operator-main") throws -> Reply<AccountAnswer> {
        let channel = Channel<ChangeAccount>.changeAccount
        var command = technician.command(ChangeAccount(step, account), at: now)
        command.source = "/nagai/operator/\(user)"
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: user).description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<AccountAnswer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    func invite(_ account: AccountID) throws -> String { try #require(try tell(.invite, account).answer?.code) }

    func choose(_ password: String, _ account: String, _ code: String, from client: String = TestDoor.client) throws -> SignIn.Choice {
        let bytes = bytes(SignIn.choiceBytes)
        return try visit { try $0.choose(password, account: account, code: code, client: client, bytes: bytes, in: $1) }
    }

    func confirm(_ account: String, _ code: String, _ made: String, from client: String = TestDoor.client) throws -> SignIn.Confirmation {
        let secret = secret()
        return try visit { try $0.confirm(account: account, code: code, made: made, client: client, secret: secret, in: $1) }
    }

    /// Invited, chosen and confirmed; and time went on, so that the app makes another code.
    @discardableResult
    func join(_ account: AccountID, _ password: String = TestDoor.password) throws -> OneTimePassword {
        let code = try invite(account)
        guard case .confirm(let app) = try choose(password, account.text, code) else { throw Unexpected() }
        guard case .signedIn(let secret) = try confirm(account.text, code, app.code(.step(at: now))) else { throw Unexpected() }
        try visit { try $0.signOut(try #require(try $0.session(for: secret.value, in: $1)), in: $1) }
        rig.now = rig.now + .seconds(30)
        return app
    }

    static let password = "blue umbrella on a Tuesday"

    func signIn(
        _ account: String, _ password: String, _ code: String, from client: String = TestDoor.client,
        with cookie: String? = nil
    ) throws -> SignIn.Answer {
        let attempt = SignIn.Attempt(account: account, password: password, code: code, client: client)
        let secret = secret()
        return try visit { try $0.signIn(attempt, secret: secret, replacing: cookie, in: $1) }
    }

    func signIn(
        _ account: String, _ code: String, from client: String = TestDoor.client, with cookie: String? = nil
    ) throws -> SignIn.Answer {
        try signIn(account, Self.password, code, from: client, with: cookie)
    }

    /// With everything right.
    func enter(_ account: String, _ app: OneTimePassword, with cookie: String? = nil) throws -> SessionSecret {
        let answer = try signIn(account, app.code(.step(at: now)), with: cookie)
        guard case .signedIn(let secret) = answer else { throw Unexpected() }
        return secret
    }

    func session(_ secret: SessionSecret?, isAct: Bool = true) throws -> Session? {
        try visit { try $0.session(for: secret?.value, isAct: isAct, in: $1) }
    }

    func count(_ sql: StaticString) throws -> Int64 { try rig.disk.read { try $0.first(sql) { $0.int(0) } } ?? -1 }

    func looks() throws -> [Looked.At] { try rig.said(.looks).map(\.data.at) }

    struct Unexpected: Error {}
    final class Counter: @unchecked Sendable {
        // One test's alone, on one thread.
        var count = 0
    }
}

/// What a browser asks for.
struct Knock { let act: (borrowing Turn) throws -> Void }

struct Door: Service {
    typealias Input = Knock
    static let program: Program = "portal"
    static let migrations = [SignIn.tables, SignIn.cardColumn]
    static let sealed = SignIn.sealed
    let signIn: SignIn
    let seed: UInt64

    var reads: [Reading] {
        var chance = Seeded(seed)
        return [
            answer(.changeAccount) { command, turn in
                let bytes = (0..<SignIn.invitationBytes).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
                return try signIn.change(command, bytes: bytes, in: turn)
            }
        ]
    }

    func take(_ visit: Knock, in turn: borrowing Turn) throws { try visit.act(turn) }
    func purge(in turn: borrowing Turn) throws { try signIn.purge(in: turn) }
    func problems(in turn: borrowing Turn) throws -> [Problem] { try signIn.problems(in: turn) }
    func counters(in turn: borrowing Turn) throws -> [String: Int64] { try signIn.counters(in: turn) }
}

extension Int64 {
    static func step(at moment: Instant) -> Int64 { OneTimePassword.step(at: moment) }
}

extension SessionSecret {
    /// As the browser sends it.
    var value: String { String(staffCookie.prefix { $0 != ";" }.dropFirst(Self.cookie.utf8.count + 1)) }
}
