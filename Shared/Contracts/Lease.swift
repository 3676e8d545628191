/// The claims at the head of a lease (オフライン解錠許可): a JWS like a grant's, on the first line; after it the list that `sum` names, in bytes.
///
/// A lock with a reader of its own decides by it while the town is away. Nothing in it names a card to whoever lacks the door's key.
package struct Lease: Codable, Sendable, Equatable {
    /// The JWS header's `typ`.
    package static let type = "kazasu-lease"
    /// The longest lease, head and list, in bytes: some 43,000 cards. The broker carries it in one message.
    package static let limit = 256 * 1024
    /// The longest list of changes, with its head.
    package static let changesLimit = 2 * 1024

    /// Which of a door's two lists; also the last segment of its topic.
    package enum Part: String, Codable, Sendable, CaseIterable {
        /// All cards.
        case cards
        /// What has changed since: of a card that stands in here too, this counts.
        case changes
    }

    /// The least a card must prove here.
    package var accepts: Assurance
    /// The door.
    package var aud: DoorID
    /// Higher in each new list of this door, whichever part.
    package var cnt: Int64
    /// Seconds since 1970; at this moment the lease is over.
    package var exp: Int64
    /// Seconds since 1970 when this part was issued. An earlier clock is wrong.
    package var iat: Int64
    /// `nagai/lock-controller`
    package var iss: String
    /// Seconds to stay unlocked.
    package var open: Int
    package var part: Part
    /// base64url, without padding, of SHA-256 over the list.
    package var sum: String

    package init(
        _ part: Part, iss: String, aud: DoorID, cnt: Int64, iat: Int64, exp: Int64, accepts: Assurance, open: Int, sum: String
    ) {
        self.part = part
        self.iss = iss
        self.aud = aud
        self.cnt = cnt
        self.iat = iat
        self.exp = exp
        self.accepts = accepts
        self.open = open
        self.sum = sum
    }

    package static func topic(in town: TownID, to door: DoorID, _ part: Part) -> Topic {
        Topic(town: town, owner: "lock-controller", kind: .lease, entity: door.named(), name: part.topicName)
    }
}

extension Lease.Part {
    package var topicName: TopicName {
        switch self {
        case .cards: "cards"
        case .changes: "changes"
        }
    }
}

/// What a card is called at one door: the first 48 bits of an HMAC under that door's key, written as 12 hexadecimal digits.
///
/// A stranger's card is taken for one of 30,000 listed ones with a chance of 1 in 9 thousand million.
package struct CardHash: Hashable, Sendable, WrittenAsText, Comparable {
    package static var form: String { "a card's hash: 12 hexadecimal digits in lower case" }
    package static var pattern: String { "^[0-9a-f]{12}$" }
    package static var sample: String { "000000000000" }
    /// Of a list's entry.
    package static let bytes = 6
    /// Below 2⁴⁸.
    package let value: UInt64

    /// - Parameter code: an HMAC, of which the first six bytes are taken.
    package init(_ code: some Collection<UInt8>) { value = code.prefix(Self.bytes).reduce(0) { $0 << 8 | UInt64($1) } }

    package init(value: UInt64) { self.value = value & (1 << 48 - 1) }

    package init?(_ text: String) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            let value = UInt64(text, radix: 16)
        else { return nil }
        self.value = value
    }

    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }
    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}
