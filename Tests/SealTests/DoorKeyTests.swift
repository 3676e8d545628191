import Contracts
import RealParts
import Testing

@testable import Seal

@Suite("Door keys and signed leases")
struct DoorKeyTests {
    private let token = try! TokenKey(number: 1, secret: Array(0..<32))

    @Test("A door's key is its own, and no token is made of the same message")
    func derived() throws {
        let gym = token.doorKey("gym").hash(scheme: "felica", identifier: Array(0..<8))
        #expect(gym == token.doorKey("gym").hash(scheme: "felica", identifier: Array(0..<8)))
        #expect(gym != token.doorKey("hall").hash(scheme: "felica", identifier: Array(0..<8)))
        #expect(gym != token.doorKey("gym").hash(scheme: "card-app", identifier: Array(0..<8)))
        let secret = hmacSHA256(key: Array(0..<32), message: [0] + Array("door".utf8) + [0] + Array("gym".utf8))
        #expect(gym == CardHash(hmacSHA256(key: secret, message: Array("felica".utf8) + [0] + Array(0..<8))))
        for scheme in Scheme.allCases { #expect(scheme.rawValue.utf8.first != 0 && !scheme.rawValue.isEmpty) }
    }

    @Test("The lock's file holds one key or two, newest first; another file is refused with what is wrong")
    func file() throws {
        let folder = try Scratch()
        let path = folder.file("door.key")
        let second = try TokenKey(number: 2, secret: Array(1..<33))
        try SecretFile.create(path, DoorKey.file([second.doorKey("gym"), token.doorKey("gym")]))
        let keys = try DoorKey.load(file: path)
        #expect(keys.map(\.number) == [2, 1])
        #expect(keys[1].hash(scheme: "qr", identifier: [1]) == token.doorKey("gym").hash(scheme: "qr", identifier: [1]))
        for text in [
            "", "k1 00", "k0 \(String(repeating: "0", count: 64))", "k1",
            String(repeating: "k1 \(String(repeating: "0", count: 64))\n", count: 3),
        ] {
            try SecretFile.replace(path, Array(text.utf8))
            #expect(throws: SealError.self) { try DoorKey.load(file: path) }
        }
    }

    @Test("Neither a print nor a mirror shows the secret")
    func hidden() {
        let key = token.doorKey("gym")
        var dumped = ""
        dump(key, to: &dumped)
        let secret = Hex.text(hmacSHA256(key: Array(0..<32), message: [0] + Array("door".utf8) + [0] + Array("gym".utf8)))
        #expect(!dumped.contains(secret.prefix(8)) && !"\(key)".contains(secret.prefix(8)) && !dumped.contains("hmac"))
    }

    @Test("A lease with any bit changed is none")
    func changed() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let list = LeaseList(packing: [.always: [CardHash(value: 7)]])
        let lease = try SignedLease(list, signedWith: key) {
            Lease(
                .cards, iss: "nagai/lock-controller", aud: "gym", cnt: 1, iat: 1, exp: 2, accepts: .proved, open: 5, sum: $0)
        }
        func read(_ bytes: [UInt8]) -> SignedLease? {
            SignedLease(bytes, part: .cards, for: "gym", of: "nagai", keys: [key.kid: key.verifyingKey])
        }
        #expect(read(lease.bytes) == lease)
        for at in lease.bytes.indices {
            var bytes = lease.bytes
            bytes[at] ^= 1
            #expect(read(bytes) == nil, "byte \(at)")
        }
        #expect(read(lease.bytes + [0]) == nil && read(Array(lease.bytes.dropLast())) == nil)
    }
}
