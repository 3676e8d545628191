import Contracts
import Seal
import ServiceKit
import Store

/// What doors become when nothing is heard of them: held open, silent.
extension LockController {
    /// Signs older than this are folded into the next one kept.
    private static let signLife = Duration.seconds(7 * 86_400)

    /// - Returns: when the next open door will have been open for too long.
    func noticeHeldDoors(in turn: borrowing Turn) throws -> Instant? {
        // Of a lock that is away nobody knows whether its door is still open; it says so when it is back.
        let next = try turn.db.first(
            """
            SELECT door, held, life FROM door_life WHERE held IS NOT NULL AND door NOT IN (SELECT door FROM door_silence)
            ORDER BY held LIMIT 1
            """
        ) { (DoorID($0.text(0)), Instant(milliseconds: $0.int(1)), $0.blob(2)) }
        guard let next, next.1 <= turn.now else { return next?.1 }
        if let door = next.0 {
            try turn.db.run("UPDATE door_life SET held = NULL WHERE door = ?", door.text)
            let life: DoorLife = try next.2.decoded()
            if let rule = doors[door], let opened = life.opened {
                for alarm in life.waited(until: turn.now, at: rule).alarms { try raise(alarm, at: door, because: opened.sign, in: turn) }
                try publishState(of: door, in: turn)
            }
        }
        // The next one: another turn at once.
        return turn.now
    }

    /// A lock is lost, or back.
    func noteSilence(of door: DoorID, isLost: Bool, in turn: borrowing Turn) throws {
        guard isLost else {
            try turn.db.run("DELETE FROM door_silence WHERE door = ?", door.text)
            return try clear(.silent, at: door, cause: nil, in: turn)
        }
        let due = doors[door].map { turn.now + $0.silentAfter }
        try turn.db.run(
            "INSERT INTO door_silence (door, since, due) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", door.text, turn.now.milliseconds,
            due?.milliseconds)
    }

    /// - Returns: when the next lost lock will have been silent for too long.
    func noticeSilence(in turn: borrowing Turn) throws -> Instant? {
        let next = try turn.db.first("SELECT door, since, due FROM door_silence WHERE due IS NOT NULL ORDER BY due LIMIT 1") {
            (DoorID($0.text(0)), Instant(milliseconds: $0.int(1)), Instant(milliseconds: $0.int(2)))
        }
        guard let next, next.2 <= turn.now else { return next?.2 }
        if let door = next.0 {
            try turn.db.run("UPDATE door_silence SET due = NULL WHERE door = ?", door.text)
            let id = EventID.derived(ofType: AlarmChanged.type, identity: "\(door) \(DoorAlarm.Kind.silent.rawValue)", at: next.1)
            try raise(.silent, id, at: door, next.1, cause: nil, in: turn)
            try publishState(of: door, in: turn)
        }
        return turn.now
    }

    /// What signs have told of a door, added to its state.
    func addLife(of door: DoorID, to state: inout DoorState, in turn: borrowing Turn) throws {
        let alarms = try turn.db.first(
            "SELECT count(*) FROM alarm WHERE door = ? AND acknowledged IS NULL AND NOT withdrawn", door.text
        ) { Int($0.int(0)) }
        state.alarms = alarms.flatMap { $0 > 0 ? $0 : nil }
        guard let rule = doors[door],
            let row = try turn.db.first(
                "SELECT life, at FROM door_life WHERE door = ?", door.text,
                read: {
                    (try $0.blob(0).decoded(as: DoorLife.self), Instant(milliseconds: $0.int(1)))
                })
        else { return }
        state.battery = row.0.battery
        state.life = row.0.word(at: max(turn.now, row.1), heldAfter: rule.heldAfter)
        state.lifeSince = state.life == nil ? nil : row.0.opened?.since ?? row.1
    }

    func purgeSigns(in turn: borrowing Turn) throws {
        let gone = try turn.db.run(
            """
            DELETE FROM door_sign WHERE (door, at, rank, id) IN (
                SELECT door_sign.door, door_sign.at, rank, id FROM door_sign CROSS JOIN door_life ON door_life.door = door_sign.door
                WHERE door_sign.at < ? AND door_sign.at < door_life.at ORDER BY door_sign.at LIMIT 1000)
            """, (turn.now - Self.signLife).milliseconds)
        if gone > 0 {
            try turn.db.run(
                "UPDATE door_life SET folded = coalesce((SELECT min(at) FROM door_sign WHERE door_sign.door = door_life.door), folded)")
        }
    }
}
