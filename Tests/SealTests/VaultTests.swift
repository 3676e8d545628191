import CCrypto
import Dispatch
import Seal
import Synchronization
import Testing

@Suite("A vault keeps personal data unreadable on the disk")
struct VaultTests {
    let secret = (0..<32).map { UInt8($0) }
    let other = (32..<64).map { UInt8($0) }

    func vault(_ keys: [Int: [UInt8]], nonce: (@Sendable () -> [UInt8])? = nil) throws -> Vault {
        try Vault(index: other, keys: keys, nonce: nonce ?? drawnNonce)
    }

    /// The first is test case 14 of "The Galois/Counter Mode of Operation" (McGrew, Viega); the second was made by Python's `cryptography`.
    @Test("What is sealed is version, key number, nonce, and AES-256-GCM of the bytes with the context as associated data")
    func vectors() throws {
        let zeros = [UInt8](repeating: 0, count: 32)
        let plain = try vault([1: zeros]) { [UInt8](repeating: 0, count: 12) }.seal([UInt8](repeating: 0, count: 16), context: "")
        #expect(
            Hex.text(plain) == "01" + "0001" + "000000000000000000000000" + "cea7403d4d606b6e074ec5d3baf39d18"
                + "d0d1c8a799996bf0265b98b5d48ab919")
        let sealed = try vault([258: secret]) { (0..<12).map { UInt8($0) } }.seal(Array("長井 花子".utf8), context: "person/p-1")
        #expect(
            Hex.text(sealed) == "01" + "0102" + "000102030405060708090a0b" + "ae9761ff7f70e2f307f07226210e55d3be873a5ad513dc8378206b4140")
    }

    @Test("It opens to the same bytes, whatever their number, and no two seals are alike", arguments: [0, 1, 15, 16, 17, 300, 70_000])
    func sizes(count: Int) throws {
        let vault = try vault([1: secret])
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let seals = (0..<3).map { _ in vault.seal(bytes, context: "a") }
        for sealed in seals {
            #expect(sealed.count == count + Vault.overhead)
            #expect(try vault.open(sealed, context: "a") == bytes)
        }
        #expect(Set(seals.map { $0[3..<15] }).count == 3)
    }

    @Test("One changed byte anywhere, a missing end, another context or another vault, and it does not open")
    func damaged() throws {
        let vault = try vault([1: secret])
        let sealed = vault.seal(Array("Hanako".utf8), context: "person/p-1")
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            let error = #expect(throws: SealError.self, "byte \(place)") { try vault.open(changed, context: "person/p-1") }
            #expect(error == (place == 1 || place == 2 ? .missingKey(number: place == 1 ? 257 : 0) : .damaged(context: "person/p-1")))
        }
        for count in 0..<sealed.count {
            #expect(throws: SealError.self) { try vault.open(Array(sealed.prefix(count)), context: "person/p-1") }
        }
        for context in ["person/p-2", "", "person/p-11"] {
            #expect(throws: SealError.damaged(context: context)) { try vault.open(sealed, context: context) }
        }
        let stranger = try self.vault([1: other])
        #expect(throws: SealError.self) { try stranger.open(sealed, context: "person/p-1") }
        #expect(try vault.open(sealed, context: "person/p-1") == Array("Hanako".utf8), "a refusal leaves nothing behind")
        #expect(ERR_peek_error() == 0, "nor in libcrypto's queue, which TLS shares")
    }

    @Test("The newest key seals, every key opens, and a key that is gone is named")
    func keys() throws {
        let first = try vault([1: secret])
        let both = try vault([1: secret, 2: other])
        let second = try vault([2: other])
        let old = first.seal([1], context: "a")
        let new = both.seal([2], context: "a")
        #expect(try both.open(old, context: "a") == [1])
        #expect(try second.open(new, context: "a") == [2])
        #expect(Vault.keyNumber(of: old) == 1 && Vault.keyNumber(of: new) == 2)
        #expect(both.needsRotation(old) && !both.needsRotation(new))
        let error = #expect(throws: SealError.missingKey(number: 1)) { try second.open(old, context: "a") }
        #expect(error?.description.contains("key v1") == true)
        #expect(Vault.keyNumber(of: Array("{\"cause\":\"01JD8X5Z3Q4Y6W7V8T9SABCDEF\"}".utf8)) == nil)
    }

    /// Expected value from Python: HKDF (RFC 5869) of the index's secret with the salt `kazasu blind index` and the purpose, then HMAC.
    @Test("A blind index is the same for the same value and purpose, also after a change of keys, and otherwise another")
    func blindIndex() throws {
        let telephone = Array("0238-84-2111".utf8)
        let vault = try vault([1: secret])
        let index = vault.blindIndex(telephone, for: "telephone")
        #expect(Hex.text(index) == "835a51d7c550cae74466bbfe23b6ec4e")
        let name = vault.blindIndex(telephone, for: "name")
        #expect(vault.blindIndex(telephone, for: "telephone") == index && vault.blindIndex(telephone, for: "name") == name)
        #expect(try self.vault([2: other]).blindIndex(telephone, for: "telephone") == index)
        let others = [
            name, vault.blindIndex([], for: "telephone"),
            try Vault(index: secret, keys: [1: secret]).blindIndex(telephone, for: "telephone"),
        ]
        #expect(Set(others + [index]).count == 4)
    }

    @Test("Many threads seal and open with one vault")
    func threads() throws {
        let vault = try vault([1: secret])
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<200 {
                let bytes = [UInt8](repeating: UInt8(thread), count: number)
                #expect((try? vault.open(vault.seal(bytes, context: "\(thread)"), context: "\(thread)")) == bytes)
            }
        }
    }

    @Test("No nonce is drawn twice, whoever draws")
    func nonces() {
        let drawn = Mutex<[[UInt8]]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let mine = (0..<1000).map { _ in drawnNonce() }
            drawn.withLock { $0 += mine }
        }
        let nonces = drawn.withLock { $0 }
        #expect(nonces.allSatisfy { $0.count == 12 } && Set(nonces).count == 8000)
        // By chance one of 256 neighbours begins as the next one ends.
        #expect(zip(nonces, nonces.dropFirst()).count { $0.first == $1.last } < 100)
    }

    @Test("Secrets of 32 bytes and numbers from 1 to 65535 are accepted, others refused, and so is a vault without a key")
    func bounds() throws {
        #expect(throws: Never.self) { try vault([1: secret, 65_535: secret]) }
        for keys in [[:], [0: secret], [65_536: secret], [-1: secret], [1: Array(secret.dropLast())], [1: secret + [0]]] {
            #expect(throws: SealError.self) { try vault(keys) }
        }
        #expect(throws: SealError.self) { try Vault(index: [1], keys: [1: secret]) }
    }

    @Test("Printing, interpolating or dumping a vault never shows its secrets")
    func hidden() throws {
        let vault = try vault([1: secret, 7: secret])
        var dumped = ""
        dump(vault, to: &dumped)
        #expect("\(vault)" == "vault of keys v1, v7")
        for text in ["\(vault)", String(reflecting: vault), String(describing: [vault]), dumped] {
            #expect(!text.contains(Hex.text(secret)) && !text.contains("31") && text.contains("7"), "\(text)")
        }
    }
}
