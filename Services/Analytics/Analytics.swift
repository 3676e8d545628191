import Contracts
import Seal
import ServiceKit
import Store

/// Counts how the town's houses are used, of nobody in particular.
///
/// Folds: visits, made of a person's taps at one house on one day, in any order they come. Rulings: `counts`, `figures`. Neither a token nor the id of a
/// person or visitor lies here: people are called by a pseudonym of the month.
package struct Analytics: Service {
    package static let program: Program = "analytics"
    package static var migrations: [Migration] { [visitTables] }

    let policy: VisitsPolicy
    let vault: Vault
    let figuresInHand = FiguresInHand()

    package init(policy: VisitsPolicy, vault: Vault) { (self.policy, self.vault) = (policy, vault) }

    package var reads: [Reading] {
        [
            look(.listFigures, list),
            look(.showTable, show),
            look(.showSummary, show),
        ]
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        try [makeFigures(in: turn)].compactMap(\.self).min()
    }

    package func purge(in turn: borrowing Turn) throws {
        try forgetFigures(in: turn)
    }
}
