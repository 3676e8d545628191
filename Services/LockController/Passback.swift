import Contracts
import People
import ServiceKit
import Store

/// Who is inside of a zone (anti-passback).
///
/// Passages are a fold of what readers have seen, ordered by when it was: in whichever order they become known, the same people are inside.
/// What a hard zone makes of it is a ruling of the moment; a passage that becomes known later changes what comes after it, and no decision.
extension LockController {
    /// The zone the holder of a card is inside of though about to go in. Nobody is ever kept from going out.
    func zoneEntered(again holder: String, by tap: Tapped, at moment: Instant, of door: Door, in turn: borrowing Turn) throws -> Zone? {
        guard tap.direction == .in else { return nil }
        let inside = try door.plan.zones.filter { try isInside($0, holder, at: moment, in: turn.db) }
        return inside.first { $0.passback == .hard } ?? inside.first
    }

    /// By what is known now: somebody whom another reader has let in is inside, though its clock be a little ahead.
    func isInside(_ zone: Zone, _ holder: String, at moment: Instant, in db: borrowing Transaction) throws -> Bool {
        try db.first(
            """
            SELECT way = 'in' FROM passage WHERE zone = ? AND holder = ? AND at >= ? AND NOT coalesce(failed, 0)
            ORDER BY at DESC, tap DESC LIMIT 1
            """, zone.id.text, holder, (moment - zone.forgiveAfter).milliseconds
        ) { $0.int(0) == 1 } ?? false
    }

    /// Whoever was let in is inside; whoever holds a card over a reader on the way out is outside, also when that becomes known late.
    func notePassage(
        _ tap: Envelope<Tapped>, of holder: String, at moment: Instant, _ verdict: Verdict, of door: Door, in turn: borrowing Turn
    )
        throws
    {
        guard let way = tap.data.direction, !door.plan.zones.isEmpty else { return }
        if way == .in { guard case .open = verdict else { return } }
        for zone in door.plan.zones { try note(way, zone.id, holder, tap.id, at: moment, in: turn.db) }
    }

    private func note(
        _ way: Direction, _ zone: ZoneID, _ holder: String, _ cause: EventID, at moment: Instant, in db: borrowing Transaction
    ) throws {
        try db.run(
            "INSERT INTO passage (zone, holder, at, tap, way) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", zone.text, holder,
            moment.milliseconds, cause.bytes, way.rawValue)
    }

    /// A door that did not open let nobody in. One of which that is known is believed, whatever was said of it before or after.
    func note(_ result: DoorOutcome.Result, of tap: EventID, in db: borrowing Transaction) throws {
        if result == .opened {
            try db.run("UPDATE passage SET failed = 0 WHERE tap = ?", tap.bytes)
        } else {
            try db.run("UPDATE passage SET failed = 1 WHERE tap = ? AND way = 'in' AND failed IS NULL", tap.bytes)
            try db.run("DELETE FROM arrival WHERE tap = ?", tap.bytes)
        }
    }

    func forgive(_ command: Envelope<ForgivePassback>, in turn: borrowing Turn) throws -> Reply<Forgiven> {
        let wish = command.data
        guard let zone = doors.values.lazy.flatMap(\.plan.zones).first(where: { $0.id == wish.zone }) else {
            let known = Set(doors.values.flatMap(\.plan.zones).map(\.id.text)).sorted()
            return .refuse(
                "unknown-zone", "There is no zone \(wish.zone). Zones: \(known.isEmpty ? "none" : known.joined(separator: ", ")).")
        }
        guard wish.token == nil || wish.person == nil else {
            return .refuse("bad-holder", "Say the card or the person, not both.")
        }
        var holders: [String]
        if let person = wish.person {
            holders = [person.text]
        } else if let token = wish.token {
            holders = [token.text] + [try People<LockView>.person(of: token, in: turn.db)?.text].compactMap { $0 }
        } else {
            holders = try turn.db.all(
                "SELECT DISTINCT holder FROM passage WHERE zone = ? AND at >= ? ORDER BY holder", zone.id.text,
                (turn.now - zone.forgiveAfter).milliseconds
            ) { $0.text(0) }
        }
        holders = try holders.filter { try isInside(zone, $0, at: turn.now, in: turn.db) }
        for holder in holders { try note(.out, zone.id, holder, command.id, at: turn.now, in: turn.db) }
        try turn.emit(PassbackForgiven(wish, by: turn.actor), on: .passbackForgiven, cause: command.id, subject: zone.id.text)
        return .accept(Forgiven(count: holders.count))
    }
}

extension LockController {
    /// Where people went is nobody's business for longer than a door needs it.
    func purgePassages(in turn: borrowing Turn) throws {
        let limit = (turn.now - .seconds(8 * 86_400)).milliseconds
        try turn.db.run(
            "DELETE FROM passage WHERE (zone, holder, at, tap) IN (SELECT zone, holder, at, tap FROM passage WHERE at < ? ORDER BY at LIMIT 1000)",
            limit)
        try turn.db.run(
            """
            DELETE FROM slot_guest WHERE (door, starts, schedule, guest) IN
            (SELECT door, starts, schedule, guest FROM slot_guest WHERE starts < ? LIMIT 1000)
            """, limit)
    }
}
