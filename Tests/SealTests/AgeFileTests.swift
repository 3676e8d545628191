import Contracts
import Glibc
import RealParts
import Seal
import Testing

@Suite("Files under a passphrase, in the format of age")
struct AgeFileTests {
    static let passphrase = "abcde-fghij-klmno-pqrst"

    /// `age -p`, version 1.1.1, of "hello parcel" under that passphrase.
    static let ofAge =
        "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBjNzdkR29GaDhPKzZYL0xGZkxRR09nIDE4CnozWkliakduamxmdUNwU0h0Z2V0Ykk2bVFkMDU2YXFSWWpGcGlCQU05OWcKLS0tIFFJTlR1ZldHWG50S2wzM2ZlWG5xUlpUVXVWdVI1NGhsTHVHZlNDMUtFcU0KhW8+VMzrSMXo3GqRIlM5VUWLNFNqxxt87sF98gEiv4isoQfr3nvRV+8LYP4="

    private func decoded(_ text: String) throws -> [UInt8] {
        try #require(Base64URL.decode(text.prefix { $0 != "=" }.utf8.map { $0 == 43 ? 45 : $0 == 47 ? 95 : $0 }))
    }

    @Test("What was sealed opens, at every size around that of a piece; under another passphrase it does not")
    func sizes() throws {
        for size in [0, 65_536, 150_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let sealed = try AgeFile.seal(bytes, passphrase: Self.passphrase)
            #expect(try AgeFile.open(sealed, passphrase: Self.passphrase) == bytes, "\(size)")
        }
        let sealed = try AgeFile.seal([1, 2, 3], passphrase: Self.passphrase)
        for wrong in ["", "abcde-fghij-klmno-pqrsu"] { #expect(try AgeFile.open(sealed, passphrase: wrong) == nil) }
    }

    @Test("A file of age itself opens, and age opens ours")
    func age() throws {
        #expect(try AgeFile.open(decoded(Self.ofAge), passphrase: Self.passphrase) == Array("hello parcel".utf8))
        let scratch = try Scratch()
        try scratch.write(try AgeFile.seal(Array("hello parcel".utf8), passphrase: Self.passphrase), to: "ours.age")
        // age asks a terminal, which script(1) makes.
        let command = "age -d -o \(scratch.file("plain")) \(scratch.file("ours.age"))"
        let typed = "printf '\(Self.passphrase)\\n' | script -qec '\(command)' /dev/null"
        #expect(try Process("sh", ["-c", typed], output: scratch.file("said")).wait() == 0, "\(scratch.text("said"))")
        #expect(scratch.text("plain") == "hello parcel")
    }

    @Test("A byte that was changed anywhere, and a piece that is missing, are noticed")
    func damaged() throws {
        let bytes = [UInt8](repeating: 7, count: 70_000)
        let sealed = try AgeFile.seal(bytes, passphrase: Self.passphrase)
        for place in [0, 30, 60, 90, 120, 150, 170] + [65_000, 66_000, sealed.count - 1] {
            var changed = sealed
            changed[place] ^= 1
            let opened = try? AgeFile.open(changed, passphrase: Self.passphrase)
            #expect(opened == .some(nil) || opened == nil, "byte \(place)")
        }
        for count in [0, 20, 150, sealed.count - 4_480] {
            #expect(throws: SealError.self, "\(count)") { try AgeFile.open(Array(sealed.prefix(count)), passphrase: Self.passphrase) }
        }
        // Sixteen gigabytes of memory, if the file had its way.
        let costly = String(decoding: try decoded(Self.ofAge).prefix(62), as: UTF8.self).replacing(" 18\n", with: " 24\n")
        #expect(throws: SealError.self) {
            try AgeFile.open(Array(costly.utf8) + decoded(Self.ofAge).dropFirst(62), passphrase: Self.passphrase)
        }
    }

    @Test("A new passphrase has 20 letters and digits in groups of five, and is never the same")
    func passphrases() throws {
        let drawn = try (0..<100).map { _ in try AgeFile.newPassphrase() }
        #expect(Set(drawn).count == 100)
        #expect(drawn.allSatisfy { $0.split(separator: "-").map(\.count) == [5, 5, 5, 5] && !$0.contains { "01890".contains($0) } })
    }
}
