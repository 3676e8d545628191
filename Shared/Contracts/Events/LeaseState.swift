/// How old a door's lease is, and how much of it the lock has.
package struct LeaseState: StateBody {
    package static let type = "lease"

    package var at: Instant
    /// Cards in the list.
    package var cards: Int
    /// Counter of the newest changes; absent where there are none since the list.
    package var changes: Int64?
    package var expires: Instant
    /// What the lock says it holds; absent while it has said nothing.
    package var held: Held?
    package var issued: Instant
    /// Counter of the list.
    package var lease: Int64
    /// Seconds after `at` when this snapshot is too old to be believed.
    package var maxAge: Int
    /// Cards with a right that are left out because the list is full.
    package var omitted: Int?
    /// Cards taken off since the list that the lock holds.
    package var revoked: Int
    /// How many of them the lock does not know yet.
    package var unaware: Int

    /// As the lock's life says it, and when that changed last.
    package struct Held: Codable, Sendable, Equatable {
        package var changes: Int64?
        package var expires: Instant
        package var lease: Int64
        package var since: Instant

        package init(lease: Int64, changes: Int64?, expires: Instant, since: Instant) {
            self.lease = lease
            self.changes = changes
            self.expires = expires
            self.since = since
        }
    }

    package init(
        at: Instant, maxAge: Int, lease: Int64, changes: Int64?, cards: Int, issued: Instant, expires: Instant, held: Held?, revoked: Int,
        unaware: Int, omitted: Int?
    ) {
        self.at = at
        self.maxAge = maxAge
        self.lease = lease
        self.changes = changes
        self.cards = cards
        self.issued = issued
        self.expires = expires
        self.held = held
        self.revoked = revoked
        self.unaware = unaware
        self.omitted = omitted
    }
}

/// The counters of a lock that decides by a lease, in its life.
package enum LeaseCounter {
    /// Of the list it holds.
    package static let lease = "lease"
    /// Of the changes it holds.
    package static let changes = "lease-changes"
    /// Seconds since 1970 when what it holds is over.
    package static let expires = "lease-expires"
}

extension Channel where Body == LeaseState {
    package static var leases: Self { Self(of: "lock-controller", named: "lease") }
}
