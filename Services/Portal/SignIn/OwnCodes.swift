import Contracts
import Seal
import ServiceKit
import Store

/// Somebody says that an address is theirs: six digits that were sent there, and are typed at the page of the same session, show it. Or they are sent to LINE, and come back to the same session with what they left
/// with (`state` of RFC 6749, 10.12).
struct OwnClaim {
    let session: SessionID
    let person: PersonID
    /// It is kept nowhere: the page carries it, and with any other one the digits do not fit.
    let address: String

    /// Whoever is sent to LINE has no address yet: this is none.
    static func line(_ session: SessionID, _ person: PersonID) -> Self { OwnClaim(session: session, person: person, address: "LINE") }

    fileprivate func key(in db: borrowing Transaction) -> Int64 { Tried.key(text, in: db) }
    fileprivate func key(_ digits: String, in db: borrowing Transaction) -> Int64 { Tried.key("\(text)\n\(digits)", in: db) }

    private var text: String { "own-code/\(session.text)/\(person)/\(address)" }
}

extension SignIn {
    /// Bytes that `ownCode` wants.
    static let ownCodeBytes = 8
    /// Bytes that `ownState` wants: 128 bits (RFC 6749, 10.10).
    static let ownStateBytes = 16
    private static let ownCodeHolds = Duration.seconds(900)
    private static let mostTriesOfOwnCode: Int64 = 5

    static let ownCodeTable = Migration(
        8,
        """
        -- Digits that were sent to an address. key: of session, person and address; digits: of these and the digits; both masked digests. tries: how often
        -- some were typed.
        CREATE TABLE own_code (
            key INTEGER PRIMARY KEY, digits INTEGER NOT NULL, until INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX own_code_until ON own_code (until);
        """)

    /// - Parameter bytes: `ownCodeBytes` of them, which nobody can guess.
    /// - Returns: six digits, of which a digest is kept. They hold for a quarter of an hour, and earlier ones for the same address no longer.
    func ownCode(for claim: OwnClaim, bytes: some Collection<UInt8>, in turn: borrowing Turn) throws -> String {
        precondition(bytes.count == Self.ownCodeBytes, "a code takes \(Self.ownCodeBytes) random bytes")
        // Of 2^64 numbers none of the million is more likely than another by more than one in ten billion.
        let number = String(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 1_000_000)
        let digits = String(repeating: "0", count: 6 - number.count) + number
        try note(digits, for: claim, in: turn)
        return digits
    }

    /// What goes to LINE with somebody, and shows that it is they who come back.
    /// - Parameter bytes: 16 of them, which nobody can guess.
    /// - Returns: 32 letters and digits, LINE taking no others, and behind them the language in which the page goes on. Earlier ones of the session hold no longer.
    func ownState(for claim: OwnClaim, bytes: some Collection<UInt8>, in tongue: Tongue, in turn: borrowing Turn) throws -> String {
        precondition(bytes.count == Self.ownStateBytes, "a state takes \(Self.ownStateBytes) random bytes")
        let state = Hex.text(Array(bytes)) + tongue.rawValue
        try note(state, for: claim, in: turn)
        return state
    }

    private func note(_ secret: String, for claim: OwnClaim, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR REPLACE INTO own_code (key, digits, until) VALUES (?, ?, ?)", claim.key(in: turn.db), claim.key(secret, in: turn.db),
            (turn.now + Self.ownCodeHolds).milliseconds)
    }

    /// Whether these are the digits. Each time counts as a try, before they are looked at.
    func proves(_ claim: OwnClaim, by typed: String, in turn: borrowing Turn) throws -> Bool {
        let kept = try turn.db.all(
            "UPDATE own_code SET tries = tries + 1 WHERE key = ? AND until > ? AND until <= ? AND tries < ? RETURNING digits",
            claim.key(in: turn.db), turn.now.milliseconds, (turn.now + Self.ownCodeHolds).milliseconds, Self.mostTriesOfOwnCode
        ) { $0.int(0) }.first
        return kept == claim.key(typed.typed.filter { $0 != " " }, in: turn.db)
    }

    /// What was claimed is noted: the digits are used up.
    func spend(_ claim: OwnClaim, in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM own_code WHERE key = ?", claim.key(in: turn.db))
    }

    func purgeOwnCodes(in turn: borrowing Turn) throws {
        try turn.db.run(
            "DELETE FROM own_code WHERE until <= ? OR until > ?", turn.now.milliseconds, (turn.now + Self.ownCodeHolds).milliseconds)
    }
}
