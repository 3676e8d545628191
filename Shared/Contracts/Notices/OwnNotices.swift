/// Asks what somebody's page shows of children and messages.
package struct ShowOwnNotices: CommandBody {
    package typealias Answer = OwnNotices
    package static let type = "own-notices"

    package var person: PersonID

    package init(_ person: PersonID) { self.person = person }
}

package struct OwnNotices: Codable, Sendable, Equatable {
    /// The pupils whose guardian this person is, and how they stand today; at each of their schools.
    package var children: [Child]
    /// What this person was told, newest first, at most 20.
    package var deliveries: [DeliveryLine]
    package var person: PersonID
    /// By which this person is reached, without addresses.
    package var ways: [Carriage]

    package init(_ person: PersonID, children: [Child], deliveries: [DeliveryLine], ways: [Carriage]) {
        (self.person, self.children, self.deliveries, self.ways) = (person, children, deliveries, ways)
    }

    package struct Child: Codable, Sendable, Equatable {
        /// Days from today on for which an absence is reported already.
        package var absences: [CalendarDate]
        package var day: PupilDay
        package var school: SchoolID

        package init(_ day: PupilDay, at school: SchoolID, absences: [CalendarDate]) {
            (self.day, self.school, self.absences) = (day, school, absences)
        }
    }
}

/// A guardian says at their page that a child will not come, or that it will after all. Refused with `not-yours` for anybody else's child, and else as `ReportAbsence`.
package struct ReportOwnAbsence: CommandBody {
    package typealias Answer = AbsenceReported
    package static let type = "own-absence"

    package var child: PersonID
    package var from: CalendarDate
    package var person: PersonID
    package var school: SchoolID
    /// It was a mistake.
    package var undo: Bool?
    /// The last day.
    package var until: CalendarDate

    package init(_ child: PersonID, at school: SchoolID, from: CalendarDate, until: CalendarDate, undo: Bool? = nil, by person: PersonID) {
        (self.child, self.school, self.from, self.until, self.undo, self.person) = (child, school, from, until, undo, person)
    }
}

/// This browser is told things too, or no longer.
package struct SubscribeOwn: CommandBody {
    package typealias Answer = WaysToReach
    package static let type = "own-subscribe"

    /// By which the person came in: the browser is told things as long as this card works and is theirs.
    package var card: Token?
    package var person: PersonID
    package var push: PushSubscription
    /// It is taken away.
    package var remove: Bool?

    package init(_ person: PersonID, push: PushSubscription, by card: Token? = nil, remove: Bool? = nil) {
        (self.person, self.push, self.card, self.remove) = (person, push, card, remove)
    }
}

/// Sends somebody the link by which they open their own page: by mail or LINE alone, at any hour, and not after a quarter of an hour.
/// Refused with `no-address`, and with `too-many` beyond three an hour.
package struct LetIn: CommandBody {
    package typealias Answer = WaysToReach
    package static let type = "let-in"

    /// Whoever has it is taken for the person, once and soon.
    package var link: String
    package var person: PersonID

    package init(_ person: PersonID, link: String) { (self.person, self.link) = (person, link) }
}

/// Sends six digits to an address that somebody says is theirs, and nowhere else: whoever types them at their page has seen what came there. At any hour, and not after a quarter of an
/// hour. Refused with `bad-address`, with `no-mail` where the town sends none, and with `too-many` beyond five an hour.
package struct ProveOwn: CommandBody {
    package typealias Answer = Done
    package static let type = "own-prove"

    /// Six digits.
    package var code: String
    package var person: PersonID
    /// By mail alone.
    package var reach: Reach

    package init(_ person: PersonID, at reach: Reach, code: String) { (self.person, self.reach, self.code) = (person, reach, code) }
}

/// Tells somebody that a way to them was added or taken away at their page: at all their other mail and LINE addresses, and at the one that was taken away.
package struct TellOwnReach: CommandBody {
    package typealias Answer = Done
    package static let type = "own-reach-told"

    package var person: PersonID
    package var reach: Reach
    /// It was taken away.
    package var removed: Bool?

    package init(_ person: PersonID, of reach: Reach, removed: Bool? = nil) {
        (self.person, self.reach, self.removed) = (person, reach, removed)
    }
}

extension Channel where Body == ShowOwnNotices {
    package static var showOwnNotices: Self { Self(of: "notifier", named: "own-notices") }
}

extension Channel where Body == ReportOwnAbsence {
    package static var reportOwnAbsence: Self { Self(of: "notifier", named: "own-absence") }
}

extension Channel where Body == SubscribeOwn {
    package static var subscribeOwn: Self { Self(of: "notifier", named: "own-subscribe") }
}

extension Channel where Body == LetIn {
    package static var letIn: Self { Self(of: "notifier", named: "let-in") }
}

extension Channel where Body == ProveOwn {
    package static var proveOwn: Self { Self(of: "notifier", named: "own-prove") }
}

extension Channel where Body == TellOwnReach {
    package static var tellOwnReach: Self { Self(of: "notifier", named: "own-reach-told") }
}
