import Contracts
import Seal
import ServiceKit
import Store

/// Ages, entitlements and the town's rules change what services should know though nobody gives a command. So once a day, and when the rules have changed,
/// everybody's views are made anew, a few persons a turn; what has not changed is not said again.
extension ResidentDirectory {
    /// Persons a turn: a card that is linked meanwhile waits no longer than that takes.
    private static let step = 100

    /// - Returns: when to go on.
    func sweep(in turn: borrowing Turn) throws -> Instant {
        let today = turn.now.date(turn.identity.offset).description
        let row = try turn.db.first("SELECT id, day, rules, after, again FROM sweep") {
            (EventID(bytes: $0.blob(0)), $0.text(1), $0.blob(2), $0.textIfPresent(3), $0.int(4) == 1)
        }
        guard let (id, day, swept, after, again) = row, let id, day == today, swept == rules else {
            try beginSweep(again: false, in: turn)
            return turn.now
        }
        guard let after else { return Self.nextMorning(after: turn.now, turn.identity.offset) }
        let persons = try turn.db.all("SELECT id FROM person WHERE id > ? ORDER BY id LIMIT ?", after, Self.step) { $0.text(0) }
        try tell(Set(persons.compactMap { PersonID($0) }), cause: id, again: again, in: turn)
        let isDone = persons.count < Self.step
        try turn.db.run("UPDATE sweep SET after = ?", isDone ? nil : persons.last)
        return isDone ? Self.nextMorning(after: turn.now, turn.identity.offset) : turn.now
    }

    /// One of the services has lost what it was told, or this directory was put back from an older copy and they hold as unknown what came after it.
    func tellAgain(_ command: Envelope<TellAgain>, in turn: borrowing Turn) throws -> Reply<Done> {
        try turn.obey {
            let why = vault.seal(Array(try reason(command.data.why).utf8), context: "told_again/\(command.id)")
            try turn.db.run(
                "INSERT INTO told_again (id, at, who, why) VALUES (?, ?, ?, ?)", command.id.bytes, turn.now.milliseconds, turn.actor.text,
                why)
            try beginSweep(again: true, cause: command.id, in: turn)
            turn.log("every service is told everything again, as \(turn.actor) asked")
            return .accept(Done())
        }
    }

    /// - Parameter again: services are told everything, also what they were told before: one of them has lost it.
    func beginSweep(again: Bool, cause: EventID? = nil, in turn: borrowing Turn) throws {
        let id = EventID.derived(ofType: "sweep", identity: cause?.description ?? "everybody", at: turn.now)
        // Who is being told again is told to the end, whatever else begins meanwhile.
        let isTelling = try turn.db.first("SELECT 1 FROM sweep WHERE again AND after IS NOT NULL") { _ in } != nil
        try turn.db.run(
            "INSERT OR REPLACE INTO sweep (one, id, day, rules, after, again) VALUES (1, ?, ?, ?, '', ?)", id.bytes,
            turn.now.date(turn.identity.offset).description, rules, again || isTelling)
    }

    /// Of the rules that views follow: alike in every process, so that a start is no reason to make everybody's anew.
    static func digest(of policy: PeoplePolicy) -> [UInt8] { Array(sha256("3 \(String(describing: policy.programmes))").prefix(16)) }

    /// A little after midnight.
    private static func nextMorning(after now: Instant, _ offset: UTCOffset) -> Instant {
        let day = Duration.seconds(86_400).milliseconds
        let local = now.milliseconds + Int64(offset.minutes) * 60_000
        return Instant(milliseconds: (local / day + 1) * day - Int64(offset.minutes) * 60_000 + 60_000)
    }
}
