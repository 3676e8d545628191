import Contracts
import Glibc
import RealParts
import Seal
import Testing

@Suite("Codes for doors are found from a key, and shown by a proof")
struct CodeKeyTests {
    private let key: CodeKey
    private let booking = EventID("01M7XK0AFVW9X2N8QFS59ZK6YY")!

    init() throws { key = try CodeKey(secret: (32..<64).map { UInt8($0) }) }

    /// Expected values come from Tests/Python/vectors.py: Python's own hmac, and HOTP checked against RFC 6238.
    @Test("The second code of a booking, and the proof of it, are those of the published vectors")
    func vectors() throws {
        #expect(key.code(of: booking, number: 2) == "534628")
        let report = try #require(EventID("01M7XK0AFV04HMASW9NF6YY093"))
        let proof = key.keypad(of: "gym", in: "nagai").proof(of: "534628", id: report, at: Instant(milliseconds: 1_795_215_600_123))
        #expect(proof.text == "-EfGwe1UQQDtCBjjT3p5-wKtwZFpwrKo9EZhkRSNQuA")
    }

    @Test("Codes have six digits, zeros in front too, and are spread evenly")
    func spread() {
        let codes = (1...3000).map { key.code(of: booking, number: $0) }
        #expect(codes.allSatisfy { $0.utf8.count == 6 && $0.utf8.allSatisfy { (48...57).contains($0) } })
        #expect(codes.contains { $0.hasPrefix("0") } && Set(codes).count > 2980)
        #expect(key.code(of: EventID(high: 1, low: 1), number: 1) != key.code(of: EventID(high: 1, low: 2), number: 1))
    }

    @Test("The files are for their owner alone, and what is no key is refused; no key prints itself")
    func files() throws {
        let scratch = try Scratch()
        let path = scratch.file("code.key")
        let made = try CodeKey.create(at: path)
        #expect(try CodeKey.load(file: path).code(of: booking, number: 1) == made.code(of: booking, number: 1))
        #expect(throws: SealError.self) { try CodeKey.create(at: path) }
        let pad = scratch.file("keypad-gym.key")
        try made.keypad(of: "gym", in: "nagai").save(file: pad)
        let (id, now) = (booking, Instant(milliseconds: 1))
        #expect(
            try KeypadKey.load(file: pad).proof(of: "1", id: id, at: now)
                == made.keypad(of: "gym", in: "nagai").proof(of: "1", id: id, at: now))
        #expect(
            made.keypad(of: "gym", in: "nagai").proof(of: "1", id: id, at: now)
                != made.keypad(of: "hall", in: "nagai").proof(of: "1", id: id, at: now))
        let hex = String(decoding: try SecretFile.read(path), as: UTF8.self).dropLast()
        #expect(!"\(made)".contains(hex))
        #expect(chmod(path, 0o640) == 0)
        #expect(throws: SealError.self) { try CodeKey.load(file: path) }
        try SecretFile.replace(path, Array("0011\n".utf8))
        #expect(throws: SealError.self) { try CodeKey.load(file: path) }
    }
}
