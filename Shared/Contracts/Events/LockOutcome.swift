/// What a lock did with a grant. A lock keeps no journal: it repeats the report, under the same id, until it is answered.
package struct LockOutcome: ReportBody {
    package typealias Answer = Done
    package static let type = "outcome"

    package enum Result: String, Codable, Sendable, CaseIterable {
        case opened
        case refused
        /// Unlocked, but nobody opened the door before it locked again.
        case stayedShut = "stayed-shut"
    }

    package enum Refusal: String, Codable, Sendable, CaseIterable {
        /// `exp` is over by the lock's clock.
        case stale
        /// `nbf` is not reached by the lock's clock.
        case notYet = "not-yet"
        /// The same `jti` as one obeyed before.
        case repeated
        /// `cnt` is not above the highest one obeyed.
        case lowerCounter = "lower-counter"
        case wrongSignature = "wrong-signature"
        case wrongDoor = "wrong-door"
        case malformed
        /// The bolt did not move.
        case jammed
    }

    /// `jti` of the grant; absent when the signature did not hold, since nothing in such a grant can be believed.
    package var grant: EventID?
    package var refusal: Refusal?
    package var result: Result
    /// The lock's own value behind a refusal: its clock, in seconds, or its highest counter.
    package var value: Int64?

    package init(grant: EventID?, result: Result, refusal: Refusal? = nil, value: Int64? = nil) {
        self.grant = grant
        self.result = result
        self.refusal = refusal
        self.value = value
    }
}

/// What became of a decision to open, as far as the door has said. One decision can have several: a late report follows a `no-answer`.
package struct DoorOutcome: EventBody {
    package static let type = "door-outcome"

    package enum Result: String, Codable, Sendable, CaseIterable {
        case opened
        case refused
        case stayedShut = "stayed-shut"
        /// The grant ended before the broker had acknowledged it, and the lock has said nothing of it.
        case notSent = "not-sent"
        /// The grant left and the lock said nothing in time.
        case noAnswer = "no-answer"
    }

    /// The id of the decision, which is also the grant's `jti`.
    package var decision: EventID?
    package var door: DoorID
    package var refusal: LockOutcome.Refusal?
    package var result: Result
    /// Or the command, where no card was held over a reader.
    package var tap: EventID?
    package var value: Int64?

    package init(
        door: DoorID, decision: EventID?, tap: EventID?, result: Result, refusal: LockOutcome.Refusal? = nil, value: Int64? = nil
    ) {
        self.door = door
        self.decision = decision
        self.tap = tap
        self.result = result
        self.refusal = refusal
        self.value = value
    }
}

/// A door as far as lock-controller knows it.
package struct DoorState: StateBody {
    package static let type = "door"

    package enum Lock: String, Codable, Sendable, CaseIterable {
        /// Nothing has been heard of it yet.
        case unknown
        case ready
        /// It said goodbye, or the broker said that its connection broke.
        case lost
    }

    /// Alarms that nobody has acknowledged.
    package var alarms: Int?
    package var at: Instant
    /// Charge of the lock's battery in percent.
    package var battery: Int?
    package var lastDecision: EventID?
    package var lastOutcome: DoorOutcome.Result?
    package var lastOutcomeAt: Instant?
    /// What has become of the door; absent from a lock that tells nothing of it.
    package var life: DoorLifeChanged.Word?
    package var lifeSince: Instant?
    package var lock: Lock
    /// Seconds after `at` when this snapshot is too old to be believed.
    package var maxAge: Int

    package init(
        at: Instant, maxAge: Int, lock: Lock, lastDecision: EventID? = nil, lastOutcome: DoorOutcome.Result? = nil,
        lastOutcomeAt: Instant? = nil
    ) {
        self.at = at
        self.maxAge = maxAge
        self.lock = lock
        self.lastDecision = lastDecision
        self.lastOutcome = lastOutcome
        self.lastOutcomeAt = lastOutcomeAt
    }
}

extension Channel where Body == LockOutcome {
    package static var lockOutcomes: Self { Self(of: "lock", named: "outcome") }
}

extension Channel where Body == DoorOutcome {
    package static var doorOutcomes: Self { Self(of: "lock-controller", named: "door-outcome") }
}

extension Channel where Body == DoorState {
    package static var doors: Self { Self(of: "lock-controller", named: "door") }
}
