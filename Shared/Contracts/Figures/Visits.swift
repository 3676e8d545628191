/// How busy a house is at this moment. For everybody: numbers, and nobody in them.
package struct FacilityToday: StateBody {
    package static let type = "facility-today"

    package var at: Instant
    package var day: CalendarDate
    /// Who came and has not left; absent where leaving is not seen.
    package var inside: Int?
    /// Seconds after `at` when this is too old to be believed.
    package var maxAge: Int
    package var visits: Int

    package init(at: Instant, day: CalendarDate, visits: Int, inside: Int?, maxAge: Int) {
        (self.at, self.day, self.visits, self.inside, self.maxAge) = (at, day, visits, inside, maxAge)
    }
}

/// Asks how a day went, house by house and hour by hour: totals, for whoever runs them.
package struct ShowVisits: CommandBody {
    package typealias Answer = VisitsOfDay
    package static let type = "visits-show"

    /// Those behind this one.
    package var after: FacilityID?
    package var day: CalendarDate
    /// All of them if absent.
    package var facility: FacilityID?

    package init(_ day: CalendarDate, facility: FacilityID? = nil, after: FacilityID? = nil) {
        (self.day, self.facility, self.after) = (day, facility, after)
    }
}

package struct VisitsOfDay: Codable, Sendable, Equatable {
    package var day: CalendarDate
    package var facilities: [FacilityDay]
    package var more: Bool
    /// Taps heard that day that are in no number, and why; of at most twenty agents.
    package var odd: [OddTaps]

    package init(_ day: CalendarDate, _ facilities: [FacilityDay], more: Bool, odd: [OddTaps]) {
        (self.day, self.facilities, self.more, self.odd) = (day, facilities, more, odd)
    }
}

/// One day of one house, from `day-starts` to the next.
package struct FacilityDay: Codable, Sendable, Equatable {
    /// Visits whose end nobody saw, ended by the hours of the house.
    package var assumedEnds: Int
    /// What others have counted: sensors, hands, paper.
    package var counts: [Count]
    package var facility: FacilityID
    /// Visits that began in each hour after the day's start, 24 of them.
    package var hours: [Int]
    /// Absent where leaving is not seen.
    package var inside: Int?
    /// Minutes, in the middle of the visits whose both ends were seen.
    package var medianStay: Int?
    /// Visits of which only the end was seen.
    package var missedEntries: Int
    /// Of which only the beginning was seen, because the next beginning came first.
    package var missedExits: Int
    /// The most who were there at once.
    package var peak: Int?
    /// The most frequent ones, at most sixteen.
    package var purposes: [PurposeCount]
    package var visits: Int

    package init(_ facility: FacilityID, hours: [Int]) {
        (self.facility, self.hours, visits) = (facility, hours, hours.reduce(0, +))
        (assumedEnds, missedEntries, missedExits) = (0, 0, 0)
        (counts, purposes) = ([], [])
    }

    package struct PurposeCount: Codable, Sendable, Equatable {
        package var count: Int
        package var purpose: Purpose

        package init(_ purpose: Purpose, _ count: Int) { (self.purpose, self.count) = (purpose, count) }
    }

    package struct Count: Codable, Sendable, Equatable {
        package var count: Int
        package var source: CountSource

        package init(_ source: CountSource, _ count: Int) { (self.source, self.count) = (source, count) }
    }
}

/// Who has counted, other than readers.
package enum CountSource: String, Codable, Sendable, CaseIterable {
    /// A sensor above the door (人感センサー).
    case sensor
    /// Somebody with a counter in the hand.
    case hand
    /// Names on paper: receptions without a card.
    case paper
}

/// Taps that no visit is made of.
package struct OddTaps: Codable, Sendable, Equatable {
    package enum Reason: String, Codable, Sendable, CaseIterable {
        /// Its machine had no clock, and has not learnt the time since.
        case noClock = "no-clock"
        /// By a clock that is ahead.
        case future
        /// From before all that is still counted.
        case tooOld = "too-old"
    }

    package var agent: AgentID
    package var count: Int
    package var reason: Reason

    package init(_ reason: Reason, _ agent: AgentID, _ count: Int) { (self.reason, self.agent, self.count) = (reason, agent, count) }
}

/// Takes down what others have counted, in place of what was said of the same day, hour and source before.
package struct PutCounts: CommandBody {
    package typealias Answer = CountsTaken
    package static let type = "counts-put"
    package static let most = 200

    package var counts: [Counted]

    package init(_ counts: [Counted]) { self.counts = counts }
}

package struct Counted: Codable, Sendable, Equatable {
    /// More have never been in one house on one day: whoever says so has slipped on the keys.
    package static let most = 100_000

    package var count: Int
    package var day: CalendarDate
    package var facility: FacilityID
    /// 0 to 23, by the clock; absent for the whole day.
    package var hour: Int?
    package var source: CountSource

    package init(_ facility: FacilityID, _ day: CalendarDate, hour: Int? = nil, _ source: CountSource, _ count: Int) {
        (self.facility, self.day, self.hour, self.source, self.count) = (facility, day, hour, source, count)
    }
}

package struct CountsTaken: Codable, Sendable, Equatable {
    /// How many of them were said otherwise before.
    package var changed: Int
    package var taken: Int

    package init(taken: Int, changed: Int) { (self.taken, self.changed) = (taken, changed) }
}

/// Somebody has told what was counted.
package struct CountsPut: EventBody {
    package static let type = "counts"

    package var by: UserID
    package var counts: [Counted]

    package init(_ counts: [Counted], by user: UserID) { (self.counts, by) = (counts, user) }
}

extension Channel where Body == FacilityToday {
    package static var facilitiesToday: Self { Self(of: "analytics", named: "facility-today") }
}

extension Channel where Body == ShowVisits {
    package static var showVisits: Self { Self(of: "analytics", named: "visits-show") }
}

extension Channel where Body == PutCounts {
    package static var putCounts: Self { Self(of: "analytics", named: "counts-put") }
}

extension Channel where Body == CountsPut {
    package static var counts: Self { Self(of: "analytics", named: "counts") }
}
