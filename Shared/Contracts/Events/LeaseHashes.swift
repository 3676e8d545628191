/// What a card is called at the doors that decide alone. Agents say it when they first see a card, when those doors change, and every fortnight.
package struct LeaseHashes: EventBody {
    package static let type = "lease-hashes"

    package var hashes: [DoorHash]
    package var token: Token

    package init(token: Token, hashes: [DoorHash]) {
        self.token = token
        self.hashes = hashes
    }
}

/// A card at one door.
package struct DoorHash: Codable, Sendable, Equatable {
    package var door: DoorID
    package var hash: CardHash

    package init(door: DoorID, hash: CardHash) {
        self.door = door
        self.hash = hash
    }
}

extension Channel where Body == LeaseHashes {
    package static var leaseHashes: Self { Self(of: "reader-agent", named: "lease-hashes") }
}
