import CCrypto
import Contracts

/// An X.509 version 3 certificate (RFC 5280) being written; `signed` finishes it.
struct CertificateDraft {
    private let handle: CertificateHandle
    private let issuer: CertificateHandle?

    /// `issuer` nil: self-signed. Carries a random serial number of 16 bytes, so an authority needs no counter.
    init(subject: [Attribute], key: KeyHandle, issuer: CertificateHandle?, from: Instant, to: Instant) throws(SealError) {
        guard let pointer = X509_new() else { throw libraryError("start a certificate") }
        handle = CertificateHandle(pointer)
        self.issuer = issuer
        // X.509 counts versions from zero: 2 is version 3.
        guard X509_set_version(pointer, 2) == 1, X509_set_pubkey(pointer, key.pointer) == 1,
            ASN1_TIME_set(X509_getm_notBefore(pointer), Int(from.milliseconds / 1000)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(pointer), Int(to.milliseconds / 1000)) != nil
        else { throw libraryError("fill a certificate") }
        try setSerial()
        for attribute in subject { try add(attribute) }
        let name = X509_get_subject_name(issuer?.pointer ?? pointer)
        guard X509_set_issuer_name(pointer, name) == 1 else { throw libraryError("name the issuer") }
    }

    enum Attribute {
        case commonName(String)
        case serialNumber(String)
    }

    private func setSerial() throws(SealError) {
        var bytes = try randomBytes(16)
        // Leading bits 01 keep the number positive and all 16 bytes long; the other 126 are drawn.
        bytes[0] = bytes[0] & 0x3f | 0x40
        guard let number = BN_bin2bn(bytes, 16, nil) else { throw libraryError("draw a serial number") }
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle.pointer)) != nil else { throw libraryError("set the serial number") }
    }

    private func add(_ attribute: Attribute) throws(SealError) {
        let (short, value) =
            switch attribute {
            case .commonName(let value): ("CN", value)
            case .serialNumber(let value): ("serialNumber", value)
            }
        guard (1...64).contains(value.utf8.count), value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw .malformed(what: "the \(short) \"\(value)\"", expected: "1 to 64 printable ASCII characters")
        }
        let name = X509_get_subject_name(handle.pointer)
        guard X509_NAME_add_entry_by_txt(name, short, MBSTRING_ASC, Array(value.utf8), Int32(value.utf8.count), -1, 0) == 1 else {
            throw libraryError("put \(short) \(value) into a certificate")
        }
    }

    /// One extension in the notation of openssl's `x509v3_config`. The value must hold nothing a stranger wrote.
    func extend(_ kind: Int32, _ value: String) throws(SealError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer?.pointer ?? handle.pointer, handle.pointer, nil, nil, 0)
        guard let made = X509V3_EXT_nconf_nid(nil, &context, kind, value) else { throw libraryError("make the extension \(value)") }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(handle.pointer, made, -1) == 1 else { throw libraryError("add the extension \(value)") }
    }

    func signed(by key: KeyHandle) throws(SealError) -> CertificateHandle {
        guard X509_sign(handle.pointer, key.pointer, sha256Method) > 0 else { throw libraryError("sign a certificate") }
        return handle
    }
}
