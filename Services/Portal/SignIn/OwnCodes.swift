import Contracts
import Seal
import ServiceKit
import Store

/// Somebody says that an address is theirs: six digits that were sent there, and are typed at the page of the same session, show it.
struct OwnClaim {
    let session: SessionID
    let person: PersonID
    /// It is kept nowhere: the page carries it, and with any other one the digits do not fit.
    let address: String

    fileprivate func key(in db: borrowing Transaction) -> Int64 { Tried.key(text, in: db) }
    fileprivate func key(_ digits: String, in db: borrowing Transaction) -> Int64 { Tried.key("\(text)\n\(digits)", in: db) }

    private var text: String { "own-code/\(session.text)/\(person)/\(address)" }
}

extension SignIn {
    /// Bytes that `ownCode` wants.
    static let ownCodeBytes = 8
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
        try turn.db.run(
            "INSERT OR REPLACE INTO own_code (key, digits, until) VALUES (?, ?, ?)", claim.key(in: turn.db), claim.key(digits, in: turn.db),
            (turn.now + Self.ownCodeHolds).milliseconds)
        return digits
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
