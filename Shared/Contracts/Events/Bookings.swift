/// A slot at a door for the holders of some cards and for some persons, with whatever cards are theirs at the time. Half-open: it begins at `from` and is over at `to`, so back-to-back slots do not overlap.
package struct Booking: Codable, Sendable, Equatable {
    package var door: DoorID
    package var from: Instant
    package var id: EventID
    /// When it first opened its door.
    package var opened: Instant?
    /// Opens nothing while it is `false`. Absent where nothing is to be paid.
    package var paid: Bool?
    package var persons: [PersonID]?
    /// Where it comes from another system.
    package var reference: BookingReference?
    package var to: Instant
    package var tokens: [Token]

    package init(
        id: EventID, door: DoorID, from: Instant, to: Instant, tokens: [Token], persons: [PersonID]? = nil, paid: Bool? = nil,
        reference: BookingReference? = nil, opened: Instant? = nil
    ) {
        self.id = id
        self.door = door
        self.from = from
        self.to = to
        self.tokens = tokens
        self.persons = persons
        self.paid = paid
        self.reference = reference
        self.opened = opened
    }
}

/// A booking was made, changed or cancelled: the ruling behind each accepted booking command, and the whole booking as it is after it.
package struct BookingChanged: EventBody {
    package static let type = "booking"

    package enum Status: String, Codable, Sendable, CaseIterable { case booked, cancelled }

    package var booking: Booking
    package var by: UserID
    package var status: Status

    package init(booking: Booking, status: Status, by: UserID) {
        self.booking = booking
        self.status = status
        self.by = by
    }
}

/// Asks for a slot. Refused when another booking of that door overlaps it.
package struct AddBooking: CommandBody {
    package typealias Answer = BookingAnswer
    package static let type = "booking-add"
    /// Tokens and persons in one booking, at most.
    package static let limit = 500

    package var door: DoorID
    package var from: Instant
    /// Absent where nothing is to be paid.
    package var paid: Bool?
    package var persons: [PersonID]?
    package var to: Instant
    /// Empty where the booking is for persons alone.
    package var tokens: [Token]

    package init(door: DoorID, from: Instant, to: Instant, tokens: [Token], persons: [PersonID]? = nil, paid: Bool? = nil) {
        self.door = door
        self.from = from
        self.to = to
        self.tokens = tokens
        self.persons = persons
        self.paid = paid
    }
}

/// Moves the end of a booking, also while it runs.
package struct ExtendBooking: CommandBody {
    package typealias Answer = BookingAnswer
    package static let type = "booking-extend"

    package var booking: EventID
    package var to: Instant

    package init(booking: EventID, to: Instant) {
        self.booking = booking
        self.to = to
    }
}

/// Cancels a booking, also while it runs.
package struct CancelBooking: CommandBody {
    package typealias Answer = BookingAnswer
    package static let type = "booking-cancel"

    package var booking: EventID

    package init(booking: EventID) { self.booking = booking }
}

/// Asks for the bookings that overlap `from ..< to`, in order of (from, id), at most 50 an answer.
package struct ListBookings: CommandBody {
    package typealias Answer = BookingList
    package static let type = "booking-list"

    /// The last booking of the answer before, to get the next fifty.
    package var after: EventID?
    package var door: DoorID?
    package var from: Instant
    /// Only those that come from this system.
    package var system: Name<BookingSystem>?
    package var to: Instant
    /// Only those that are over and never opened their door (無断キャンセル).
    package var unused: Bool?

    package init(
        door: DoorID?, from: Instant, to: Instant, after: EventID? = nil, system: Name<BookingSystem>? = nil, unused: Bool? = nil
    ) {
        self.door = door
        self.from = from
        self.to = to
        self.after = after
        self.system = system
        self.unused = unused
    }
}

/// Bookings, each with at most ten of its tokens and persons, and whether there are more behind them.
package struct BookingList: Codable, Sendable, Equatable {
    package var bookings: [Booking]
    package var more: Bool

    package init(bookings: [Booking], more: Bool) {
        self.bookings = bookings
        self.more = more
    }
}

extension Channel where Body == BookingChanged {
    package static var bookings: Self { Self(of: "lock-controller", named: "booking") }
}

extension Channel where Body == AddBooking {
    package static var addBooking: Self { Self(of: "lock-controller", named: "booking-add") }
}

extension Channel where Body == ExtendBooking {
    package static var extendBooking: Self { Self(of: "lock-controller", named: "booking-extend") }
}

extension Channel where Body == CancelBooking {
    package static var cancelBooking: Self { Self(of: "lock-controller", named: "booking-cancel") }
}

extension Channel where Body == ListBookings {
    package static var listBookings: Self { Self(of: "lock-controller", named: "booking-list") }
}
