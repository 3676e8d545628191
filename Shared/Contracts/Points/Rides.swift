/// How a ride stands, in place of all that was said of it before: a card held in a vehicle that was cut off becomes known late. Whose it was is not said.
package struct RideSettled: EventBody {
    package static let type = "ride"

    package enum Outcome: String, Codable, Sendable, CaseIterable {
        /// Free: there is a pass (定期券).
        case pass
        /// By a ticket or in yen, all of it.
        case paid
        /// What is less than one unit of the purse is to be paid in cash.
        case part
        /// The vehicle was cut off and there was not enough: the carrier is credited what nobody has paid yet.
        case overdrawn
        /// Nothing was taken: the fare is to be paid in cash.
        case unpaid
        /// It was no ride, as a card held elsewhere has shown since: what was taken is given back.
        case void
    }

    package struct Paid: Codable, Sendable, Equatable {
        /// Of the purse's unit.
        package var amount: Int64
        /// Beyond what was there.
        package var overdraft: Bool?
        package var purse: PurseID

        package init(_ purse: PurseID, _ amount: Int64, overdraft: Bool = false) {
            (self.purse, self.amount) = (purse, amount)
            self.overdraft = overdraft ? true : nil
        }
    }

    /// The vehicle: the machine on board.
    package var agent: AgentID
    package var alighted: RideEnd?
    package var boarded: RideEnd?
    package var carrier: CarrierID
    /// Yen to be paid to the driver.
    package var cash: Int64?
    /// Yen; after all that makes it less.
    package var fare: Int64
    /// A card was not held when boarding or when alighting: the fare is the dearest that it could have been.
    package var forgotten: Bool?
    package var line: LineID
    package var outcome: Outcome
    /// By purse; absent where nothing was taken.
    package var paid: [Paid]?
    /// The card held first.
    package var ride: EventID

    package init(_ ride: EventID, on line: LineID, of carrier: CarrierID, in agent: AgentID, _ outcome: Outcome, fare: Int64) {
        (self.ride, self.line, self.carrier, self.agent, self.outcome, self.fare) = (ride, line, carrier, agent, outcome, fare)
    }
}

/// A card held on board: where somebody got on or off.
package struct RideEnd: Codable, Sendable, Equatable {
    package var at: Instant
    package var place: PlaceID
    package var position: Position?
    package var tap: EventID

    package init(_ tap: EventID, at moment: Instant, _ place: PlaceID, _ position: Position? = nil) {
        (self.tap, at, self.place, self.position) = (tap, moment, place, position)
    }
}

/// Somebody who is watched over, such as a child, boarded and had not alighted when the run was over (置き去り防止).
package struct LeftOnBoard: EventBody {
    package static let type = "left-on-board"

    package var agent: AgentID
    /// Has alighted after all, as is known now.
    package var alighted: RideEnd?
    package var boarded: RideEnd
    package var line: LineID
    package var person: PersonID

    package init(_ person: PersonID, on line: LineID, in agent: AgentID, boarded: RideEnd, alighted: RideEnd? = nil) {
        (self.person, self.line, self.agent, self.boarded, self.alighted) = (person, line, agent, boarded, alighted)
    }
}

/// The driver or a desk says that a vehicle's run is over: everybody should have alighted.
package struct EndRun: CommandBody {
    package typealias Answer = RunEnded
    package static let type = "run-end"

    package var agent: AgentID
    package var line: LineID

    package init(_ line: LineID, of agent: AgentID) { (self.line, self.agent) = (line, agent) }
}

package struct RunEnded: EventBody {
    package static let type = "run"

    /// Who had boarded and not alighted, as far as was known.
    package var aboard: Int
    package var agent: AgentID
    package var at: Instant
    package var by: UserID
    package var line: LineID

    package init(_ line: LineID, of agent: AgentID, at moment: Instant, aboard: Int, by user: UserID) {
        (self.line, self.agent, at, self.aboard, by) = (line, agent, moment, aboard, user)
    }
}

extension Purpose {
    package static func ride(_ line: LineID) -> Self { Self(kind: "ride", thing: line.named()) }

    /// The line this reader rides on, if it rides on one.
    package var line: LineID? { kind == "ride" ? thing?.named() : nil }
}

extension Channel where Body == RideSettled {
    package static var rides: Self { Self(of: "points", named: "ride") }
}

extension Channel where Body == LeftOnBoard {
    package static var leftOnBoard: Self { Self(of: "points", named: "left-on-board") }
}

extension Channel where Body == EndRun {
    package static var endRun: Self { Self(of: "points", named: "run-end") }
}

extension Channel where Body == RunEnded {
    package static var runs: Self { Self(of: "points", named: "run") }
}
