import Contracts
import Seal
import ServiceKit
import Store

/// Wrong tries of one account, or from one address, count for so long.
private let triesCount = Duration.seconds(900)
private let mostTries: Int64 = 5
private let mostTriesOfClient: Int64 = 30
/// Passwords that are checked in a second, whosever they are: so much of its time the portal stands still at most.
private let checksInSecond: Int64 = 3
/// Links that are asked for in a quarter of an hour, whoever asks for whom and from wherever: 600 an hour. Everybody of a town of 30,000 people may ask twice a
/// week; whoever has many addresses tries no more names than that.
private let mostLinks: Int64 = 150
/// Checks, and links that were asked for, are counted under keys that are no digest's.
private let checks: Int64 = 0
private let links: Int64 = 1
/// Codes that prove addresses are no more often asked for, and counted by themselves.
private let codes: Int64 = 2

/// The time in which an account lets nobody in: the first is five minutes, and each that follows within a day twice as long, at most an hour.
struct Lockout: Equatable {
    let times: Int
    let until: Instant

    private static let first = Duration.seconds(300)
    private static let longest = Duration.seconds(3600)
    /// After so long without another one, the next is a first one.
    static let memory = Duration.seconds(86_400)

    /// One that ends in more than an hour was written by a clock that has been set back since.
    func holds(at now: Instant) -> Bool { now < until && until - now <= Self.longest }

    static func following(_ before: Lockout?, at now: Instant) -> Lockout {
        let times = before.map { now - $0.until < memory ? $0.times + 1 : 1 } ?? 1
        return Lockout(times: times, until: now + min(first * (1 << min(times - 1, 4)), longest))
    }
}

/// What was tried and from where, as masked digests: nothing of it can be read, whatever somebody has typed.
struct Tried {
    let account: Int64
    let client: Int64

    init(account: String, client: String, in turn: borrowing Turn) {
        self.account = Self.key("account/\(account)", in: turn.db)
        self.client = Self.key("client/\(network(of: client))", in: turn.db)
    }

    /// A resident who wants in. Counted apart: whoever tries at a screen in the town hall shuts out none of the staff there.
    init(residentAt client: String, in turn: borrowing Turn) {
        self.client = Self.key("resident-client/\(network(of: client))", in: turn.db)
        account = self.client
    }

    static func key(_ text: String, in db: borrowing Transaction) -> Int64 {
        db.mask(Int64(truncatingIfNeeded: sha256(text).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
    }
}

/// An address as tries are counted: whoever has one of an IPv6 network of 64 bits has all of them (RFC 4291, section 2.5.4).
func network(of client: String) -> String {
    guard client.contains(":") else { return client }
    let groups = client.split(separator: ":", omittingEmptySubsequences: false)
    // ::ffff:203.0.113.9 is an IPv4 address (RFC 4291, section 2.5.5.2).
    if let last = groups.last, last.contains(".") { return String(last) }
    let head = groups.prefix { !$0.isEmpty }
    let given = groups.count { !$0.isEmpty }
    let all = head + Array(repeating: "0", count: max(0, 8 - given)) + groups.suffix(given - head.count)
    return all.prefix(4).joined(separator: ":")
}

extension SignIn {
    func hasTriedTooOften(_ tried: Tried, in turn: borrowing Turn) throws -> Bool {
        try count(tried.client, within: triesCount, in: turn) >= mostTriesOfClient
    }

    /// Whether a password may be checked now; if so, it counts.
    func mayCheck(in turn: borrowing Turn) throws -> Bool {
        guard try count(checks, within: .seconds(1), in: turn) < checksInSecond else { return false }
        try note(checks, in: turn)
        return true
    }

    /// Whether one more link may be asked for; if so, it counts. The last one is said aloud.
    func mayAskForLink(in turn: borrowing Turn) throws -> Bool { try mayAsk(for: links, "links to own pages", in: turn) }

    /// The same for a code that proves an address.
    func mayAskForCode(in turn: borrowing Turn) throws -> Bool { try mayAsk(for: codes, "codes for mail addresses", in: turn) }

    private func mayAsk(for key: Int64, _ what: String, in turn: borrowing Turn) throws -> Bool {
        let before = try count(key, within: triesCount, in: turn)
        guard before < mostLinks else { return false }
        try note(key, in: turn)
        if before + 1 == mostLinks {
            turn.log("\(mostLinks) \(what) were asked for within a quarter of an hour: no more are sent for now")
            try turn.emitRoot(Looked(.lockedOut, account: nil, by: PortalPolicy.residents.user), on: .looks, time: turn.now)
        }
        return true
    }

    /// Links that were asked for of late.
    func countLinks(in turn: borrowing Turn) throws -> Int64 { try count(links, within: triesCount, in: turn) }

    func fail(_ tried: Tried, in turn: borrowing Turn) throws {
        try note(tried.account, in: turn)
        try note(tried.client, in: turn)
    }

    /// A code of an invitation that is none: no account is meant that could be locked.
    func failClient(of tried: Tried, in turn: borrowing Turn) throws { try note(tried.client, in: turn) }

    func lockout(of tried: Tried, in db: borrowing Transaction) throws -> Lockout? {
        try db.first("SELECT times, until FROM lockout WHERE key = ?", tried.account) {
            Lockout(times: Int($0.int(0)), until: Instant(milliseconds: $0.int(1)))
        }
    }

    /// - Returns: until when, if there have been too many wrong tries now.
    func lockOut(_ tried: Tried, in turn: borrowing Turn) throws -> Instant? {
        guard try count(tried.account, within: triesCount, in: turn) >= mostTries else { return nil }
        let next = Lockout.following(try lockout(of: tried, in: turn.db), at: turn.now)
        try turn.db.run(
            "INSERT OR REPLACE INTO lockout (key, times, until) VALUES (?, ?, ?)", tried.account, next.times, next.until.milliseconds)
        try turn.db.run("DELETE FROM attempt WHERE key = ?", tried.account)
        return next.until
    }

    /// The account's owner was here.
    func forget(_ tried: Tried, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM attempt WHERE key = ?", tried.account)
        try db.run("DELETE FROM lockout WHERE key = ?", tried.account)
    }

    private func note(_ key: Int64, in turn: borrowing Turn) throws {
        try turn.db.run("INSERT INTO attempt (key, at) VALUES (?, ?)", key, turn.now.milliseconds)
    }

    private func count(_ key: Int64, within span: Duration, in turn: borrowing Turn) throws -> Int64 {
        let (now, from) = (turn.now.milliseconds, (turn.now - span).milliseconds)
        return try turn.db.first("SELECT count(*) FROM attempt WHERE key = ? AND at > ? AND at <= ?", key, from, now) { $0.int(0) } ?? 0
    }

    /// What lies ahead was written by a clock that has been set back since.
    func purgeTries(in turn: borrowing Turn) throws {
        let now = turn.now
        try turn.db.run("DELETE FROM attempt WHERE at <= ? OR at > ?", (now - triesCount).milliseconds, now.milliseconds)
        try turn.db.run(
            "DELETE FROM lockout WHERE until <= ? OR until > ?", (now - Lockout.memory).milliseconds,
            (now + Lockout.memory).milliseconds)
    }

    func countLockouts(in turn: borrowing Turn) throws -> Int64 {
        try turn.db.first("SELECT count(*) FROM lockout WHERE until > ?", turn.now.milliseconds) { $0.int(0) } ?? 0
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] { try triedPasswords(in: turn) + tooManyLinks(in: turn) }

    /// Said while no link is sent, or no code.
    private func tooManyLinks(in turn: borrowing Turn) throws -> [Problem] {
        guard try [links, codes].contains(where: { try count($0, within: triesCount, in: turn) >= mostLinks }) else { return [] }
        return [
            Problem(
                .amber, "links-asked",
                "\(mostLinks) links to residents' own pages, or codes that prove their addresses, were asked for within a quarter of an hour, and no more of these are sent until it is over. See in the proxy's log where they come from; codes of kiosks work meanwhile."
            )
        ]
    }

    /// Somebody tries passwords. Said for a day, unless the account's owner signs in before.
    private func triedPasswords(in turn: borrowing Turn) throws -> [Problem] {
        let locked = Set(
            try turn.db.all("SELECT key FROM lockout WHERE until > ?", (turn.now - Lockout.memory).milliseconds) { $0.int(0) })
        guard !locked.isEmpty else { return [] }
        let names = policy.accounts.map(\.id.text).filter { locked.contains(Tried.key("account/\($0)", in: turn.db)) }.sorted()
        guard !names.isEmpty else { return [] }
        let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
        return [
            Problem(
                .amber, "passwords-tried",
                "Somebody tries passwords of \(names.prefix(5).joined(separator: ", "))\(rest) at the portal. Ask whether it was they themselves; if not, see in the proxy's log where it comes from. Sessions go on, a lock-out ends by itself, and a new invitation ends it at once."
            )
        ]
    }
}
