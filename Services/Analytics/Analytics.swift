import Contracts
import Seal
import ServiceKit
import Store

/// Counts how the town's houses are used, of nobody in particular.
///
/// Folds: visits, made of a person's taps at one house on one day, in any order they come. Rulings: `counts`, `figures`. No token lies here, and
/// no visit says whose it is: people are called by a pseudonym of the month.
package struct Analytics: Service {
    package static let program: Program = "analytics"
    package static var migrations: [Migration] { [visitTables, receivedTable, rideTables] }

    let policy: VisitsPolicy
    let vault: Vault
    /// The houses of the town's file, by the places that belong to them.
    let houses: [PlaceID: Facility]
    /// So many bytes nobody can guess.
    let draw: @Sendable (Int) throws -> [UInt8]
    /// Figures that are being made; begun anew after a restart.
    let figuresInHand = FiguresInHand()

    package init(policy: VisitsPolicy, vault: Vault, draw: @escaping @Sendable (Int) throws -> [UInt8] = { try randomBytes($0) }) {
        (self.policy, self.vault, self.draw) = (policy, vault, draw)
        let places = policy.facilities.flatMap { facility in facility.places.map { ($0, facility) } }
        houses = Dictionary(places, uniquingKeysWith: { first, _ in first })
    }

    package var reads: [Reading] {
        [
            on(.taps, count),
            on(.clockCorrections, place),
            on(.doorDecisions, count),
            on(.rides, count),
            follow(.visitView, learn, drop: drop),
            hear(.receptionCounts, receive),
            look(.showVisits, show),
            answer(.putCounts, put),
            look(.listFigures, list),
            look(.showTable, show),
            look(.showSummary, show),
        ]
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        try [tellToday(in: turn), makeFigures(in: turn)].compactMap(\.self).min()
    }

    package func publishStates(in turn: borrowing Turn) throws { try tellTodayAgain(in: turn) }

    package func purge(in turn: borrowing Turn) throws {
        try forgetTaps(in: turn)
        try forgetVisits(in: turn)
        try forgetFigures(in: turn)
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] { try oddProblems(in: turn) }

    package func counters(in turn: borrowing Turn) throws -> [String: Int64] { ["visits": try visitsToday(in: turn)] }
}
