import CCrypto
import Contracts

/// The key a town shows push services it is the same sender as ever with (RFC 8292). Browsers subscribe to its public half, so a new one ends all subscriptions.
package struct VAPIDKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: PrivateKey
    /// What a page hands to `pushManager.subscribe` as `applicationServerKey`: base64url of the public key's 65 bytes.
    package let applicationServerKey: String

    private init(_ key: PrivateKey) throws(SealError) {
        self.key = key
        applicationServerKey = Base64URL.text(try key.point())
    }

    package static func generate() throws(SealError) -> VAPIDKey { try VAPIDKey(.generate(.p256)) }

    /// Reads a PKCS #8 PEM file of mode 0600.
    package static func load(file path: String) throws(SealError) -> VAPIDKey {
        let key = try PrivateKey.load(file: path)
        guard key.kind == .p256 else {
            throw .malformed(what: "the push key file \(path)", expected: "a P-256 private key in PEM (PKCS #8)")
        }
        return try VAPIDKey(key)
    }

    /// Draws a new key and keeps it in a new file of mode 0600.
    package static func create(at path: String) throws(SealError) -> VAPIDKey {
        let made = try VAPIDKey.generate()
        try made.key.save(file: path)
        return made
    }

    /// Writes the public half, one line of base64url, for whoever shows browsers what to subscribe to.
    package func savePublic(file path: String) throws(SealError) {
        try replaceFile(path, Array("\(applicationServerKey)\n".utf8), mode: 0o644)
    }

    /// The public half as `savePublic` wrote it.
    package static func loadPublic(file path: String) throws(SealError) -> String {
        let text = String(decoding: try readFile(path, secret: false, atMost: 200).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        // An uncompressed point of P-256 (SEC 1, 2.3.3).
        guard let point = Base64URL.decode(text.utf8), point.count == 65, point.first == 4 else {
            throw .malformed(
                what: "the public push key \(path)",
                expected: "65 bytes in base64url; delete the file, and the town's next start writes it again")
        }
        return text
    }

    /// The value of the header `Authorization` (RFC 8292 §3): a JWT signed with ES256 (RFC 7518 §3.4).
    /// - Parameters:
    ///   - audience: the origin of the push service, `https://push.example`.
    ///   - subject: how the push service reaches the town, `mailto:` or `https:`.
    ///   - expires: at most 24 hours ahead.
    package func authorization(audience: String, subject: String, expires: Instant) throws(SealError) -> String {
        let claims = Claims(aud: audience, exp: expires.milliseconds / 1000, sub: subject)
        guard let payload = try? claims.json() else { throw .malformed(what: "the claims for a push service", expected: "plain texts") }
        let message = Base64URL.encode(#"{"alg":"ES256","typ":"JWT"}"#.utf8) + [UInt8(ascii: ".")] + Base64URL.encode(payload)
        let token = message + [UInt8(ascii: ".")] + Base64URL.encode(try rawForm(ofDER: key.sign(challenge: message)))
        return "vapid t=\(String(decoding: token, as: UTF8.self)), k=\(applicationServerKey)"
    }

    private struct Claims: Encodable {
        let aud: String
        let exp: Int64
        let sub: String
    }

    package var description: String { "push key \(applicationServerKey.prefix(8))" }
    package var customMirror: Mirror { Mirror(self, children: ["applicationServerKey": applicationServerKey]) }
}

/// r ‖ s, 64 bytes, as JWS wants an ECDSA signature; libcrypto gives the SEQUENCE of RFC 3279 §2.2.3.
private func rawForm(ofDER der: [UInt8]) throws(SealError) -> [UInt8] {
    let pair: OpaquePointer? = der.withUnsafeBufferPointer { bytes in
        var cursor = bytes.baseAddress
        return d2i_ECDSA_SIG(nil, &cursor, bytes.count)
    }
    guard let pair else { throw libraryError("read an ECDSA signature") }
    defer { ECDSA_SIG_free(pair) }
    var raw = [UInt8](repeating: 0, count: 64)
    let isWhole = raw.withUnsafeMutableBufferPointer { raw in
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.baseAddress, 32) == 32
            && BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.baseAddress.map { $0 + 32 }, 32) == 32
    }
    guard isWhole else { throw libraryError("write an ECDSA signature") }
    return raw
}
