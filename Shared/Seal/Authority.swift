import CCrypto
import Contracts
import Glibc

/// A town's own certificate authority: one for the bus (servers and clients), another one for cards, so that nobody
/// who may connect can pass for a card.
package struct Authority: Sendable {
    private let handle: CertificateHandle
    private let key: PrivateKey
    private let notBefore: Instant
    private let notAfter: Instant

    /// What a certificate is for; its extensions follow from it (RFC 5280 §4.2.1).
    package enum Use: Hashable, Sendable {
        /// Names in DNS and addresses (IPv4 or IPv6) the server is reached by; at least one.
        case server(names: [String], addresses: [String])
        /// A program on the bus; the common name becomes its user name.
        case client
        /// A card; the number becomes the subject's serialNumber.
        case card(number: String)
    }

    /// A new self-signed authority with a P-256 key.
    package static func create(commonName: String, from: Instant, validDays: Int) throws(SealError) -> Authority {
        defer { ERR_clear_error() }
        let key = try PrivateKey.generate(.p256)
        let end = try end(of: validDays, from: from)
        let draft = try CertificateDraft(subject: [.commonName(commonName)], key: key.handle, issuer: nil, from: from, to: end)
        try draft.extend(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try draft.extend(NID_key_usage, "critical,keyCertSign,cRLSign")
        try draft.extend(NID_subject_key_identifier, "hash")
        return Authority(handle: try draft.signed(by: key.handle), key: key, notBefore: from, notAfter: end)
    }

    /// A certificate for a new key. It never outlives the authority's own.
    package func issue(
        _ use: Use, commonName: String, key kind: KeyKind = .p256, from: Instant, validDays: Int
    ) throws(SealError) -> Credential {
        try certify(PrivateKey.generate(kind), use, commonName: commonName, from: from, to: try Self.end(of: validDays, from: from))
    }

    /// Another certificate for a key that has one, good from the authority's first day on: whoever renews by a clock that is ahead must lock out nobody.
    /// - Returns: `nil` when it would end no later than the one there is.
    package func renew(
        _ use: Use, commonName: String, files: (certificate: String, key: String), until end: Instant
    ) throws(SealError) -> Credential? {
        guard min(end, notAfter) > (try endOfCertificate(files.certificate)) else { return nil }
        return try certify(try PrivateKey.load(file: files.key), use, commonName: commonName, from: notBefore, to: end)
    }

    private func certify(_ key: PrivateKey, _ use: Use, commonName: String, from: Instant, to: Instant) throws(SealError) -> Credential {
        defer { ERR_clear_error() }
        var subject: [CertificateDraft.Attribute] = [.commonName(commonName)]
        if case .card(let number) = use { subject.append(.serialNumber(number)) }
        let end = min(to, notAfter)
        guard from < end else {
            throw .malformed(what: "a certificate that starts after its authority ends", expected: "a newer authority; make one first")
        }
        let draft = try CertificateDraft(subject: subject, key: key.handle, issuer: handle, from: from, to: end)
        try draft.extend(NID_basic_constraints, "critical,CA:FALSE")
        try draft.extend(NID_key_usage, "critical,digitalSignature")
        switch use {
        case .server(let names, let addresses):
            try draft.extend(NID_ext_key_usage, "serverAuth")
            try draft.extend(NID_subject_alt_name, try Self.alternatives(names: names, addresses: addresses))
        case .client: try draft.extend(NID_ext_key_usage, "clientAuth")
        case .card: break
        }
        try draft.extend(NID_subject_key_identifier, "hash")
        try draft.extend(NID_authority_key_identifier, "keyid:always")
        return Credential(handle: try draft.signed(by: self.key.handle), key: key)
    }

    /// The authority's certificate, for everyone who shall believe it.
    package var certificatePEM: [UInt8] { handle.pem }

    /// Two PEM files: the certificate for all to read, the key for its owner; an existing key is never replaced.
    package func save(certificate: String, key path: String) throws(SealError) {
        try key.save(file: path)
        try replaceFile(certificate, handle.pem, mode: 0o644)
    }

    /// Reads what `save` wrote.
    package static func load(certificate: String, key path: String) throws(SealError) -> Authority {
        defer { ERR_clear_error() }
        let key = try PrivateKey.load(file: path)
        guard let handle = CertificateHandle(pem: try readFile(certificate, secret: false)),
            let notBefore = CardCertificate.instant(X509_get0_notBefore(handle.pointer)),
            let notAfter = CardCertificate.instant(X509_get0_notAfter(handle.pointer)), X509_check_ca(handle.pointer) > 0
        else { throw .malformed(what: "the authority's certificate \(certificate)", expected: "one certificate of an authority in PEM") }
        guard X509_check_private_key(handle.pointer, key.handle.pointer) == 1 else {
            throw .malformed(
                what: "the authority in \(certificate) and \(path)", expected: "a certificate and its own key; these two differ")
        }
        return Authority(handle: handle, key: key, notBefore: notBefore, notAfter: notAfter)
    }

    /// Those of its certificates that are good no more (RFC 5280 §5, a CRL), in PEM. It ends with the authority: a list past its end turns everybody away.
    /// - Parameter revision: higher than that of any list before. It is the list's own time, in seconds after the authority's beginning, so that no clock that
    ///   is set back makes it one of the future.
    package func revocationList(_ certificates: [String], revision: Int) throws(SealError) -> [UInt8] {
        defer { ERR_clear_error() }
        guard let list = X509_CRL_new() else { throw libraryError("start a list of revoked certificates") }
        defer { X509_CRL_free(list) }
        let from = notBefore.milliseconds / 1000 + Int64(revision)
        guard let start = ASN1_TIME_set(nil, Int(from)), let end = ASN1_TIME_set(nil, Int(notAfter.milliseconds / 1000)) else {
            throw libraryError("take a time")
        }
        defer { for time in [start, end] { ASN1_TIME_free(time) } }
        guard X509_CRL_set_version(list, 1) == 1, X509_CRL_set_issuer_name(list, X509_get_subject_name(handle.pointer)) == 1,
            X509_CRL_set1_lastUpdate(list, start) == 1, X509_CRL_set1_nextUpdate(list, end) == 1
        else { throw libraryError("fill a list of revoked certificates") }
        for path in certificates {
            guard let certificate = CertificateHandle(pem: try readFile(path, secret: false)) else {
                throw .malformed(what: "the certificate \(path)", expected: "one certificate in PEM")
            }
            guard let line = X509_REVOKED_new(),
                X509_REVOKED_set_serialNumber(line, X509_get_serialNumber(certificate.pointer)) == 1,
                X509_REVOKED_set_revocationDate(line, start) == 1, X509_CRL_add0_revoked(list, line) == 1
            else { throw libraryError("revoke \(path)") }
        }
        guard X509_CRL_sort(list) == 1, X509_CRL_sign(list, key.handle.pointer, sha256Method) > 0 else {
            throw libraryError("sign a list of revoked certificates")
        }
        return writePEM { PEM_write_bio_X509_CRL($0, list) }
    }

    private static func end(of days: Int, from: Instant) throws(SealError) -> Instant {
        guard (1...36500).contains(days) else { throw .malformed(what: "a validity of \(days) days", expected: "1 to 36500 days") }
        return from + .seconds(days * 86400)
    }

    /// The subjectAltName of a server. Each name is checked letter by letter, because commas and colons mean something here.
    private static func alternatives(names: [String], addresses: [String]) throws(SealError) -> String {
        guard !(names.isEmpty && addresses.isEmpty) else {
            throw .malformed(what: "a server certificate without names", expected: "at least one DNS name or address")
        }
        for name in names where !isHostName(name) {
            throw .malformed(what: "the server name \"\(name)\"", expected: "letters, digits, - and dots, such as broker.town.lan")
        }
        for address in addresses where !isAddress(address) {
            throw .malformed(what: "the server address \"\(address)\"", expected: "an IPv4 or IPv6 address, such as 192.168.1.10")
        }
        return (names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",")
    }

    private static func isHostName(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { isalnum(Int32($0)) != 0 && $0 < 128 || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isAddress(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        // C ends a text at a zero byte; what stands behind it would go unseen.
        guard !text.utf8.contains(0) else { return false }
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }
}

/// A certificate and the key it speaks for.
package struct Credential: Sendable {
    fileprivate let handle: CertificateHandle
    package let key: PrivateKey

    package var certificatePEM: [UInt8] { handle.pem }
    package var certificateDER: [UInt8] { handle.der }
    package var keyPEM: [UInt8] { privatePEM(of: key.handle) }

    /// Two PEM files: the certificate for all to read, the key for its owner; an existing key is never replaced.
    package func save(certificate: String, key path: String) throws(SealError) {
        try key.save(file: path)
        try replace(certificate: certificate)
    }

    /// For a key that lies in its file already.
    package func replace(certificate: String) throws(SealError) { try replaceFile(certificate, handle.pem, mode: 0o644) }
}

/// Until when a certificate is good, the authority's or one it has signed.
/// - Parameter path: a PEM file.
package func endOfCertificate(_ path: String) throws(SealError) -> Instant {
    defer { ERR_clear_error() }
    guard let handle = CertificateHandle(pem: try readFile(path, secret: false)),
        let end = CardCertificate.instant(X509_get0_notAfter(handle.pointer))
    else { throw .malformed(what: "the certificate \(path)", expected: "one certificate in PEM") }
    return end
}
