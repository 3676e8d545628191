import Contracts
import RealParts
import Seal
import Testing

@Suite("Messages only the browser can read")
struct WebPushTests {
    /// RFC 8291 §5.
    let keys: WebPushKeys

    init() throws {
        keys = try WebPushKeys(
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            auth: "BTBZMqHH6r4Tts7J_aSIgg")
    }

    @Test("RFC 8291 Appendix A: byte for byte")
    func appendixA() throws {
        let sealed = try WebPush.seal(
            Array("When I grow up, I want to be a watermelon".utf8), for: keys, key: sender(), salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"))
        #expect(
            Base64URL.text(sealed)
                == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        )
    }

    /// The key of the appendix in the form of RFC 5915, as `openssl ec` writes it.
    private func sender() throws -> PrivateKey {
        let scratch = try Scratch()
        let secret = try bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
        let point = try bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")
        let curve: [UInt8] = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
        let der = [0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20] + secret + curve + [0xa1, 0x44, 0x03, 0x42, 0x00] + point
        let pem = "-----BEGIN EC PRIVATE KEY-----\n\(Base64.text(der))\n-----END EC PRIVATE KEY-----\n"
        return try PrivateKey.load(file: scratch.write(pem.utf8, to: "sender.pem"))
    }

    private func bytes(_ text: String) throws -> [UInt8] { try #require(Base64URL.decode(Array(text.utf8))) }

    @Test("The same message twice is two different ones, each in one record a push service has to take")
    func fresh() throws {
        let payload = [UInt8](repeating: 7, count: WebPush.mostBytes)
        let (first, second) = (try WebPush.seal(payload, for: keys), try WebPush.seal(payload, for: keys))
        #expect(first != second)
        #expect(first.count == 4096)
        #expect(throws: SealError.self) { try WebPush.seal(payload + [0], for: keys) }
    }

    @Test("Keys no browser gives are refused, a point beside the curve among them")
    func strange() throws {
        for (point, auth) in [("", ""), ("AAAA", "BTBZMqHH6r4Tts7J_aSIgg"), ("B" + String(repeating: "A", count: 86), "AAAA")] {
            #expect(throws: SealError.self) { try WebPushKeys(p256dh: point, auth: auth) }
        }
        let beside = try WebPushKeys(p256dh: Base64URL.text([4] + [UInt8](repeating: 1, count: 64)), auth: "BTBZMqHH6r4Tts7J_aSIgg")
        #expect(throws: SealError.malformed(what: "the public key of a push subscription", expected: "a point on the curve P-256")) {
            try WebPush.seal([1], for: beside)
        }
        // With the padding some browsers write.
        #expect(try WebPushKeys(p256dh: Base64URL.text(keys.point) + "=", auth: Base64URL.text(keys.auth) + "==") == keys)
    }

    @Test("The key a town shows push services is kept in a file of its own, and is the same one after a restart")
    func kept() throws {
        let scratch = try Scratch()
        let made = try VAPIDKey.create(at: scratch.file("push.key"))
        #expect(scratch.mode("push.key") == 0o600)
        #expect(try VAPIDKey.load(file: scratch.file("push.key")).applicationServerKey == made.applicationServerKey)
        #expect(throws: SealError.self) { try VAPIDKey.create(at: scratch.file("push.key")) }
        #expect(try bytes(made.applicationServerKey).count == 65)
    }

    @Test("Its public half lies beside it for whoever shows it to browsers; what is none is refused")
    func shown() throws {
        let (scratch, made) = (try Scratch(), try VAPIDKey.generate())
        try made.savePublic(file: scratch.file("push.pub"))
        #expect(try VAPIDKey.loadPublic(file: scratch.file("push.pub")) == made.applicationServerKey)
        for wrong in ["", "BKey", Base64URL.text([UInt8](repeating: 1, count: 65)), "\(made.applicationServerKey)A"] {
            try SecretFile.replace(scratch.file("push.pub"), Array(wrong.utf8))
            #expect(throws: SealError.self, "\(wrong)") { try VAPIDKey.loadPublic(file: scratch.file("push.pub")) }
        }
    }

    @Test("base64 of RFC 4648 §10")
    func base64() {
        let vectors = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=", "foobar": "Zm9vYmFy"]
        for (text, letters) in vectors { #expect(Base64.text(text.utf8) == letters) }
    }
}
