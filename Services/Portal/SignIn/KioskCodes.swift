import Contracts
import Seal
import ServiceKit
import Store

/// Whoever holds a card at a kiosk is shown eight letters, and opens their own page with them and their birth date on a screen of their own.
extension SignIn {
    /// Bytes that `kioskCode` wants.
    package static let codeBytes = 5
    private static let codeLetters = 8
    private static let codeHolds = Duration.seconds(300)
    /// How often a code may be typed, with whatever birth date.
    private static let mostTriesOfCode: Int64 = 5

    static let codeTable = Migration(
        4,
        """
        -- What kiosks show to whoever holds a card there. key: of the code, as a masked digest. tries: how often it was typed.
        CREATE TABLE kiosk_code (
            key INTEGER PRIMARY KEY, token TEXT NOT NULL, until INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX kiosk_code_token ON kiosk_code (token);
        CREATE INDEX kiosk_code_until ON kiosk_code (until);
        """)

    /// - Parameter bytes: `codeBytes` of them, which nobody can guess.
    /// - Returns: what the kiosk shows, `7K3MQX2A`; only its digest is kept. It holds for five minutes, and an earlier one of that card holds no longer.
    package func kioskCode(for token: Token, bytes: [UInt8], in turn: borrowing Turn) throws -> String {
        try kioskCode(for: token, bytes: bytes, at: turn.now, in: turn.db)
    }

    func kioskCode(for token: Token, bytes: [UInt8], at now: Instant, in db: borrowing Transaction) throws -> String {
        precondition(bytes.count >= Self.codeBytes, "a code takes \(Self.codeBytes) random bytes")
        let code = Crockford.text(bytes.prefix(Self.codeBytes).reduce(0) { $0 << 8 | UInt128($1) }, letters: Self.codeLetters)
        try db.run("DELETE FROM kiosk_code WHERE token = ?", token.text)
        try db.run(
            "INSERT OR REPLACE INTO kiosk_code (key, token, until) VALUES (?, ?, ?)", Self.key(code, in: db), token.text,
            (now + Self.codeHolds).milliseconds)
        return code
    }

    /// The card behind a code, to be asked about with a birth date. Each time counts as a try, before it is known whether the date is right: of many that
    /// are sent at once, five are asked.
    package func token(ofCode typed: String, in turn: borrowing Turn) throws -> Token? {
        guard let code = Self.code(typed) else { return nil }
        return try turn.db.all(
            "UPDATE kiosk_code SET tries = tries + 1 WHERE key = ? AND until > ? AND until <= ? AND tries < ? RETURNING token",
            Self.key(code, in: turn.db), turn.now.milliseconds, (turn.now + Self.codeHolds).milliseconds, Self.mostTriesOfCode
        ) { Token($0.text(0)) }.first ?? nil
    }

    /// The birth date was right: the code is used up.
    /// - Returns: whether it was still there.
    package func spend(code typed: String, in turn: borrowing Turn) throws -> Bool {
        guard let code = Self.code(typed) else { return false }
        return try turn.db.run("DELETE FROM kiosk_code WHERE key = ?", Self.key(code, in: turn.db)) > 0
    }

    func purgeCodes(in turn: borrowing Turn) throws {
        try turn.db.run(
            "DELETE FROM kiosk_code WHERE until <= ? OR until > ?", turn.now.milliseconds, (turn.now + Self.codeHolds).milliseconds)
    }

    /// As it was meant, however it was typed.
    private static func code(_ typed: String) -> String? {
        Crockford.number(typed, letters: codeLetters).map { Crockford.text($0, letters: codeLetters) }
    }

    private static func key(_ code: String, in db: borrowing Transaction) -> Int64 { Tried.key("kiosk-code/\(code)", in: db) }
}
