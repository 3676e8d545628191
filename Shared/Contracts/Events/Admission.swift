/// What a lock decided by its lease about a card at its own reader. Like all reports it is repeated, under the same id, until it is answered.
package struct Admission: ReportBody {
    package typealias Answer = Done
    package static let type = "admission"

    package enum Result: String, Codable, Sendable, CaseIterable { case opened, refused }

    package enum Refusal: String, Codable, Sendable, CaseIterable {
        /// The lock has none, or none it can believe.
        case noLease = "no-lease"
        /// The lease is over by the lock's clock.
        case expired
        /// The lock does not know the time: it is before its lease was issued.
        case clock
        /// The door demands a card that proves itself.
        case notProved = "not-proved"
        /// The card is not listed, or was taken off.
        case noRight = "no-right"
        /// It is listed for other times.
        case notNow = "not-now"
    }

    /// As the list calls the card; by the newest key where it is not listed.
    package var card: CardHash
    /// Counter of the changes that were known, if there were any.
    package var changes: Int64?
    /// Counter of the list that decided; absent without one.
    package var lease: Int64?
    package var refusal: Refusal?
    package var result: Result

    package init(card: CardHash, result: Result, refusal: Refusal? = nil, lease: Int64? = nil, changes: Int64? = nil) {
        self.card = card
        self.result = result
        self.refusal = refusal
        self.lease = lease
        self.changes = changes
    }
}

/// A door was asked with the town away or beside it, and its lock decided; told once, however late the report came. The envelope's time is the lock's.
package struct DoorAdmission: EventBody {
    package static let type = "door-admission"

    package var card: CardHash
    package var changes: Int64?
    package var door: DoorID
    package var lease: Int64?
    package var refusal: Admission.Refusal?
    package var result: Admission.Result
    /// The card, where an agent has told how the door calls it.
    package var token: Token?

    package init(door: DoorID, _ admission: Admission, token: Token?) {
        self.door = door
        card = admission.card
        changes = admission.changes
        lease = admission.lease
        refusal = admission.refusal
        result = admission.result
        self.token = token
    }
}

extension Channel where Body == Admission {
    package static var admissions: Self { Self(of: "lock", named: "admission") }
}

extension Channel where Body == DoorAdmission {
    package static var doorAdmissions: Self { Self(of: "lock-controller", named: "door-admission") }
}
