package enum DisasterPlanKind {}
/// A plan of the town's file for its doors in a disaster: `earthquake`.
package typealias DisasterPlanID = Name<DisasterPlanKind>

/// A disaster mode, from the desk that wished for it to its end.
package struct DisasterMode: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        /// One desk wishes for it. Nothing has changed yet.
        case proposed
        /// A second desk agreed: it holds.
        case active
        /// It held, and was ended or ran out.
        case over
        /// Nobody agreed in time, or it was taken back before.
        case dropped
    }

    package var agreedBy: UserID?
    /// Marks a rehearsal; the doors do the same.
    package var drill: Bool?
    package var id: EventID
    package var plan: DisasterPlanID
    package var proposedBy: UserID
    package var stage: Stage
    /// When it is over by itself.
    package var until: Instant

    package init(id: EventID, plan: DisasterPlanID, stage: Stage, proposedBy: UserID, until: Instant, drill: Bool?, agreedBy: UserID? = nil)
    {
        (self.id, self.plan, self.stage, self.proposedBy, self.until) = (id, plan, stage, proposedBy, until)
        (self.drill, self.agreedBy) = (drill, agreedBy)
    }
}

/// A disaster mode was wished for, agreed to or ended: the ruling behind each accepted command, and the end that time brings.
package struct DisasterChanged: EventBody {
    package static let type = "disaster"

    /// Absent where its time was over.
    package var by: UserID?
    package var mode: DisasterMode

    package init(_ mode: DisasterMode, by: UserID?) { (self.mode, self.by) = (mode, by) }
}

/// Wishes for a disaster mode. Nothing happens before another desk agrees.
package struct ProposeDisaster: CommandBody {
    package typealias Answer = DisasterMode
    package static let type = "disaster-propose"

    package var drill: Bool?
    package var plan: DisasterPlanID
    package var until: Instant

    package init(_ plan: DisasterPlanID, until: Instant, drill: Bool = false) {
        (self.plan, self.until) = (plan, until)
        self.drill = drill ? true : nil
    }
}

/// Agrees to a disaster mode that another desk wished for.
package struct AgreeToDisaster: CommandBody {
    package typealias Answer = DisasterMode
    package static let type = "disaster-agree"

    package var mode: EventID

    package init(_ mode: EventID) { self.mode = mode }
}

/// Ends a disaster mode, or takes the wish for it back. One desk is enough: what it opened is shut again.
package struct EndDisaster: CommandBody {
    package typealias Answer = DisasterMode
    package static let type = "disaster-end"

    package var mode: EventID

    package init(_ mode: EventID) { self.mode = mode }
}

/// The disaster modes that are wished for or hold.
package struct DisasterState: StateBody {
    package static let type = "disasters"

    package var at: Instant
    /// Seconds after `at` when this snapshot is too old to be believed.
    package var maxAge: Int
    package var modes: [DisasterMode]

    package init(at: Instant, maxAge: Int, modes: [DisasterMode]) { (self.at, self.maxAge, self.modes) = (at, maxAge, modes) }
}

extension Channel where Body == DisasterChanged {
    package static var disasterChanges: Self { Self(of: "lock-controller", named: "disaster") }
}

extension Channel where Body == ProposeDisaster {
    package static var proposeDisaster: Self { Self(of: "lock-controller", named: "disaster-propose") }
}

extension Channel where Body == AgreeToDisaster {
    package static var agreeToDisaster: Self { Self(of: "lock-controller", named: "disaster-agree") }
}

extension Channel where Body == EndDisaster {
    package static var endDisaster: Self { Self(of: "lock-controller", named: "disaster-end") }
}

extension Channel where Body == DisasterState {
    package static var disasters: Self { Self(of: "lock-controller", named: "disasters") }
}
