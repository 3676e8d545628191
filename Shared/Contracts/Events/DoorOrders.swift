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

/// What asks for doors without a card. Which person pressed a button there is not known here.
package enum OrderOrigin: String, Codable, Sendable, CaseIterable {
    case homeAssistant = "home-assistant"
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

extension Channel where Body == DoorOrdered {
    package static var doorOrders: Self { Self(of: "lock-controller", named: "door-order") }
}
