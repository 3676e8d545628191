import Contracts
import People
import ServiceKit
import Store

// What a door's plan asks of the database is asked only where there is such a rule: most doors have none.
extension Standing {
    /// - Parameters:
    ///   - tokens: of the card; the former one is the name it keeps while token keys are being changed.
    ///   - card: whose it is, where the directory says so.
    init(
        of tokens: [Token], _ card: PersonCard<PersonKind>?, at door: Door, around moment: Instant, in emergency: Emergency?,
        _ db: borrowing Transaction
    ) throws {
        holder = card?.person.text ?? tokens.last?.text ?? ""
        isKnown = card.map { !$0.isBarred } ?? false
        isBarred = card?.isBarred ?? false
        self.emergency = emergency
        exceptions = try Self.exceptions(at: door.id, around: moment, in: db)
        let plan = door.plan
        if emergency != nil || plan.firstPerson != nil || !exceptions.isEmpty || plan.openings.contains(where: \.isForAGroup) {
            groups = try Self.groups(of: tokens, card?.person, in: db)
        }
        if let first = plan.firstPerson {
            firstCame = try db.first("SELECT at FROM arrival WHERE door = ? AND \"group\" = ?", door.id.text, first.text) {
                Instant(milliseconds: $0.int(0))
            }
        }
        if let limit = plan.limit { full = try Self.full(for: holder, limit, at: door.id, around: moment, in: db) }
    }

    /// A person's id, or the token of a card of nobody known.
    static func holder(of tap: Tapped, in db: borrowing Transaction) throws -> String {
        let card = try People<LockView>.card(tap.token, in: db) ?? tap.former.flatMap { try People<LockView>.card($0, in: db) }
        return card?.person.text ?? (tap.former ?? tap.token).text
    }

    static func groups(of tokens: [Token], _ person: PersonID?, in db: borrowing Transaction) throws -> Set<GroupID> {
        var groups: Set<GroupID> = []
        for token in tokens {
            groups.formUnion(
                try db.all("SELECT \"group\" FROM group_token WHERE token = ?", token.text) { GroupID($0.text(0)) }.compactMap { $0 })
        }
        let row = try person.flatMap { try People<LockView>.fields(of: $0, in: db) }
        let members: [GroupID]? = row.flatMap { try? $0.decodeIfPresent("groups") }
        return groups.union(members ?? [])
    }

    /// Openings of which others have all the places.
    private static func full(
        for holder: String, _ limit: Int, at door: DoorID, around moment: Instant, in db: borrowing Transaction
    ) throws -> Set<Guests> {
        Set(
            try db.all(
                """
                SELECT schedule, starts FROM slot_guest WHERE door = ? AND starts > ? GROUP BY schedule, starts
                HAVING count(*) >= ? AND NOT max(guest = ?)
                """, door.text, (moment - .seconds(2 * 86_400)).milliseconds, limit, holder
            ) { row in ScheduleID(row.text(0)).map { Guests(schedule: $0, from: Instant(milliseconds: row.int(1))) } }
            .compactMap { $0 })
    }
}

extension LockController {
    /// Somebody is let in: who has to come first has come, and one place of the opening is taken.
    func admit(_ standing: Standing, by claim: Claim, with tap: EventID, at moment: Instant, to door: Door, in turn: borrowing Turn) throws
    {
        if let first = door.plan.firstPerson, standing.groups.contains(first) {
            try turn.db.run(
                """
                INSERT INTO arrival (door, "group", at, tap) VALUES (?, ?, ?, ?)
                ON CONFLICT (door, "group") DO UPDATE SET at = excluded.at, tap = excluded.tap WHERE excluded.at > at
                """, door.id.text, first.text, moment.milliseconds, tap.bytes)
        }
        if door.plan.limit != nil, let schedule = claim.right.schedule, let from = claim.from {
            try turn.db.run(
                "INSERT INTO slot_guest (door, schedule, starts, guest) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", door.id.text,
                schedule.text, from.milliseconds, standing.holder)
        }
    }
}

extension DoorPlan.Opening {
    fileprivate var isForAGroup: Bool { if case .group = whom { true } else { false } }
}
