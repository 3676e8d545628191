package enum ReversalReasonKind {}
/// Why something was taken back, as a word: `wrong-person`. No sentence, since sentences name people.
package typealias ReversalReason = Name<ReversalReasonKind>

/// A reception was opened, closed or called off.
package struct ReceptionChanged: EventBody {
    package static let type = "reception"

    package enum Stage: String, Codable, Sendable, CaseIterable {
        /// Stands in the town's file and was not opened yet.
        case planned
        case open, closed, cancelled
    }

    package var at: Instant
    package var by: UserID
    package var reception: ReceptionID
    package var stage: Stage

    package init(_ reception: ReceptionID, _ stage: Stage, by user: UserID, at moment: Instant) {
        (self.reception, self.stage, by, at) = (reception, stage, user, moment)
    }
}

/// By what somebody was received.
package enum ReceptionWay: String, Codable, Sendable, CaseIterable {
    case card
    /// A ticket's number, typed or read from its barcode.
    case ticket
    /// Looked up at the desk.
    case name
}

/// Somebody asked to be received, and what the service decided: the order of these is the order of the truth.
package struct ReceptionRuling: EventBody {
    package static let type = "reception-ruling"

    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case accepted
        /// Was received before: `first` says when and where.
        case repeated
        /// Was received before, and again by a station that could not know: a conflict, which a desk settles.
        case conflict
        case full
        case notListed = "not-listed"
        /// Belongs to another station, which `station` of the row names; or, at a site, to those that can ask the town.
        case elsewhere
        case closed, cancelled
        case unknownCard = "unknown-card"
        /// Became known too late: whoever stood there was told nothing, and the station has written paper.
        case late
    }

    /// How somebody was received before.
    package struct First: Codable, Sendable, Equatable {
        package var at: Instant
        package var number: Int
        package var station: ReceptionStationID

        package init(_ number: Int, at moment: Instant, _ station: ReceptionStationID) {
            (self.number, at, self.station) = (number, moment, station)
        }
    }

    /// The first number of a site's own. More than any town receives, so that nobody takes one for the town's.
    package static let firstOwn = 1_000_001

    /// When the card was held or the desk asked.
    package var at: Instant
    /// The desk; absent where a card was held at a reader.
    package var by: UserID?
    package var first: First?
    /// Of those who were received, from 1; absent where nobody was. A site has numbers of its own, from `firstOwn`, until the town gives its own.
    package var number: Int?
    /// Which site has received them, where the town rules on that.
    package var origin: ReceptionOrigin?
    package var outcome: Outcome
    /// A desk received a row of another station.
    package var override: Bool?
    package var person: PersonID?
    package var reception: ReceptionID
    /// Of the list, from 1.
    package var row: Int?
    /// Where the row belongs.
    package var rowStation: ReceptionStationID?
    package var station: ReceptionStationID
    package var walkIn: Bool?
    package var way: ReceptionWay

    package init(
        _ outcome: Outcome, _ way: ReceptionWay, at moment: Instant, in reception: ReceptionID, _ station: ReceptionStationID
    ) {
        (self.outcome, self.way, at, self.reception, self.station) = (outcome, way, moment, reception, station)
    }
}

/// That somebody was received is taken back: proposed at one desk, agreed to at another.
package struct ReversalChanged: EventBody {
    package static let type = "reception-reversal"

    package enum Stage: String, Codable, Sendable, CaseIterable { case proposed, reversed, withdrawn }

    package var agreedBy: UserID?
    package var at: Instant
    /// Whose reception it is: the number of the ruling.
    package var number: Int
    package var proposedBy: UserID
    package var reception: ReceptionID
    package var stage: Stage
    package var why: ReversalReason

    package init(_ reception: ReceptionID, _ number: Int, why: ReversalReason, by user: UserID, at moment: Instant) {
        (self.reception, self.number, self.why, proposedBy, at, stage) = (reception, number, why, user, moment, .proposed)
    }
}

/// Somebody was received twice, by stations that could not know of each other. It stays open until a desk says what holds.
package struct ReceptionConflict: EventBody {
    package static let type = "reception-conflict"

    package enum Verdict: String, Codable, Sendable, CaseIterable {
        /// The one that was known first holds.
        case first
        /// The one that became known later holds.
        case second
        /// Neither does.
        case neither
    }

    package var at: Instant
    /// What was known first.
    package var first: ReceptionRuling.First
    package var person: PersonID?
    package var reception: ReceptionID
    package var row: Int?
    package var second: ReceptionRuling.First
    package var settledBy: UserID?
    /// Absent while it is open.
    package var verdict: Verdict?

    package init(
        _ reception: ReceptionID, row: Int?, _ person: PersonID?, _ first: ReceptionRuling.First, _ second: ReceptionRuling.First,
        at moment: Instant
    ) {
        (self.reception, self.row, self.person, self.first, self.second, at) = (reception, row, person, first, second, moment)
    }
}

/// How many a station has received on paper, as a clerk counted them. A new count replaces the one before.
package struct PaperCounted: EventBody {
    package static let type = "reception-paper"

    package var at: Instant
    package var by: UserID
    package var count: Int
    package var reception: ReceptionID
    package var station: ReceptionStationID

    package init(_ reception: ReceptionID, at station: ReceptionStationID, _ count: Int, by user: UserID, at moment: Instant) {
        (self.reception, self.station, self.count, by, at) = (reception, station, count, user, moment)
    }
}

/// How a reception stands: numbers, and nobody in them.
package struct ReceptionCount: StateBody {
    package static let type = "reception-count"

    /// Received by card, ticket or name; without paper. Of a conflict one counts.
    package var accepted = 0
    package var at: Instant
    package var byCard = 0
    package var byName = 0
    package var byTicket = 0
    package var capacity: Int?
    /// Open ones.
    package var conflicts = 0
    /// Rows of the list; absent where there is none.
    package var expected: Int?
    /// Cards that became known too late: their stations have written paper.
    package var late = 0
    /// Received on paper, as clerks have counted.
    package var paper = 0
    package var reception: ReceptionID
    package var reversed = 0
    package var stage: ReceptionChanged.Stage
    /// Of those received, not on the list.
    package var walkIns = 0

    package init(_ reception: ReceptionID, _ stage: ReceptionChanged.Stage, at moment: Instant) {
        (self.reception, self.stage, at) = (reception, stage, moment)
    }

    /// Everybody who was received.
    package var total: Int { accepted + paper }

    /// How many of a thousand were received by card; `nil` while there is nobody.
    package var cardsPerThousand: Int? { total > 0 ? (byCard * 1000 + total / 2) / total : nil }
}

/// What the person at a reader should see and hear now. Seconds of life, no names.
package struct ReceptionFeedback: FeedbackBody {
    package static let type = "reception-feedback"

    package var outcome: ReceptionRuling.Outcome
    package var reader: ReaderID
    package var tap: EventID

    package init(tap: EventID, reader: ReaderID, _ outcome: ReceptionRuling.Outcome) {
        (self.tap, self.reader, self.outcome) = (tap, reader, outcome)
    }
}

extension Channel where Body == ReceptionChanged {
    package static var receptions: Self { Self(of: "reception", named: "reception") }
}

extension Channel where Body == ReceptionRuling {
    package static var receptionRulings: Self { Self(of: "reception", named: "reception-ruling") }
}

extension Channel where Body == ReversalChanged {
    package static var receptionReversals: Self { Self(of: "reception", named: "reception-reversal") }
}

extension Channel where Body == ReceptionConflict {
    package static var receptionConflicts: Self { Self(of: "reception", named: "reception-conflict") }
}

extension Channel where Body == PaperCounted {
    package static var receptionPaper: Self { Self(of: "reception", named: "reception-paper") }
}

extension Channel where Body == ReceptionCount {
    /// Segment 4 is the reception.
    package static var receptionCounts: Self { Self(of: "reception", named: "reception-count") }
}

extension Channel where Body == ReceptionFeedback {
    /// reception's word to the person at the reader; segment 4 is the agent.
    package static var receptionFeedback: Self { Self(of: "reception", named: "tap") }
}
