import Contracts

/// One right of a card at a door, and what it says at a moment.
struct Claim: Equatable {
    var right: Right
    /// From its first moment, and to the one at which it is over; nil where it has none.
    var from: Instant?
    var to: Instant?
    var says: RightSaid.Says
}

/// What is known of a card beside its own bookings and doors: who it belongs to, and how things stand at the door.
struct Standing: Equatable {
    /// The person of the card, or else the card: who is counted, and who is inside or outside.
    var holder = ""
    /// Whether the directory knows whose card it is.
    var isKnown = false
    /// Reported lost or suspended.
    var isBarred = false
    /// Of the groups that the door's plan and its exceptions name, those it belongs to.
    var groups: Set<GroupID> = []
    /// What disaster modes in force and open shelters say of the door.
    var emergency: Emergency?
    /// Around the moment, in the order in which they were made.
    var exceptions: [DoorException] = []
    /// When somebody of the group that has to come first last came in.
    var firstCame: Instant?
    /// The openings of schedules that are full for this card: others have taken all the places.
    var full: Set<Guests> = []
    /// The zone it is inside of, if it is about to go in again.
    var inside: Zone?

    /// One opening of a schedule, by its beginning.
    struct Guests: Hashable {
        let schedule: ScheduleID
        let from: Instant
    }

    func belongs(to whom: DoorPlan.Whom) -> Bool {
        switch whom {
        case .group(let group): groups.contains(group)
        case .known: isKnown
        case .everybody: true
        }
    }

    /// Whether an exception says something about this card: it opens for it, or shuts it out.
    func isConcerned(by exception: DoorException) -> Bool {
        exception.groups.contains { belongs(to: DoorPlan.Whom($0)) } == (exception.kind == .open)
    }
}

extension Rights {
    /// All rights that touch the day, narrowest first: exceptions, bookings, groups at any time, disaster modes, shelters, schedules as the plan lists
    /// them.
    func claims(at moment: Instant, by plan: DoorPlan, in town: UTCOffset) -> [Claim] {
        // Whoever found a lost card has none of its rights, by whatever name they were given.
        guard !standing.isBarred else { return [] }
        let days = Days(moment, town, plan)
        var claims: [Claim] = []
        let concerned = standing.exceptions.filter(standing.isConcerned)
        for exception in concerned.reversed() where exception.kind == .open {
            claims.append(Claim(.exception(exception.id), exception.from, exception.to, at: moment))
        }
        for slot in slots {
            var claim = Claim(.booking(slot.booking), slot.from, slot.to, at: moment)
            if days.isClosed, claim.says == .opens { claim.says = .closed }
            if slot.isUnpaid, claim.says == .opens { claim.says = .unpaid }
            if standing.emergency?.isSuspended == true, claim.says == .opens { claim.says = .disaster }
            days.clip(&claim)
            claims.append(claim)
        }
        if let group { claims.append(Claim(right: .group(group), says: .opens)) }
        for opening in standing.emergency?.opens ?? [] where standing.groups.contains(opening.group) {
            claims.append(Claim(right: opening.right, to: opening.until, says: .opens))
        }
        for opening in plan.openings where standing.belongs(to: opening.whom) {
            add(opening, at: moment, of: plan, days, to: &claims)
        }
        obey(concerned, at: moment, &claims)
        return claims
    }

    private func add(_ opening: DoorPlan.Opening, at moment: Instant, of plan: DoorPlan, _ days: Days, to claims: inout [Claim]) {
        var group: GroupID?
        if case .group(let id) = opening.whom { group = id }
        guard let schedule = opening.schedule else {
            let says: RightSaid.Says = standing.emergency?.isSuspended == true ? .disaster : .opens
            return claims.append(Claim(right: .schedule("always", of: group), says: says))
        }
        let right = Right.schedule(schedule.id, of: group)
        add(schedule, on: days.today, isClosed: days.isClosed)
        // What began yesterday matters while it goes on.
        if let yesterday = days.yesterday { add(schedule, on: yesterday, isClosed: days.wasClosed, after: moment) }

        func add(_ schedule: Schedule, on day: TownDay, isClosed: Bool, after end: Instant? = nil) {
            for hours in schedule.hours(on: day) {
                let slot = day.slot(hours)
                if let end, slot.upperBound <= end { continue }
                var claim = Claim(right, slot.lowerBound, slot.upperBound, at: moment)
                if isClosed, !schedule.ignoresClosures {
                    claim.says = .closed
                } else if claim.says == .opens {
                    claim.says =
                        standing.emergency?.isSuspended == true ? .disaster : state(of: schedule.id, from: slot.lowerBound, by: plan)
                }
                claims.append(claim)
            }
        }
    }

    private func state(of schedule: ScheduleID, from start: Instant, by plan: DoorPlan) -> RightSaid.Says {
        if plan.firstPerson != nil, (standing.firstCame ?? .distantPast) < start - .seconds(3600) { return .notFirst }
        return standing.full.contains(Standing.Guests(schedule: schedule, from: start)) ? .full : .opens
    }

    /// Of the exceptions that hold now the last one counts; those that do not hold bound the time in which an order may be obeyed.
    private func obey(_ exceptions: [DoorException], at moment: Instant, _ claims: inout [Claim]) {
        guard !exceptions.isEmpty else { return }
        let last = exceptions.last { $0.from <= moment && moment < $0.to }
        for index in claims.indices where claims[index].says == .opens {
            if last?.kind == .close { claims[index].says = .closed }
            for other in exceptions where other.kind == .close {
                if other.from > moment { claims[index].to = min(claims[index].to ?? other.from, other.from) }
                if other.to <= moment { claims[index].from = max(claims[index].from ?? other.to, other.to) }
            }
        }
    }
}

extension Claim {
    fileprivate init(_ right: Right, _ from: Instant, _ to: Instant, at moment: Instant) {
        (self.right, self.from, self.to) = (right, from, to)
        says = moment < from ? .tooEarly : moment < to ? .opens : .tooLate
    }
}

/// Why none of the rights opens, by the one that comes nearest to it.
func whatIsMissing(in claims: [Claim]) -> (Refusal, DoorRule?) {
    let said = Set(claims.map(\.says))
    if said.contains(.full) { return (.noRight, .full) }
    if said.contains(.notFirst) { return (.noRight, .notFirst) }
    if said.contains(.disaster) { return (.noRight, .disaster) }
    if said.contains(.unpaid) { return (.noRight, .unpaid) }
    if said.contains(.closed) { return (.noRight, .closed) }
    if said.contains(.tooEarly) { return (.tooEarly, nil) }
    return (said.contains(.tooLate) ? .tooLate : .noRight, nil)
}

/// The day of a moment and the days beside it, worked out once for all rights.
private struct Days {
    let yesterday: TownDay?
    let today: TownDay
    let wasClosed: Bool
    let isClosed: Bool
    private let willBeClosed: Bool

    init(_ moment: Instant, _ town: UTCOffset, _ plan: DoorPlan) {
        let date = moment.date(town)
        today = TownDay(date, town)
        yesterday = date.adding(-1).map { TownDay($0, town) }
        func isClosed(_ date: CalendarDate?) -> Bool { date.flatMap(plan.closure) != nil }
        (wasClosed, self.isClosed, willBeClosed) = (isClosed(yesterday?.date), isClosed(date), isClosed(date.adding(1)))
    }

    /// A booking over midnight ends where a day of closure begins.
    func clip(_ claim: inout Claim) {
        guard claim.says == .opens else { return }
        if willBeClosed {
            let midnight = today.start + .seconds(86_400)
            claim.to = min(claim.to ?? midnight, midnight)
        }
        if wasClosed { claim.from = max(claim.from ?? today.start, today.start) }
    }
}
