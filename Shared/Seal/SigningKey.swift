import CCrypto

/// The private half of an Ed25519 pair (RFC 8032): what a lock-controller signs grants with.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let handle: SigningHandle
    /// The half that may be given to anyone.
    package let verifyingKey: VerifyingKey

    private init(_ handle: KeyHandle) throws(SealError) {
        self.handle = try SigningHandle(handle, digest: nil)
        self.verifyingKey = try VerifyingKey(publicHalfOf: handle)
    }

    package static func generate() throws(SealError) -> SigningKey { try SigningKey(seed: randomBytes(32)) }

    /// From the 32 bytes RFC 8032 §5.1.5 calls the private key.
    package init(seed: [UInt8]) throws(SealError) {
        guard seed.count == 32 else {
            throw .malformed(what: "an Ed25519 private key of \(seed.count) bytes", expected: "32 bytes")
        }
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw libraryError("make an Ed25519 key")
        }
        try self.init(KeyHandle(key))
    }

    /// Reads a PKCS #8 PEM file of mode 0600.
    package static func load(file path: String) throws(SealError) -> SigningKey {
        guard let key = readPEM(try SecretFile.read(path), { PEM_read_bio_PrivateKey($0, nil, refusePassword, nil) }).map(KeyHandle.init),
            EVP_PKEY_is_a(key.pointer, "ED25519") == 1
        else { throw .malformed(what: "the signing key file \(path)", expected: "an unencrypted Ed25519 private key in PEM (PKCS #8)") }
        return try SigningKey(key)
    }

    /// Writes a PKCS #8 PEM file of mode 0600; an existing file is never replaced.
    package func save(file path: String) throws(SealError) { try SecretFile.create(path, privatePEM(of: handle.key)) }

    /// 64 bytes; the same message always gives the same signature.
    package func sign(_ message: [UInt8]) -> [UInt8] {
        do { return try Seal.sign(message, with: handle) } catch { preconditionFailure("Ed25519: \(error)") }
    }

    package var kid: String { verifyingKey.kid }

    package var description: String { "signing key \(kid)" }
    package var customMirror: Mirror { Mirror(self, children: ["kid": kid]) }
}
