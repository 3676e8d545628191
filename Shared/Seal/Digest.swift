import CCrypto

/// SHA-256 (FIPS 180-4), fetched once: in OpenSSL 3 each implicit fetch costs more than the digest of a short event.
/// Unsafe only to the compiler: a fetched EVP_MD is never written to again and any thread may use it.
private nonisolated(unsafe) let fetchedSHA256: OpaquePointer? = EVP_MD_fetch(nil, "SHA256", nil)

/// The one digest this product uses.
var sha256Method: OpaquePointer {
    guard let fetchedSHA256 else { preconditionFailure("this libcrypto has no SHA-256; install OpenSSL 3 with its default provider") }
    return fetchedSHA256
}

/// SHA-256 of the bytes, 32 bytes.
package func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        guard EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, sha256Method, nil) == 1 else {
            preconditionFailure("SHA-256 failed; libcrypto is out of memory")
        }
        count = 32
    }
}

/// SHA-256 of the bytes, 32 bytes.
package func sha256(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { sha256($0) } }

/// SHA-256 of the text's UTF-8, 32 bytes.
package func sha256(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { sha256(UnsafeRawBufferPointer($0)) }
}

/// HMAC-SHA256 (RFC 2104), 32 bytes.
package func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
    // A null key means "the key of last time" to libcrypto, so even an empty key needs an address.
    let address = key.isEmpty ? [0] : key
    return [UInt8](unsafeUninitializedCapacity: 32) { code, count in
        guard HMAC(sha256Method, address, Int32(key.count), message, message.count, code.baseAddress, nil) != nil else {
            preconditionFailure("HMAC-SHA256 failed; libcrypto is out of memory")
        }
        count = 32
    }
}

/// A key of HMAC-SHA256 (RFC 2104) that is ready to work: the key is mixed in once, and each code works on a copy of that. Short messages cost a tenth of `hmacSHA256`.
///
/// `@unchecked Sendable` because the context is only copied from after it was made.
final class HMACKey: @unchecked Sendable {
    private let template: OpaquePointer

    init(_ key: [UInt8]) {
        guard let method = EVP_MAC_fetch(nil, "HMAC", nil), let made = EVP_MAC_CTX_new(method) else {
            preconditionFailure("this libcrypto has no HMAC; install OpenSSL 3 with its default provider")
        }
        EVP_MAC_free(method)
        template = made
        var digest = Array("SHA256".utf8CString)
        let isReady = digest.withUnsafeMutableBufferPointer { digest in
            let parameters = [OSSL_PARAM_construct_utf8_string("digest", digest.baseAddress, 0), OSSL_PARAM_construct_end()]
            return EVP_MAC_init(made, key.isEmpty ? [0] : key, key.count, parameters) == 1
        }
        guard isReady else { preconditionFailure("HMAC-SHA256 failed; libcrypto is out of memory") }
    }

    deinit { EVP_MAC_CTX_free(template) }

    /// 32 bytes.
    func code(_ message: [UInt8]) -> [UInt8] {
        guard let context = EVP_MAC_CTX_dup(template) else { preconditionFailure("HMAC-SHA256 failed; libcrypto is out of memory") }
        defer { EVP_MAC_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: 32) { code, count in
            guard EVP_MAC_update(context, message, message.count) == 1, EVP_MAC_final(context, code.baseAddress, &count, 32) == 1 else {
                preconditionFailure("HMAC-SHA256 failed; libcrypto is out of memory")
            }
        }
    }
}

/// The first 32 bytes of HKDF-Expand with SHA-256 (RFC 5869 §2.3): a key for one purpose, made of one that serves many.
func hkdfExpand(_ key: [UInt8], info: [UInt8]) -> [UInt8] { hmacSHA256(key: key, message: info + [1]) }

/// Whether two secrets are equal, in a time that depends on their length alone.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

/// Bytes nobody can guess, from libcrypto's generator seeded by the kernel.
package func randomBytes(_ count: Int) throws(SealError) -> [UInt8] {
    precondition((0...65536).contains(count), "ask for at most 65536 random bytes at once")
    var drawn = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        drawn = RAND_bytes(buffer.baseAddress, Int32(count)) == 1
        filled = drawn ? count : 0
    }
    guard drawn else { throw libraryError("draw random bytes") }
    return bytes
}
