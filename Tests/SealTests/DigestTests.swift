import Seal
import Testing

@Suite("Digests and encodings give the published values")
struct DigestTests {
    @Test(
        "SHA-256 of the examples of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func digest(text: String, expected: String) {
        #expect(Hex.text(sha256(text)) == expected)
        #expect(sha256(Array(text.utf8)) == sha256(text))
    }

    /// RFC 4231 §4.2–4.4, 4.7, 4.8; the last line is HMAC with an empty key and message.
    @Test(
        "HMAC-SHA256 of RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ])
    func hmac(key: [UInt8], message: [UInt8], expected: String) {
        #expect(Hex.text(hmacSHA256(key: key, message: message)) == expected)
    }

    @Test(
        "base32 and base64url of RFC 4648 §10, without padding",
        arguments: [
            ("", "", ""), ("f", "my", "Zg"), ("fo", "mzxq", "Zm8"), ("foo", "mzxw6", "Zm9v"), ("foob", "mzxw6yq", "Zm9vYg"),
            ("fooba", "mzxw6ytb", "Zm9vYmE"), ("foobar", "mzxw6ytboi", "Zm9vYmFy"),
        ])
    func encodings(text: String, base32: String, base64: String) {
        #expect(Base32.text(text.utf8) == base32)
        #expect(Base64URL.text(text.utf8) == base64)
        #expect(Base64URL.decode(base64.utf8) == Array(text.utf8))
    }

    @Test("base64url uses - and _ and goes there and back for every length to 64")
    func base64RoundTrip() throws {
        #expect(Base64URL.text([0xfb, 0xff, 0xfe]) == "-__-")
        for length in 0...64 {
            let bytes = try randomBytes(length)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.text(bytes)) == bytes)
        }
    }

    @Test(
        "base64url with padding, white space, foreign letters, an impossible length or left-over bits is refused",
        arguments: ["Zg==", "Zg=", "Zm8=", "Zm9v ", " Zm9v", "Zm\n9v", "Zm9+", "Zm9/", "Z", "Zm9vY", "Zh", "Zm9", "Zé"])
    func strictBase64(text: String) { #expect(Base64URL.decode(text.utf8) == nil) }

    @Test("Two letters of base64url are one byte exactly when the last four bits are zero: all 4096")
    func canonicalBase64() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let accepted = alphabet.flatMap { a in alphabet.compactMap { b in Base64URL.decode([a, b]) } }
        #expect(accepted == (0...255).map { [UInt8($0)] })
    }

    @Test("Hexadecimal is read in both cases; odd lengths and other letters are refused")
    func hex() {
        #expect(Hex.decode("00fFA5") == [0x00, 0xff, 0xa5])
        for text in ["0", "0g", "0x", " 00", "００"] { #expect(Hex.decode(text) == nil) }
    }

    @Test("Constant-time equality is equality")
    func equality() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }

    @Test("Random bytes have the length asked for and do not repeat")
    func random() throws {
        #expect(try randomBytes(0).isEmpty)
        #expect(try Set((0..<100).map { _ in try randomBytes(16) }).count == 100)
    }
}
