import Dispatch
import RealParts
import Seal
import Testing

@Suite("The vault's file")
struct VaultFileTests {
    let scratch: Scratch
    var path: String { scratch.file("vault.key") }

    init() throws { scratch = try Scratch() }

    private func text() throws -> String { String(decoding: try SecretFile.read(path), as: UTF8.self) }

    @Test("A created vault is a file of mode 0600, opens what it sealed when loaded, and is never replaced")
    func create() throws {
        let sealed = try Vault.create(at: path).seal([1, 2], context: "a")
        #expect(scratch.mode("vault.key") == 0o600)
        #expect(try Vault.load(file: path).open(sealed, context: "a") == [1, 2])
        #expect(try Vault.load(file: path).current == 1)
        let before = try text()
        #expect(throws: SealError.exists(path: path)) { try Vault.create(at: path) }
        #expect(try text() == before)
    }

    @Test("Another key seals from then on and leaves indexes as they are; what lies under the old one opens until that is retired")
    func rotate() throws {
        let first = try Vault.create(at: path)
        let old = first.seal([1], context: "a")
        #expect(try Vault.addKey(file: path) == 2)
        let both = try Vault.load(file: path)
        #expect(scratch.mode("vault.key") == 0o600)
        #expect(both.current == 2)
        #expect(try both.open(old, context: "a") == [1])
        #expect(both.blindIndex([1], for: "a") == first.blindIndex([1], for: "a"))
        try Vault.retire(1, file: path)
        let second = try Vault.load(file: path)
        #expect(second.description == "vault of key v2")
        #expect(throws: SealError.missingKey(number: 1)) { try second.open(old, context: "a") }
        #expect(try Vault.addKey(file: path) == 3, "a number is never used again")
        #expect(scratch.names == ["vault.key"])
    }

    @Test("The key that seals, and one that is not there, are not retired", arguments: [2, 3, 0])
    func wrongRetirement(number: Int) throws {
        try Vault.create(at: path)
        try Vault.addKey(file: path)
        let before = try text()
        let error = #expect(throws: SealError.self) { try Vault.retire(number, file: path) }
        #expect(error?.description.contains("v\(number)") == true && error?.description.contains(path) == true)
        #expect(try text() == before)
    }

    @Test("Two who add a key at one time both find theirs in the file")
    func atOnce() throws {
        let path = path
        try Vault.create(at: path)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in _ = try? Vault.addKey(file: path) }
        #expect(try Vault.load(file: path).description == "vault of keys v1, v2, v3, v4, v5, v6, v7, v8, v9")
    }

    @Test("A vault others may read is refused")
    func exposed() throws {
        try Vault.create(at: path)
        try scratch.write(try text().utf8, to: "vault.key", mode: 0o640)
        #expect(throws: SealError.exposed(path: path, mode: 0o640)) { try Vault.load(file: path) }
    }

    @Test(
        "A file with anything else in it is refused, and nothing is written over it",
        arguments: [
            "", "\n", "index S\n", "v1 S\n", "index S\nv1 S", "index S\nv1 S\n\n", "v1 S\nindex S\n", "index S\nv01 S\n", "index S\nv0 S\n",
            "index S\nv65536 S\n", "index S\nv2 S\nv1 S\n", "index S\nv1 S\nv1 S\n", "index S\nv1 S0\n", "index S\nv1  S\n",
            "index S\n1 S\n", "index S\nv1 S\n# mine\n", "index 00\nv1 S\n", "index S\nv+1 S\n",
        ])
    func wrong(text: String) throws {
        let whole = text.replacing("S", with: String(repeating: "0a", count: 32))
        try scratch.write(whole.utf8, to: "vault.key")
        let error = #expect(throws: SealError.self) { try Vault.load(file: path) }
        #expect(error?.description.contains(path) == true)
        #expect(throws: SealError.self) { try Vault.addKey(file: path) }
        #expect(try self.text() == whole)
    }

    @Test("The last number there is seals, and no key comes after it")
    func last() throws {
        let line = String(repeating: "0a", count: 32)
        try scratch.write("index \(line)\nv65535 \(line)\n".utf8, to: "vault.key")
        let vault = try Vault.load(file: path)
        #expect(try vault.open(vault.seal([1], context: "a"), context: "a") == [1])
        #expect(throws: SealError.self) { try Vault.addKey(file: path) }
    }
}
