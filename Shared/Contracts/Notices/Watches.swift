/// Somebody whose silence is heard (見守り): so many days without a card held anywhere.
package struct Watch: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        /// Seen not long ago.
        case quiet
        /// In hospital, on a journey.
        case paused
        /// Silent for too long; the family knows.
        case family
        /// The neighbourhood association knows, too.
        case association
        case office
        /// Silent for too long, while a reader they use could not be heard: nobody knows.
        case unknown
        /// Somebody has seen to them; it counts from then.
        case seenTo = "seen-to"
    }

    package var days: Int
    /// When it becomes an alarm, or goes on to the next; absent while paused.
    package var due: Instant?
    /// When the person was last seen: a card held, or a visit.
    package var last: Instant
    package var pausedUntil: CalendarDate?
    package var person: PersonID
    /// Where alone a card counts; anywhere if absent.
    package var places: [PlaceID]?
    /// What could not be heard when it was last looked at.
    package var silent: [SilentGate]?
    package var stage: Stage
    /// What whoever went there said of it last; for desks alone.
    package var words: String?

    package init(_ person: PersonID, days: Int, last: Instant, stage: Stage) {
        (self.person, self.days, self.last, self.stage) = (person, days, last, stage)
    }
}

/// Watches over somebody, changes how, pauses or ends it.
package struct PutWatch: CommandBody {
    package typealias Answer = WatchAnswer
    package static let type = "watch-put"

    /// 1 to 60; as before, or 3.
    package var days: Int?
    /// It is over.
    package var end: Bool?
    /// Until this day, which is the first that counts again; an empty date would be today.
    package var pauseUntil: CalendarDate?
    package var person: PersonID
    /// Empty for anywhere; as before if absent.
    package var places: [PlaceID]?

    package init(_ person: PersonID, days: Int? = nil, places: [PlaceID]? = nil, pauseUntil: CalendarDate? = nil, end: Bool? = nil) {
        (self.person, self.days, self.places, self.pauseUntil, self.end) = (person, days, places, pauseUntil, end)
    }
}

/// Somebody was there: "visited, fine" (訪問確認). It ends the alarm, and the days are counted from now.
package struct AcknowledgeSilence: CommandBody {
    package typealias Answer = WatchAnswer
    package static let type = "silence-acknowledge"

    package var person: PersonID
    /// What was found, at most 200 characters.
    package var words: String

    package init(_ person: PersonID, words: String) { (self.person, self.words) = (person, words) }
}

package struct WatchAnswer: Codable, Sendable, Equatable {
    package var isOver: Bool?
    package var watch: Watch

    package init(_ watch: Watch, isOver: Bool? = nil) { (self.watch, self.isOver) = (watch, isOver) }
}

/// Asks for those who are watched over: those with an alarm, or all, in the order of their ids.
package struct ListWatches: CommandBody {
    package typealias Answer = WatchList
    package static let type = "watch-list"

    package var after: PersonID?
    package var all: Bool?
    package var person: PersonID?

    package init(all: Bool? = nil, person: PersonID? = nil, after: PersonID? = nil) {
        (self.all, self.person, self.after) = (all, person, after)
    }
}

package struct WatchList: Codable, Sendable, Equatable {
    package var more: Bool
    package var watches: [Watch]

    package init(_ watches: [Watch], more: Bool) { (self.watches, self.more) = (watches, more) }
}

/// Somebody is watched over from now on, or not, or otherwise than before.
package struct WatchChanged: EventBody {
    package static let type = "watch"

    package var by: UserID
    package var days: Int
    package var ended: Bool?
    package var pausedUntil: CalendarDate?
    package var person: PersonID
    package var places: [PlaceID]?

    package init(_ person: PersonID, days: Int, by user: UserID) { (self.person, self.days, by) = (person, days, user) }
}

/// Somebody's silence has lasted too long, or what came of it.
package struct SilenceRaised: EventBody {
    package static let type = "silence"

    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case family, association, office
        /// Nobody knows: a reader could not be heard.
        case unknown
        /// A card was held again.
        case seen
        case seenTo = "seen-to"
    }

    package var by: UserID?
    package var last: Instant
    package var outcome: Outcome
    package var person: PersonID
    package var silent: [SilentGate]?

    package init(_ outcome: Outcome, of person: PersonID, last: Instant, by user: UserID? = nil) {
        (self.outcome, self.person, self.last, by) = (outcome, person, last, user)
    }
}

extension Channel where Body == PutWatch {
    package static var putWatch: Self { Self(of: "notifier", named: "watch-put") }
}

extension Channel where Body == AcknowledgeSilence {
    package static var acknowledgeSilence: Self { Self(of: "notifier", named: "silence-acknowledge") }
}

extension Channel where Body == ListWatches {
    package static var listWatches: Self { Self(of: "notifier", named: "watch-list") }
}

extension Channel where Body == WatchChanged {
    package static var watches: Self { Self(of: "notifier", named: "watch") }
}

extension Channel where Body == SilenceRaised {
    package static var silences: Self { Self(of: "notifier", named: "silence") }
}
