/// Asks for a door to be opened without a card, for a house automation the town's file has let in.
package struct OpenDoor: CommandBody {
    package typealias Answer = Done
    package static let type = "door-open"

    package var door: DoorID
    /// Who is behind it.
    package var origin: OrderOrigin

    package init(door: DoorID, origin: OrderOrigin) {
        self.door = door
        self.origin = origin
    }
}

/// What asks for doors without a card. Which person pressed a button of a house automation is not known here.
package enum OrderOrigin: String, Codable, Sendable, CaseIterable {
    /// Somebody at a desk, who has said why.
    case desk
    case homeAssistant = "home-assistant"
}

/// Asks for a door to be opened now, from afar, by somebody at a desk who says why.
package struct UnlockDoor: CommandBody {
    package typealias Answer = UnlockAnswer
    package static let type = "door-unlock"
    /// So many characters has a reason at most.
    package static let longestReason = 200

    package var door: DoorID
    /// Stands in the door's audit, and nowhere else: `delivery for the kitchen`. No names.
    package var reason: String

    package init(door: DoorID, reason: String) { (self.door, self.reason) = (door, reason) }
}

/// The order is given. What the lock does with it is told in a `door-outcome` of that decision.
package struct UnlockAnswer: Codable, Sendable, Equatable {
    /// The id of the `door-order`, which of a site's door that site gives.
    package var decision: EventID

    package init(decision: EventID) { self.decision = decision }
}

/// A door was ordered open without a card: a ruling. What the lock did is told in a `door-outcome` with this event's id as its `decision`.
package struct DoorOrdered: EventBody {
    package static let type = "door-order"

    package var by: UserID
    package var door: DoorID
    package var origin: OrderOrigin

    package init(door: DoorID, origin: OrderOrigin, by: UserID) {
        self.by = by
        self.door = door
        self.origin = origin
    }
}

extension Channel where Body == OpenDoor {
    package static var openDoor: Self { Self(of: "lock-controller", named: "door-open") }
}

extension Channel where Body == UnlockDoor {
    package static var unlockDoor: Self { Self(of: "lock-controller", named: "door-unlock") }
}

extension Channel where Body == DoorOrdered {
    package static var doorOrders: Self { Self(of: "lock-controller", named: "door-order") }
}
