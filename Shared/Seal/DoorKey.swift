import Contracts

/// The secret of one door that decides alone: it turns what the door's own reader read into what the door's list calls the card.
///
/// It is made of the town's token key and door, so that agents can say a card's hash at every door and a lock at none but its own.
package struct DoorKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Of the token key it was made of.
    package let number: Int
    private let secret: [UInt8]
    private let hmac: HMACKey

    init(number: Int, secret: [UInt8]) {
        self.number = number
        self.secret = secret
        hmac = HMACKey(secret)
    }

    /// The first 48 bits of HMAC-SHA256(secret, scheme ‖ 0x00 ‖ identifier).
    package func hash(scheme: String, identifier: [UInt8]) -> CardHash {
        precondition(!scheme.utf8.contains(0), "a scheme is a word and holds no zero byte")
        return CardHash(hmac.code(Array(scheme.utf8) + [0] + identifier))
    }

    /// Reads a file made by `file`: a line a key, `k<number> <64 hexadecimal digits>`, the newest first.
    package static func load(file path: String) throws(SealError) -> [DoorKey] {
        let expected = "a line a key, k<number> <64 hexadecimal digits>, as kazasu up writes it"
        let lines = String(decoding: try SecretFile.read(path), as: UTF8.self).split(separator: "\n")
        var keys: [DoorKey] = []
        for line in lines {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, words[0].first == "k", let number = Int(words[0].dropFirst()), (1...999).contains(number),
                let secret = Hex.decode(words[1]), secret.count == 32
            else { throw .malformed(what: "the door key file \(path)", expected: expected) }
            keys.append(DoorKey(number: number, secret: secret))
        }
        guard (1...2).contains(keys.count) else { throw .malformed(what: "the door key file \(path)", expected: expected) }
        return keys
    }

    /// What the lock's file holds: one key, and the former one while token keys are being changed.
    package static func file(_ keys: [DoorKey]) -> [UInt8] {
        Array(keys.map { "k\($0.number) \(Hex.text($0.secret))\n" }.joined().utf8)
    }

    /// Names the key and hides the secret, so that no log line can spill it.
    package var description: String { "door key \(number)" }
    package var customMirror: Mirror { Mirror(self, children: ["number": number]) }
}
