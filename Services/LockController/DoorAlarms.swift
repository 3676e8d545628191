import Contracts
import Seal
import ServiceKit
import Store

/// Alarms of doors: raised and cleared as signs and timers have it, acknowledged by a person.
extension LockController {
    func raise(_ alarm: DoorLife.Alarm, at door: DoorID, because trigger: EventID, in turn: borrowing Turn) throws {
        let before = try turn.db.first("SELECT cleared, withdrawn FROM alarm WHERE id = ?", alarm.id.bytes) {
            ($0.intIfPresent(0), $0.int(1) == 1)
        }
        let wasOn = before.map { $0.0 == nil && !$0.1 } ?? false
        let isKnown = before.map { !$0.1 && $0.0 == alarm.cleared?.milliseconds } ?? false
        guard !isKnown else { return }
        try turn.db.run(
            """
            INSERT INTO alarm (id, door, kind, raised, cleared) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET cleared = excluded.cleared, withdrawn = 0
            """, alarm.id.bytes, door.text, alarm.kind.rawValue, alarm.raised.milliseconds, alarm.cleared?.milliseconds)
        func say(_ status: AlarmChanged.Status, _ time: Instant) throws {
            let changed = AlarmChanged(alarm: alarm.id, door: door, kind: alarm.kind, status: status)
            try tell(changed, cause: alarm.sign, discriminator: "\(status.rawValue) \(alarm.id) \(trigger)", time: time, in: turn)
        }
        if !wasOn, before?.0 == nil || alarm.cleared == nil {
            try say(.raised, alarm.raised)
            if alarm.kind == .heldOpen {
                try turn.emit(
                    DoorLifeChanged(door: door, life: .heldOpen), on: .doorLives, cause: alarm.sign, discriminator: "held-open \(trigger)",
                    subject: door.text, time: alarm.raised)
            }
        }
        if let cleared = alarm.cleared { try say(.cleared, cleared) }
    }

    /// A late sign has shown that there was nothing to be alarmed about.
    func withdraw(_ alarm: EventID, because trigger: EventID, in turn: borrowing Turn) throws {
        guard let row = try self.alarm(alarm, in: turn.db), row.withdrawn == nil else { return }
        try turn.db.run("UPDATE alarm SET withdrawn = 1 WHERE id = ?", alarm.bytes)
        let changed = AlarmChanged(alarm: alarm, door: row.door, kind: row.kind, status: .withdrawn)
        try tell(changed, cause: trigger, discriminator: "withdrawn \(alarm)", time: turn.now, in: turn)
    }

    /// One a door and day: whoever tries, tries more than once.
    func raiseBadOrder(at door: DoorID, _ report: EventID, time: Instant, in turn: borrowing Turn) throws {
        let moment = min(time, turn.now)
        let day = Instant(milliseconds: moment.milliseconds - moment.milliseconds % 86_400_000)
        let id = EventID.derived(ofType: AlarmChanged.type, identity: "\(door) \(DoorAlarm.Kind.badOrder.rawValue)", at: day)
        try raise(.badOrder, id, at: door, moment, cause: report, in: turn)
    }

    /// An alarm that does not follow from signs.
    func raise(
        _ kind: DoorAlarm.Kind, _ id: EventID, at door: DoorID, _ moment: Instant, cause: EventID?, in turn: borrowing Turn
    ) throws {
        let added = try turn.db.run(
            "INSERT INTO alarm (id, door, kind, raised) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", id.bytes, door.text, kind.rawValue,
            moment.milliseconds)
        guard added > 0 else { return }
        let changed = AlarmChanged(alarm: id, door: door, kind: kind, status: .raised)
        try tell(changed, cause: cause ?? id, discriminator: "raised \(id)", time: moment, in: turn)
    }

    func clear(_ kind: DoorAlarm.Kind, at door: DoorID, cause: EventID?, in turn: borrowing Turn) throws {
        let ids = try turn.db.all("SELECT id FROM alarm WHERE door = ? AND kind = ? AND cleared IS NULL", door.text, kind.rawValue) {
            EventID(bytes: $0.blob(0))
        }.compactMap { $0 }
        for id in ids {
            try turn.db.run("UPDATE alarm SET cleared = ? WHERE id = ?", turn.now.milliseconds, id.bytes)
            let changed = AlarmChanged(alarm: id, door: door, kind: kind, status: .cleared)
            try tell(changed, cause: cause ?? id, discriminator: "cleared \(id)", time: turn.now, in: turn)
        }
    }

    private func tell(
        _ changed: AlarmChanged, cause: EventID, discriminator: String, time: Instant, in turn: borrowing Turn
    ) throws {
        let event = try turn.emit(
            changed, on: .doorAlarms, cause: cause, discriminator: discriminator, subject: changed.door.text, time: time)
        try audit(
            .alarm, event, at: changed.door, time, why: "\(changed.kind.rawValue) \(changed.status.rawValue)", by: changed.by,
            alarm: changed.alarm,
            in: turn)
    }

    // MARK: Commands

    /// A ruling: who looks after it, and since when. The first to do so stands.
    func acknowledge(_ command: Envelope<AcknowledgeAlarm>, in turn: borrowing Turn) throws -> Reply<AlarmAnswer> {
        guard (command.data.note?.unicodeScalars.count ?? 0) <= AcknowledgeAlarm.longestNote else {
            return .refuse("too-long", "A note has at most \(AcknowledgeAlarm.longestNote) characters.")
        }
        guard var alarm = try alarm(command.data.alarm, in: turn.db) else {
            return .refuse("unknown-alarm", "There is no alarm \(command.data.alarm). `kazasu door alarms --all` shows them.")
        }
        if let by = alarm.by { return .refuse("acknowledged", "\(by) has acknowledged this alarm already.") }
        (alarm.acknowledged, alarm.by, alarm.note) = (turn.now, turn.actor, command.data.note)
        try turn.db.run(
            "UPDATE alarm SET acknowledged = ?, by = ?, note = ? WHERE id = ?", turn.now.milliseconds, turn.actor.text, alarm.note,
            alarm.id.bytes)
        let changed = AlarmChanged(alarm: alarm.id, door: alarm.door, kind: alarm.kind, status: .acknowledged, by: turn.actor)
        try tell(changed, cause: command.id, discriminator: "", time: turn.now, in: turn)
        if others[alarm.door] != nil {
            try turn.emit(
                AlarmTaken(alarm.id, at: alarm.door, by: turn.actor), on: .alarmsTaken, cause: command.id, subject: alarm.door.text)
        } else {
            try publishState(of: alarm.door, in: turn)
        }
        return .accept(AlarmAnswer(alarm: alarm))
    }

    func list(_ command: Envelope<ListAlarms>, in turn: borrowing Turn) throws -> Reply<AlarmList> {
        let page = 50
        let after = try command.data.after.flatMap { id in
            try turn.db.first("SELECT raised FROM alarm WHERE id = ?", id.bytes) { ($0.int(0), id.bytes) }
        }
        let alarms = try turn.db.all(
            """
            SELECT id, door, kind, raised, cleared, withdrawn, acknowledged, by, note FROM alarm
            WHERE (?1 OR NOT withdrawn AND (acknowledged IS NULL OR cleared IS NULL AND kind <> 'bad-order')) AND (?2 IS NULL OR door = ?2)
            AND (?3 IS NULL OR (raised, id) < (?3, ?4)) ORDER BY raised DESC, id DESC LIMIT ?5
            """, command.data.all ?? false, command.data.door?.text, after?.0, after?.1, page + 1, read: DoorAlarm.init)
        return .accept(AlarmList(alarms: Array(alarms.prefix(page)), more: alarms.count > page))
    }

    func alarm(_ id: EventID, in db: borrowing Transaction) throws -> DoorAlarm? {
        try db.first(
            "SELECT id, door, kind, raised, cleared, withdrawn, acknowledged, by, note FROM alarm WHERE id = ?", id.bytes,
            read: DoorAlarm.init)
    }

    // MARK: Health

    /// Alarms that nobody has acknowledged, the gravest first; the rest of many as one. Those of sites stand in the sites' own health.
    func alarming(in turn: borrowing Turn) throws -> [Problem] {
        let limit = 10
        let open = try turn.db.all(
            """
            SELECT id, door, kind, raised, cleared, withdrawn, acknowledged, by, note FROM alarm
            WHERE acknowledged IS NULL AND NOT withdrawn AND site IS NULL
            ORDER BY kind NOT IN ('forced', 'tamper', 'bad-order'), raised DESC LIMIT ?
            """, limit, read: DoorAlarm.init)
        let count =
            try turn.db.first("SELECT count(*) FROM alarm WHERE acknowledged IS NULL AND NOT withdrawn AND site IS NULL") { $0.int(0) } ?? 0
        let rest = count - Int64(open.count)
        return open.map { $0.problem(turn.identity.offset) }
            + (rest > 0 ? [Problem(.amber, "alarms", "\(rest) more alarms of doors: kazasu door alarms")] : [])
    }
}

extension DoorAlarm {
    fileprivate init(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let door = DoorID(row.text(1)), let kind = Kind(rawValue: row.text(2)) else {
            preconditionFailure("an alarm was written with an id, a door's name and its kind")
        }
        self.init(
            id: id, door: door, kind: kind, raised: Instant(milliseconds: row.int(3)),
            cleared: row.intIfPresent(4).map { Instant(milliseconds: $0) }, withdrawn: row.int(5) == 1 ? true : nil,
            acknowledged: row.intIfPresent(6).map { Instant(milliseconds: $0) }, by: row.textIfPresent(7).flatMap { UserID($0) },
            note: row.textIfPresent(8))
    }

    /// One sentence with the next step.
    fileprivate func problem(_ offset: UTCOffset) -> Problem {
        let at = raised.rfc3339(offset).prefix(16).split(separator: "T").joined(separator: " ")
        let (weight, what): (Problem.Weight, String) =
            switch kind {
            case .forced: (.red, "Door \(door) was opened at \(at) without a grant or an exit: look who is there")
            case .tamper: (.red, "The lock of door \(door) was opened or torn off at \(at): look at it")
            case .badOrder: (.red, "The lock of door \(door) was sent orders at \(at) that were none of ours: look who is on the bus")
            case .jammed: (.amber, "The bolt of door \(door) jammed at \(at): look at it")
            case .heldOpen: (.amber, "Door \(door) was still open at \(at): shut it")
            case .silent: (.amber, "The lock of door \(door) has been silent since \(at): look at its power and its network")
            case .batteryLow: (.amber, "The battery of door \(door) was low at \(at): change it")
            }
        return Problem(weight, "alarm-\(kind.rawValue)", "\(what). Then: kazasu door ack \(id)")
    }
}
