import Contracts
import Seal
import ServiceKit
import Store

/// Doors opened without a card, for somebody at a desk or for what the town's file has let in: decided here as taps are, and told with who asked.
extension LockController {
    func open(_ command: Envelope<OpenDoor>, in turn: borrowing Turn) throws -> Reply<Done> {
        let door = command.data.door
        guard let rule = doors[door] else {
            return .refuse("unknown-door", "There is no door \(door). `kazasu door list` shows them.")
        }
        guard rule.mayBeOrdered else {
            return .refuse(
                "not-ordered", "Door \(door) opens for cards alone. Its setting `home-assistant: operate` in the town's file would let it.")
        }
        if let objection = objection(to: door, orderedAt: command.time, now: turn.now) { return objection.reply() }
        try order(door, for: command.data.origin, why: "order", by: turn.actor, at: command.time, because: command.id, in: turn)
        return .accept(Done())
    }

    /// Somebody at a desk opens a door from afar. A site's door its own controller opens, when it hears of it: in time or not at all.
    func unlock(_ command: Envelope<UnlockDoor>, in turn: borrowing Turn) throws -> Reply<UnlockAnswer> {
        let wish = command.data
        guard has(wish.door) else {
            return .refuse("unknown-door", "There is no door \(wish.door). `kazasu door list` shows them.")
        }
        let length = wish.reason.unicodeScalars.count
        guard length <= UnlockDoor.longestReason, wish.reason.contains(where: { !$0.isWhitespace }), !wish.reason.hasControls else {
            return .refuse(
                "bad-reason", "Say in a line why door \(wish.door) is opened, with at most \(UnlockDoor.longestReason) characters.")
        }
        let moment = min(command.time, turn.now)
        if let objection = try objection(to: wish.door, orderedAt: command.time, now: turn.now) ?? hindrance(at: wish.door, in: turn) {
            return objection.reply()
        }
        guard doors[wish.door] != nil else {
            let asked = try turn.emit(
                UnlockAsked(wish, by: turn.actor), on: .unlocksAsked, cause: command.id, subject: wish.door.text, time: moment)
            return .accept(UnlockAnswer(decision: Self.order(behind: asked)))
        }
        let decision = try order(
            wish.door, for: .desk, why: wish.words, by: turn.actor, at: moment, because: command.id, in: turn)
        return .accept(UnlockAnswer(decision: decision))
    }

    /// At a site: whoever asked in the town hears of it as of any door, by what became of the order.
    func unlock(_ asked: Envelope<UnlockAsked>, in turn: borrowing Turn) throws {
        let wish = UnlockDoor(door: asked.data.door, reason: asked.data.reason)
        guard doors[wish.door] != nil else { return }
        let objection = try objection(to: wish.door, orderedAt: asked.time, now: turn.now) ?? hindrance(at: wish.door, in: turn)
        guard objection == nil, turn.isLive else {
            let decision = Self.order(behind: asked.id)
            try audit(.refuse, decision, at: wish.door, why: wish.words, by: asked.data.by, in: turn)
            let outcome = DoorOutcome(door: wish.door, decision: decision, tap: asked.id, result: .notSent)
            return try conclude(outcome, cause: decision, discriminator: "not-sent", time: turn.now, in: turn)
        }
        try order(wish.door, for: .desk, why: wish.words, by: asked.data.by, at: asked.time, because: asked.id, in: turn)
    }

    private static func order(behind cause: EventID) -> EventID { .derived(from: cause, type: Envelope<DoorOrdered>.type) }

    @discardableResult
    private func order(
        _ door: DoorID, for origin: OrderOrigin, why: String, by user: UserID, at moment: Instant, because cause: EventID,
        in turn: borrowing Turn
    ) throws -> EventID {
        let decision = try turn.emit(DoorOrdered(door: door, origin: origin, by: user), on: .doorOrders, cause: cause, subject: door.text)
        try audit(.open, decision, at: door, why: why, by: user, in: turn)
        try open(door, for: cause, at: min(moment, turn.now), by: decision, within: nil, in: turn)
        return decision
    }

    /// An order is for somebody who waits now: what was held up on its way is nobody's wish any more.
    private func objection(to door: DoorID, orderedAt moment: Instant, now: Instant) -> Objection? {
        now - moment < tapLife && moment - now <= tapLife
            ? nil : Objection("too-old", "The order for door \(door) was held up, or its sender's clock is wrong. Give it again.")
    }

    /// Why nobody opens a door from afar now. A day of closure is no reason: somebody has to let in whoever repairs the house.
    private func hindrance(at door: DoorID, in turn: borrowing Turn) throws -> Objection? {
        guard !lockers.values.contains(where: { $0.compartments.contains(door) }) else {
            return Objection(
                "compartment", "\(door) is a compartment of a locker. For staff `kazasu locker take-back \(door)` opens it.")
        }
        let exceptions = try Standing.exceptions(at: door, from: turn.now, in: turn.db).filter { $0.from <= turn.now }
        // The desk stands for no group: what closes the door for everybody else closes it.
        if let last = exceptions.last(where: Standing().isConcerned), last.kind == .close {
            return Objection(
                "kept-closed",
                "Door \(door) is closed by a clerk until \(last.to.rfc3339(turn.identity.offset).prefix(16)). First: kazasu door undo \(last.id)"
            )
        }
        guard try turn.db.first("SELECT 1 FROM door WHERE door = ? AND lock = 'lost'", door.text, read: { _ in }) == nil else {
            return Objection(
                "lock-lost", "The lock of door \(door) is not heard of: nothing can open it from here. Look at its power and its network.")
        }
        return nil
    }
}

extension UnlockDoor {
    /// In the audit.
    fileprivate var words: String { "order: \(reason)" }
}
