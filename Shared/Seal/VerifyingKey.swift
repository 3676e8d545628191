import CCrypto

/// The public half of an Ed25519 pair (RFC 8032): what a lock knows a grant by.
package struct VerifyingKey: Sendable, Hashable, CustomStringConvertible {
    private let handle: KeyHandle
    /// The 32 bytes of the public key.
    package let raw: [UInt8]
    /// The key's name in a JWS header: base64url of the first 8 bytes of SHA-256(raw).
    package let kid: String

    package init(raw: [UInt8]) throws(SealError) {
        guard raw.count == 32, let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count) else {
            ERR_clear_error()
            throw .malformed(what: "an Ed25519 public key of \(raw.count) bytes", expected: "32 bytes")
        }
        try self.init(publicHalfOf: KeyHandle(key))
    }

    /// From any Ed25519 EVP_PKEY; keeps only what is public of it.
    init(publicHalfOf key: KeyHandle) throws(SealError) {
        var length = 32
        var raw = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_get_raw_public_key(key.pointer, &raw, &length) == 1, length == 32,
            let copy = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count)
        else { throw libraryError("read an Ed25519 public key") }
        self.handle = KeyHandle(copy)
        self.raw = raw
        self.kid = Base64URL.text(sha256(raw).prefix(8))
    }

    /// Reads a SubjectPublicKeyInfo PEM file (RFC 8410), as `save` and `openssl pkey -pubout` write it.
    package static func load(file path: String) throws(SealError) -> VerifyingKey {
        guard
            let key = readPEM(try readFile(path, secret: false), { PEM_read_bio_PUBKEY($0, nil, refusePassword, nil) }).map(KeyHandle.init),
            EVP_PKEY_is_a(key.pointer, "ED25519") == 1
        else { throw .malformed(what: "the verifying key file \(path)", expected: "an Ed25519 public key in PEM") }
        return try VerifyingKey(publicHalfOf: key)
    }

    /// Writes a PEM file that everyone may read.
    package func save(file path: String) throws(SealError) { try replaceFile(path, pem, mode: 0o644) }

    package var pem: [UInt8] { writePEM { PEM_write_bio_PUBKEY($0, handle.pointer) } }

    package func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        signature.count == 64 && Seal.verify(signature, of: message, with: handle, digest: nil)
    }

    package static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
    package func hash(into hasher: inout Hasher) { hasher.combine(raw) }
    package var description: String { "verifying key \(kid)" }
}
