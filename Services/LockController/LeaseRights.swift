import Contracts
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
        for opening in emergency?.opens ?? [] where groups.contains(opening.group) {
            guard let until = opening.until else { found = .always; continue }
            if let window = LeaseWindow(now, until) { found = found.with(LeaseWindows([window])) }
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
}
