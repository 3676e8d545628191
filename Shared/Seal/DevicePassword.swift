import CCrypto

/// What a device that can hold no certificate says to the broker. It is drawn, never chosen: 120 bits, in letters a person can type.
package struct DevicePassword: Sendable, CustomStringConvertible, CustomReflectable {
    package let text: String

    /// Draws a new one and keeps it in a new file of mode 0600.
    package static func create(at path: String) throws(SealError) {
        try SecretFile.create(path, Base32.encode(try randomBytes(15)) + [UInt8(ascii: "\n")])
    }

    package static func load(file path: String) throws(SealError) -> DevicePassword {
        let text = String(decoding: try SecretFile.read(path), as: UTF8.self).filter { $0 != "\n" }
        guard text.utf8.count >= 16, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed(what: "the password file \(path)", expected: "one line of at least 16 letters and digits")
        }
        return DevicePassword(text: text)
    }

    /// How the broker keeps it: `$7$ITERATIONS$SALT$KEY`, PBKDF2 (RFC 8018, 5.2) with HMAC-SHA512, as mosquitto_passwd(1) of Mosquitto 2 writes it. So many
    /// random bits need no more rounds.
    package func kept(salt: [UInt8]) throws(SealError) -> String {
        var key = [UInt8](repeating: 0, count: 64)
        let rounds: Int32 = 101
        let word = text.utf8.map { CChar(bitPattern: $0) }
        guard PKCS5_PBKDF2_HMAC(word, Int32(word.count), salt, Int32(salt.count), rounds, EVP_sha512(), Int32(key.count), &key) == 1 else {
            throw libraryError("derive what is kept of a password")
        }
        return "$7$\(rounds)$\(base64(salt))$\(base64(key))"
    }

    /// Hides the secret, so that no log line can spill it.
    package var description: String { "a device's password" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// base64 with padding (RFC 4648 §4).
private func base64(_ bytes: [UInt8]) -> String {
    var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let count = EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
    return String(decoding: text.prefix(Int(count)), as: UTF8.self)
}
