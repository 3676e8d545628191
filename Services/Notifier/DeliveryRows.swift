import Contracts
import ServiceKit
import Store

struct KeptDelivery {
    let id: EventID
    let notice: EventID
    let recipient: NoticeRecipient
    let stage: DeliveryLine.Stage
    let attempts: Int
    /// Of the present address.
    let tries: Int
    let way: Carriage?
    let mark: [UInt8]?
    let code: Int?
    let isPerhapsTwice: Bool
    let lead: EventID?
}

extension Notifier {
    func delivery(_ id: EventID, in db: borrowing Transaction) throws -> KeptDelivery? {
        try db.first(
            "SELECT notice, recipient, stage, attempts, tries, way, mark, code, twice, lead FROM delivery WHERE id = ?", id.bytes
        ) { row -> KeptDelivery? in
            guard let notice = EventID(bytes: row.blob(0)), let recipient = NoticeRecipient(row.text(1)),
                let stage = DeliveryLine.Stage(rawValue: row.text(2))
            else { return nil }
            return KeptDelivery(
                id: id, notice: notice, recipient: recipient, stage: stage, attempts: Int(row.int(3)), tries: Int(row.int(4)),
                way: row.textIfPresent(5).flatMap { Carriage(rawValue: $0) }, mark: row.isNull(6) ? nil : row.blob(6),
                code: row.intIfPresent(7).map(Int.init), isPerhapsTwice: row.int(8) == 1,
                lead: row.isNull(9) ? nil : EventID(bytes: row.blob(9)))
        } ?? nil
    }

    func notice(_ id: EventID, in db: borrowing Transaction) throws -> KeptNotice? {
        let row = try db.first("SELECT word, about, subject, at, row FROM notice WHERE id = ?", id.bytes) {
            (
                NoticeWord(rawValue: $0.text(0)), EventID(bytes: $0.blob(1)), $0.textIfPresent(2), Instant(milliseconds: $0.int(3)),
                $0.blob(4)
            )
        }
        guard let row, let word = row.0, let about = row.1 else { return nil }
        return KeptNotice(
            id: id, word: word, about: about, subject: row.2.flatMap { PersonID($0) }, at: row.3,
            values: try db.open(row.4, "notice/\(id)").decoded())
    }

    /// Others of the same kind for the same recipient that wait as well: brothers and sisters within a minute are told of in one message.
    func company(
        of delivery: KeptDelivery, _ notice: KeptNotice, in turn: borrowing Turn
    ) throws -> [(delivery: EventID, notice: KeptNotice)] {
        guard notice.word.isToldTogether else { return [] }
        // What had company before goes with it again.
        let found = try turn.db.all(
            """
            SELECT d.id, d.notice FROM delivery d JOIN notice n ON n.id = d.notice
            WHERE d.recipient = ?1 AND d.id <> ?2 AND (d.lead = ?2 OR d.lead IS NULL AND d.stage = 'queued' AND n.word = ?3
                AND n.at BETWEEN ?4 AND ?5) AND d.stage IN ('queued', 'deferred', 'sending')
            ORDER BY n.at LIMIT 9
            """, delivery.recipient.text, delivery.id.bytes, notice.word.rawValue, (notice.at - Self.together).milliseconds,
            (notice.at + Self.together).milliseconds
        ) { (EventID(bytes: $0.blob(0)), EventID(bytes: $0.blob(1))) }
        return try found.compactMap { id, other in
            guard let id, let other, let kept = try self.notice(other, in: turn.db), kept.values.school == notice.values.school,
                try isWanted(kept, by: delivery.recipient, in: turn.db)
            else { return nil }
            return (id, kept)
        }
    }

    static let together = Duration.seconds(60)

    func backlog(in db: borrowing Transaction) throws -> Backlog {
        let open = try db.first(
            "SELECT count(*), min(created) FROM delivery WHERE stage IN ('queued', 'deferred', 'sending')"
        ) { (Int($0.int(0)), $0.intIfPresent(1).map(Instant.init(milliseconds:))) }
        let twice = try db.first("SELECT twice FROM counted") { Int($0.int(0)) } ?? 0
        return Backlog(count: open?.0 ?? 0, oldest: open?.1, perhapsTwice: twice)
    }

    /// What has been due for a while and has not left.
    func backlogProblem(in turn: borrowing Turn) throws -> Problem? {
        let limit = turn.now - .seconds(300)
        let stuck = try turn.db.first(
            """
            SELECT count(*), min(created), code FROM delivery -- the code of the oldest: a column beside min() is of its row
            WHERE stage IN ('queued', 'deferred', 'sending') AND attempts > 0 AND created < ?
            """, limit.milliseconds
        ) { ($0.int(0), $0.intIfPresent(1).map(Instant.init(milliseconds:)), $0.intIfPresent(2)) }
        guard let stuck, stuck.0 > 0, let oldest = stuck.1 else { return nil }
        let answer = stuck.2.map { " Its last answer was \($0)." } ?? ""
        return Problem(
            .amber, "backlog",
            "\(stuck.0) messages could not be handed over, the oldest since \(oldest.rfc3339(turn.identity.offset)).\(answer) They are tried again; look at the mail server, or at: kazasu notice status"
        )
    }

    /// What may have been told before a copy was put back.
    func perhapsProblem(in turn: borrowing Turn) throws -> Problem? {
        let count = try turn.db.first("SELECT count(*) FROM delivery WHERE stage = 'perhaps'") { $0.int(0) } ?? 0
        guard count > 0 else { return nil }
        return Problem(
            .amber, "perhaps-told",
            "\(count) messages may have been told before a copy was put back, and are not told again by themselves. Look at them: kazasu notice status. What is seen to: kazasu notice follow-up"
        )
    }

    /// After a clock was set back nothing waits for hours that were never to come.
    func hurryDeliveries(in turn: borrowing Turn) throws {
        let now = turn.now.milliseconds
        try turn.db.run(
            """
            UPDATE delivery SET due = CASE urgency WHEN 0 THEN ?1 ELSE ?2 END, created = min(created, ?1)
            WHERE stage IN ('queued', 'deferred') AND (created > ?3 OR due > CASE stage WHEN 'deferred' THEN ?4 ELSE ?5 END)
            """, now, policy.quiet.end(after: turn.now, turn.identity.offset).milliseconds, now + 60_000,
            (turn.now + Self.longestPause + .seconds(60)).milliseconds, (turn.now + .seconds(25 * 3600)).milliseconds)
        let answer = (turn.now + Self.answersWithin).milliseconds
        try turn.db.run("UPDATE delivery SET due = ?1 WHERE stage = 'sending' AND due > ?1", answer)
    }

    /// What is kept: sixty days of deliveries, so that an office can say who was told of what.
    func forgetDeliveries(in turn: borrowing Turn) throws {
        let limit = (turn.now - .seconds(60 * 86_400)).milliseconds
        try turn.db.run(
            "DELETE FROM delivery WHERE notice IN (SELECT id FROM notice WHERE at < ? LIMIT 500) AND stage NOT IN ('queued', 'deferred', 'sending')",
            limit)
        try turn.db.run(
            """
            DELETE FROM notice WHERE id IN (
                SELECT id FROM notice n WHERE at < ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE notice = n.id) LIMIT 500)
            """, limit)
    }
}

extension NoticeWord {
    /// Whether one message may tell it of several.
    var isToldTogether: Bool { [.arrived, .left, .leftEarly, .brought, .collected, .boarded, .alighted, .sheltered].contains(self) }
}
