import Contracts
import Seal

/// A card held over a lock's own reader.
package struct PresentedCard: Sendable, Equatable {
    package let scheme: Scheme
    /// As it was read: the number its certificate proves, an IDm.
    package let identifier: [UInt8]
    package let assurance: Assurance

    package init(scheme: Scheme, identifier: [UInt8], assurance: Assurance) {
        self.scheme = scheme
        self.identifier = identifier
        self.assurance = assurance
    }
}

/// What a lock does about a card by its lease.
package enum LeaseVerdict: Equatable, Sendable {
    case open(seconds: Int)
    case refuse(Admission.Refusal)
}

/// The lists a lock has: of each part the one with the highest counter.
package struct HeldLeases: Sendable, Equatable {
    package private(set) var cards: SignedLease?
    private var newestChanges: SignedLease?

    package init() {}

    /// Changes count while they are newer than the whole list.
    package var changes: SignedLease? { newestChanges.flatMap { $0.head.cnt > (cards?.head.cnt ?? 0) ? $0 : nil } }

    /// - Returns: whether it is newer than what was there; `nil` when it is the very same.
    mutating func take(_ lease: SignedLease) -> Bool? {
        let held = lease.head.part == .cards ? cards : newestChanges
        guard lease.head.cnt != held?.head.cnt else { return nil }
        guard lease.head.cnt > held?.head.cnt ?? 0 else { return false }
        if lease.head.part == .cards { cards = lease } else { newestChanges = lease }
        return true
    }

    func windows(of card: CardHash) -> LeaseWindows? { changes?.list.windows(of: card) ?? cards?.list.windows(of: card) }
}

/// The checks of Docs/locks.md, section 8, in their order, and what the list calls the card.
package func verdict(
    on card: PresentedCard, by held: HeldLeases, keys: [DoorKey], at now: Instant
) -> (verdict: LeaseVerdict, card: CardHash) {
    let hashes = keys.map { $0.hash(scheme: card.scheme.rawValue, identifier: card.identifier) }
    let listed = hashes.first { held.windows(of: $0) != nil } ?? hashes.first ?? CardHash(value: 0)
    func refuse(_ refusal: Admission.Refusal) -> (LeaseVerdict, CardHash) { (.refuse(refusal), listed) }
    guard let lease = held.cards?.head else { return refuse(.noLease) }
    let seconds = now.milliseconds / 1000
    // As with a grant, two seconds are left to clocks that differ.
    guard seconds + 2 >= max(lease.iat, held.changes?.head.iat ?? 0) else { return refuse(.clock) }
    guard seconds < lease.exp else { return refuse(.expired) }
    guard lease.accepts == .read || card.assurance == .proved else { return refuse(.notProved) }
    let windows = LeaseWindows(hashes.flatMap { held.windows(of: $0)?.windows ?? [] })
    guard !windows.isEmpty else { return refuse(.noRight) }
    return windows.contains(seconds) ? (.open(seconds: lease.open), listed) : refuse(.notNow)
}
