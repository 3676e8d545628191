import Testing

@testable import Seal

@Suite("Hashes of passwords")
struct ScryptTests {
    /// Section 12; of its 64 bytes the first 32, which do not depend on how many are asked for.
    @Test(
        "RFC 7914",
        arguments: [
            ("", "", 4, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"),
            ("password", "NaCl", 10, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"),
            ("pleaseletmein", "SodiumChloride", 14, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"),
        ])
    func vectors(password: String, salt: String, logN: Int, r: Int, p: Int, expected: String) throws {
        let key = try Scrypt.key(of: password, salt: Array(salt.utf8), Scrypt.Cost(logN: logN, r: r, p: p))
        #expect(Hex.text(key) == expected)
    }

    /// Made by Python's hashlib.
    private static let foreign = "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$zLz9WJHftuv/MMO5AYj921LgOM9ODdkd7nOrrAdhvAE"

    @Test("It is written in the PHC string format, and what others wrote so is read")
    func text() throws {
        let made = try PasswordHash(of: "ねこ correct horse", salt: (0..<16).map { UInt8($0) }, .signIn)
        #expect(made.text == Self.foreign)
        let read = try #require(PasswordHash(Self.foreign))
        #expect(read == made)
        #expect(try read.matches("ねこ correct horse"))
        for wrong in ["", "ねこ correct horsf", "ねこ correct horse "] { #expect(try !read.matches(wrong), "\(wrong)") }
    }

    @Test(
        "A text that is not written exactly so is refused",
        arguments: [
            ("$scrypt$", "$bcrypt$"), ("ln=14", "ln=014"), ("ln=14", "ln=19"), ("ln=14", "ln=0"), ("ln=14", "ln=-1"), ("r=8", "r=9"),
            ("p=1", "p=17"), ("p=1", "p=1,x=1"), ("ln=14,r=8", "r=8,ln=14"), ("AAEC", "AAE"), ("AAEC", "A-EC"), ("$AAEC", "$$AAEC"),
            ("$scrypt", "scrypt"), ("0ODw$", "0ODw==$"),
        ])
    func unlike(part: String, other: String) {
        #expect(PasswordHash(Self.foreign.replacing(part, with: other)) == nil)
    }

    @Test("Nobody's hash fits no password")
    func nobody() throws {
        let nobody = PasswordHash.ofNobody(Scrypt.Cost(logN: 1, r: 8, p: 1))
        for password in ["", "\0", "nobody"] { #expect(try !nobody.matches(password)) }
    }

    @Test("No log line spills it")
    func hidden() throws {
        let hash = try #require(PasswordHash(Self.foreign))
        #expect(!"\(hash) \(String(reflecting: hash))".contains("scrypt"))
    }
}
