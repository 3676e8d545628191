import Contracts
import People
import ServiceKit
import Store

/// Cards held at gates are kept for a while: what they mean follows from all of a day.
extension Notifier {
    static let keepsGateTaps = Duration.seconds(28 * 86_400)

    /// A card was held at the gate of a school, or of several that share it.
    func atGate(_ tap: Envelope<Tapped>, _ person: PersonID?, _ at: Instant, in turn: borrowing Turn) throws {
        guard tap.data.purpose.kind == "school-gate", turn.now - at < Self.keepsGateTaps else { return }
        let agent: AgentID = turn.topic.entity.named()
        let held = GateTap(id: tap.id, at: at, direction: tap.data.direction)
        for school in policy.schools where school.gates.contains(agent) {
            if let person {
                try enter(held, with: person, at: school, in: turn)
            } else {
                try keep(held, of: tap.data.token.text, at: school.id.text, in: turn.db)
            }
        }
    }

    /// Whose day it is: the pupil's own, or that of the children whom the holder brings or collects.
    private func enter(_ tap: GateTap, with holder: PersonID, at school: School, in turn: borrowing Turn) throws {
        if try isPupil(holder, of: school, in: turn.db) { try enter(tap, of: holder, at: school, in: turn) }
        guard school.isForCollectors else { return }
        let date = tap.at.date(turn.identity.offset)
        let children = try children(of: holder, in: turn.db).filter { try $0 != holder && isPupil($0, of: school, in: turn.db) }
        let expected = try children.filter { try !isAbsent($0, from: school, on: date, in: turn.db) }
        // Who is ill at home is not brought along, unless nobody else is.
        for child in expected.isEmpty ? children : expected {
            var brought = tap
            brought.by = holder
            try enter(brought, of: child, at: school, in: turn)
        }
    }

    private func enter(_ tap: GateTap, of pupil: PersonID, at school: School, in turn: borrowing Turn) throws {
        try keep(tap, of: pupil.text, at: school.id.text, in: turn.db)
        let day = try gateDay(of: pupil, at: school, on: tap.at.date(turn.identity.offset), in: turn)
        // What was told of a reading is not told again or otherwise, whatever becomes known later.
        for change in day.changes where !change.isTold {
            try noteTold(change.first, of: pupil, at: school.id.text, in: turn.db)
            try tell(change, of: pupil, at: school, in: turn)
        }
    }

    func gateDay(of pupil: PersonID, at school: School, on date: CalendarDate, in turn: borrowing Turn) throws -> GateDay {
        let start = Instant(startOf: date, turn.identity.offset)
        return GateDay(following: try gateTaps(of: pupil.text, at: school.id.text, from: start, in: turn.db), pause: school.pause)
    }

    // MARK: Rows

    func keep(_ tap: GateTap, of key: String, at spot: String, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR IGNORE INTO gate_tap (key, spot, at, id, direction, carrier) VALUES (?, ?, ?, ?, ?, ?)", key, spot,
            tap.at.milliseconds, tap.id.bytes, tap.direction?.rawValue, tap.by?.text)
    }

    func noteTold(_ tap: GateTap, of pupil: PersonID, at spot: String, in db: borrowing Transaction) throws {
        try db.run(
            "UPDATE gate_tap SET told = 1 WHERE key = ? AND spot = ? AND at = ? AND id = ?", pupil.text, spot, tap.at.milliseconds,
            tap.id.bytes)
    }

    /// Those of one day.
    func gateTaps(of key: String, at spot: String, from start: Instant, in db: borrowing Transaction) throws -> [GateTap] {
        try db.all(
            "SELECT id, at, direction, carrier, told FROM gate_tap WHERE key = ? AND spot = ? AND at >= ? AND at < ?", key, spot,
            start.milliseconds, (start + .seconds(86_400)).milliseconds
        ) { GateTap($0, from: 0) }.compactMap(\.self)
    }

    /// Somebody's cards became known, or somebody was found to be another: what was held at a gate before is theirs now.
    func recognizeAtGates(_ person: PersonID, in turn: borrowing Turn) throws {
        if let other = try People<NoticeView>.successor(of: person, in: turn.db) {
            try turn.db.run("UPDATE OR IGNORE gate_tap SET key = ? WHERE key = ?", other.text, person.text)
        }
        for token in try view(of: person, in: turn.db)?.tokens ?? [] {
            let held = try turn.db.all(
                "SELECT spot, id, at, direction, carrier, told FROM gate_tap WHERE key = ? ORDER BY at, id", token.text
            ) { (SchoolID($0.text(0)), GateTap($0, from: 1)) }
            guard !held.isEmpty, try People<NoticeView>.person(of: token, in: turn.db) == person else { continue }
            try turn.db.run("DELETE FROM gate_tap WHERE key = ?", token.text)
            for case (let id?, let tap?) in held {
                guard let school = policy.school(id) else { continue }
                try enter(tap, with: try People<NoticeView>.present(person, in: turn.db), at: school, in: turn)
            }
        }
    }

    func forgetSchoolDays(in turn: borrowing Turn) throws {
        let limit = turn.now - Self.keepsGateTaps
        let date = limit.date(turn.identity.offset).description
        try turn.db.run(
            "DELETE FROM gate_tap WHERE (key, spot, at, id) IN (SELECT key, spot, at, id FROM gate_tap INDEXED BY gate_tap_at WHERE at < ? LIMIT 2000)",
            limit.milliseconds)
        try turn.db.run("DELETE FROM school_day WHERE date < ?", date)
        try turn.db.run("DELETE FROM gate_mark WHERE date < ?", date)
        try turn.db.run("DELETE FROM school_alarm WHERE date < ?", date)
        try turn.db.run("DELETE FROM school_change WHERE date < ?", date)
        try turn.db.run("DELETE FROM absence WHERE date < ?", date)
    }
}

extension GateTap {
    fileprivate init?(_ row: Row, from column: Int32) {
        guard let id = EventID(bytes: row.blob(column)) else { return nil }
        self.init(
            id: id, at: Instant(milliseconds: row.int(column + 1)),
            direction: row.textIfPresent(column + 2).flatMap { Direction(rawValue: $0) },
            by: row.textIfPresent(column + 3).flatMap { PersonID($0) }, isTold: row.int(column + 4) == 1)
    }
}
