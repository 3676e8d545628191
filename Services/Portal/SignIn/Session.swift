import Contracts
import Seal
import ServiceKit
import Store

/// Who looks at a page.
package enum Visitor: Hashable, Sendable {
    case staff(AccountID)
    case resident(PersonID)
}

/// How long a session lasts: without a look, and at all.
package struct SessionLengths: Sendable {
    package var staffIdle = Duration.seconds(1800)
    package var staff = Duration.seconds(12 * 3600)
    package var residentIdle = Duration.seconds(900)
    package var resident = Duration.seconds(2 * 3600)

    package init() {}

    /// A session that begins later than now was written by a clock that has been set back since.
    func end(of visitor: Visitor, made: Instant, seen: Instant, at now: Instant) -> Instant? {
        let (idle, whole) =
            switch visitor {
            case .staff: (staffIdle, staff)
            case .resident: (residentIdle, resident)
            }
        let end = made + whole
        return made <= now && now < end && now < seen + idle ? end : nil
    }
}

/// A session as the database knows it: SHA-256 of its secret. Nobody can take a session over who has this.
package struct SessionID: Hashable, Sendable {
    let bytes: [UInt8]
    package var text: String { Hex.text(bytes) }
}

/// What a browser holds: 256 bits.
package struct SessionSecret: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    package static let bytes = 32
    /// `__Host-`: a browser takes it from this host alone, over TLS alone, for all paths (RFC 6265bis, section 4.1.3.2).
    package static let cookie = "__Host-kazasu"
    private let bytes: [UInt8]

    /// - Parameter bytes: 32 of them, which nobody can guess.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.bytes, "a session's secret has \(Self.bytes) bytes")
        self.bytes = bytes
    }

    /// A cookie's value.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text.utf8), bytes.count == Self.bytes else { return nil }
        self.bytes = bytes
    }

    package var id: SessionID { SessionID(bytes: sha256(bytes)) }

    /// For the forms of this session: follows from the secret, so it is kept nowhere, and another session's is another one.
    var formToken: String { Base64URL.text(hmacSHA256(key: bytes, message: Array("kazasu form".utf8))) }

    /// `Set-Cookie` for staff. Nothing outside leads to their pages, so it comes with no look that another site has brought about (RFC 6265bis, section
    /// 5.6.7).
    package var staffCookie: String { line("SameSite=Strict") }

    /// `Set-Cookie` for residents, who follow links in mails and messages to their pages. A link only looks; what changes something is a form.
    package var residentCookie: String { line("SameSite=Lax") }

    /// `Set-Cookie` that takes it away.
    package static let noCookie = "\(cookie)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"

    private func line(_ sameSite: String) -> String {
        "\(Self.cookie)=\(Base64URL.text(bytes)); Path=/; Secure; HttpOnly; \(sameSite)"
    }

    /// Hides the secret, so that no log line can spill it.
    package var description: String { "a session's secret" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Somebody who has signed in.
package struct Session: Sendable {
    package let id: SessionID
    package let visitor: Visitor
    /// By which a resident came in, if it was by a card: it ends with it.
    package let card: Token?
    package let made: Instant
    /// When it ends whatever happens.
    package let end: Instant
    /// For every form of a page, in a hidden field.
    package let formToken: String

    /// Whether a form comes from a page that this session was shown.
    package func owns(_ formToken: String?) -> Bool { constantTimeEqual(Array((formToken ?? "").utf8), Array(self.formToken.utf8)) }
}

/// Sessions have ended: what is still open for them is to be closed.
package struct SessionsEnded: Effect, Equatable {
    package let sessions: [SessionID]
}

extension SignIn {
    /// - Parameters:
    ///   - cookie: what the browser has sent.
    ///   - isAct: whether somebody did something. A page that fetches itself anew keeps nobody signed in.
    package func session(for cookie: String?, isAct: Bool = true, in turn: borrowing Turn) throws -> Session? {
        guard let secret = cookie.flatMap(SessionSecret.init) else { return nil }
        let id = secret.id
        let found = try turn.db.first("SELECT account, person, made, seen, card FROM session WHERE id = ?", id.bytes) {
            (
                visitor: Visitor($0), made: Instant(milliseconds: $0.int(2)), seen: Instant(milliseconds: $0.int(3)),
                card: $0.textIfPresent(4).flatMap { Token($0) }
            )
        }
        guard let found, let visitor = found.visitor, isKnown(visitor),
            let end = lengths.end(of: visitor, made: found.made, seen: found.seen, at: turn.now)
        else { return nil }
        // Written once a minute, not at every look.
        if isAct, turn.now - found.seen >= .seconds(60) {
            try turn.db.run("UPDATE session SET seen = ? WHERE id = ?", turn.now.milliseconds, id.bytes)
        }
        return Session(id: id, visitor: visitor, card: found.card, made: found.made, end: end, formToken: secret.formToken)
    }

    package func signOut(_ session: Session, in turn: borrowing Turn) throws {
        try end(session.id, in: turn)
        try say(.signOut, session.visitor, in: turn)
    }

    /// Ends every session of an account.
    package func endAll(_ account: AccountID, in turn: borrowing Turn) throws {
        tell(try turn.db.all("DELETE FROM session WHERE account = ? RETURNING id", account.text) { SessionID(bytes: $0.blob(0)) }, in: turn)
    }

    /// Ends every session of a resident, and the links that would begin one.
    package func endAll(_ person: PersonID, in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM link WHERE person = ?", person.text)
        tell(try turn.db.all("DELETE FROM session WHERE person = ? RETURNING id", person.text) { SessionID(bytes: $0.blob(0)) }, in: turn)
    }

    /// Ends every session that was begun by a card.
    func endAll(by card: Token, in turn: borrowing Turn) throws {
        tell(try turn.db.all("DELETE FROM session WHERE card = ? RETURNING id", card.text) { SessionID(bytes: $0.blob(0)) }, in: turn)
    }

    func open(_ visitor: Visitor, by card: Token? = nil, _ secret: SessionSecret, in turn: borrowing Turn) throws -> SessionSecret {
        let (account, person) = visitor.columns
        try turn.db.run(
            "INSERT INTO session (id, account, person, made, seen, card) VALUES (?, ?, ?, ?4, ?4, ?5)", secret.id.bytes, account?.text,
            person?.text, turn.now.milliseconds, card?.text)
        try say(.signIn, visitor, in: turn)
        return secret
    }

    func end(_ id: SessionID, in turn: borrowing Turn) throws {
        if try turn.db.run("DELETE FROM session WHERE id = ?", id.bytes) > 0 { tell([id], in: turn) }
    }

    func purgeSessions(in turn: borrowing Turn) throws {
        let over = try turn.db.all("SELECT id, account, person, made, seen FROM session") { row -> SessionID? in
            let visitor = Visitor(row, from: 1)
            let (made, seen) = (Instant(milliseconds: row.int(3)), Instant(milliseconds: row.int(4)))
            let goesOn = visitor.map { isKnown($0) && lengths.end(of: $0, made: made, seen: seen, at: turn.now) != nil }
            return goesOn == true ? nil : SessionID(bytes: row.blob(0))
        }.compactMap(\.self)
        for id in over { try turn.db.run("DELETE FROM session WHERE id = ?", id.bytes) }
        tell(over, in: turn)
    }

    /// Whoever is no longer in the town's file is nobody at once.
    private func isKnown(_ visitor: Visitor) -> Bool { visitor.columns.account.map { policy.account($0) != nil } ?? true }

    private func tell(_ ended: [SessionID], in turn: borrowing Turn) {
        if !ended.isEmpty { turn.perform(SessionsEnded(sessions: ended)) }
    }

    private func say(_ at: Looked.At, _ visitor: Visitor, in turn: borrowing Turn) throws {
        let (account, person) = visitor.columns
        try turn.emitRoot(Looked(at, account: account, person: person), on: .looks, subject: account?.text, time: turn.now)
    }
}

extension Visitor {
    fileprivate var columns: (account: AccountID?, person: PersonID?) {
        switch self {
        case .staff(let account): (account, nil)
        case .resident(let person): (nil, person)
        }
    }

    fileprivate init?(_ row: Row, from column: Int32 = 0) {
        let account = row.textIfPresent(column).flatMap { AccountID($0) }.map(Visitor.staff)
        guard let visitor = account ?? row.textIfPresent(column + 1).flatMap({ PersonID($0) }).map(Visitor.resident) else { return nil }
        self = visitor
    }
}
