import Contracts

/// The secret that turns what a reader read into a token. Who has it can recompute tokens, so agents and the directory
/// alone hold it. Its number lets a town change it after a reader was stolen.
package struct TokenKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// 1…999, the number in the token.
    package let number: Int
    private let secret: [UInt8]

    /// The secret has 32 bytes.
    package init(number: Int, secret: [UInt8]) throws(SealError) {
        guard (1...999).contains(number) else {
            throw .malformed(what: "token key number \(number)", expected: "a number from 1 to 999")
        }
        guard secret.count == 32 else {
            throw .malformed(what: "the secret of token key \(number), \(secret.count) bytes long,", expected: "32 bytes")
        }
        self.number = number
        self.secret = secret
    }

    /// `k<number>.` and the first 130 bits of HMAC-SHA256(secret, scheme ‖ 0x00 ‖ identifier) in base32.
    /// The zero byte keeps scheme and identifier apart: no two pairs make the same message.
    package func token(scheme: String, identifier: [UInt8]) -> Token {
        precondition(!scheme.utf8.contains(0), "a scheme is a word and holds no zero byte")
        let code = hmacSHA256(key: secret, message: Array(scheme.utf8) + [0] + identifier)
        guard let token = Token("k\(number).\(Base32.text(code).prefix(26))") else {
            preconditionFailure("a number and 26 letters of base32 always make a token")
        }
        return token
    }

    /// What a lock with a reader of its own is given in place of this key: it says nothing of other doors' keys, nor of tokens.
    /// HMAC-SHA256(secret, 0x00 ‖ `door` ‖ 0x00 ‖ door): no scheme begins with a zero byte, so no token is made of the same message.
    package func doorKey(_ door: DoorID) -> DoorKey {
        DoorKey(number: number, secret: hmacSHA256(key: secret, message: [0] + Array("door".utf8) + [0] + Array(door.text.utf8)))
    }

    /// Reads a file made by `create`: one line, `k<number> <64 hexadecimal digits>`. One with another number would name every card wrongly.
    package static func load(_ number: Int, file path: String) throws(SealError) -> TokenKey {
        let expected = "one line, k<number> <64 hexadecimal digits>, as `create` writes it"
        var text = String(decoding: try SecretFile.read(path), as: UTF8.self)[...]
        if text.last == "\n" { text.removeLast() }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].first == "k", let found = Int(words[0].dropFirst()), "k\(found)" == words[0],
            let secret = Hex.decode(words[1])
        else { throw .malformed(what: "the token key file \(path)", expected: expected) }
        guard found == number else {
            throw .malformed(what: "\(path), which holds token key \(found),", expected: "token key \(number) there")
        }
        return try TokenKey(number: number, secret: secret)
    }

    /// Draws a new secret and keeps it in a new file of mode 0600.
    package static func create(at path: String, number: Int) throws(SealError) -> TokenKey {
        let key = try TokenKey(number: number, secret: randomBytes(32))
        try SecretFile.create(path, Array("k\(number) \(Hex.text(key.secret))\n".utf8))
        return key
    }

    /// Names the key and hides the secret, so that no log line can spill it.
    package var description: String { "token key \(number)" }
    package var customMirror: Mirror { Mirror(self, children: ["number": number]) }
}
