import CCrypto
import Contracts

/// The authority whose cards a town believes. It must issue cards alone: whatever it signs can stand before a reader.
package struct CardIssuer: Sendable {
    private let handle: CertificateHandle
    private let key: KeyHandle
    private let notBefore: Instant
    private let notAfter: Instant

    /// What the issuer says about a card's certificate.
    package enum Verdict: Equatable, Sendable, CaseIterable {
        case yes
        /// Another authority's name stands in it.
        case wrongIssuer
        /// The name is right, the signature is not: forged or damaged.
        case badSignature
        /// A key below RSA-2048 or other than P-256, or a digest other than SHA-256, -384, -512.
        case weakKey
        /// It is made for something else, or demands an extension not known here.
        case wrongUse
        case notYetValid
        case expired
        /// The issuer's own certificate is not valid at this time.
        case issuerNotValid
    }

    /// The issuer's certificate in PEM; it must be one of an authority.
    package init(pem: [UInt8]) throws(SealError) {
        defer { ERR_clear_error() }
        guard let handle = CertificateHandle(pem: pem), let notBefore = CardCertificate.instant(X509_get0_notBefore(handle.pointer)),
            let notAfter = CardCertificate.instant(X509_get0_notAfter(handle.pointer)), let key = X509_get_pubkey(handle.pointer)
        else { throw .malformed(what: "the card issuer's certificate", expected: "one X.509 certificate in PEM") }
        self.handle = handle
        self.key = KeyHandle(key)
        self.notBefore = notBefore
        self.notAfter = notAfter
        guard X509_get_extension_flags(handle.pointer) & UInt32(EXFLAG_CA | EXFLAG_INVALID) == UInt32(EXFLAG_CA) else {
            throw .malformed(
                what: "the card issuer's certificate", expected: "a certificate of an authority (CA:TRUE), not of a card or a server")
        }
        guard PublicKey(self.key).strength.isEnough else {
            throw .malformed(what: "the key of the card issuer's certificate", expected: "RSA of 2048 to 4096 bits or P-256")
        }
    }

    package static func load(file path: String) throws(SealError) -> CardIssuer {
        try CardIssuer(pem: try readFile(path, secret: false))
    }

    /// Identity before time: a stranger's or forged card is called that, expired or not.
    package func vouches(for card: CardCertificate, at now: Instant) -> Verdict {
        defer { ERR_clear_error() }
        guard X509_NAME_cmp(X509_get_issuer_name(card.handle.pointer), X509_get_subject_name(handle.pointer)) == 0 else {
            return .wrongIssuer
        }
        guard X509_verify(card.handle.pointer, key.pointer) == 1 else { return .badSignature }
        guard card.key.strength.isEnough, hasStrongDigest(card) else { return .weakKey }
        guard isForSigning(card) else { return .wrongUse }
        guard Self.covers(notBefore, notAfter, now) else { return .issuerNotValid }
        guard now >= card.notBefore else { return .notYetValid }
        return Self.covers(card.notBefore, card.notAfter, now) ? .yes : .expired
    }

    /// Both ends count, and the last second counts to its end.
    private static func covers(_ first: Instant, _ last: Instant, _ now: Instant) -> Bool {
        first <= now && now < last + .seconds(1)
    }

    private func hasStrongDigest(_ card: CardCertificate) -> Bool {
        var digest: Int32 = 0
        guard X509_get_signature_info(card.handle.pointer, &digest, nil, nil, nil) == 1 else { return false }
        return [NID_sha256, NID_sha384, NID_sha512].contains(digest)
    }

    /// A card's key must be allowed to sign, must not be an authority's, and every critical extension must be known.
    private func isForSigning(_ card: CardCertificate) -> Bool {
        let flags = X509_get_extension_flags(card.handle.pointer)
        guard flags & UInt32(EXFLAG_CRITICAL | EXFLAG_CA) == 0 else { return false }
        return X509_get_key_usage(card.handle.pointer) & UInt32(KU_DIGITAL_SIGNATURE) != 0
    }
}
