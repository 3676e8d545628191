/// Asks what a door would do about a card at a moment, and why. Changes nothing.
package struct ExplainDoor: CommandBody {
    package typealias Answer = DoorExplanation
    package static let type = "door-explain"

    package var at: Instant
    package var door: DoorID
    /// Where no token is given: with any card of this person.
    package var person: PersonID?
    package var token: Token?

    package init(_ door: DoorID, at: Instant, token: Token) { (self.door, self.at, self.token) = (door, at, token) }
    package init(_ door: DoorID, at: Instant, person: PersonID) { (self.door, self.at, self.person) = (door, at, person) }
}

/// What a door would do about a proved card that goes in, by all that is known now: who has come first and who is inside may be otherwise by then.
package struct DoorExplanation: Codable, Sendable, Equatable {
    package var at: Instant
    package var closure: ClosureID?
    package var door: DoorID
    /// The name of the national holiday, or 休日.
    package var holiday: String?
    /// Present when the door would stay shut.
    package var refusal: Refusal?
    /// By which it would open.
    package var right: Right?
    /// All that concern the card on that day, in the order in which they are asked.
    package var rights: [RightSaid]
    package var rule: DoorRule?
    package var verdict: DoorDecided.Outcome

    package init(
        _ door: DoorID, at: Instant, _ verdict: Verdict, rule: DoorRule?, rights: [RightSaid], holiday: String?, closure: ClosureID?
    ) {
        (self.door, self.at, self.rule, self.rights, self.holiday, self.closure) = (door, at, rule, rights, holiday, closure)
        switch verdict {
        case .open(let right): (self.verdict, self.right) = (.open, right)
        case .refuse(let refusal): (self.verdict, self.refusal) = (.refuse, refusal)
        }
    }
}

/// A right and what it says at the moment asked for.
package struct RightSaid: Codable, Sendable, Equatable {
    package enum Says: String, Codable, Sendable, CaseIterable {
        case opens
        case tooEarly = "too-early"
        case tooLate = "too-late"
        case closed
        case notFirst = "not-first"
        case full
        case unpaid
        case disaster
    }

    /// Absent where it holds at any time.
    package var from: Instant?
    package var right: Right
    package var says: Says
    package var to: Instant?

    package init(_ right: Right, _ says: Says, from: Instant? = nil, to: Instant? = nil) {
        (self.right, self.says, self.from, self.to) = (right, says, from, to)
    }
}

extension Channel where Body == ExplainDoor {
    package static var explainDoor: Self { Self(of: "lock-controller", named: "door-explain") }
}
