import Contracts
import People
import Seal
import Store

// CROSS JOIN keeps SQLite to the order as written, from a card to its few bookings; left alone it goes through all that the door has.
extension Rights {
    /// Slots this far from a tap are looked at, so that a refusal can say "too early" or "too late".
    private static let horizon = Duration.seconds(12 * 3600)

    /// What the card of a tap may do, and the person whose card it is. While token keys are being changed a card has two tokens, and the rights of both.
    /// Where the directory says nothing of a person, the card has its own rights alone.
    init(of tap: Tapped, at door: DoorID, around moment: Instant, in db: borrowing Transaction) throws {
        try self.init(of: tap.token, at: door, around: moment, in: db)
        if let former = tap.former { add(try Rights(of: former, at: door, around: moment, in: db)) }
        guard let card = try People<LockView>.card(tap.token, in: db) ?? tap.former.flatMap({ try People<LockView>.card($0, in: db) })
        else { return }
        // Whoever found a lost card has none of its rights, by whatever name they were given.
        guard !card.isBarred else {
            (slots, group) = ([], nil)
            return
        }
        add(try Rights(of: card.person, at: door, around: moment, in: db))
    }

    /// What disaster modes give and take.
    mutating func add(_ emergency: Emergency, for tap: Tapped, in db: borrowing Transaction) throws {
        isSuspended = emergency.isSuspended
        disaster = try Self.groups(of: tap, in: db).sorted().lazy.compactMap { emergency.opens[$0] }.first
    }

    /// All groups a card is in, by its own name or by its person's.
    private static func groups(of tap: Tapped, in db: borrowing Transaction) throws -> Set<GroupID> {
        var groups: Set<GroupID> = []
        for token in [tap.token, tap.former].compactMap(\.self) {
            groups.formUnion(
                try db.all("SELECT \"group\" FROM group_token WHERE token = ?", token.text) { GroupID($0.text(0)) }.compactMap(\.self))
        }
        guard let card = try People<LockView>.card(tap.token, in: db) ?? tap.former.flatMap({ try People<LockView>.card($0, in: db) })
        else { return groups }
        if card.isBarred { return [] }
        let more: [GroupID]? = try People<LockView>.fields(of: card.person, in: db).flatMap { try? $0.decodeIfPresent("groups") }
        return groups.union(more ?? [])
    }

    private mutating func add(_ more: Rights) {
        slots = (slots + more.slots).sorted(by: Self.earlier)
        group = group ?? more.group
    }

    private init(of token: Token, at door: DoorID, around moment: Instant, in db: borrowing Transaction) throws {
        slots = try db.all(
            """
            SELECT booking.id, starts, ends, paid = 0 FROM booking_token CROSS JOIN booking ON booking.id = booking_token.booking
            WHERE token = ? AND door = ? AND ends > ? AND starts < ? AND NOT cancelled
            """, token.text, door.text, (moment - Self.horizon).milliseconds, (moment + Self.horizon).milliseconds, read: Slot.init
        )
        // Sorted here: for a handful of rows SQLite would make a temporary tree, and that takes longer than all the rest.
        .sorted(by: Self.earlier)
        group =
            try db.first(
                """
                SELECT group_token."group" FROM group_token CROSS JOIN group_door ON group_door."group" = group_token."group"
                WHERE token = ? AND door = ? ORDER BY group_token."group" LIMIT 1
                """, token.text, door.text
            ) { GroupID($0.text(0)) } ?? nil
    }

    private init(of person: PersonID, at door: DoorID, around moment: Instant, in db: borrowing Transaction) throws {
        // A booking keeps the name it was made for, whoever that was found to be.
        slots = []
        for name in try [person] + People<LockView>.merged(into: person, in: db) {
            slots += try db.all(
                """
                SELECT booking.id, starts, ends, paid = 0 FROM booking_person CROSS JOIN booking ON booking.id = booking_person.booking
                WHERE person = ? AND door = ? AND ends > ? AND starts < ? AND NOT cancelled
                """, name.text, door.text, (moment - Self.horizon).milliseconds, (moment + Self.horizon).milliseconds, read: Slot.init)
        }
        // Of the row this alone: to decode the whole of it would take longer than all the rest.
        let groups: [GroupID]? = try People<LockView>.fields(of: person, in: db).flatMap { try? $0.decodeIfPresent("groups") }
        group = try groups?.first { group in
            try db.first("SELECT 1 FROM group_door WHERE \"group\" = ? AND door = ?", group.text, door.text) { _ in true } != nil
        }
    }

    private static func earlier(_ one: Slot, _ other: Slot) -> Bool { (one.from, one.booking) < (other.from, other.booking) }
}

extension Rights.Slot {
    fileprivate init(_ row: Row) {
        self.init(
            booking: EventID(bytes: row.blob(0)) ?? EventID(high: 0, low: 0), from: Instant(milliseconds: row.int(1)),
            to: Instant(milliseconds: row.int(2)), isUnpaid: row.intIfPresent(3) == 1)
    }
}
