import Testing

@testable import Town

@Suite("Whatever the file holds, it is read or refused with a place and a sentence")
struct SurvivalTests {
    @Test("Every beginning of the example")
    func prefixes() throws {
        let bytes = try exampleBytes()
        for length in 0..<bytes.count { check(Array(bytes[..<length])) }
    }

    @Test("2,000 files with bytes changed, removed or put in")
    func mutations() throws {
        let original = try exampleBytes()
        var refused = 0
        var random = SplitMix(state: 20_261_121)
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                let byte =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : Array("\t\n :-[]{}&*!\"'#,%|>?\\@".utf8).randomElement(using: &random)!
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[at] = byte
                case 1: bytes.remove(at: at)
                default: bytes.insert(byte, at: at)
                }
            }
            if check(bytes) { refused += 1 }
        }
        #expect(refused > 500, "mutations that are never refused test nothing")
    }

    @Test(
        "Deep, long, wide and endless files are refused",
        arguments: [
            ("[", 500_000, "this is nested more than 16 levels deep."),
            ("a:\n", 60_000, "the file has more than 100000 values."),
            ("長", 400_000, "the file is longer than 1048576 bytes."),
        ])
    func limits(unit: String, count: Int, beginning: String) {
        let found = faults(Array(String(repeating: unit, count: count).utf8))
        #expect(found.contains { $0.text.hasPrefix(beginning) })
    }

    @Test("Thousands of mistakes are counted, the first 200 told, and known names cut short")
    func many() {
        var text = small
        for door in 0..<30 { text += door == 0 ? "doors:\n  d-0: {}\n" : "  d-\(door): {}\n" }
        for mistake in 0..<5000 { text += "x\(mistake): 1\n" }
        do throws(TownError) {
            _ = try Town.read(Array(text.utf8), path: "town.yaml")
            Issue.record("a town with 5000 mistakes loaded")
        } catch {
            let lines = error.description.split(separator: "\n")
            #expect(lines.count == 202)
            #expect(
                lines.suffix(2) == [
                    "Only the first 200 are shown.", "town.yaml has 5000 mistakes; nothing of it is used until they are mended.",
                ])
        }
        #expect(listed((0..<30).map { "d-\($0)" }).hasSuffix("d-19 and 10 more"))
    }

    /// True if it was refused.
    @discardableResult private func check(_ bytes: [UInt8]) -> Bool {
        do throws(TownError) {
            _ = try Town.read(bytes, path: "town.yaml")
            return false
        } catch {
            guard case .faulty(_, let faults, let count) = error else { return true }
            #expect(!faults.isEmpty && count >= faults.count)
            #expect(
                faults.allSatisfy {
                    $0.line >= 1 && $0.column >= 1 && ($0.text.last == "." || $0.text.last == "?" || $0.text.contains("for example"))
                })
            #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
            return true
        }
    }
}

/// Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
