import Contracts
import ServiceKit
import Store

/// What comes back from locks that decide alone: what they decided, and which lists they have.
extension LockController {
    /// Answered, so that the lock stops repeating it; told once, however late it is.
    func note(_ report: Envelope<Admission>, in turn: borrowing Turn) throws -> Reply<Done> {
        let door: DoorID = turn.topic.entity.named()
        guard let rule = doors[door] else { return .refuse("unknown-door", "No door \(door) in this town. Is the lock's name right?") }
        let token = try turn.db.first(
            "SELECT token FROM lease_card WHERE door = ? AND hash = ? ORDER BY token LIMIT 1", door.text, Int64(report.data.card.value)
        ) { Token($0.text(0)) }
        try turn.emit(
            DoorAdmission(door: door, report.data, token: token ?? nil), on: .doorAdmissions, cause: report.id, subject: door.text,
            time: report.time)
        let booking = try report.data.result == .opened ? booking(of: token ?? nil, at: rule, report.time, in: turn.db) : nil
        try audit(report.data, report.id, of: token ?? nil, by: booking, at: door, report.time, in: turn)
        if let booking { try use(booking, of: door, at: report.time, in: turn) }
        if report.data.result == .opened {
            try take(Sign(at: report.time, id: report.id, grant: report.id, condition: LockCondition()), at: door, in: turn)
        }
        return .accept(Done())
    }

    /// The booking a card has used, where a lock has let it in alone.
    private func booking(of token: Token?, at door: Door, _ moment: Instant, in db: borrowing Transaction) throws -> EventID? {
        guard let token else { return nil }
        let slots = try Rights(of: token, nil, at: door, around: moment, in: nil, db).slots
        return slots.first { $0.from <= moment && moment < $0.to && !$0.isUnpaid }?.booking
    }

    /// A lock says which lists it has in every sign of life. Something is written down when it has others than before, and said again when it lacks
    /// what it was given a while ago: a message may be lost, and a revocation must not be.
    func noteLease(held life: Life, by door: DoorID, in turn: borrowing Turn) throws {
        guard leaseDoors[door] != nil, let lease = life.counters?[LeaseCounter.lease] else { return }
        let changes = life.counters?[LeaseCounter.changes]
        let held = lease > 0 ? lease : nil
        let changed = try turn.db.run(
            """
            UPDATE lease SET held_lease = ?1, held_changes = ?2, held_expires = ?3, held_since = ?4
            WHERE door = ?5 AND (held_lease, held_changes, held_expires) IS NOT (?1, ?2, ?3)
            """, held, changes, held.map { _ in life.counters?[LeaseCounter.expires] ?? 0 }, turn.now.milliseconds, door.text)
        if changed > 0 { try publishLease(of: door, in: turn) }
        guard turn.isLive, life.state != .lost, life.state != .stopped else { return }
        let isLate = try turn.db.run(
            """
            UPDATE lease SET resent = ?1 WHERE door = ?2 AND (coalesce(held_lease, 0) < lease OR coalesce(held_changes, 0) < changes)
            AND last < ?1 - ?3 AND resent NOT BETWEEN ?1 - ?4 AND ?1
            """, turn.now.milliseconds, door.text, Self.onItsWay.milliseconds, Self.resendPause.milliseconds)
        if isLate > 0 { try keepAgain(door, in: turn) }
    }

    /// So long a list may be on its way.
    private static let onItsWay = Duration.seconds(3)
    /// A lock that cannot take what it is given gets it this often.
    private static let resendPause = Duration.seconds(60)

    func publishLease(of door: DoorID, in turn: borrowing Turn) throws {
        guard let state = try leaseState(of: door, in: turn) else { return }
        try turn.publishState(state, on: .leases, about: door.named())
    }

    func leaseProblems(in turn: borrowing Turn) throws -> [Problem] {
        try leaseDoors.keys.sorted().flatMap { door -> [Problem] in
            guard let state = try leaseState(of: door, in: turn) else { return [] }
            var problems: [Problem] = []
            if let omitted = state.omitted {
                problems.append(
                    Problem(
                        .amber, "lease-full",
                        "\(omitted) cards with a right at door \(door) do not fit its lease. They open it only online."))
            }
            switch state.held {
            case .none:
                problems.append(
                    Problem(
                        .amber, "lease-none",
                        "The lock of door \(door) has not said that it has a lease: cut off, it opens for nobody. Is it set up with its door key?"
                    ))
            case .some(let held) where held.expires < turn.now + .seconds(86_400):
                problems.append(
                    Problem(.amber, "lease-ending", "The lease in the lock of door \(door) ends at \(held.expires). Look at its network."))
            case .some: break
            }
            return problems
        }
    }

    private func leaseState(of door: DoorID, in turn: borrowing Turn) throws -> LeaseState? {
        let state = try turn.db.first(
            """
            SELECT lease, changes, cards, issued, expires, omitted, held_lease, held_changes, held_expires, held_since FROM lease WHERE door = ?
            """, door.text
        ) { row -> LeaseState? in
            guard let lease = row.intIfPresent(0) else { return nil }
            let held = row.intIfPresent(6).map {
                LeaseState.Held(
                    lease: $0, changes: row.intIfPresent(7), expires: Instant(milliseconds: row.int(8) * 1000),
                    since: Instant(milliseconds: row.int(9)))
            }
            return LeaseState(
                at: turn.now, maxAge: 30 * 86_400, lease: lease, changes: row.intIfPresent(1), cards: Int(row.int(2)),
                issued: Instant(milliseconds: row.int(3)), expires: Instant(milliseconds: row.int(4) * 1000), held: held, revoked: 0,
                unaware: 0, omitted: row.int(5) == 0 ? nil : Int(row.int(5)))
        }
        guard var state = state ?? nil else { return nil }
        func revoked(since count: Int64) throws -> Int {
            try turn.db.first(
                "SELECT count(*) FROM lease_card WHERE door = ? AND changed > ? AND changed > 0 AND windows = x''", door.text, count
            ) { Int($0.int(0)) } ?? 0
        }
        let list = state.held?.lease ?? 0
        state.revoked = try revoked(since: list)
        state.unaware = try revoked(since: max(list, state.held?.changes ?? 0))
        return state
    }
}
