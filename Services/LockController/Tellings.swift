import Contracts
import ServiceKit
import Store

/// What the town's lock-controller tells those at sites: of each booking and each card and door of a group the present state, whenever it has changed.
///
/// Triggers of the schema note what has changed, so whatever changes a right, it is told.
extension LockController {
    private static let step = 200

    /// - Returns: when there is more to tell.
    func tellSites(in turn: borrowing Turn) throws -> Instant? {
        guard duty == .town(hasSites: true) else { return nil }
        let bookings = try turn.db.all("SELECT booking FROM untold_booking ORDER BY booking LIMIT ?", Self.step) {
            EventID(bytes: $0.blob(0))
        }
        for case let id? in bookings {
            try turn.db.run("DELETE FROM untold_booking WHERE booking = ?", id.bytes)
            if try turn.db.first("SELECT 1 FROM booking WHERE id = ?", id.bytes, read: { _ in }) != nil {
                try turn.emitRoot(BookingView(booking(id, in: turn)), on: .bookingView, subject: id.description, time: turn.now)
            } else {
                // Long over: whoever never hears of it again holds a slot that no tap can meet.
                try turn.retire(id.description, on: .bookingView)
            }
        }
        let groups = try turn.db.all("SELECT \"group\", token, door FROM untold_group ORDER BY \"group\", token, door LIMIT ?", Self.step) {
            (GroupID($0.text(0)), $0.text(1), $0.text(2))
        }
        for case (let group?, let token, let door) in groups {
            try turn.db.run("DELETE FROM untold_group WHERE \"group\" = ? AND token = ? AND door = ?", group.text, token, door)
            let belongs =
                try turn.db.first(
                    """
                    SELECT 1 FROM group_token WHERE token = ?2 AND "group" = ?1
                    UNION ALL SELECT 1 FROM group_door WHERE "group" = ?1 AND door = ?3
                    """, group.text, token, door
                ) { _ in } != nil
            let view = GroupView(group, token: Token(token), door: DoorID(door), belongs: belongs)
            try turn.emitRoot(view, on: .groupView, subject: view.key, time: turn.now)
        }
        return bookings.count + groups.count < Self.step ? nil : turn.now
    }

    /// Rights that a site holds as unknown, because this controller was put back from an older copy, are known again once they are told anew.
    func tellAgain(_ command: Envelope<TellAgain>, in turn: borrowing Turn) throws -> Reply<Done> {
        guard duty == .town(hasSites: true) else { return .refuse("no-sites", "This town has no sites to tell.") }
        try turn.db.run("INSERT OR IGNORE INTO untold_booking SELECT id FROM booking")
        try turn.db.run("INSERT OR IGNORE INTO untold_group SELECT \"group\", token, '' FROM group_token")
        try turn.db.run("INSERT OR IGNORE INTO untold_group SELECT \"group\", '', door FROM group_door")
        turn.log("sites are told all rights again, as \(turn.actor) asked")
        return .accept(Done())
    }

    /// Where nobody is to be told, nobody reads these lists.
    func forgetUntold(in turn: borrowing Turn) throws {
        switch duty {
        case .town(hasSites: true): break
        // The first site that comes to be is told all that there is.
        case .town: try turn.db.run("DELETE FROM untold_booking WHERE booking NOT IN (SELECT id FROM booking)")
        case .site:
            try turn.db.run("DELETE FROM untold_booking")
            try turn.db.run("DELETE FROM untold_group")
        }
    }
}
