import Contracts
import People
import ServiceKit
import Store

/// When a card may enter a door that decides alone: by the rights and rules of a tap, as far as a list can say them.
///
/// Who has come first, how many have come and who is inside only the town knows: schedules with such a rule are left out, and whoever comes by them comes
/// online. A card nobody knows cannot be listed, so schedules for everybody are left out too.
struct LeaseTimes {
    let door: DoorID
    private let plan: DoorPlan
    private let openings: [(whom: DoorPlan.Whom, windows: LeaseWindows)]
    /// Days of closure, on which bookings mean nothing.
    private let closed: LeaseWindows
    private let exceptions: [DoorException]
    private let emergency: Emergency?
    private let now: Instant

    init(_ lending: Lending, _ exceptions: [DoorException], _ emergency: Emergency?, now: Instant, in town: UTCOffset) {
        let door = lending.door
        (self.door, plan, self.exceptions, self.emergency, self.now) = (door.id, door.plan, exceptions, emergency, now)
        // Half a life longer than a list: the next one is made then, and has to reach as far.
        let last = Int(lending.span * 3 / 2 / 86_400) + 1
        let today = now.date(town)
        let days = (plan.openings.isEmpty && plan.closures.isEmpty ? 0..<0 : -1..<last + 1).compactMap { today.adding($0) }.map {
            TownDay($0, town)
        }
        let shut = days.filter { [plan] in plan.closure(on: $0.date) != nil }
        closed = LeaseWindows(shut.compactMap { LeaseWindow($0.start, $0.start + .seconds(86_400)) })
        let isJudgedOnline = plan.firstPerson != nil || plan.limit != nil
        openings = plan.openings.compactMap { [plan] opening in
            guard opening.whom != .everybody else { return nil }
            guard let schedule = opening.schedule else { return (opening.whom, .always) }
            guard !isJudgedOnline else { return nil }
            let open = days.filter { schedule.ignoresClosures || plan.closure(on: $0.date) == nil }
            return (opening.whom, LeaseWindows(open.flatMap(schedule.slots).compactMap { LeaseWindow($0.lowerBound, $0.upperBound) }))
        }
    }

    /// - Parameters:
    ///   - slots: of bookings that are paid.
    ///   - isMember: of a group that opens this door at any time.
    func windows(slots: [LeaseWindow], isMember: Bool, groups: Set<GroupID>, isKnown: Bool) -> LeaseWindows {
        var standing = Standing()
        (standing.groups, standing.isKnown) = (groups, isKnown)
        var found = LeaseWindows.none
        if emergency?.isSuspended != true {
            found = LeaseWindows(slots).without(closed)
            for opening in openings where standing.belongs(to: opening.whom) { found = found.with(opening.windows) }
        }
        if isMember { found = found.with(.always) }
        for group in groups {
            if let mode = emergency?.opens[group], let window = LeaseWindow(now, mode.until) { found = found.with(LeaseWindows([window])) }
        }
        // Of two exceptions the later one counts.
        for exception in exceptions where standing.isConcerned(by: exception) {
            guard let window = LeaseWindow(exception.from, exception.to) else { continue }
            found = exception.kind == .open ? found.with(LeaseWindows([window])) : found.without(LeaseWindows([window]))
        }
        return found
    }
}

extension LockController {
    /// What each door that decides alone says now.
    func leaseTimes(in turn: borrowing Turn) throws -> [LeaseTimes] {
        var times: [LeaseTimes] = []
        for (id, lending) in leaseDoors {
            let exceptions = try Standing.exceptions(at: id, from: turn.now, in: turn.db)
            let emergency = try emergency(at: id, at: turn.now, in: turn.db)
            times.append(LeaseTimes(lending, exceptions, emergency, now: turn.now, in: turn.identity.offset))
        }
        return times
    }

    /// Where and when a card may enter from now on: by its own bookings and groups and by those of the person whose card it is, as at a tap.
    func windows(of token: Token, by times: [LeaseTimes], in turn: borrowing Turn) throws -> [DoorID: LeaseWindows] {
        let card = try People<LockView>.card(token, in: turn.db)
        guard card?.isBarred != true else { return [:] }
        let now = turn.now.milliseconds
        var slots = try turn.db.all(
            """
            SELECT door, starts, ends FROM booking_token CROSS JOIN booking ON booking.id = booking_token.booking
            WHERE token = ? AND ends > ? AND NOT cancelled AND paid IS NOT 0
            """, token.text, now, read: Self.slot)
        for name in try card.map({ try [$0.person] + People<LockView>.merged(into: $0.person, in: turn.db) }) ?? [] {
            slots += try turn.db.all(
                """
                SELECT door, starts, ends FROM booking_person CROSS JOIN booking ON booking.id = booking_person.booking
                WHERE person = ? AND ends > ? AND NOT cancelled AND paid IS NOT 0
                """, name.text, now, read: Self.slot)
        }
        let groups = try Standing.groups(of: [token], card?.person, in: turn.db)
        var opened: Set<DoorID> = []
        for group in groups {
            opened.formUnion(
                try turn.db.all("SELECT door FROM group_door WHERE \"group\" = ?", group.text) { DoorID($0.text(0)) }.compactMap { $0 })
        }
        let booked = Dictionary(grouping: slots.compactMap { $0 }, by: \.door)
        var found: [DoorID: LeaseWindows] = [:]
        for time in times {
            found[time.door] = time.windows(
                slots: (booked[time.door] ?? []).map(\.window), isMember: opened.contains(time.door), groups: groups, isKnown: card != nil)
        }
        return found
    }

    private static func slot(_ row: Row) -> (door: DoorID, window: LeaseWindow)? {
        guard let door = DoorID(row.text(0)),
            let window = LeaseWindow(Instant(milliseconds: row.int(1)), Instant(milliseconds: row.int(2)))
        else { return nil }
        return (door, window)
    }
}
