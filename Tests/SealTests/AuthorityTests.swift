import Contracts
import Glibc
import RealParts
import Seal
import Testing

@Suite("The town's own authority")
struct AuthorityTests {
    static let start = Instant(milliseconds: Int64(time(nil) - 3600) * 1000)

    func authority(_ days: Int = 30) throws -> Authority { try Authority.create(commonName: "Town bus", from: Self.start, validDays: days) }

    @Test("openssl verifies each certificate for its purpose and for no other; servers by each of their names")
    func purposes() throws {
        let scratch = try Scratch()
        let authority = try authority()
        try authority.save(certificate: scratch.file("ca.pem"), key: scratch.file("ca.key"))
        func issue(_ use: Authority.Use, _ name: String, _ kind: KeyKind) throws {
            try authority.issue(use, commonName: name, key: kind, from: Self.start, validDays: 10)
                .save(certificate: scratch.file("\(name).pem"), key: scratch.file("\(name).key"))
        }
        try issue(.server(names: ["broker.town.lan", "localhost"], addresses: ["127.0.0.1", "::1"]), "server", .p256)
        try issue(.client, "client", .rsa2048)
        try issue(.card(number: "1"), "card", .p256)
        let table: [(name: String, options: [String], fits: Bool)] = [
            ("server", ["-purpose", "sslserver"], true), ("server", ["-purpose", "sslclient"], false),
            ("client", ["-purpose", "sslclient"], true), ("client", ["-purpose", "sslserver"], false),
            ("server", ["-verify_hostname", "broker.town.lan"], true), ("server", ["-verify_hostname", "localhost"], true),
            ("server", ["-verify_hostname", "town.lan"], false), ("server", ["-verify_ip", "127.0.0.1"], true),
            ("server", ["-verify_ip", "::1"], true), ("server", ["-verify_ip", "127.0.0.2"], false), ("card", ["-x509_strict"], true),
            ("server", ["-x509_strict"], true), ("client", ["-x509_strict"], true),
        ]
        for row in table {
            let process = try Process(
                "openssl", ["verify", "-CAfile", scratch.file("ca.pem")] + row.options + [scratch.file("\(row.name).pem")],
                output: "/dev/null")
            #expect((process.wait() == 0) == row.fits, "\(row)")
        }
    }

    @Test("Names that are empty, too long, not ASCII, or would add a name of their own are refused")
    func names() throws {
        let authority = try authority()
        func issue(_ use: Authority.Use, _ name: String = "x") throws {
            _ = try authority.issue(use, commonName: name, from: Self.start, validDays: 1)
        }
        for name in ["", String(repeating: "x", count: 65), "かざす", "a\nb", "a\0b"] {
            #expect(throws: SealError.self, "\(name)") { try issue(.client, name) }
            #expect(throws: SealError.self, "\(name)") { try issue(.card(number: name)) }
        }
        for name in ["", "a,DNS:evil", "a b", "-a", "a-", "a..b", "*", "a:b", "名.jp", "a\0b"] {
            #expect(throws: SealError.self, "\(name)") { try issue(.server(names: [name], addresses: [])) }
        }
        for address in ["", "1.2.3", "1.2.3.4,DNS:evil", "localhost", "::g", "1.2.3.4\0"] {
            #expect(throws: SealError.self, "\(address)") { try issue(.server(names: [], addresses: [address])) }
        }
        #expect(throws: SealError.self) { try issue(.server(names: [], addresses: [])) }
        for days in [0, -1, 36501] {
            #expect(throws: SealError.self) { try authority.issue(.client, commonName: "x", from: Self.start, validDays: days) }
        }
    }

    @Test("A certificate never outlives its authority, and none starts after the authority's end")
    func period() throws {
        let authority = try authority(5)
        let card = try authority.issue(.card(number: "1"), commonName: "x", from: Self.start, validDays: 99)
        #expect(try CardCertificate(der: card.certificateDER).notAfter == Self.start + .seconds(5 * 86400))
        #expect(throws: SealError.self) {
            try authority.issue(.client, commonName: "x", from: Self.start + .seconds(6 * 86400), validDays: 1)
        }
    }

    @Test("A loaded authority goes on where the saved one stopped; a wrong pair of files is refused")
    func files() throws {
        let scratch = try Scratch()
        let saved = try authority()
        try saved.save(certificate: scratch.file("ca.pem"), key: scratch.file("ca.key"))
        #expect(scratch.mode("ca.key") == 0o600)
        #expect(scratch.mode("ca.pem") == 0o644)
        let loaded = try Authority.load(certificate: scratch.file("ca.pem"), key: scratch.file("ca.key"))
        let card = try loaded.issue(.card(number: "1"), commonName: "x", from: Self.start, validDays: 1)
        let issuer = try CardIssuer.load(file: scratch.file("ca.pem"))
        #expect(try issuer.vouches(for: CardCertificate(der: card.certificateDER), at: Self.start) == .yes)
        try PrivateKey.generate(.p256).save(file: scratch.file("other.key"))
        #expect(throws: SealError.self) { try Authority.load(certificate: scratch.file("ca.pem"), key: scratch.file("other.key")) }
        try card.save(certificate: scratch.file("card.pem"), key: scratch.file("card.key"))
        #expect(throws: SealError.self) { try Authority.load(certificate: scratch.file("card.pem"), key: scratch.file("card.key")) }
    }

    @Test("Serial numbers are 16 bytes and do not repeat")
    func serials() throws {
        let authority = try authority()
        var serials: Set<[UInt8]> = []
        for _ in 0..<50 {
            let der = try authority.issue(.client, commonName: "x", from: Self.start, validDays: 1).certificateDER
            // SEQUENCE(4) SEQUENCE(4) [0] version(5) INTEGER: both lengths take three bytes for our sizes.
            let field = try #require(der.indices.first { der[$0...].starts(with: [0xa0, 3, 2, 1, 2, 2, 16]) })
            serials.insert(Array(der[(field + 7)..<(field + 23)]))
        }
        #expect(serials.count == 50)
        #expect(serials.allSatisfy { $0.count == 16 && (0x40...0x7f).contains($0[0]) })
    }
}
