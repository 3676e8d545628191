import Contracts
import People
import Seal
import Store

// CROSS JOIN keeps SQLite to the order as written, from a card to its few bookings; left alone it goes through all that the door has.
extension Rights {
    /// Slots this far from a tap are looked at, so that a refusal can say "too early" or "too late".
    private static let horizon = Duration.seconds(12 * 3600)

    /// What a card may do, and the person whose card it is. While token keys are being changed a card has two tokens, and the rights of both.
    /// Where the directory says nothing of a person, the card has its own rights alone.
    init(
        of token: Token, _ former: Token?, at door: Door, around moment: Instant, in emergency: Emergency?, _ db: borrowing Transaction
    ) throws {
        try self.init(of: token, at: door.id, around: moment, in: db)
        if let former { add(try Rights(of: former, at: door.id, around: moment, in: db)) }
        let card = try People<LockView>.card(token, in: db) ?? former.flatMap({ try People<LockView>.card($0, in: db) })
        if let card { add(try Rights(of: card.person, at: door.id, around: moment, in: db)) }
        standing = try Standing(of: [token, former].compactMap { $0 }, card, at: door, around: moment, in: emergency, db)
    }

    /// What any card of a person may do.
    init(of person: PersonID, at door: Door, around moment: Instant, in emergency: Emergency?, _ db: borrowing Transaction) throws {
        try self.init(of: person, at: door.id, around: moment, in: db)
        standing = try Standing(of: [], PersonCard(person: person, isBarred: false), at: door, around: moment, in: emergency, db)
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
