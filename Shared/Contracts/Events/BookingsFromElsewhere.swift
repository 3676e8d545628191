/// A system outside the town's bus that makes bookings: the web booking of the sports department.
package enum BookingSystem {}

/// A booking as another system knows it: the system's name, and a digest of that system's own id for it.
///
/// The id itself stays outside: such systems put names and mail addresses into theirs.
package struct BookingReference: Hashable, Sendable, WrittenAsText {
    package static var form: String { "a booking system's name, a slash and 32 hexadecimal digits" }
    package static var pattern: String { "^[a-z0-9][a-z0-9-]{0,62}/[0-9a-f]{32}$" }
    package static var sample: String { "web/00000000000000000000000000000000" }

    package let system: Name<BookingSystem>
    package let digest: String

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let system = Name<BookingSystem>(parts[0]) else { return nil }
        self.init(system, digest: String(parts[1]))
    }

    /// - Parameter digest: the first 16 bytes of SHA-256 over the id in UTF-8, as lower-case hexadecimal.
    package init?(_ system: Name<BookingSystem>, digest: String) {
        guard digest.utf8.count == 32, digest.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        (self.system, self.digest) = (system, digest)
    }

    package var description: String { "\(system)/\(digest)" }
}

/// Says how a booking stands in another system. Said again it changes nothing; how it stood here before does not matter.
package struct PutBooking: CommandBody {
    package typealias Answer = BookingPut
    package static let type = "booking-put"

    /// What is booked, from when to when, and for whom.
    package struct Slot: Codable, Sendable, Equatable {
        package var door: DoorID
        package var from: Instant
        /// Absent where nothing is to be paid, or the other system does not say.
        package var paid: Bool?
        package var persons: [PersonID]?
        package var to: Instant
        package var tokens: [Token]

        package init(door: DoorID, from: Instant, to: Instant, tokens: [Token], persons: [PersonID]? = nil, paid: Bool? = nil) {
            (self.door, self.from, self.to, self.tokens, self.persons, self.paid) = (door, from, to, tokens, persons, paid)
        }
    }

    package var reference: BookingReference
    /// Absent when it is cancelled there.
    package var slot: Slot?
    /// Only says what would happen.
    package var trial: Bool?

    package init(_ reference: BookingReference, _ slot: Slot?, trial: Bool = false) {
        self.reference = reference
        self.slot = slot
        self.trial = trial ? true : nil
    }
}

/// What a booking from elsewhere changes here.
package struct BookingPut: Codable, Sendable, Equatable {
    package enum What: String, Codable, Sendable, CaseIterable {
        case new, changed, same, cancelled
        /// Cancelled there, and not booked here.
        case absent
        /// Another booking has that time at that door: `other`.
        case taken
    }

    /// With at most ten of those it is for, like `booking`.
    package var before: Booking?
    package var booking: Booking?
    package var other: Booking?
    package var what: What

    package init(_ what: What, before: Booking? = nil, booking: Booking? = nil, other: Booking? = nil) {
        (self.what, self.before, self.booking, self.other) = (what, before, booking, other)
    }
}

/// Says that a booking was paid, or was not.
package struct MarkPaid: CommandBody {
    package typealias Answer = BookingAnswer
    package static let type = "booking-paid"

    package var booking: EventID
    package var paid: Bool

    package init(_ booking: EventID, paid: Bool) { (self.booking, self.paid) = (booking, paid) }
}

extension Channel where Body == PutBooking {
    package static var putBooking: Self { Self(of: "lock-controller", named: "booking-put") }
}

extension Channel where Body == MarkPaid {
    package static var markPaid: Self { Self(of: "lock-controller", named: "booking-paid") }
}
