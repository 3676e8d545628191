import Contracts
import RealParts
import Seal
import Testing

@Suite("Tokens name a card without telling what was read")
struct TokenKeyTests {
    let secret = (0..<32).map { UInt8($0) }

    /// Expected values come from outside: `printf 'felica\0…' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0001…1f -binary | base32`.
    @Test(
        "A token is k, the key's number, a dot, and 130 bits of HMAC-SHA256 over scheme, zero byte, identifier",
        arguments: [
            (1, "felica", "012e3cb50a1b2c3d", "k1.kjjmpw4acplaqhlywwhluirst2"),
            (999, "card-app", "31323334", "k999.dohuwuxlbtswj4k5dx47c27dra"),
        ])
    func token(number: Int, scheme: String, identifier: String, expected: String) throws {
        let token = try TokenKey(number: number, secret: secret).token(scheme: scheme, identifier: #require(Hex.decode(identifier)))
        #expect(token == Token(expected))
    }

    @Test("Another key, scheme or identifier is another token; the same three are the same")
    func distinct() throws {
        let key = try TokenKey(number: 1, secret: secret)
        let other = try TokenKey(number: 1, secret: secret.reversed())
        let tokens = [
            key.token(scheme: "qr", identifier: [1, 2]), key.token(scheme: "q", identifier: [0x72, 1, 2]),
            key.token(scheme: "qr", identifier: [1]),
            key.token(scheme: "qr", identifier: []), other.token(scheme: "qr", identifier: [1, 2]),
        ]
        #expect(Set(tokens).count == tokens.count)
        #expect(key.token(scheme: "qr", identifier: [1, 2]) == tokens[0])
    }

    @Test("Numbers from 1 to 999 and secrets of 32 bytes are accepted, others refused")
    func bounds() throws {
        for number in [1, 999] { #expect(throws: Never.self) { try TokenKey(number: number, secret: secret) } }
        for number in [-1, 0, 1000] { #expect(throws: SealError.self) { try TokenKey(number: number, secret: secret) } }
        for count in [0, 31, 33, 64] {
            #expect(throws: SealError.self) { try TokenKey(number: 1, secret: [UInt8](repeating: 1, count: count)) }
        }
    }

    @Test("A created key is a file of mode 0600 and makes the same tokens when loaded")
    func file() throws {
        let scratch = try Scratch()
        let made = try TokenKey.create(at: scratch.file("k7"), number: 7)
        let loaded = try TokenKey.load(7, file: scratch.file("k7"))
        #expect(scratch.mode("k7") == 0o600)
        #expect(loaded.number == 7)
        #expect(loaded.token(scheme: "qr", identifier: [9]) == made.token(scheme: "qr", identifier: [9]))
        #expect(throws: SealError.exists(path: scratch.file("k7"))) { try TokenKey.create(at: scratch.file("k7"), number: 8) }
    }

    @Test("A key file that holds a key of another number is refused, and the sentence names both")
    func wrongNumber() throws {
        let scratch = try Scratch()
        let path = scratch.file("token-2.key")
        _ = try TokenKey.create(at: path, number: 1)
        do {
            _ = try TokenKey.load(2, file: path)
            Issue.record("loaded")
        } catch {
            #expect("\(error)" == "\(path), which holds token key 1, is not usable: expected token key 2 there.")
        }
    }

    @Test("A key file others may read is refused")
    func exposedFile() throws {
        let scratch = try Scratch()
        let path = try scratch.write("k1 \(Hex.text(secret))\n".utf8, to: "k1", mode: 0o640)
        #expect(throws: SealError.exposed(path: path, mode: 0o640)) { try TokenKey.load(1, file: path) }
    }

    @Test(
        "A key file with anything else in it is refused",
        arguments: ["", "\n", "k1", "k1 00", "k01 S", "k0 S", "k1000 S", "1 S", "k1  S", "k1 S S", "k1 S\n\n", "k1 S0", "kone S", "k+1 S"])
    func wrongFile(text: String) throws {
        let scratch = try Scratch()
        let path = try scratch.write(text.replacing("S", with: Hex.text(secret)).utf8, to: "k1")
        #expect(throws: SealError.self) { try TokenKey.load(1, file: path) }
    }

    @Test("Printing, interpolating or dumping a key never shows its secret")
    func hidden() throws {
        let key = try TokenKey(number: 3, secret: secret)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: [key]), dumped] {
            #expect(!text.contains(Hex.text(secret)) && !text.contains("31") && text.contains("3"), "\(text)")
        }
    }
}
