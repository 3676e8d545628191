import Contracts
import Seal
import ServiceKit
import Store

/// Keeps the signs of each door with what it was after each, so that a late one is put in its place and only what follows it is folded anew.
extension LockController {
    /// A lock's report of its condition, answered so that it stops repeating it.
    func note(_ report: Envelope<LockCondition>, in turn: borrowing Turn) throws -> Reply<Done> {
        let door: DoorID = turn.topic.entity.named()
        guard doors[door] != nil else { return .refuse("unknown-door", "No door \(door) in this town. Is the lock's name right?") }
        guard report.data != LockCondition() else { return .refuse("nothing-said", "A condition says at least one thing.") }
        if let battery = report.data.battery {
            guard (0...100).contains(battery) else { return .refuse("bad-battery", "A battery is told in percent, 0 to 100.") }
            try turn.db.run(
                "INSERT OR REPLACE INTO battery (door, at, percent) VALUES (?, ?, ?)", door.text, min(report.time, turn.now).milliseconds,
                battery)
        }
        try take(Sign(at: report.time, id: report.id, condition: report.data), at: door, in: turn)
        return .accept(Done())
    }

    /// What a lock did with a grant tells of the door as well.
    func take(_ outcome: LockOutcome, _ report: EventID, time: Instant, at door: DoorID, in turn: borrowing Turn) throws {
        switch (outcome.result, outcome.refusal) {
        case (.opened, _): try take(Sign(at: time, id: report, grant: outcome.grant, condition: LockCondition()), at: door, in: turn)
        case (.refused, .jammed): try take(Sign(at: time, id: report, condition: LockCondition(bolt: .jammed)), at: door, in: turn)
        case (.refused, let refusal?) where refusal.isSuspicious: try raiseBadOrder(at: door, report, time: time, in: turn)
        case (.refused, _), (.stayedShut, _): break
        }
    }

    func take(_ said: Sign, at door: DoorID, in turn: borrowing Turn) throws {
        guard let rule = doors[door] else { return }
        // A clock far ahead must not keep what comes after it from being the newest; one that is a little off tells at least the right order.
        let sign = Sign(at: min(said.at, turn.now + .seconds(60)), id: said.id, grant: said.grant, condition: said.condition)
        // Older than all that is kept: nothing is known of what it followed.
        let floor = try turn.db.first("SELECT folded FROM door_life WHERE door = ?", door.text) { $0.int(0) } ?? 0
        guard sign.at.milliseconds > floor else { return }
        let before = try life(of: door, before: sign, in: turn.db)
        let later = try turn.db.all(
            """
            SELECT at, id, grant_id, condition, life FROM door_sign WHERE door = ? AND (at, rank, id) >= (?, ?, ?)
            ORDER BY at, rank, id
            """, door.text, sign.at.milliseconds, sign.rank, sign.id.bytes, read: KeptSign.init)
        guard later.first?.sign.id != sign.id else { return }

        var fold = Refold(
            door: rule, trigger: sign, isLate: !later.isEmpty, before: before, last: later.last?.life ?? before, now: turn.now)
        for kept in [KeptSign(sign: sign, life: nil)] + later {
            fold.take(kept)
            guard fold.life != kept.life else { continue }
            try keep(kept.sign, fold.life, at: door, in: turn.db)
            try tell(kept, fold, in: turn)
        }
        try settle(fold, in: turn)
    }

    /// What the fold has come to: alarms that follow, alarms that do not any more, and how the door is now.
    private func settle(_ fold: Refold, in turn: borrowing Turn) throws {
        let door = fold.door.id
        let newest = try newestLife(of: door, in: turn.db) ?? (DoorLife(), turn.now)
        let on = newest.life.waited(until: turn.now, at: fold.door).alarms
        let alarms = fold.alarms.filter { alarm in !on.contains { $0.id == alarm.id } } + on
        for alarm in alarms { try raise(alarm, at: door, because: fold.trigger.id, in: turn) }
        for alarm in fold.alarmsBefore where !alarms.contains(where: { $0.id == alarm.id }) {
            try withdraw(alarm.id, because: fold.trigger.id, in: turn)
        }
        let held = newest.life.opened.map { $0.since + fold.door.heldAfter }.flatMap { $0 > turn.now ? $0 : nil }
        try turn.db.run(
            """
            INSERT INTO door_life (door, life, at, held) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (door) DO UPDATE SET life = excluded.life, at = excluded.at, held = excluded.held
            """, door.text, try newest.life.json(), newest.at.milliseconds, held?.milliseconds)
        try publishState(of: door, in: turn)
    }

    /// Tells what a sign has made of its door, or now turns out to have made of it.
    private func tell(_ kept: KeptSign, _ fold: Refold, in turn: borrowing Turn) throws {
        let (door, sign) = (fold.door.id, kept.sign)
        let (before, change) = (kept.life?.change, fold.life.change)
        guard change != before else { return }
        if let grant = before?.opened?.grant { try turn.db.run("UPDATE opening SET used = NULL WHERE decision = ?", grant.bytes) }
        if let grant = change?.opened?.grant { try turn.db.run("UPDATE opening SET used = 1 WHERE decision = ?", grant.bytes) }
        let opened = change.flatMap { [.open, .forced].contains($0.word) ? $0.opened : nil }
        for grant in Set([before?.opened?.grant, change?.opened?.grant].compactMap(\.self)).sorted() {
            try tellTownOutcome(of: grant, in: turn)
        }
        try auditOpening(opened?.by, at: door, sign, in: turn)
        guard let change else { return }
        try turn.emit(
            DoorLifeChanged(door: door, life: change.word, by: opened?.by, grant: opened?.grant, late: fold.isLate ? true : nil),
            on: .doorLives, cause: sign.id, discriminator: fold.trigger.id.description, subject: door.text, time: sign.at)
    }

    // MARK: Rows

    private func life(of door: DoorID, before sign: Sign, in db: borrowing Transaction) throws -> DoorLife {
        try db.first(
            "SELECT life FROM door_sign WHERE door = ? AND (at, rank, id) < (?, ?, ?) ORDER BY at DESC, rank DESC, id DESC LIMIT 1",
            door.text, sign.at.milliseconds, sign.rank, sign.id.bytes
        ) { try $0.blob(0).decoded() } ?? DoorLife()
    }

    private func newestLife(of door: DoorID, in db: borrowing Transaction) throws -> (life: DoorLife, at: Instant)? {
        try db.first("SELECT life, at FROM door_sign WHERE door = ? ORDER BY at DESC, rank DESC, id DESC LIMIT 1", door.text) {
            (try $0.blob(0).decoded(), Instant(milliseconds: $0.int(1)))
        }
    }

    private func keep(_ sign: Sign, _ life: DoorLife, at door: DoorID, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO door_sign (door, at, rank, id, grant_id, condition, life) VALUES (?, ?, ?, ?, ?, ?, ?)", door.text,
            sign.at.milliseconds, sign.rank, sign.id.bytes, sign.grant?.bytes, try sign.condition.json(), try life.json())
    }
}

/// A sign as it is kept, with what the door was after it; `nil` before it is folded for the first time.
struct KeptSign {
    let sign: Sign
    let life: DoorLife?

    init(sign: Sign, life: DoorLife?) { (self.sign, self.life) = (sign, life) }

    init(_ row: Row) throws {
        let grant = row.isNull(2) ? nil : EventID(bytes: row.blob(2))
        guard let id = EventID(bytes: row.blob(1)) else { preconditionFailure("a sign was written with its id") }
        sign = Sign(at: Instant(milliseconds: row.int(0)), id: id, grant: grant, condition: try row.blob(3).decoded())
        life = try row.blob(4).decoded()
    }
}

/// One walk over the signs from a new one on.
private struct Refold {
    let door: Door
    let trigger: Sign
    let isLate: Bool
    private(set) var life: DoorLife
    /// What follows from the signs that were folded, and what had followed from them before.
    private(set) var alarms: [DoorLife.Alarm] = []
    private(set) var alarmsBefore: [DoorLife.Alarm]

    /// - Parameter last: what the door was until now.
    init(door: Door, trigger: Sign, isLate: Bool, before: DoorLife, last: DoorLife, now: Instant) {
        (self.door, self.trigger, self.isLate, life) = (door, trigger, isLate, before)
        alarmsBefore = last.waited(until: now, at: door).alarms.filter { $0.cleared == nil }
    }

    mutating func take(_ kept: KeptSign) {
        life = life.after(kept.sign, at: door)
        alarmsBefore += kept.life?.alarms ?? []
        // Of one that was raised and cleared on the way, how it ended counts.
        alarms = alarms.filter { alarm in !life.alarms.contains { $0.id == alarm.id } } + life.alarms
    }
}

extension LockOutcome.Refusal {
    /// Nobody but lock-controller sends orders, and it sends none of these.
    fileprivate var isSuspicious: Bool {
        switch self {
        case .wrongSignature, .wrongDoor, .malformed, .lowerCounter: true
        case .stale, .notYet, .repeated, .jammed: false
        }
    }
}
