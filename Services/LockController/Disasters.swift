import Contracts
import Seal
import ServiceKit
import Store

/// What the doors do in a disaster, from the town's configuration.
package struct DisasterPlan: Sendable {
    package let id: DisasterPlanID
    /// Which groups open which doors while it holds, whenever they come.
    package let opens: [DoorID: Set<GroupID>]
    /// Doors at which bookings and hours mean nothing while it holds: the gym is a shelter now.
    package let suspends: Set<DoorID>
    package let longest: Duration

    package init(id: DisasterPlanID, opens: [DoorID: Set<GroupID>], suspends: Set<DoorID>, longest: Duration) {
        (self.id, self.opens, self.suspends, self.longest) = (id, opens, suspends, longest)
    }
}

/// A mode of the town in which named groups open named doors. Two desks switch it on, one ends it, and it ends by itself.
///
/// It only ever gives rights or takes them; no door is opened, and none locks anybody in: the way out is the hardware's (Docs/locks.md).
extension LockController {
    /// A wish nobody has agreed to is forgotten: whoever reads it later must not think that it is still meant.
    static let wishLife = Duration.seconds(15 * 60)

    func propose(_ command: Envelope<ProposeDisaster>, in turn: borrowing Turn) throws -> Reply<DisasterMode> {
        let wish = command.data
        guard let plan = plans[wish.plan] else {
            let known = plans.keys.sorted().map(\.text).joined(separator: ", ")
            return .refuse("unknown-plan", "The town's file has no plan \(wish.plan). Plans: \(known.isEmpty ? "none" : known).")
        }
        guard wish.until > turn.now, wish.until - turn.now <= plan.longest else {
            return .refuse(
                "bad-times", "It must end after now, and within \(plan.longest.components.seconds / 3600) hours as the plan says.")
        }
        if let other = try modes(in: turn.db).first(where: { $0.plan == wish.plan }) {
            return .refuse("there-already", "This plan is \(other.stage == .active ? "in force" : "wished for") already: \(other.id).")
        }
        let mode = DisasterMode(
            id: .derived(from: command.id, type: "disaster"), plan: wish.plan, stage: .proposed, proposedBy: turn.actor, until: wish.until,
            drill: wish.drill)
        try turn.db.run(
            "INSERT INTO disaster (id, plan, stage, proposed_by, until, drill, due) VALUES (?, ?, ?, ?, ?, ?, ?)", mode.id.bytes,
            mode.plan.text,
            mode.stage.rawValue, mode.proposedBy.text, mode.until.milliseconds, mode.drill,
            min(mode.until, turn.now + Self.wishLife).milliseconds)
        return .accept(try rule(mode, by: turn.actor, cause: command.id, in: turn))
    }

    func agree(_ command: Envelope<AgreeToDisaster>, in turn: borrowing Turn) throws -> Reply<DisasterMode> {
        guard var mode = try modes(in: turn.db).first(where: { $0.id == command.data.mode && $0.stage == .proposed }) else {
            return .refuse("no-wish", "Nobody wishes for this, or not any more. `kazasu disaster status` shows what there is.")
        }
        guard mode.proposedBy != turn.actor else {
            return .refuse("second-person", "Another desk than \(turn.actor), which wished for it, has to agree.")
        }
        guard plans[mode.plan] != nil else { return .refuse("unknown-plan", "The town's file has no plan \(mode.plan) any more.") }
        (mode.stage, mode.agreedBy) = (.active, turn.actor)
        try turn.db.run(
            "UPDATE disaster SET stage = ?, agreed_by = ?, due = until WHERE id = ?", mode.stage.rawValue, turn.actor.text, mode.id.bytes)
        return .accept(try rule(mode, by: turn.actor, cause: command.id, in: turn))
    }

    func end(_ command: Envelope<EndDisaster>, in turn: borrowing Turn) throws -> Reply<DisasterMode> {
        guard let mode = try modes(in: turn.db).first(where: { $0.id == command.data.mode }) else {
            return .refuse("unknown-mode", "There is no such mode, or it is over. `kazasu disaster status` shows what there is.")
        }
        return .accept(try end(mode, by: turn.actor, cause: command.id, in: turn))
    }

    /// - Returns: when the next mode or wish is over.
    func endDisasters(in turn: borrowing Turn) throws -> Instant? {
        // At a site what the town has not ended is over all the same, and nobody's ruling.
        if duty == .site { try turn.db.run("UPDATE disaster SET stage = 'over', due = NULL WHERE due <= ?", turn.now.milliseconds) }
        for mode in try modes(in: turn.db, due: turn.now) {
            _ = try end(mode, by: nil, cause: .derived(from: mode.id, type: "disaster-over"), in: turn)
        }
        return try turn.db.first("SELECT min(due) FROM disaster WHERE due IS NOT NULL") { $0.intIfPresent(0) }?.map {
            Instant(milliseconds: $0)
        }
    }

    private func end(_ mode: DisasterMode, by actor: UserID?, cause: EventID, in turn: borrowing Turn) throws -> DisasterMode {
        var mode = mode
        mode.stage = mode.stage == .active ? .over : .dropped
        try turn.db.run("UPDATE disaster SET stage = ?, due = NULL WHERE id = ?", mode.stage.rawValue, mode.id.bytes)
        return try rule(mode, by: actor, cause: cause, in: turn)
    }

    private func rule(_ mode: DisasterMode, by actor: UserID?, cause: EventID, in turn: borrowing Turn) throws -> DisasterMode {
        try turn.emit(DisasterChanged(mode, by: actor), on: .disasterChanges, cause: cause, subject: mode.plan.text)
        try publishDisasters(in: turn)
        for door in plans[mode.plan].map({ $0.suspends.union($0.opens.keys) }) ?? [] { try markCards(at: door, in: turn) }
        return mode
    }

    func publishDisasters(in turn: borrowing Turn) throws {
        let state = DisasterState(at: turn.now, maxAge: 86_400, modes: try modes(in: turn.db))
        try turn.publishState(state, on: .disasters, about: turn.identity.address.instance.named())
    }

    /// Those that are wished for or hold, oldest first.
    private func modes(in db: borrowing Transaction, due: Instant? = nil) throws -> [DisasterMode] {
        try db.all(
            """
            SELECT id, plan, stage, proposed_by, until, drill, agreed_by FROM disaster
            WHERE due IS NOT NULL AND (?1 IS NULL OR due <= ?1) ORDER BY id
            """, due?.milliseconds, read: DisasterMode.init)
    }

    /// What the modes in force and the shelters that are open say of a door at a moment of a tap; `nil` if that is nothing.
    func emergency(at door: DoorID, at moment: Instant, in db: borrowing Transaction) throws -> Emergency? {
        let active = try db.all(
            "SELECT id, plan, until FROM disaster WHERE stage = 'active' AND until > ? ORDER BY id", moment.milliseconds
        ) {
            (EventID(bytes: $0.blob(0)), DisasterPlanID($0.text(1)), Instant(milliseconds: $0.int(2)))
        }
        var emergency = Emergency()
        for case (let id?, let name?, let until) in active {
            guard let plan = plans[name] else { continue }
            emergency.isSuspended = emergency.isSuspended || plan.suspends.contains(door)
            emergency.opens += (plan.opens[door] ?? []).sorted().map { Emergency.Opening(group: $0, right: .disaster(id), until: until) }
        }
        if let shelters = shelters[door] { emergency.opens += try openings(by: shelters, at: moment, in: db) }
        return emergency == Emergency() ? nil : emergency
    }

    func disasterProblems(in db: borrowing Transaction) throws -> [Problem] {
        try modes(in: db).map { mode in
            let what = mode.drill == true ? "A drill of the disaster mode" : "The disaster mode"
            return mode.stage == .active
                ? Problem(
                    .amber, "disaster",
                    "\(what) \(mode.plan) holds until \(mode.until.rfc3339()). To end it: kazasu disaster end \(mode.id)")
                : Problem(
                    .amber, "disaster",
                    "\(what) \(mode.plan) is wished for by \(mode.proposedBy). At another desk: kazasu disaster agree \(mode.id)")
        }
    }
}

/// What disaster modes in force and open shelters say of one door.
struct Emergency: Equatable {
    /// A group that opens it.
    struct Opening: Equatable {
        let group: GroupID
        let right: Right
        /// When it is over by itself.
        let until: Instant?
    }

    /// Modes before shelters.
    var opens: [Opening] = []
    var isSuspended = false
}

extension DisasterMode {
    fileprivate init(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let plan = DisasterPlanID(row.text(1)), let stage = Stage(rawValue: row.text(2)),
            let actor = UserID(row.text(3))
        else { preconditionFailure("a disaster mode was written with names and a stage") }
        self.init(
            id: id, plan: plan, stage: stage, proposedBy: actor, until: Instant(milliseconds: row.int(4)),
            drill: row.intIfPresent(5).map { $0 == 1 }, agreedBy: row.textIfPresent(6).flatMap { UserID($0) })
    }
}
