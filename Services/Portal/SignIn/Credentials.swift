import Contracts
import Seal
import ServiceKit
import Store

/// What somebody knows and what they have.
struct Factors: Equatable {
    let password: PasswordHash
    let codes: OneTimePassword

    /// Of an account that does not exist: the same work to compare with.
    static func ofNobody(_ cost: Scrypt.Cost) -> Factors {
        Factors(password: .ofNobody(cost), codes: OneTimePassword(secret: [UInt8](repeating: 0, count: OneTimePassword.secretBytes)))
    }
}

extension Factors {
    /// The secret of the codes, then the password's hash as text.
    var bytes: [UInt8] { codes.secret + Array(password.text.utf8) }

    init?(bytes: [UInt8]) {
        let secret = bytes.prefix(OneTimePassword.secretBytes)
        guard secret.count == OneTimePassword.secretBytes,
            let password = PasswordHash(String(decoding: bytes.dropFirst(secret.count), as: UTF8.self))
        else { return nil }
        self.init(password: password, codes: OneTimePassword(secret: Array(secret)))
    }
}

/// With what somebody signs in, as it was written down.
struct Credential {
    let factors: Factors
    let lastStep: Int64
}

extension SignIn {
    func credential(of account: AccountID, in db: borrowing Transaction) throws -> Credential? {
        let found = try db.first("SELECT factors, last_step FROM credential WHERE account = ?", account.text) { ($0.blob(0), $0.int(1)) }
        guard let (sealed, lastStep) = found else { return nil }
        return Factors(bytes: try db.open(sealed, "credential/\(account)")).map { Credential(factors: $0, lastStep: lastStep) }
    }

    /// In place of what was there.
    func keep(_ factors: Factors, of account: AccountID, lastStep: Int64, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR REPLACE INTO credential (account, factors, last_step, chosen_at) VALUES (?, ?, ?, ?)", account.text,
            turn.db.close(factors.bytes, "credential/\(account)"), lastStep, turn.now.milliseconds)
    }

    /// The same password, at a cost that has changed since.
    func replace(_ factors: Factors, by password: PasswordHash, of account: AccountID, in db: borrowing Transaction) throws {
        let bytes = Factors(password: password, codes: factors.codes).bytes
        try db.run("UPDATE credential SET factors = ? WHERE account = ?", db.close(bytes, "credential/\(account)"), account.text)
    }

    func note(_ step: Int64, of account: AccountID, in db: borrowing Transaction) throws {
        try db.run("UPDATE credential SET last_step = ? WHERE account = ?", step, account.text)
    }
}
