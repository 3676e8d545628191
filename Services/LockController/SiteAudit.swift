import Contracts
import ServiceKit
import Store

// The office has one table for all doors: a site tells the town each line of its audit, with its alarms and the bookings that were used.

/// A door that is decided on at a site.
struct FarDoor: Sendable {
    let door: Door
    let site: Instance
}

/// At a site.
extension LockController {
    /// A line of the audit was written, has changed, or is gone.
    func tellTown(
        _ place: AuditPlace, of door: DoorID, booking: EventID? = nil, alarm: EventID? = nil, in turn: borrowing Turn
    ) throws {
        guard duty == .site else { return }
        let alarm = try alarm.flatMap { try self.alarm($0, in: turn.db) }.map(AlarmTold.init)
        let line = try auditLine(at: place, of: door, in: turn.db)
        try turn.emitRoot(
            AuditTold(line, at: place, of: door, booking: booking, alarm: alarm), on: .auditLines, subject: door.text, time: turn.now)
    }

    /// A lock has said, or a sensor has, what became of a decision.
    func tellTownOutcome(of decision: EventID, in turn: borrowing Turn) throws {
        guard duty == .site else { return }
        // A grant ends within ten seconds of its decision and is given up half a minute later: in that minute its line stands.
        let found = try turn.db.first(
            """
            SELECT at, opening.door FROM opening CROSS JOIN audit
            ON audit.door = opening.door AND at BETWEEN due - 60000 AND due AND id = decision WHERE decision = ?
            """, decision.bytes
        ) { (Instant(milliseconds: $0.int(0)), DoorID($0.text(1))) }
        guard case (let time, let door?)? = found else { return }
        try tellTown(AuditPlace(at: time, id: decision), of: door, in: turn)
    }

    func note(_ taken: Envelope<AlarmTaken>, in turn: borrowing Turn) throws {
        let changed = try turn.db.run(
            "UPDATE alarm SET acknowledged = ?, by = ? WHERE id = ? AND acknowledged IS NULL", taken.time.milliseconds, taken.data.by.text,
            taken.data.alarm.bytes)
        if changed > 0 { try publishState(of: taken.data.door, in: turn) }
    }
}

/// At the town.
extension LockController {
    /// Of a line the newest word counts, in whatever order they come.
    func keep(_ told: Envelope<AuditTold>, in turn: borrowing Turn) throws {
        let (door, place) = (told.data.door, told.data.place)
        guard let position = told.position, others[door]?.site == turn.topic.entity.named() else { throw Foreign(door: door) }
        try turn.db.run(
            """
            INSERT INTO site_audit (door, at, id, line, epoch, n) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (door, at, id) DO UPDATE SET line = excluded.line, epoch = excluded.epoch, n = excluded.n
            WHERE (excluded.epoch, excluded.n) > (epoch, n)
            """, door.text, place.at.milliseconds, place.id.bytes, told.data.line?.json(), position.epoch.text, position.number)
        if let booking = told.data.booking { try use(booking, of: door, at: place.at, in: turn) }
        if let alarm = told.data.alarm { try keep(alarm, at: door, position, in: turn) }
    }

    private func keep(_ alarm: AlarmTold, at door: DoorID, _ position: StreamPosition, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            INSERT INTO alarm (id, door, kind, raised, cleared, withdrawn, site, epoch, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET cleared = excluded.cleared, withdrawn = excluded.withdrawn, epoch = excluded.epoch, n = excluded.n
            WHERE door = excluded.door AND (excluded.epoch, excluded.n) > (epoch, n)
            """, alarm.id.bytes, door.text, alarm.kind.rawValue, alarm.raised.milliseconds, alarm.cleared?.milliseconds,
            alarm.withdrawn ?? false, turn.topic.entity.text, position.epoch.text, position.number)
    }

    /// Lines that sites have told, behind those this controller has written about the same door.
    func toldLines(_ wish: ListAudit, atMost limit: Int, in turn: borrowing Turn) throws -> [AuditLine] {
        guard others[wish.door] != nil else { return [] }
        return try turn.db.all(
            """
            SELECT line FROM site_audit WHERE door = ?1 AND (at, id) > (?2, ?3) AND at < ?4 AND line IS NOT NULL ORDER BY at, id LIMIT ?5
            """, wish.door.text, wish.after?.at.milliseconds ?? wish.from.milliseconds - 1,
            wish.after?.id.bytes ?? EventID(high: .max, low: .max).bytes, wish.to.milliseconds, limit
        ) { try $0.blob(0).decoded() }
    }

    func purgeToldLines(until limit: Int64, in turn: borrowing Turn) throws {
        try turn.db.run(
            "DELETE FROM site_audit WHERE (door, at, id) IN (SELECT door, at, id FROM site_audit WHERE at < ? ORDER BY at LIMIT 1000)",
            limit)
    }
}

/// A site speaks of a door that is not one of its own.
private struct Foreign: Error, CustomStringConvertible {
    let door: DoorID
    var description: String { "door \(door) is not decided on at the site that speaks of it" }
}
