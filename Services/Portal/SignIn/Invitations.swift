import Contracts
import Seal
import ServiceKit
import Store

/// A technician invites, and whoever was invited chooses a password and shows that their app makes the right codes. Nobody else ever sees either.
extension SignIn {
    private static let invitationHolds = Duration.seconds(86_400)

    /// Bytes that `change` and `choose` want.
    package static let invitationBytes = InvitationCode.bytes
    package static let choiceBytes = PasswordHash.saltBytes + OneTimePassword.secretBytes

    package enum Choice: Equatable, Sendable {
        /// To be shown once. It counts when a code made of it has been confirmed.
        case confirm(OneTimePassword)
        case flawed(PasswordFlaw)
        /// No such invitation, or no longer.
        case refused
        case tooMany
    }

    package enum Confirmation: Equatable, Sendable {
        case signedIn(SessionSecret)
        /// Not the code of this moment. The clock of the phone may be wrong.
        case wrongCode
        case refused
        case tooMany
    }

    /// - Parameter bytes: `invitationBytes` of them, which nobody can guess.
    package func change(_ command: Envelope<ChangeAccount>, bytes: [UInt8], in turn: borrowing Turn) throws -> Reply<AccountAnswer> {
        let account = command.data.account
        switch command.data.step {
        case .shut:
            try forget(account, in: turn)
            return .accept(AccountAnswer())
        case .invite:
            guard policy.account(account) != nil else {
                return .refuse(
                    "unknown-account", "The town's file has no account \(account). Add it there under portal, accounts (Docs/town.md).")
            }
            let (code, until) = (InvitationCode(bytes: bytes), turn.now + Self.invitationHolds)
            try turn.db.run(
                "INSERT OR REPLACE INTO invitation (account, code, until) VALUES (?, ?, ?)", account.text, code.hash, until.milliseconds)
            return .accept(AccountAnswer(code: code.text, until: until))
        }
    }

    /// Chooses a password with the code of an invitation, and may choose again until it is confirmed.
    /// - Parameter bytes: `choiceBytes` of them, which nobody can guess.
    package func choose(
        _ password: String, account: String, code: String, client: String, bytes: [UInt8], in turn: borrowing Turn
    ) throws -> Choice {
        precondition(bytes.count == Self.choiceBytes, "a choice takes \(Self.choiceBytes) random bytes")
        let tried = Tried(account: account.typed.lowercased(), client: client, in: turn)
        guard try !hasTriedTooOften(tried, in: turn) else { return .tooMany }
        guard let invited = try invited(account, code, in: turn) else {
            try failClient(of: tried, in: turn)
            return .refused
        }
        let names = [invited.id.text, invited.title, turn.identity.town.text, "kazasu", "かざす"]
        if let flaw = flaw(of: password.typed, names: names) { return .flawed(flaw) }
        guard try mayCheck(in: turn) else { return .tooMany }
        let factors = Factors(
            password: try PasswordHash(of: password.typed, salt: Array(bytes.prefix(PasswordHash.saltBytes)), cost),
            codes: OneTimePassword(secret: Array(bytes.suffix(OneTimePassword.secretBytes))))
        try turn.db.run(
            "UPDATE invitation SET factors = ? WHERE account = ?", turn.db.close(factors.bytes, "invitation/\(invited.id)"),
            invited.id.text)
        return .confirm(factors.codes)
    }

    /// What was chosen holds from now on, in place of what was chosen before; the invitation and every older session end.
    /// - Parameters:
    ///   - code: of the invitation, once more.
    ///   - made: by the app.
    package func confirm(
        account: String, code: String, made: String, client: String, secret: SessionSecret, in turn: borrowing Turn
    ) throws -> Confirmation {
        let tried = Tried(account: account.typed.lowercased(), client: client, in: turn)
        guard try !hasTriedTooOften(tried, in: turn) else { return .tooMany }
        guard let id = try invited(account, code, in: turn)?.id, let factors = try chosen(by: id, in: turn.db) else {
            try failClient(of: tried, in: turn)
            return .refused
        }
        guard let step = factors.codes.step(of: made, at: turn.now, after: nil) else {
            try failClient(of: tried, in: turn)
            return .wrongCode
        }
        try forget(id, in: turn)
        try keep(factors, of: id, lastStep: step, in: turn)
        return .signedIn(try open(.staff(id), secret, in: turn))
    }

    /// Everything of an account, its lock-out too.
    func forget(_ account: AccountID, in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM credential WHERE account = ?", account.text)
        try turn.db.run("DELETE FROM invitation WHERE account = ?", account.text)
        try endAll(account, in: turn)
        try forget(Tried(account: account.text, client: "", in: turn), in: turn.db)
    }

    private func invited(_ typed: String, _ code: String, in turn: borrowing Turn) throws -> PortalPolicy.Account? {
        guard let account = AccountID(typed.typed.lowercased()).flatMap(policy.account), let code = InvitationCode(code) else { return nil }
        let found = try turn.db.first("SELECT code, until FROM invitation WHERE account = ?", account.id.text) {
            ($0.blob(0), Instant(milliseconds: $0.int(1)))
        }
        guard let (hash, until) = found, turn.now < until, until - turn.now <= Self.invitationHolds, constantTimeEqual(hash, code.hash)
        else { return nil }
        return account
    }

    private func chosen(by account: AccountID, in db: borrowing Transaction) throws -> Factors? {
        let sealed = try db.first("SELECT factors FROM invitation WHERE account = ? AND factors IS NOT NULL", account.text) { $0.blob(0) }
        return try sealed.flatMap { Factors(bytes: try db.open($0, "invitation/\(account)")) }
    }
}

/// What a technician reads out or writes down for somebody: 80 bits in Crockford's base32, `7K3M-QX2A-04ZD-9WTR`.
struct InvitationCode: Equatable {
    static let bytes = 10
    private static let letters = 16
    private let number: UInt128

    init(bytes: [UInt8]) {
        precondition(bytes.count == Self.bytes, "an invitation's code has \(Self.bytes) bytes")
        number = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// As people type it: small letters, O for 0, I and L for 1, and lines and spaces anywhere or nowhere.
    init?(_ typed: String) {
        guard let number = Crockford.number(typed, letters: Self.letters) else { return nil }
        self.number = number
    }

    var text: String {
        let letters = Array(Crockford.text(number, letters: Self.letters))
        return stride(from: 0, to: Self.letters, by: 4).map { String(letters[$0..<$0 + 4]) }.joined(separator: "-")
    }

    /// All that is kept of it. So many bits need no slow hash.
    var hash: [UInt8] { sha256(text) }
}

/// Crockford's base32: letters that are read out and typed without being taken for each other.
enum Crockford {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    static func text(_ number: UInt128, letters: Int) -> String {
        String((0..<letters).reversed().map { alphabet[Int(number >> UInt128(5 * $0) & 31)] })
    }

    /// - Returns: `nil` if it has not so many letters, or others.
    static func number(_ typed: String, letters: Int) -> UInt128? {
        let typed = typed.typed.uppercased().filter { $0 != "-" && $0 != " " }
        let digits = typed.compactMap { letter in
            alphabet.firstIndex(of: letter == "O" ? "0" : letter == "I" || letter == "L" ? "1" : letter)
        }
        guard typed.count == letters, digits.count == letters else { return nil }
        return digits.reduce(0) { $0 << 5 | UInt128($1) }
    }
}
