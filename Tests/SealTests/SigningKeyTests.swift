import RealParts
import Seal
import Testing

@Suite("Ed25519 keys sign, verify, and keep to their files")
struct SigningKeyTests {
    /// RFC 8032 §7.1, tests 1 to 3: private key, public key, message, signature.
    static let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test("RFC 8032 §7.1: public key, signature and verification", arguments: vectors)
    func vector(seed: String, raw: String, message: String, signature: String) throws {
        let key = try SigningKey(seed: #require(Hex.decode(seed)))
        let message = try #require(Hex.decode(message))
        #expect(Hex.text(key.verifyingKey.raw) == raw)
        #expect(Hex.text(key.sign(message)) == signature)
        let verifying = try VerifyingKey(raw: #require(Hex.decode(raw)))
        #expect(verifying.verify(try #require(Hex.decode(signature)), of: message))
    }

    @Test("One changed bit anywhere in the signature or the message is noticed")
    func tampered() throws {
        let key = try SigningKey.generate()
        let message = Array("open the gym".utf8)
        let signature = key.sign(message)
        for bit in 0..<(signature.count * 8) {
            var wrong = signature
            wrong[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.verifyingKey.verify(wrong, of: message), "bit \(bit) of the signature")
        }
        for bit in 0..<(message.count * 8) {
            var wrong = message
            wrong[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.verifyingKey.verify(signature, of: wrong), "bit \(bit) of the message")
        }
        #expect(!key.verifyingKey.verify([], of: message))
        #expect(!key.verifyingKey.verify(signature + [0], of: message))
        #expect(!(try SigningKey.generate()).verifyingKey.verify(signature, of: message))
    }

    @Test("Keys of another length than 32 bytes are refused", arguments: [0, 31, 33, 64])
    func lengths(count: Int) {
        #expect(throws: SealError.self) { try SigningKey(seed: [UInt8](repeating: 1, count: count)) }
        #expect(throws: SealError.self) { try VerifyingKey(raw: [UInt8](repeating: 1, count: count)) }
    }

    @Test("A saved pair is a closed and an open file, and is the same pair when loaded")
    func files() throws {
        let scratch = try Scratch()
        let key = try SigningKey.generate()
        try key.save(file: scratch.file("private"))
        try key.verifyingKey.save(file: scratch.file("public"))
        #expect(scratch.mode("private") == 0o600)
        #expect(scratch.mode("public") == 0o644)
        let loaded = try SigningKey.load(file: scratch.file("private"))
        #expect(try VerifyingKey.load(file: scratch.file("public")) == loaded.verifyingKey)
        #expect(loaded.verifyingKey == key.verifyingKey)
        #expect(loaded.kid == Base64URL.text(sha256(key.verifyingKey.raw).prefix(8)))
        #expect(throws: SealError.exists(path: scratch.file("private"))) { try SigningKey.generate().save(file: scratch.file("private")) }
    }

    @Test(
        "A private key others may read, a public key, another kind, an encrypted one and rubbish are refused; nobody is asked for a password"
    )
    func wrongFiles() throws {
        let scratch = try Scratch()
        try SigningKey.generate().save(file: scratch.file("right"))
        let exposed = try scratch.write(try SecretFile.read(scratch.file("right")), to: "exposed", mode: 0o644)
        #expect(throws: SealError.exposed(path: exposed, mode: 0o644)) { try SigningKey.load(file: exposed) }
        try PrivateKey.generate(.p256).save(file: scratch.file("p256"))
        try scratch.write(try SigningKey.generate().verifyingKey.pem, to: "public")
        try scratch.write("rubbish".utf8, to: "rubbish")
        try scratch.write(Self.encrypted.utf8, to: "encrypted")
        for name in ["p256", "public", "rubbish", "encrypted"] {
            #expect(throws: SealError.self, "\(name)") { try SigningKey.load(file: scratch.file(name)) }
        }
        for name in ["right", "public", "rubbish", "encrypted"] {
            #expect(throws: SealError.self, "\(name)") { try PrivateKey.load(file: scratch.file(name)) }
        }
        for name in ["right", "p256", "rubbish"] {
            #expect(throws: SealError.self, "\(name)") { try VerifyingKey.load(file: scratch.file(name)) }
        }
    }

    /// An Ed25519 key behind a password.
    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgN9WGHxvSe6QICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBe0h1VszYA4872GF5I833QEQJo0
        v98VyxTvGhzGYf3KSEXhpWDBGxvQTi9vO4IofXYfIOnrk/HfuD1Yzpw+wM7XYWY7
        yQZaNW2ah7vdbbX6Vho=
        -----END ENCRYPTED PRIVATE KEY-----

        """

    @Test("Printing or dumping a signing key names it and shows nothing else")
    func hidden() throws {
        let key = try SigningKey.generate()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "signing key \(key.kid)")
        #expect(!dumped.contains("handle") && dumped.contains(key.kid))
    }
}
