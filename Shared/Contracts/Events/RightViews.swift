// What lock-controllers at sites are told of rights that the town's own one gives. Keyed streams, so that a station that is new, or was away for a
// season, knows all that holds; the rulings themselves are journaled for thirty days.

/// What sites know of a booking. The key is its id.
package struct BookingView: EventBody {
    package static let type = "booking-view"

    /// Absent once it is cancelled.
    package var booking: Booking?

    package init(_ booking: Booking?) { self.booking = booking }
}

/// What sites know of one card, or of one door, of a group. The key is the group and what it is about: `staff/gym`.
package struct GroupView: EventBody {
    package static let type = "group-view"

    /// Whether the card is of the group, or the group opens the door.
    package var belongs: Bool
    package var door: DoorID?
    package var group: GroupID
    package var token: Token?

    package init(_ group: GroupID, token: Token? = nil, door: DoorID? = nil, belongs: Bool) {
        (self.group, self.token, self.door, self.belongs) = (group, token, door, belongs)
    }

    package var key: String { "\(group)/\(token?.text ?? door?.text ?? "")" }
}

extension Channel where Body == BookingView {
    package static var bookingView: Self { Self(of: "lock-controller", named: "booking-view", keyed: true) }
}

extension Channel where Body == GroupView {
    package static var groupView: Self { Self(of: "lock-controller", named: "group-view", keyed: true) }
}

extension Channel where Body == TellAgain {
    /// Has every site told all rights again: the town's lock-controller was put back from an older copy.
    package static var tellRightsAgain: Self { Self(of: "lock-controller", named: "tell-again") }
}
