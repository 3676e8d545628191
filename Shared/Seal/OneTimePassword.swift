import CCrypto
import Contracts

/// The secret of which an authenticator app and we make the same codes: HOTP (RFC 4226) over steps of 30 seconds, which is TOTP (RFC 6238), with
/// HMAC-SHA-1 and six digits, since many apps know nothing else.
package struct OneTimePassword: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// RFC 4226, section 4, R6.
    package static let secretBytes = 20
    private static let digits = 6
    private static let period: Int64 = 30
    package let secret: [UInt8]

    package init(secret: [UInt8]) {
        precondition(secret.count == Self.secretBytes, "the secret of one-time passwords has 20 bytes")
        self.secret = secret
    }

    /// RFC 4226, section 5.3.
    package func code(_ counter: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * $0)) }
        let hash = [UInt8](unsafeUninitializedCapacity: 20) { hash, count in
            guard HMAC(EVP_sha1(), secret, Int32(secret.count), message, message.count, hash.baseAddress, nil) != nil else {
                preconditionFailure("HMAC-SHA1 failed; libcrypto is out of memory")
            }
            count = 20
        }
        let start = Int(hash[19] & 0x0f)
        let value = hash[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
        // One digit more in front, so that zeros there stay.
        return String(String(1_000_000 + value % 1_000_000).dropFirst())
    }

    package static func step(at moment: Instant) -> Int64 { moment.milliseconds / 1000 / period }

    /// The step a code is of: this one or a neighbour, for clocks that differ and people who are slow (RFC 6238, section 5.2). Each is accepted once.
    /// - Parameters:
    ///   - typed: spaces do not count, and full-width digits are digits.
    ///   - last: the step that was accepted last.
    package func step(of typed: String, at now: Instant, after last: Int64?) -> Int64? {
        let digits = typed.filter { !$0.isWhitespace }.map { $0.wholeNumberValue ?? 10 }
        guard digits.count == Self.digits, digits.allSatisfy({ $0 < 10 }) else { return nil }
        let code = digits.map { UInt8(ascii: "0") + UInt8($0) }
        let present = Self.step(at: now)
        // All three are compared, so that the time says nothing of which it was.
        let fitting = (present - 1...present + 1).filter { constantTimeEqual(Array(self.code($0).utf8), code) }
        return fitting.first { $0 > last ?? .min }
    }

    /// What an app reads from a picture: the Key Uri Format of Google Authenticator.
    package func uri(issuer: String, account: String) -> String {
        let issuer = percentEncoded(issuer)
        return "otpauth://totp/\(issuer):\(percentEncoded(account))?secret=\(Base32.text(secret).uppercased())&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(Self.digits)&period=\(Self.period)"
    }

    /// For whoever types it into the app: base32 in groups of four.
    package var typed: String {
        let letters = Array(Base32.text(secret).uppercased())
        return stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " ")
    }

    /// Hides the secret, so that no log line can spill it.
    package var description: String { "the secret of one-time passwords" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// All but the unreserved characters of RFC 3986, section 2.3.
private func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
        let isPlain = Array("-._~".utf8).contains(byte) || Character(UnicodeScalar(byte)).isASCIILetterOrDigit
        return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.text([byte]).uppercased()
    }.joined()
}

extension Character {
    fileprivate var isASCIILetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
