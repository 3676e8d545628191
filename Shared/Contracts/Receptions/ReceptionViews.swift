// What receptions at sites are told by the town's one. Keyed streams, so that a station that is new, or was away for a season, knows all that holds.

/// How a reception was opened and closed so far. The key is the reception.
package struct StageView: EventBody {
    package static let type = "stage-view"

    package struct Change: Codable, Sendable, Equatable {
        package var at: Instant
        package var stage: ReceptionChanged.Stage

        package init(at moment: Instant, stage: ReceptionChanged.Stage) { (at, self.stage) = (moment, stage) }
    }

    /// In order.
    package var changes: [Change]
    package var reception: ReceptionID

    package init(of reception: ReceptionID, _ changes: [Change]) { (self.reception, self.changes) = (reception, changes) }
}

/// A row of a list, with its name: for receptions alone. The key is the reception and the row: `ballot-2027/17`.
package struct ExpectedView: EventBody {
    package static let type = "expected-view"

    package var reception: ReceptionID
    package var row: ExpectedRow

    package init(of reception: ReceptionID, _ row: ExpectedRow) { (self.reception, self.row) = (reception, row) }

    package var key: String { "\(reception)/\(row.row)" }
}

/// Somebody who was received, as the town has it. The key is the reception and the town's number: `ballot-2027/12`.
package struct ReceivedView: EventBody {
    package static let type = "received-view"

    package enum Stage: String, Codable, Sendable, CaseIterable {
        case standing
        /// Waits for a desk to settle a conflict.
        case disputed
        /// Lost a conflict.
        case struck
        /// Taken back.
        case reversed
    }

    package var at: Instant
    package var number: Int
    /// The site that has received them, and its number for it; absent where the town has.
    package var origin: ReceptionOrigin?
    package var person: PersonID?
    package var reception: ReceptionID
    package var row: Int?
    package var stage: Stage
    package var station: ReceptionStationID
    package var walkIn: Bool?
    package var way: ReceptionWay

    package init(
        _ number: Int, of reception: ReceptionID, _ stage: Stage, _ way: ReceptionWay, at moment: Instant, _ station: ReceptionStationID
    ) {
        (self.number, self.reception, self.stage, self.way, at, self.station) = (number, reception, stage, way, moment, station)
    }

    package var key: String { "\(reception)/\(number)" }
}

/// Whose ruling it was before the town ruled on it.
package struct ReceptionOrigin: Codable, Sendable, Equatable {
    /// The site's own.
    package var number: Int
    package var site: Instance

    package init(_ site: Instance, _ number: Int) { (self.site, self.number) = (site, number) }
}

extension Channel where Body == StageView {
    package static var stageView: Self { Self(of: "reception", named: "stage-view", keyed: true) }
}

extension Channel where Body == ExpectedView {
    package static var expectedView: Self { Self(of: "reception", named: "expected-view", keyed: true) }
}

extension Channel where Body == ReceivedView {
    package static var receivedView: Self { Self(of: "reception", named: "received-view", keyed: true) }
}

extension Channel where Body == TellAgain {
    /// Has every site told all lists and everybody received again: the town's reception was put back from an older copy.
    package static var tellReceptionsAgain: Self { Self(of: "reception", named: "tell-again") }
}
