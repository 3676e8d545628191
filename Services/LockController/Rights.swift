import Contracts
import Seal
import Store

extension Rights {
    /// What the card of a tap may do. While token keys are being changed it has two tokens, and the rights of both.
    init(of tap: Tapped, at door: DoorID, around moment: Instant, in db: borrowing Transaction) throws {
        try self.init(of: tap.token, at: door, around: moment, in: db)
        guard let former = tap.former else { return }
        let more = try Rights(of: former, at: door, around: moment, in: db)
        slots = (slots + more.slots).sorted(by: Self.earlier)
        group = group ?? more.group
    }

    /// Slots this far from a tap are looked at, so that a refusal can say "too early" or "too late".
    private static let horizon = Duration.seconds(12 * 3600)

    private init(of token: Token, at door: DoorID, around moment: Instant, in db: borrowing Transaction) throws {
        slots = try db.all(
            """
            SELECT booking.id, starts, ends FROM booking_token JOIN booking ON booking.id = booking_token.booking
            WHERE token = ? AND door = ? AND ends > ? AND starts < ? AND NOT cancelled
            """, token.text, door.text, (moment - Self.horizon).milliseconds, (moment + Self.horizon).milliseconds
        ) {
            Slot(
                booking: EventID(bytes: $0.blob(0)) ?? EventID(high: 0, low: 0), from: Instant(milliseconds: $0.int(1)),
                to: Instant(milliseconds: $0.int(2)))
        }
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

    private static func earlier(_ one: Slot, _ other: Slot) -> Bool { (one.from, one.booking) < (other.from, other.booking) }
}
