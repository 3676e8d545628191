import CCrypto
import Contracts
import RealParts
import Seal
import Testing

@Suite("A card is believed when its town's issuer vouches for it and its key answers")
struct CardCertificateTests {
    /// 2026-11-21T00:00:00Z.
    static let start = Instant(milliseconds: 1_795_219_200_000)
    static let day = Duration.seconds(86400)
    let authority: Authority
    let issuer: CardIssuer

    init() throws {
        authority = try Authority.create(commonName: "Town cards", from: Self.start, validDays: 3650)
        issuer = try CardIssuer(pem: authority.certificatePEM)
    }

    func card(_ kind: KeyKind, from: Instant = Self.start, days: Int = 10) throws -> Credential {
        try authority.issue(.card(number: "0042-1234"), commonName: "Card", key: kind, from: from, validDays: days)
    }

    @Test("Number, period and key of an issued card are read back, and the issuer says yes", arguments: KeyKind.allCases)
    func reads(kind: KeyKind) throws {
        let card = try CardCertificate(der: self.card(kind).certificateDER)
        #expect(card.subjectNumber == "0042-1234")
        #expect(card.notBefore == Self.start)
        #expect(card.notAfter == Self.start + Self.day * 10)
        #expect(issuer.vouches(for: card, at: Self.start + Self.day) == .yes)
    }

    @Test("The period counts from its first instant to the end of its last second")
    func period() throws {
        let card = try CardCertificate(der: self.card(.p256, from: Self.start + Self.day).certificateDER)
        let last = Self.start + Self.day * 11
        let table: [(Instant, CardIssuer.Verdict)] = [
            (Self.start, .notYetValid), (Self.start + Self.day - .milliseconds(1), .notYetValid), (Self.start + Self.day, .yes),
            (last, .yes), (last + .milliseconds(999), .yes), (last + .seconds(1), .expired), (last + Self.day * 365, .expired),
            (Self.start - .milliseconds(1), .issuerNotValid), (Self.start + Self.day * 3651, .issuerNotValid),
        ]
        for (now, verdict) in table { #expect(issuer.vouches(for: card, at: now) == verdict, "at \(now.rfc3339())") }
    }

    @Test("Another authority's card is wrongIssuer; one that only took the name is a bad signature")
    func strangers() throws {
        let card = try CardCertificate(der: self.card(.p256).certificateDER)
        let other = try Authority.create(commonName: "Other town", from: Self.start, validDays: 3650)
        #expect(try CardIssuer(pem: other.certificatePEM).vouches(for: card, at: Self.start) == .wrongIssuer)
        let namesake = try Authority.create(commonName: "Town cards", from: Self.start, validDays: 3650)
        #expect(try CardIssuer(pem: namesake.certificatePEM).vouches(for: card, at: Self.start) == .badSignature)
        // Expired or not, a stranger is called a stranger.
        #expect(try CardIssuer(pem: other.certificatePEM).vouches(for: card, at: Self.start + Self.day * 99) == .wrongIssuer)
    }

    @Test("No changed bit of a certificate gets a yes", arguments: KeyKind.allCases)
    func tampered(kind: KeyKind) throws {
        let der = try card(kind).certificateDER
        for bit in 0..<(der.count * 8) {
            var wrong = der
            wrong[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let parsed = try? CardCertificate(der: wrong) else { continue }
            #expect(issuer.vouches(for: parsed, at: Self.start) != .yes, "bit \(bit)")
        }
        var wrong = der
        wrong[wrong.count - 1] ^= 1
        #expect(try issuer.vouches(for: CardCertificate(der: wrong), at: Self.start) == .badSignature)
    }

    @Test("A card that lacks a byte, has one more, is empty or longer than 8 KiB is refused")
    func malformed() throws {
        let der = try card(.p256).certificateDER
        for length in der.indices { #expect(throws: SealError.self) { try CardCertificate(der: Array(der[..<length])) } }
        #expect(throws: SealError.self) { try CardCertificate(der: der + [0]) }
        #expect(throws: SealError.self) { try CardCertificate(der: der + [UInt8](repeating: 0xff, count: 8192)) }
        #expect(throws: SealError.self) { try CardCertificate(der: authority.certificatePEM) }
    }

    @Test("Weak keys, weak digests, an authority as a card and unknown demands are refused for that reason", arguments: WeakCard.table)
    func weak(_ weak: WeakCard) throws {
        let card = try CardCertificate(der: #require(Base64URL.decode(weak.certificate.utf8)))
        let issuer = try CardIssuer(pem: Array(WeakCard.issuer.utf8))
        #expect(issuer.vouches(for: card, at: Self.start + Self.day) == weak.verdict, "\(weak.name)")
    }

    @Test("Only an authority's certificate makes an issuer")
    func issuerKinds() throws {
        #expect(throws: SealError.self) { try CardIssuer(pem: self.card(.p256).certificatePEM) }
        #expect(throws: SealError.self) { try CardIssuer(pem: Array("rubbish".utf8)) }
        #expect(throws: SealError.self) { try CardIssuer(pem: []) }
    }

    @Test("A card's answer counts for its own challenge and key alone", arguments: KeyKind.allCases)
    func answers(kind: KeyKind) throws {
        let credential = try card(kind)
        let card = try CardCertificate(der: credential.certificateDER)
        let challenge = try randomBytes(16)
        let answer = try credential.key.sign(challenge: challenge)
        #expect(card.verify(signature: answer, challenge: challenge))
        #expect(!card.verify(signature: answer, challenge: challenge + [0]))
        #expect(!card.verify(signature: [], challenge: challenge))
        #expect(!card.verify(signature: answer + [0], challenge: challenge))
        #expect(!card.verify(signature: try PrivateKey.generate(kind).sign(challenge: challenge), challenge: challenge))
        for bit in stride(from: 0, to: answer.count * 8, by: 7) {
            var wrong = answer
            wrong[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!card.verify(signature: wrong, challenge: challenge), "bit \(bit)")
        }
    }

    @Test("An ECDSA answer as r ‖ s counts like the same answer in DER")
    func rawAnswer() throws {
        let credential = try card(.p256)
        let card = try CardCertificate(der: credential.certificateDER)
        for _ in 0..<40 {
            let challenge = try randomBytes(16)
            let der = try credential.key.sign(challenge: challenge)
            let raw = try raw(der)
            #expect(raw.count == 64)
            #expect(card.verify(signature: raw, challenge: challenge))
            #expect(!card.verify(signature: Array(raw.reversed()), challenge: challenge))
            #expect(!card.verify(signature: [UInt8](repeating: 0, count: 64), challenge: challenge))
        }
    }

    @Test("A saved card key is a closed file and signs for the same card when loaded", arguments: KeyKind.allCases)
    func keyFile(kind: KeyKind) throws {
        let scratch = try Scratch()
        let credential = try card(kind)
        try credential.save(certificate: scratch.file("card.pem"), key: scratch.file("card.key"))
        #expect(scratch.mode("card.key") == 0o600)
        let loaded = try PrivateKey.load(file: scratch.file("card.key"))
        #expect(loaded.kind == kind)
        let card = try CardCertificate(der: credential.certificateDER)
        #expect(card.verify(signature: try loaded.sign(challenge: [1]), challenge: [1]))
    }

    @Test("After refusals of every kind libcrypto's error queue, which TLS shares, is empty")
    func errorQueue() throws {
        let credential = try card(.p256)
        let card = try CardCertificate(der: credential.certificateDER)
        let namesake = try CardIssuer(pem: Authority.create(commonName: "Town cards", from: Self.start, validDays: 1).certificatePEM)
        let key = try SigningKey.generate()
        let rsa = try CardCertificate(der: self.card(.rsa2048).certificateDER)
        let refusals: [(String, () -> Void)] = [
            ("parse", { _ = try? CardCertificate(der: [0x30, 0x03, 1, 2, 3]) }),
            ("issuer", { _ = try? CardIssuer(pem: [1, 2, 3]) }),
            ("verdict", { _ = namesake.vouches(for: card, at: Self.start) }),
            ("answer", { _ = card.verify(signature: [1, 2, 3], challenge: [1]) }),
            ("RSA answer", { _ = rsa.verify(signature: [1, 2, 3], challenge: [1]) }),
            ("signature", { _ = key.verifyingKey.verify([UInt8](repeating: 255, count: 64), of: [1]) }),
            ("name", { _ = try? authority.issue(.client, commonName: "", from: Self.start, validDays: 1) }),
            ("success", { _ = try? PrivateKey.generate(.p256) }),
        ]
        for (name, refuse) in refusals {
            refuse()
            #expect(ERR_peek_error() == 0, "\(name)")
        }
    }

    /// r ‖ s of a DER signature, cut by hand so that the product's own conversion is not its own judge.
    private func raw(_ der: [UInt8]) throws -> [UInt8] {
        func number(at start: Int) throws -> (value: [UInt8], next: Int) {
            try #require(der[start] == 2)
            let end = start + 2 + Int(der[start + 1])
            let digits = der[(start + 2)..<end].drop { $0 == 0 }
            return ([UInt8](repeating: 0, count: 32 - digits.count) + digits, end)
        }
        let r = try number(at: 2)
        return r.value + (try number(at: r.next)).value
    }
}
