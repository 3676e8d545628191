import Contracts
import Seal
import ServiceKit
import Store

/// Who may sign in at the portal: passwords and one-time passwords of the town's staff, links for residents, and the sessions of both.
///
/// It draws nothing: whoever calls it hands in bytes nobody can guess.
package struct SignIn: Sendable {
    let policy: PortalPolicy
    let lengths: SessionLengths
    let cost: Scrypt.Cost
    let check: @Sendable (PasswordHash, String) throws -> Bool

    /// - Parameters:
    ///   - cost: of passwords that are chosen from now on, and of those that fit once more.
    ///   - check: whether a password fits; it takes most of the time a sign-in takes.
    package init(
        policy: PortalPolicy, lengths: SessionLengths = SessionLengths(), cost: Scrypt.Cost = .signIn,
        check: @escaping @Sendable (PasswordHash, String) throws -> Bool = { try $0.matches($1) }
    ) {
        (self.policy, self.lengths, self.cost, self.check) = (policy, lengths, cost, check)
    }

    /// What somebody has written into the form of the sign-in page.
    package struct Attempt: Sendable {
        package var account: String
        package var password: String
        /// Of the authenticator app.
        package var code: String
        /// The address it came from.
        package var client: String

        package init(account: String, password: String, code: String, client: String) {
            (self.account, self.password, self.code, self.client) = (account, password, code, client)
        }
    }

    package enum Answer: Equatable, Sendable {
        case signedIn(SessionSecret)
        /// No such account, not its password, or not its code: which of them is not said.
        case refused
        /// This account was tried wrongly too often.
        case lockedOut(until: Instant)
        /// Too much comes from this address, or from everywhere together; nothing was looked at.
        case tooMany
    }

    /// An account that does not exist, a wrong password and a wrong code take the same work, are written down alike and are answered alike.
    /// - Parameter former: the cookie that came with it. Its session ends: none that somebody else may have begun is taken over.
    package func signIn(
        _ attempt: Attempt, secret: SessionSecret, replacing former: String? = nil, in turn: borrowing Turn
    ) throws -> Answer {
        let name = attempt.account.typed.lowercased()
        let tried = Tried(account: name, client: attempt.client, in: turn)
        guard try !hasTriedTooOften(tried, in: turn) else { return .tooMany }
        if let until = try lockout(of: tried, in: turn.db).flatMap({ $0.holds(at: turn.now) ? $0.until : nil }) {
            return .lockedOut(until: until)
        }
        guard try mayCheck(in: turn) else { return .tooMany }
        let account = AccountID(name).flatMap(policy.account)?.id
        let credential = try account.flatMap { try self.credential(of: $0, in: turn.db) }
        let factors = credential?.factors ?? .ofNobody(cost)
        let fits = try check(factors.password, attempt.password.typed)
        let step = factors.codes.step(of: attempt.code, at: turn.now, after: credential?.lastStep)
        guard let account, credential != nil, fits, let step else { return try refuse(tried, account, in: turn) }
        try forget(tried, in: turn.db)
        try note(step, of: account, in: turn.db)
        if factors.password.cost != cost {
            try replace(factors, by: factors.password.anew(attempt.password.typed, cost), of: account, in: turn.db)
        }
        if let former = former.flatMap(SessionSecret.init) { try end(former.id, in: turn) }
        return .signedIn(try open(.staff(account), secret, in: turn))
    }

    /// Begins a session of a resident, of whom a service has said that it is they.
    /// - Parameters:
    ///   - card: that they have shown, if it was by one: the session ends when it works no longer.
    ///   - former: the cookie that came with it. Its session ends.
    package func admit(
        _ person: PersonID, by card: Token? = nil, secret: SessionSecret, replacing former: String?, in turn: borrowing Turn
    ) throws -> SessionSecret {
        if let former = former.flatMap(SessionSecret.init) { try end(former.id, in: turn) }
        return try open(.resident(person), by: card, secret, in: turn)
    }

    /// The answer that is one more wrong try, and after the fifth the beginning of a lock-out.
    private func refuse(_ tried: Tried, _ account: AccountID?, in turn: borrowing Turn) throws -> Answer {
        try fail(tried, in: turn)
        try turn.emitRoot(Looked(.signInFailed, account: account), on: .looks, subject: account?.text, time: turn.now)
        guard let until = try lockOut(tried, in: turn) else { return .refused }
        try turn.emitRoot(Looked(.lockedOut, account: account), on: .looks, subject: account?.text, time: turn.now)
        return .lockedOut(until: until)
    }

    /// Deletes what has ended, and everything of accounts that are no longer in the town's file: whoever gets the same name one day is somebody else.
    package func purge(in turn: borrowing Turn) throws {
        try purgeTries(in: turn)
        try purgeSessions(in: turn)
        try turn.db.run("DELETE FROM invitation WHERE until <= ?", turn.now.milliseconds)
        try turn.db.run("DELETE FROM link WHERE until <= ?", turn.now.milliseconds)
        let known = try turn.db.all("SELECT account FROM credential UNION SELECT account FROM invitation") { $0.text(0) }
        for account in known.compactMap({ AccountID($0) }) where policy.account(account) == nil { try forget(account, in: turn) }
    }

    package func counters(in turn: borrowing Turn) throws -> [String: Int64] {
        let staff = try turn.db.first("SELECT count(*) FROM session WHERE account IS NOT NULL") { $0.int(0) }
        let all = try turn.db.first("SELECT count(*) FROM session") { $0.int(0) }
        return [
            "staff-sessions": staff ?? 0, "resident-sessions": (all ?? 0) - (staff ?? 0), "locked-out": try countLockouts(in: turn),
            "links-asked": try countLinks(in: turn),
        ]
    }
}

extension String {
    /// As it was meant: full-width letters, digits and spaces, which an input method leaves on, are plain ones (a part of NFKC, Unicode Annex 15), and
    /// spaces at both ends are none.
    var typed: String {
        let scalars = unicodeScalars.map { scalar -> UnicodeScalar in
            switch scalar.value {
            case 0xff01...0xff5e: return UnicodeScalar(scalar.value - 0xfee0) ?? scalar
            case 0x3000: return " "
            default: return scalar
            }
        }
        let inside = scalars.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        return String(String.UnicodeScalarView(inside))
    }
}
