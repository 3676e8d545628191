import CCrypto

/// To be called before anything else of libcrypto: what other threads do with it when the process ends, a TLS handshake say, they may finish. By default
/// it takes itself apart under their hands, and a process that was asked to stop dies of a segmentation fault (OPENSSL_init_crypto(3),
/// OPENSSL_INIT_NO_ATEXIT).
package func keepLibCryptoToTheEnd() { OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) }

/// The reason libcrypto gave last, as an error; empties its queue.
///
/// The queue is per thread and shared with TLS: `SSL_get_error` takes an entry left there for a failure of its own
/// connection. So whoever may have failed inside libcrypto empties it, success or not.
func libraryError(_ doing: String) -> SealError {
    let code = ERR_get_error()
    ERR_clear_error()
    let reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "no reason given"
    return .library(doing: doing, reason: reason)
}

/// Owns one EVP_PKEY.
///
/// `@unchecked Sendable` because an EVP_PKEY is not changed after it was made: signing and verifying work on contexts
/// of their own, and libcrypto locks the caches inside.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes ownership.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }
}

/// A key and a context that is ready to sign. Each signature works on a copy of it: a one-shot signature leaves its context finished, and any thread
/// may sign. Making the context anew costs a tenth of an Ed25519 signature.
///
/// `@unchecked Sendable` because the context is only copied from after it was made.
final class SigningHandle: @unchecked Sendable {
    let key: KeyHandle
    let template: OpaquePointer

    /// - Parameter digest: nil for algorithms that bring their own (Ed25519).
    init(_ key: KeyHandle, digest: OpaquePointer?) throws(SealError) {
        guard let template = EVP_MD_CTX_new() else { throw libraryError("make a signing context") }
        guard EVP_DigestSignInit(template, nil, digest, nil, key.pointer) == 1 else {
            EVP_MD_CTX_free(template)
            throw libraryError("start a signature")
        }
        self.key = key
        self.template = template
    }

    deinit { EVP_MD_CTX_free(template) }
}

/// Owns one X509.
///
/// `@unchecked Sendable` because a certificate is only read after it was made, and libcrypto locks the caches inside.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes ownership.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// Exactly one DER certificate, nothing behind it.
    convenience init?(der: [UInt8]) {
        defer { ERR_clear_error() }
        let parsed: OpaquePointer? = der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            guard let certificate = d2i_X509(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                X509_free(certificate)
                return nil
            }
            return certificate
        }
        guard let parsed else { return nil }
        self.init(parsed)
    }

    convenience init?(pem: [UInt8]) {
        guard let certificate = readPEM(pem, { PEM_read_bio_X509($0, nil, refusePassword, nil) }) else { return nil }
        self.init(certificate)
    }

    var pem: [UInt8] { writePEM { PEM_write_bio_X509($0, pointer) } }

    var der: [UInt8] {
        let length = i2d_X509(pointer, nil)
        precondition(length > 0, "a certificate in memory always has a DER form")
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { bytes, count in
            var cursor = bytes.baseAddress
            count = Int(i2d_X509(pointer, &cursor))
        }
    }

    deinit { X509_free(pointer) }
}

/// Answers for the person libcrypto would otherwise ask on the terminal: no password, so an encrypted PEM is refused.
let refusePassword: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = { _, _, _, _ in -1 }

/// Hands the bytes to a PEM reader.
func readPEM(_ pem: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
    defer { ERR_clear_error() }
    return pem.withUnsafeBytes { bytes in
        guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
        defer { BIO_free(source) }
        return read(source)
    }
}

/// Collects what a PEM writer writes.
func writePEM(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
    guard let sink = BIO_new(BIO_s_mem()) else { preconditionFailure("libcrypto is out of memory") }
    defer { BIO_free(sink) }
    guard write(sink) == 1 else { preconditionFailure("libcrypto could not write a PEM into memory") }
    return [UInt8](unsafeUninitializedCapacity: BIO_ctrl_pending(sink)) { bytes, count in
        count = max(0, Int(BIO_read(sink, bytes.baseAddress, Int32(bytes.count))))
    }
}

/// A private key in PEM form (PKCS #8, RFC 5958), unencrypted; its file's mode protects it.
func privatePEM(of key: KeyHandle) -> [UInt8] {
    writePEM { PEM_write_bio_PKCS8PrivateKey($0, key.pointer, nil, nil, 0, nil, nil) }
}

/// One signature over the whole message.
func sign(_ message: [UInt8], with handle: SigningHandle) throws(SealError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw libraryError("make a signing context") }
    defer { EVP_MD_CTX_free(context) }
    var length = Int(EVP_PKEY_get_size(handle.key.pointer))
    guard length > 0, EVP_MD_CTX_copy_ex(context, handle.template) == 1 else { throw libraryError("start a signature") }
    var signed = false
    let signature = [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
        signed = EVP_DigestSign(context, bytes.baseAddress, &length, message, message.count) == 1
        count = signed ? length : 0
    }
    guard signed else { throw libraryError("sign") }
    return signature
}

/// Whether the signature is the key owner's for the whole message.
func verify(_ signature: [UInt8], of message: [UInt8], with key: KeyHandle, digest: OpaquePointer?) -> Bool {
    defer { ERR_clear_error() }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit(context, nil, digest, nil, key.pointer) == 1
        && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
}
