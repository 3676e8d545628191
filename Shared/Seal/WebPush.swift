import CCrypto

/// What a browser gives for writing to it so that nobody on the way can read (RFC 8291 §2): `p256dh` and `auth` of its subscription.
package struct WebPushKeys: Sendable, Hashable, CustomReflectable {
    /// The browser's public key, a point of P-256 in the uncompressed form: 65 bytes.
    package let point: [UInt8]
    /// 16 bytes.
    package let auth: [UInt8]

    /// - Parameters: base64url, as `PushSubscription.toJSON()` has them.
    package init(p256dh: String, auth: String) throws(SealError) {
        // Some browsers have written the padding, which the standard leaves out.
        func bytes(_ text: String) -> [UInt8]? { Base64URL.decode(Array(text.utf8.prefix { $0 != UInt8(ascii: "=") })) }
        guard let point = bytes(p256dh), point.count == 65, point[0] == 4, let auth = bytes(auth), auth.count == 16 else {
            throw .malformed(what: "the keys of a push subscription", expected: "p256dh of 65 bytes and auth of 16, in base64url")
        }
        self.point = point
        self.auth = auth
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The encryption of a message to a browser: `aes128gcm` (RFC 8188) in one record, its key agreed on as RFC 8291 §3 says.
package enum WebPush {
    /// The most bytes a push service has to take (RFC 8030 §7.2), and the most that fit into that beside the header and the tag.
    package static let recordBytes = 4096
    package static let mostBytes = recordBytes - 86 - 17

    /// Salted and keyed anew for each message.
    package static func seal(_ payload: [UInt8], for keys: WebPushKeys) throws(SealError) -> [UInt8] {
        try seal(payload, for: keys, key: .generate(.p256), salt: randomBytes(16))
    }

    /// - Parameters:
    ///   - key: of P-256, used for this message alone.
    ///   - salt: 16 bytes.
    package static func seal(_ payload: [UInt8], for keys: WebPushKeys, key: PrivateKey, salt: [UInt8]) throws(SealError) -> [UInt8] {
        guard payload.count <= mostBytes else {
            throw .malformed(what: "a push message of \(payload.count) bytes", expected: "at most \(mostBytes)")
        }
        let own = try key.point()
        let agreed = hmacSHA256(key: keys.auth, message: try key.agree(with: keys.point))
        let material = hkdfExpand(agreed, info: Array("WebPush: info\0".utf8) + keys.point + own)
        let both = hmacSHA256(key: salt, message: material)
        let contentKey = Array(hkdfExpand(both, info: Array("Content-Encoding: aes128gcm\0".utf8))[..<16])
        let nonce = Array(hkdfExpand(both, info: Array("Content-Encoding: nonce\0".utf8))[..<12])
        let size = (0..<4).map { UInt8(truncatingIfNeeded: recordBytes >> (24 - 8 * $0)) }
        // The delimiter 2 says that this record is the last one.
        return salt + size + [UInt8(own.count)] + own + (try aes128GCM(payload + [2], key: contentKey, nonce: nonce))
    }
}

extension PrivateKey {
    /// The public half as a point of P-256 in the uncompressed form (SEC 1 §2.3.3): 65 bytes.
    func point() throws(SealError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = EVP_PKEY_get1_encoded_public_key(handle.pointer, &bytes)
        defer { CRYPTO_free(bytes, #file, #line) }
        guard count == 65, let bytes else { throw libraryError("write a point of P-256") }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The secret shared with whoever has the private half of the point: ECDH (SEC 1 §3.3.1), 32 bytes.
    func agree(with point: [UInt8]) throws(SealError) -> [UInt8] {
        guard let other = EVP_PKEY_new().map(KeyHandle.init), let context = EVP_PKEY_CTX_new(handle.pointer, nil) else {
            throw libraryError("start a key agreement")
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_copy_parameters(other.pointer, handle.pointer) == 1,
            EVP_PKEY_set1_encoded_public_key(other.pointer, point, point.count) == 1
        else {
            ERR_clear_error()
            throw .malformed(what: "the public key of a push subscription", expected: "a point on the curve P-256")
        }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, other.pointer) == 1,
            EVP_PKEY_derive(context, &secret, &length) == 1, length == 32
        else { throw libraryError("agree on a key") }
        return secret
    }
}

/// AES-128-GCM (NIST SP 800-38D): the ciphertext and the tag of 16 bytes.
private func aes128GCM(_ bytes: [UInt8], key: [UInt8], nonce: [UInt8]) throws(SealError) -> [UInt8] {
    guard let context = EVP_CIPHER_CTX_new() else { throw libraryError("start AES-128-GCM") }
    defer { EVP_CIPHER_CTX_free(context) }
    var sealed = [UInt8](repeating: 0, count: bytes.count)
    var tag = [UInt8](repeating: 0, count: 16)
    var written: Int32 = 0
    guard EVP_EncryptInit_ex2(context, EVP_aes_128_gcm(), key, nonce, nil) == 1,
        EVP_EncryptUpdate(context, &sealed, &written, bytes, Int32(bytes.count)) == 1,
        EVP_EncryptFinal_ex(context, nil, &written) == 1,
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
    else { throw libraryError("seal with AES-128-GCM") }
    return sealed + tag
}
