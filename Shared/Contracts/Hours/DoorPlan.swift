/// Who may open a door and when, beside bookings and groups: what the town's file says of one door.
package struct DoorPlan: Sendable, Hashable {
    /// Whom a door opens for.
    package enum Whom: Hashable, Sendable {
        case group(GroupID)
        /// Whoever has a card that the directory knows.
        case known
        /// Whoever has a card.
        case everybody

        /// As clerks write it: `known` and `public` are words, all other names are groups.
        package init(_ name: GroupID) {
            switch name.text {
            case "known": self = .known
            case "public": self = .everybody
            default: self = .group(name)
            }
        }
    }

    /// Somebody may come in: during a schedule, or always.
    package struct Opening: Hashable, Sendable {
        package let whom: Whom
        /// Nil for always.
        package let schedule: Schedule?

        package init(_ whom: Whom, _ schedule: Schedule?) { (self.whom, self.schedule) = (whom, schedule) }
    }

    /// Days on which nothing but what ignores them opens the door.
    package struct Closure: Hashable, Sendable {
        package let id: ClosureID
        package let days: [DateSpan]

        package init(_ id: ClosureID, _ days: [DateSpan]) { (self.id, self.days) = (id, days) }
    }

    package var openings: [Opening] = []
    package var closures: [Closure] = []
    /// Schedules open only once one of this group has come in, in the same opening or in the hour before it.
    package var firstPerson: GroupID?
    /// Different persons, or cards of nobody known, that come in by schedule in one opening, at most.
    package var limit: Int?
    package var zones: [Zone] = []

    package init() {}

    package func closure(on day: CalendarDate) -> ClosureID? {
        closures.first { $0.days.contains { $0.contains(day) } }?.id
    }
}

/// Rooms behind some doors, whose readers say which way people go: whoever is inside does not come in again (anti-passback).
package struct Zone: Hashable, Sendable {
    package enum Passback: String, Hashable, Sendable, CaseIterable {
        /// The door opens, and the decision says that it should not have.
        case soft
        /// The door stays shut.
        case hard
    }

    package let id: ZoneID
    package let passback: Passback
    /// After so long nobody is taken to be inside any more.
    package let forgiveAfter: Duration

    package init(_ id: ZoneID, _ passback: Passback, forgiveAfter: Duration = .seconds(12 * 3600)) {
        (self.id, self.passback, self.forgiveAfter) = (id, passback, forgiveAfter)
    }
}
