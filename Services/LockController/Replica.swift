import Contracts
import ServiceKit
import Store

/// A lock-controller at a site: it decides by the rights that the town's own one gives, as far as it has heard of them.
extension LockController {
    /// For how long the town may be silent before a person should know.
    static let silence = Duration.seconds(60)

    var ofTheTown: [Reading] {
        [
            follow(.bookingView, keep, drop: dropBooking),
            follow(.groupView, keep, drop: dropGroup),
            on(.doorExceptions, keep),
            on(.disasterChanges, keep),
            on(.alarmsTaken, note),
            on(.unlocksAsked, unlock),
            hearLives(of: Self.program, noteTown),
            answer(.addBooking, elsewhere),
            answer(.extendBooking, elsewhere),
            answer(.cancelBooking, elsewhere),
            answer(.listBookings, elsewhere),
            answer(.changeGroup, elsewhere),
            answer(.listGroups, elsewhere),
            answer(.putBooking, elsewhere),
            answer(.markPaid, elsewhere),
            answer(.addException, elsewhere),
            answer(.undoException, elsewhere),
            answer(.proposeDisaster, elsewhere),
            answer(.agreeToDisaster, elsewhere),
            answer(.endDisaster, elsewhere),
            answer(.tellRightsAgain, elsewhere),
        ]
    }

    /// What a site may not decide.
    private func elsewhere<Body: QuestionBody>(_: Envelope<Body>, in turn: borrowing Turn) throws -> Reply<Body.Answer> {
        .refuse(
            "elsewhere",
            "Bookings and groups are the town's, and this is site \(turn.identity.address.instance). Say it where the town's broker is; it is known here as soon as the line holds."
        )
    }

    private func keep(_ told: Envelope<BookingView>, in turn: borrowing Turn) throws {
        let key = told.subject ?? ""
        try dropBooking(key, in: turn)
        // Those of other doors too: one of them may be given to this site tomorrow.
        guard let booking = told.data.booking else { return }
        guard booking.id.description == key else { throw Misfiled() }
        try write(booking, in: turn)
        try markCards(of: booking, in: turn)
    }

    private func dropBooking(_ key: String, in turn: borrowing Turn) throws {
        guard let id = EventID(key) else { return }
        try turn.db.run("DELETE FROM booking_token WHERE booking = ?", id.bytes)
        try turn.db.run("DELETE FROM booking_person WHERE booking = ?", id.bytes)
        try turn.db.run("DELETE FROM booking WHERE id = ?", id.bytes)
    }

    private func keep(_ told: Envelope<GroupView>, in turn: borrowing Turn) throws {
        let view = told.data
        guard view.key == told.subject else { throw Misfiled() }
        try dropGroup(view.key, in: turn)
        guard view.belongs else { return }
        if let token = view.token {
            try turn.db.run("INSERT INTO group_token (token, \"group\") VALUES (?, ?)", token.text, view.group.text)
        } else if let door = view.door {
            try turn.db.run("INSERT INTO group_door (\"group\", door) VALUES (?, ?)", view.group.text, door.text)
        }
    }

    private func dropGroup(_ key: String, in turn: borrowing Turn) throws {
        let parts = key.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return }
        try turn.db.run("DELETE FROM group_token WHERE \"group\" = ? AND token = ?", parts[0], parts[1])
        try turn.db.run("DELETE FROM group_door WHERE \"group\" = ? AND door = ?", parts[0], parts[1])
    }

    /// In the order of the town's rulings, not in that in which they are heard. Once undone it stays undone, whichever of the two was heard first.
    private func keep(_ told: Envelope<DoorExceptionChanged>, in turn: borrowing Turn) throws {
        let exception = told.data.exception
        try turn.db.run(
            """
            INSERT INTO exception (id, door, starts, ends, kind, groups, undone, epoch, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET undone = max(undone, excluded.undone)
            """, exception.id.bytes, exception.door.text, exception.from.milliseconds, exception.to.milliseconds, exception.kind.rawValue,
            exception.groups.map(\.text).joined(separator: " "), told.data.status == .undone, told.position?.epoch.text,
            told.position?.number)
        try markCards(at: exception.door, in: turn)
    }

    /// A mode only goes forward, from a wish to its end; whichever word is heard first, the last one counts.
    private func keep(_ told: Envelope<DisasterChanged>, in turn: borrowing Turn) throws {
        let mode = told.data.mode
        let isOver = mode.stage == .over || mode.stage == .dropped
        // Of one plan there is one at a time: what was before this one is over, also where nobody has said so here.
        try turn.db.run(
            "UPDATE disaster SET stage = 'over', due = NULL WHERE plan = ? AND id < ? AND due IS NOT NULL", mode.plan.text, mode.id.bytes)
        let isLast =
            try turn.db.first("SELECT 1 FROM disaster WHERE plan = ? AND id > ?", mode.plan.text, mode.id.bytes, read: { _ in }) == nil
        try turn.db.run(
            """
            INSERT INTO disaster (id, plan, stage, proposed_by, agreed_by, until, drill, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, agreed_by = excluded.agreed_by, due = excluded.due
            WHERE due IS NOT NULL AND (stage = 'proposed' OR excluded.due IS NULL)
            """, mode.id.bytes, mode.plan.text, isLast ? mode.stage.rawValue : "over", mode.proposedBy.text, mode.agreedBy?.text,
            mode.until.milliseconds, mode.drill, isOver || !isLast ? nil : mode.until.milliseconds)
        for door in plans[mode.plan].map({ $0.suspends.union($0.opens.keys) }) ?? [] { try markCards(at: door, in: turn) }
        try publishDisasters(in: turn)
    }

    private func noteTown(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        guard topic.entity == Instance.main.named(), turn.isLive, life.state != .lost else { return }
        // By its own time: what the line carries again may be old.
        try turn.db.run("INSERT OR REPLACE INTO town_heard (one, at) VALUES (1, ?)", min(life.at, turn.now).milliseconds)
    }

    /// Decided here all the same; but whoever looks should know what it rests on.
    func silentTown(in turn: borrowing Turn) throws -> Problem? {
        guard duty == .site else { return nil }
        let heard = try turn.db.first("SELECT at FROM town_heard") { Instant(milliseconds: $0.int(0)) }
        guard let heard else {
            return Problem(
                .amber, "no-town", "The town has not been heard yet: no booking is known here. Look at the line, and at the town's broker.")
        }
        guard turn.now - heard > Self.silence else { return nil }
        return Problem(
            .amber, "no-town",
            "The town was last heard at \(heard.rfc3339(turn.identity.offset)): what was booked or cancelled since is not known here. Look at the line."
        )
    }
}
