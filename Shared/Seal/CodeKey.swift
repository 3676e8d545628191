import Contracts

/// The town's secret behind codes for doors. A code is not kept anywhere: whoever holds this key finds it from the booking and the code's number.
package struct CodeKey: Sendable, CustomReflectable {
    /// Digits of a code: as many as people remember on the way to the door.
    package static let digits = 6
    private let secret: [UInt8]

    /// The secret has 32 bytes.
    package init(secret: [UInt8]) throws(SealError) {
        guard secret.count == 32 else { throw .malformed(what: "a code key of \(secret.count) bytes", expected: "32 bytes") }
        self.secret = secret
    }

    /// HOTP (RFC 4226 §5.3) with HMAC-SHA-256, as RFC 6238 §1.2 allows, the counter being the code's number and the key the booking's own:
    /// HKDF-Expand (RFC 5869 §2.3) of this one with `kazasu booking-code ID`.
    package func code(of booking: EventID, number: Int) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        let code = hmacSHA256(key: hkdfExpand(secret, info: Array("kazasu booking-code \(booking)".utf8)), message: counter)
        let start = Int(code[31] & 0x0f)
        let value = code[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
        // One digit more in front, so that zeros there stay.
        return String(String(1_000_000 + value % 1_000_000).dropFirst())
    }

    /// What the keypad of one door is given: HKDF-Expand with `kazasu keypad TOWN/DOOR`. No code can be found from it.
    package func keypad(of door: DoorID, in town: TownID) -> KeypadKey {
        KeypadKey(secret: hkdfExpand(secret, info: Array("kazasu keypad \(town)/\(door)".utf8)))
    }

    /// Reads a file made by `create`: 64 hexadecimal digits.
    package static func load(file path: String) throws(SealError) -> CodeKey { try CodeKey(secret: secretLine(path)) }

    /// Draws a new secret and keeps it in a new file of mode 0600.
    package static func create(at path: String) throws(SealError) -> CodeKey {
        let key = try CodeKey(secret: randomBytes(32))
        try SecretFile.create(path, Array("\(Hex.text(key.secret))\n".utf8))
        return key
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The secret that a keypad shows with which code was entered there.
package struct KeypadKey: Sendable, CustomReflectable {
    private let secret: [UInt8]

    fileprivate init(secret: [UInt8]) { self.secret = secret }

    /// HMAC-SHA-256 (RFC 2104) over the report's id, its time in milliseconds since 1970 and the code, a line feed between them.
    package func proof(of code: String, id: EventID, at time: Instant) -> CodeProof {
        let bytes = hmacSHA256(key: secret, message: Array("\(id)\n\(time.milliseconds)\n\(code)".utf8))
        guard let proof = CodeProof(Base64URL.text(bytes)) else { preconditionFailure("32 bytes are 43 characters of base64url") }
        return proof
    }

    package static func load(file path: String) throws(SealError) -> KeypadKey { KeypadKey(secret: try secretLine(path)) }

    package func save(file path: String) throws(SealError) { try SecretFile.create(path, Array("\(Hex.text(secret))\n".utf8)) }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// 64 hexadecimal digits on one line.
private func secretLine(_ path: String) throws(SealError) -> [UInt8] {
    let text = String(decoding: try SecretFile.read(path), as: UTF8.self)
    guard let secret = Hex.decode(text.hasSuffix("\n") ? text.dropLast() : text[...]), secret.count == 32 else {
        throw .malformed(what: "the key file \(path)", expected: "64 hexadecimal digits on one line")
    }
    return secret
}
