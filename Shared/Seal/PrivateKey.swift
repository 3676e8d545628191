import CCrypto

/// The kinds of key a certificate may speak for.
package enum KeyKind: String, Hashable, Sendable, CaseIterable {
    case rsa2048 = "RSA-2048"
    case p256 = "P-256"
}

/// The private key of a certificate: a card's, a client's, a server's, an authority's.
package struct PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
    let handle: KeyHandle
    package let kind: KeyKind

    package static func generate(_ kind: KeyKind) throws(SealError) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, kind == .p256 ? "EC" : "RSA", nil) else {
            throw libraryError("make a \(kind.rawValue) key")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            (kind == .p256 ? EVP_PKEY_CTX_set_group_name(context, "P-256") : EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)) == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw libraryError("make a \(kind.rawValue) key") }
        return PrivateKey(handle: KeyHandle(key), kind: kind)
    }

    /// Reads a PKCS #8 PEM file of mode 0600.
    package static func load(file path: String) throws(SealError) -> PrivateKey {
        let expected = "an unencrypted RSA-2048 or P-256 private key in PEM (PKCS #8)"
        guard let key = readPEM(try SecretFile.read(path), { PEM_read_bio_PrivateKey($0, nil, refusePassword, nil) }).map(KeyHandle.init)
        else { throw .malformed(what: "the private key file \(path)", expected: expected) }
        let kind: KeyKind
        switch PublicKey.Strength(of: key) {
        case .rsa(bits: 2048): kind = .rsa2048
        case .p256: kind = .p256
        case .rsa, .other: throw .malformed(what: "the private key file \(path)", expected: expected)
        }
        return PrivateKey(handle: key, kind: kind)
    }

    /// Writes a PKCS #8 PEM file of mode 0600; an existing file is never replaced.
    package func save(file path: String) throws(SealError) { try SecretFile.create(path, privatePEM(of: handle)) }

    /// What a card answers to a challenge: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), or ECDSA with SHA-256 in DER.
    package func sign(challenge: [UInt8]) throws(SealError) -> [UInt8] {
        try Seal.sign(challenge, with: SigningHandle(handle, digest: sha256Method))
    }

    package var description: String { "\(kind.rawValue) private key" }
    package var customMirror: Mirror { Mirror(self, children: ["kind": kind]) }
}
