import CCrypto
import Contracts
import Glibc

/// The X.509 certificate (RFC 5280) a card shows: whose card it is and which key the card must prove.
/// Read only; whether it is believed is the issuer's verdict.
package struct CardCertificate: Sendable {
    /// The longest DER that is parsed, in bytes.
    package static let limit = 8 * 1024

    /// The subject's serialNumber attribute if there is one, else its common name: 1 to 64 printable ASCII characters.
    package let subjectNumber: String
    package let notBefore: Instant
    /// The last second that still counts (RFC 5280 §4.1.2.5).
    package let notAfter: Instant
    let handle: CertificateHandle
    let key: PublicKey

    /// Exactly one certificate, nothing behind it.
    package init(der: [UInt8]) throws(SealError) {
        guard der.count <= Self.limit else {
            throw .malformed(what: "a card certificate of \(der.count) bytes", expected: "at most \(Self.limit) bytes")
        }
        guard let handle = CertificateHandle(der: der) else {
            throw .malformed(what: "the card's certificate", expected: "one X.509 certificate in DER and nothing behind it")
        }
        try self.init(handle)
    }

    private init(_ handle: CertificateHandle) throws(SealError) {
        defer { ERR_clear_error() }
        guard X509_get_extension_flags(handle.pointer) & UInt32(EXFLAG_INVALID) == 0 else {
            throw .malformed(what: "the card's certificate", expected: "extensions that can be read")
        }
        guard let number = Self.number(in: X509_get_subject_name(handle.pointer)) else {
            throw .malformed(
                what: "the card's certificate",
                expected: "one serialNumber or one common name of 1 to 64 printable ASCII characters in its subject")
        }
        guard let notBefore = Self.instant(X509_get0_notBefore(handle.pointer)),
            let notAfter = Self.instant(X509_get0_notAfter(handle.pointer))
        else { throw .malformed(what: "the card's certificate", expected: "a period of validity that can be read") }
        guard let key = X509_get_pubkey(handle.pointer) else {
            throw .malformed(what: "the card's certificate", expected: "a public key that can be read")
        }
        self.handle = handle
        self.subjectNumber = number
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.key = PublicKey(KeyHandle(key))
    }

    /// Whether the card's key signed this challenge: RSASSA-PKCS1-v1_5 or ECDSA with SHA-256 (in DER or as r ‖ s).
    package func verify(signature: [UInt8], challenge: [UInt8]) -> Bool { key.verify(signature, of: challenge) }

    /// The number in a subject; nil if it is missing, doubtful (two of them) or not printable.
    private static func number(in name: OpaquePointer?) -> String? {
        for attribute in [NID_serialNumber, NID_commonName] {
            let index = X509_NAME_get_index_by_NID(name, attribute, -1)
            guard index >= 0 else { continue }
            guard X509_NAME_get_index_by_NID(name, attribute, index) < 0 else { return nil }
            return printable(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)))
        }
        return nil
    }

    private static func printable(_ value: UnsafeMutablePointer<ASN1_STRING>?) -> String? {
        var utf8: UnsafeMutablePointer<UInt8>?
        let length = ASN1_STRING_to_UTF8(&utf8, value)
        guard length >= 0, let utf8 else { return nil }
        defer { CRYPTO_free(utf8, #file, #line) }
        let bytes = UnsafeBufferPointer(start: utf8, count: Int(length))
        guard (1...64).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> Instant? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Instant(milliseconds: Int64(timegm(&parts)) * 1000)
    }
}
