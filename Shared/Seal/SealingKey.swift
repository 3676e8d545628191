import CCrypto
import Synchronization

/// One key of AES-256-GCM (NIST SP 800-38D), its schedule expanded once: each message costs its nonce and its bytes alone.
final class SealingKey: Sendable {
    static let nonceBytes = 12
    static let tagBytes = 16

    private let contexts: Mutex<Contexts>

    /// A context for each direction. Making one anew costs more than sealing a row does, and libcrypto lets one thread at a time use it.
    private struct Contexts: ~Copyable {
        let sealing: OpaquePointer
        let opening: OpaquePointer

        init?(_ secret: [UInt8]) {
            guard let method = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else { return nil }
            defer { EVP_CIPHER_free(method) }
            let contexts = (sealing: EVP_CIPHER_CTX_new(), opening: EVP_CIPHER_CTX_new())
            guard let sealing = contexts.sealing, let opening = contexts.opening,
                EVP_EncryptInit_ex2(sealing, method, secret, nil, nil) == 1, EVP_DecryptInit_ex2(opening, method, secret, nil, nil) == 1
            else {
                EVP_CIPHER_CTX_free(contexts.sealing)
                EVP_CIPHER_CTX_free(contexts.opening)
                return nil
            }
            self.sealing = sealing
            self.opening = opening
        }

        deinit {
            EVP_CIPHER_CTX_free(sealing)
            EVP_CIPHER_CTX_free(opening)
        }
    }

    /// The secret has 32 bytes.
    init(_ secret: [UInt8]) throws(SealError) {
        precondition(secret.count == 32, "a key of AES-256 has 32 bytes")
        guard let made = Contexts(secret) else { throw libraryError("take a key of AES-256-GCM") }
        contexts = Mutex(made)
    }

    /// Header ‖ nonce ‖ ciphertext ‖ tag. The tag covers the associated data too, which is not in there.
    func seal(_ bytes: [UInt8], associated: [UInt8], nonce: [UInt8], behind header: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceBytes, "a nonce of AES-256-GCM has 12 bytes here")
        let start = header.count + Self.nonceBytes
        return contexts.withLock { contexts in
            let context = contexts.sealing
            return [UInt8](unsafeUninitializedCapacity: start + bytes.count + Self.tagBytes) { sealed, count in
                _ = sealed.initialize(fromContentsOf: header)
                _ = sealed[header.count...].initialize(fromContentsOf: nonce)
                var written: Int32 = 0
                let text = sealed.baseAddress.map { $0 + start }
                let tag = text.map { $0 + bytes.count }
                guard EVP_EncryptInit_ex2(context, nil, nil, nonce, nil) == 1,
                    EVP_EncryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1,
                    EVP_EncryptUpdate(context, text, &written, bytes, Int32(bytes.count)) == 1,
                    EVP_EncryptFinal_ex(context, tag, &written) == 1,
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), tag) == 1
                else { preconditionFailure("AES-256-GCM failed; libcrypto is out of memory") }
                count = start + bytes.count + Self.tagBytes
            }
        }
    }

    /// What was sealed behind a header of so many bytes; nil unless the tag is right.
    func open(_ sealed: [UInt8], behind header: Int, associated: [UInt8]) -> [UInt8]? {
        let length = sealed.count - header - Self.nonceBytes - Self.tagBytes
        guard length >= 0, length <= Int32.max else { return nil }
        defer { ERR_clear_error() }
        return contexts.withLock { contexts in
            let context = contexts.opening
            var isWhole = false
            let bytes = [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
                isWhole = sealed.withUnsafeBufferPointer { sealed in
                    guard let nonce = sealed.baseAddress.map({ $0 + header }) else { return false }
                    let text = nonce + Self.nonceBytes
                    let tag = UnsafeMutableRawPointer(mutating: text + length)
                    var written: Int32 = 0
                    return EVP_DecryptInit_ex2(context, nil, nil, nonce, nil) == 1
                        && EVP_DecryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1
                        && EVP_DecryptUpdate(context, bytes.baseAddress, &written, text, Int32(length)) == 1
                        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), tag) == 1
                        && EVP_DecryptFinal_ex(context, bytes.baseAddress, &written) == 1
                }
                count = isWhole ? length : 0
            }
            return isWhole ? bytes : nil
        }
    }
}
