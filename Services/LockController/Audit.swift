import Contracts
import People
import ServiceKit
import Store

/// Who did what at a door, why, and what came of it: one line for each.
extension LockController {
    /// - Parameter holder: a person's id, or the token of a card of nobody known.
    func audit(_ ruling: Ruling, of holder: String, at door: DoorID, _ decision: EventID, in turn: borrowing Turn) throws {
        let (what, why): (AuditLine.What, String) =
            switch ruling.verdict {
            case .open(let right): (.open, right.words + (ruling.rule.map { ", \($0.rawValue)" } ?? ""))
            case .refuse(let reason): (.refuse, ruling.rule?.rawValue ?? reason.rawValue)
            }
        try write(what, decision, at: door, turn.now, who: Token(holder)?.beginning ?? holder, why: why, by: nil, in: turn)
        try tellTown(AuditPlace(at: turn.now, id: decision), of: door, booking: ruling.claim?.right.booking, in: turn)
    }

    func audit(
        _ what: AuditLine.What, _ id: EventID, at door: DoorID, _ time: Instant? = nil, why: String, by: UserID?, alarm: EventID? = nil,
        in turn: borrowing Turn
    ) throws {
        try write(what, id, at: door, time ?? turn.now, who: nil, why: why, by: by, in: turn)
        try tellTown(AuditPlace(at: time ?? turn.now, id: id), of: door, alarm: alarm, in: turn)
    }

    /// A lock has decided by its lease.
    func audit(
        _ admission: Admission, _ report: EventID, of token: Token?, by booking: EventID?, at door: DoorID, _ time: Instant,
        in turn: borrowing Turn
    ) throws {
        let holder = try token.map { try People<LockView>.card($0, in: turn.db)?.person.text ?? $0.beginning }
        try write(
            admission.result == .opened ? .open : .refuse, report, at: door, time, who: holder,
            why: "lease" + (admission.refusal.map { ", \($0.rawValue)" } ?? ""), by: nil, in: turn)
        try tellTown(AuditPlace(at: time, id: report), of: door, booking: booking, in: turn)
    }

    /// A door that was opened otherwise than by a grant; `nil` takes back what an earlier look at the same sign had made of it.
    func auditOpening(_ reason: DoorLifeChanged.Reason?, at door: DoorID, _ sign: Sign, in turn: borrowing Turn) throws {
        if let reason, reason != .grant {
            try write(.opened, sign.id, at: door, sign.at, who: nil, why: reason.rawValue, by: nil, in: turn)
        } else {
            let gone = try turn.db.run(
                "DELETE FROM audit WHERE door = ? AND at = ? AND id = ?", door.text, sign.at.milliseconds, sign.id.bytes)
            guard gone > 0 else { return }
        }
        try tellTown(AuditPlace(at: sign.at, id: sign.id), of: door, in: turn)
    }

    private func write(
        _ what: AuditLine.What, _ id: EventID, at door: DoorID, _ time: Instant, who: String?, why: String, by: UserID?,
        in turn: borrowing Turn
    ) throws {
        // A door that is none of the town's is refused to whoever asks for it, and keeps nothing.
        guard has(door) else { return }
        try turn.db.run(
            "INSERT OR REPLACE INTO audit (door, at, id, what, who, why, by) VALUES (?, ?, ?, ?, ?, ?, ?)", door.text, time.milliseconds,
            id.bytes, what.rawValue, who, why, by?.text)
    }

    func list(_ command: Envelope<ListAudit>, in turn: borrowing Turn) throws -> Reply<AuditPage> {
        let wish = command.data
        guard has(wish.door) else {
            return .refuse("unknown-door", "There is no door \(wish.door). `kazasu door list` shows them.")
        }
        let seesOpenings = try seesOpenings(at: wish.door, in: turn.db)
        let lines = try turn.db.all(
            """
            SELECT at, id, what, who, why, by, result, used FROM audit LEFT JOIN opening ON decision = id AND what = 'open'
            WHERE audit.door = ?1 AND (at, id) > (?2, ?3) AND at < ?4 ORDER BY at, id LIMIT ?5
            """, wish.door.text, wish.after?.at.milliseconds ?? wish.from.milliseconds - 1,
            wish.after?.id.bytes ?? EventID(high: .max, low: .max).bytes, wish.to.milliseconds, AuditPage.limit + 1
        ) { row in AuditLine(row, seesOpenings: seesOpenings) }
        let told = try toldLines(wish, atMost: AuditPage.limit + 1, in: turn)
        // Those of this place are in order already: the year of a door is read in many pages.
        let all = told.isEmpty ? lines : (lines + told).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        return .accept(AuditPage(beginning: Array(all.prefix(AuditPage.limit + 1))))
    }

    /// One line as it is now.
    func auditLine(at place: AuditPlace, of door: DoorID, in db: borrowing Transaction) throws -> AuditLine? {
        let seesOpenings = try seesOpenings(at: door, in: db)
        return try db.first(
            """
            SELECT at, id, what, who, why, by, result, used FROM audit LEFT JOIN opening ON decision = id AND what = 'open'
            WHERE audit.door = ? AND at = ? AND id = ?
            """, door.text, place.at.milliseconds, place.id.bytes
        ) { AuditLine($0, seesOpenings: seesOpenings) }
    }

    /// Whether the door has a contact that tells.
    private func seesOpenings(at door: DoorID, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT life FROM door_life WHERE door = ?", door.text) {
            try $0.blob(0).decoded(as: DoorLife.self).contact != nil
        } ?? false
    }

    func purgeAudit(until limit: Int64, in turn: borrowing Turn) throws {
        var door: String? = ""
        while let last = door {
            door = try turn.db.first("SELECT min(door) FROM audit WHERE door > ?", last) { $0.textIfPresent(0) } ?? nil
            guard let door else { break }
            try turn.db.run(
                """
                DELETE FROM audit WHERE door = ?1 AND (at, id) IN (SELECT at, id FROM audit WHERE door = ?1 AND at < ?2 ORDER BY at, id LIMIT 200)
                """, door, limit)
        }
        try turn.db.run(
            "DELETE FROM alarm WHERE id IN (SELECT id FROM alarm WHERE raised < ? AND (cleared IS NOT NULL OR acknowledged IS NOT NULL) ORDER BY raised, id LIMIT 200)",
            limit)
        try turn.db.run("DELETE FROM battery WHERE at < ?", (turn.now - .seconds(400 * 86_400)).milliseconds)
    }
}

extension AuditLine {
    /// - Parameter seesOpenings: whether the door has a contact that tells.
    fileprivate init(_ row: Row, seesOpenings: Bool) {
        guard let id = EventID(bytes: row.blob(1)), let what = What(rawValue: row.text(2)) else {
            preconditionFailure("an audit line was written with an id and what it is")
        }
        let outcome = row.textIfPresent(6).flatMap { DoorOutcome.Result(rawValue: $0) }
        let used = outcome == .opened && seesOpenings ? row.int(7) == 1 : nil
        self.init(
            at: Instant(milliseconds: row.int(0)), id: id, what: what, who: row.textIfPresent(3), why: row.textIfPresent(4),
            outcome: outcome, used: used, by: row.textIfPresent(5).flatMap { UserID($0) })
    }
}

extension Right {
    fileprivate var words: String {
        let named: [(String, String?)] = [
            ("booking", booking?.description), ("exception", exception?.description), ("disaster", disaster?.description),
            ("shelter", shelter.map { drill == true ? "\($0) (drill)" : $0.text }), ("group", group?.text), ("schedule", schedule?.text),
        ]
        return named.compactMap { word, name in name.map { "\(word) \($0)" } }.joined(separator: ", ")
    }
}

extension Token {
    /// Enough to tell the cards of a door apart, and not the token.
    var beginning: String { text.prefix(11) + "…" }
}
