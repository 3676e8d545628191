import Contracts
import Seal
import ServiceKit
import Store

/// Makes a grant's bytes. Ed25519 signatures are deterministic, so a decision and its bytes stay a pure function.
package struct GrantSeal: Sendable {
    let key: SigningKey

    package init(_ key: SigningKey) { self.key = key }

    func bytes(_ grant: Grant) -> [UInt8] { JWS.sign(payload: grant.claims(), type: Grant.type, with: key) }
}

/// From a decision to what the lock said of it.
extension LockController {
    /// After this the lock is taken to have said nothing.
    static let patience = Duration.seconds(30)

    /// By so much a lock's clock may differ from ours before an order is obeyed outside of the right it rests on.
    private static let margin = Duration.seconds(2)

    /// The order ends with the tap it answers, and is good only while its right is: whatever held up either of them, nothing opens later than that.
    /// - Parameter moment: when the card was held over the reader, by our clock.
    func open(
        _ door: DoorID, for tap: EventID, at moment: Instant, by decision: EventID, within claim: Claim?, in turn: borrowing Turn
    ) throws {
        guard let rule = doors[door] else { return }
        let end = min(moment, turn.now) + tapLife
        let expires = min(end, claim?.to.map { $0 + Self.margin } ?? end)
        // Whole seconds, of which none lies before the right.
        let begins = max(turn.now.milliseconds / 1000 - 2, claim?.from.map { (($0 - Self.margin).milliseconds + 999) / 1000 } ?? 0)
        let count = try nextCount(in: turn)
        let grant = Grant(
            iss: "\(turn.identity.town)/\(Self.program)", aud: door, jti: decision, nbf: begins,
            exp: expires.milliseconds / 1000, cnt: count, open: Int(rule.openFor.components.seconds))
        turn.act("grant", cause: decision, topic: Grant.topic(in: turn.identity.town, to: door), expires: expires) { [seal] in
            seal.bytes(grant)
        }
        try turn.db.run(
            "INSERT INTO opening (count, decision, door, tap, due) VALUES (?, ?, ?, ?, ?)", count, decision.bytes, door.text, tap.bytes,
            (expires + Self.patience).milliseconds)
    }

    /// One counter for all doors grows for each of them, over restarts and restores, and past what an older copy of this database can have given out.
    private func nextCount(in turn: borrowing Turn) throws -> Int64 {
        let last = try turn.db.first("SELECT max(count) FROM opening") { $0.int(0) } ?? 0
        return max(last + 1, turn.now.milliseconds)
    }

    /// A lock's report, answered so that it stops repeating it.
    func note(_ report: Envelope<LockOutcome>, in turn: borrowing Turn) throws -> Reply<Done> {
        let door: DoorID = turn.topic.entity.named()
        guard doors[door] != nil else { return .refuse("unknown-door", "No door \(door) in this town. Is the lock's name right?") }
        let result: DoorOutcome.Result =
            switch report.data.result {
            case .opened: .opened
            case .refused: .refused
            case .stayedShut: .stayedShut
            }
        let opening = try report.data.grant.flatMap { try Opening(of: $0, at: door, in: turn.db) }
        let outcome = DoorOutcome(
            door: door, decision: opening?.decision, tap: opening?.tap, result: result, refusal: report.data.refusal,
            value: report.data.value)
        try conclude(outcome, cause: opening?.decision ?? report.id, discriminator: report.id.description, time: report.time, in: turn)
        try take(report.data, report.id, time: report.time, at: door, in: turn)
        return .accept(Done())
    }

    package func expired(_ act: ExpiredAct, in turn: borrowing Turn) throws {
        // The acknowledgement may be what was lost: a lock that has reported had the grant.
        guard let topic = Topic(act.topic), let opening = try Opening(of: act.cause, at: topic.entity.named(), in: turn.db),
            !opening.isConcluded
        else { return }
        let outcome = DoorOutcome(door: opening.door, decision: opening.decision, tap: opening.tap, result: .notSent)
        try conclude(outcome, cause: opening.decision, discriminator: "not-sent", time: turn.now, in: turn)
    }

    /// - Returns: when the next opening has waited long enough.
    func giveUpOnSilentLocks(in turn: borrowing Turn) throws -> Instant? {
        let next = try turn.db.first("SELECT min(due) FROM opening WHERE result IS NULL") { $0.intIfPresent(0) }?.map {
            Instant(milliseconds: $0)
        }
        guard let next, next <= turn.now else { return next }
        let silent = try turn.db.all(
            "SELECT decision, door, tap, result FROM opening WHERE result IS NULL AND due <= ? ORDER BY due LIMIT 500",
            turn.now.milliseconds,
            read: Opening.init)
        for opening in silent {
            let outcome = DoorOutcome(door: opening.door, decision: opening.decision, tap: opening.tap, result: .noAnswer)
            try conclude(outcome, cause: opening.decision, discriminator: "no-answer", time: turn.now, in: turn)
        }
        // More than that, or the next one: another turn at once.
        return turn.now
    }

    func conclude(_ outcome: DoorOutcome, cause: EventID, discriminator: String, time: Instant, in turn: borrowing Turn) throws {
        try turn.emit(outcome, on: .doorOutcomes, cause: cause, discriminator: discriminator, subject: outcome.door.text, time: time)
        if let decision = outcome.decision {
            try turn.db.run("UPDATE opening SET result = ? WHERE decision = ?", outcome.result.rawValue, decision.bytes)
            if let tap = outcome.tap { try note(outcome.result, of: tap, in: turn.db) }
            try tellTownOutcome(of: decision, in: turn)
        }
        try turn.db.run(
            """
            INSERT INTO door (door, decision, result, result_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (door) DO UPDATE SET decision = excluded.decision, result = excluded.result, result_at = excluded.result_at
            """, outcome.door.text, outcome.decision?.bytes, outcome.result.rawValue, time.milliseconds)
        try noteItem(outcome, in: turn)
        try publishState(of: outcome.door, in: turn)
    }
}

/// A grant that was decided and, perhaps, has not been heard of again.
struct Opening {
    let decision: EventID
    let door: DoorID
    let tap: EventID
    /// Somebody has said what became of it.
    let isConcluded: Bool

    init?(of decision: EventID, at door: DoorID, in db: borrowing Transaction) throws {
        let found = try db.first(
            "SELECT decision, door, tap, result FROM opening WHERE decision = ? AND door = ?", decision.bytes, door.text, read: Opening.init
        )
        guard let found else { return nil }
        self = found
    }

    init(_ row: Row) throws {
        guard let decision = EventID(bytes: row.blob(0)), let door = DoorID(row.text(1)), let tap = EventID(bytes: row.blob(2)) else {
            preconditionFailure("an opening was written with ids and a door's name")
        }
        self.decision = decision
        self.door = door
        self.tap = tap
        isConcluded = !row.isNull(3)
    }
}
