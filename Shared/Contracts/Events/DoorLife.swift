/// What has become of a door, by what its lock has told: one for each change, at its own time. A later one about the same `cause` puts an earlier one right.
package struct DoorLifeChanged: EventBody {
    package static let type = "door-life"

    package enum Word: String, Codable, Sendable, CaseIterable {
        case locked
        case unlocked
        /// Shut, from a lock that does not tell where its bolt is.
        case closed
        case open
        /// Open for longer than the door may be (閉め忘れ).
        case heldOpen = "held-open"
        /// Opened while it was locked, and nobody had let anybody in or out (こじ開け).
        case forced
        case jammed
    }

    /// Why a door could be opened.
    package enum Reason: String, Codable, Sendable, CaseIterable {
        case grant
        /// By the exit button or the inner handle.
        case exit
        /// Its bolt was drawn without a grant: by a key or by hand.
        case unlocked
        /// It was locked, and there was neither grant nor exit.
        case nothing
        /// It was open when it was first heard of.
        case unknown
    }

    /// Of an opened door.
    package var by: Reason?
    package var door: DoorID
    /// Of a door opened by a grant: the decision.
    package var grant: EventID?
    /// A newer sign of this door was known already.
    package var late: Bool?
    package var life: Word

    package init(door: DoorID, life: Word, by: Reason? = nil, grant: EventID? = nil, late: Bool? = nil) {
        self.by = by
        self.door = door
        self.grant = grant
        self.late = late
        self.life = life
    }
}

extension Channel where Body == DoorLifeChanged {
    package static var doorLives: Self { Self(of: "lock-controller", named: "door-life") }
}
