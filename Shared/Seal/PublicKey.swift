import CCrypto

/// The public key in a certificate.
struct PublicKey: Sendable {
    let handle: KeyHandle
    let strength: Strength

    init(_ handle: KeyHandle) {
        self.handle = handle
        self.strength = Strength(of: handle)
    }

    /// Kind and size, as far as they decide whether a key is used at all.
    enum Strength: Equatable, Sendable {
        case rsa(bits: Int)
        case p256
        case other

        init(of key: KeyHandle) {
            defer { ERR_clear_error() }
            if EVP_PKEY_is_a(key.pointer, "RSA") == 1 {
                self = .rsa(bits: Int(EVP_PKEY_get_bits(key.pointer)))
                return
            }
            var name = [CChar](repeating: 0, count: 64)
            var length = 0
            let isP256 =
                EVP_PKEY_is_a(key.pointer, "EC") == 1 && EVP_PKEY_get_group_name(key.pointer, &name, name.count, &length) == 1
                && OBJ_txt2nid(name) == NID_X9_62_prime256v1
            self = isP256 ? .p256 : .other
        }

        /// RSA of 2048 to 4096 bits or P-256. Less is weak; more is a way to keep the processor busy.
        var isEnough: Bool {
            switch self {
            case .rsa(let bits): (2048...4096).contains(bits)
            case .p256: true
            case .other: false
            }
        }
    }

    /// Whether the signature is this key's over the challenge: RSASSA-PKCS1-v1_5 or ECDSA, both with SHA-256.
    /// An ECDSA signature may come in DER or as r ‖ s, 64 bytes: cards give either.
    func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard strength.isEnough else { return false }
        if strength == .p256, signature.count == 64, let der = derForm(ofRaw: signature),
            Seal.verify(der, of: message, with: handle, digest: sha256Method)
        {
            return true
        }
        return Seal.verify(signature, of: message, with: handle, digest: sha256Method)
    }
}

/// r ‖ s as the DER SEQUENCE libcrypto reads (RFC 3279 §2.2.3).
private func derForm(ofRaw raw: [UInt8]) -> [UInt8]? {
    guard let pair = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(pair) }
    let r = raw.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, 32, nil) }
    let s = raw.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress.map { $0 + 32 }, 32, nil) }
    guard ECDSA_SIG_set0(pair, r, s) == 1 else {
        BN_free(r)
        BN_free(s)
        return nil
    }
    let length = i2d_ECDSA_SIG(pair, nil)
    guard length > 0 else { return nil }
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { bytes, count in
        var cursor = bytes.baseAddress
        count = Int(i2d_ECDSA_SIG(pair, &cursor))
    }
}
