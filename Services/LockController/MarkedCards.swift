import Contracts
import People
import ServiceKit
import Store

/// What the tables say of the marked cards up to one of them: read all at once, for to ask for each takes several times as long.
struct MarkedCards {
    /// A card as the lists of a door have it.
    struct Entry {
        let door: DoorID
        let hash: Int64
        let windows: LeaseWindows
        let changed: Int64
        let isNarrowed: Bool
    }

    fileprivate struct Slot {
        let door: DoorID
        let window: LeaseWindow
    }

    let entries: [Token: [Entry]]
    private let slots: [Token: [Slot]]
    private let groups: [Token: [GroupID]]
    private let times: [LeaseTimes]
    private let now: Instant
    /// The doors that a group opens at any time, once it has been asked for.
    private var doors: [GroupID: [DoorID]] = [:]

    // CROSS JOIN keeps SQLite to the order as written, as in Rights.
    init(through last: String, by times: [LeaseTimes], in turn: borrowing Turn) throws {
        (self.times, now) = (times, turn.now)
        entries = Self.byToken(
            try turn.db.all(
                """
                SELECT token, door, hash, windows, changed, narrowed FROM lease_due CROSS JOIN lease_card USING (token) WHERE token <= ?
                """, last
            ) { row in (Token(row.text(0)), Entry(row)) })
        slots = Self.byToken(
            try turn.db.all(
                """
                SELECT token, door, starts, ends FROM lease_due CROSS JOIN booking_token USING (token)
                CROSS JOIN booking ON booking.id = booking_token.booking
                WHERE token <= ? AND ends > ? AND NOT cancelled AND paid IS NOT 0
                """, last, now.milliseconds
            ) { row in (Token(row.text(0)), Slot(row, from: 1)) })
        groups = Self.byToken(
            try turn.db.all("SELECT token, \"group\" FROM lease_due CROSS JOIN group_token USING (token) WHERE token <= ?", last) { row in
                (Token(row.text(0)), GroupID(row.text(1)))
            })
    }

    private static func byToken<Value>(_ found: [(Token?, Value?)]) -> [Token: [Value]] {
        var values: [Token: [Value]] = [:]
        for case (let token?, let value?) in found { values[token, default: []].append(value) }
        return values
    }

    /// Where and when a card may enter from now on: by its own bookings and groups and by those of the person whose card it is, as at a tap.
    mutating func windows(of token: Token, in db: borrowing Transaction) throws -> [DoorID: LeaseWindows] {
        let card = try People<LockView>.card(token, in: db)
        guard card?.isBarred != true else { return [:] }
        var slots = slots[token] ?? []
        for name in try card.map({ try [$0.person] + People<LockView>.merged(into: $0.person, in: db) }) ?? [] {
            slots += try db.all(
                """
                SELECT door, starts, ends FROM booking_person CROSS JOIN booking ON booking.id = booking_person.booking
                WHERE person = ? AND ends > ? AND NOT cancelled AND paid IS NOT 0
                """, name.text, now.milliseconds
            ) { Slot($0, from: 0) }.compactMap(\.self)
        }
        let groups = try Standing.groups(of: [], card?.person, in: db).union(groups[token] ?? [])
        var opened: Set<DoorID> = []
        for group in groups { opened.formUnion(try doors(of: group, in: db)) }
        let booked = Dictionary(grouping: slots, by: \.door)
        var found: [DoorID: LeaseWindows] = [:]
        for time in times {
            found[time.door] = time.windows(
                slots: (booked[time.door] ?? []).map(\.window), isMember: opened.contains(time.door), groups: groups, isKnown: card != nil)
        }
        return found
    }

    private mutating func doors(of group: GroupID, in db: borrowing Transaction) throws -> [DoorID] {
        if let known = doors[group] { return known }
        let found = try db.all("SELECT door FROM group_door WHERE \"group\" = ?", group.text) { DoorID($0.text(0)) }.compactMap(\.self)
        doors[group] = found
        return found
    }
}

extension MarkedCards.Entry {
    fileprivate init?(_ row: Row) {
        guard let door = DoorID(row.text(1)) else { return nil }
        self.init(
            door: door, hash: row.int(2), windows: LeaseWindows(packed: row.blob(3)), changed: row.int(4), isNarrowed: row.int(5) == 1)
    }
}

extension MarkedCards.Slot {
    /// - Parameter column: of its door; its times stand behind it.
    fileprivate init?(_ row: Row, from column: Int32) {
        guard let door = DoorID(row.text(column)),
            let window = LeaseWindow(Instant(milliseconds: row.int(column + 1)), Instant(milliseconds: row.int(column + 2)))
        else { return nil }
        self.init(door: door, window: window)
    }
}
