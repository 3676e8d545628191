import Contracts
import Seal
import ServiceKit
import Store

/// Knows who is who (共通DB): people, their cards, relations, groups and consents; and tells each service what its job needs of them.
///
/// Rulings: `person`. Folds, published keyed: the five views. What is personal lies sealed in the database, and is said in views and to registrars alone.
package struct ResidentDirectory: Service {
    package static let program: Program = "resident-directory"

    let vault: Vault
    let policy: PeoplePolicy
    /// A digest of what views are made by.
    let rules: [UInt8]

    package init(vault: Vault, policy: PeoplePolicy) { (self.vault, self.policy, rules) = (vault, policy, Self.digest(of: policy)) }

    package var reads: [Reading] {
        [
            on(.taps, notice),
            answer(.putPerson, put),
            answer(.findPersons, find),
            answer(.showPerson, show),
            answer(.erasePerson, erase),
            answer(.linkCard, link),
            answer(.replaceCard, replace),
            answer(.markCard, mark),
            answer(.retireTokenKey, retire),
            answer(.relate, relate),
            answer(.changeMembers, changeMembers),
            answer(.setConsent, consent),
            answer(.mergePersons, merge),
            answer(.undoRuling, undo),
            answer(.openList, openList),
            answer(.addRows, addRows),
            answer(.reviewList, reviewList),
            answer(.decideList, decideList),
            answer(.tellAgain, tellAgain),
            answer(.enterOwn, enter),
            ServiceKit.look(.showOwn, showOwn),
            answer(.consentOwn, consentOwn),
            answer(.reachOwn, reachOwn),
            ServiceKit.look(.findCardNumber, findNumber),
        ]
    }

    /// Whoever stands at a counter goes before lists and sweeps.
    package func due(in turn: borrowing Turn) throws -> Instant? {
        turn.isAwaited ? turn.now : try applyLists(in: turn) ?? sweep(in: turn)
    }

    package func purge(in turn: borrowing Turn) throws {
        try FreshTap.purge(before: turn.now - FreshTap.life, in: turn.db)
        try forgetTries(in: turn)
        try forgetWhatIsOver(in: turn)
    }

    package func counters(in turn: borrowing Turn) throws -> [String: Int64] {
        let persons = try turn.db.first(
            """
            SELECT count(*) FILTER (WHERE standing IN ('provisional', 'registered')), count(*) FILTER (WHERE standing = 'erased') FROM person
            """
        ) { (present: $0.int(0), erased: $0.int(1)) }
        return [
            "persons": persons?.present ?? 0,
            "erased": persons?.erased ?? 0,
            "cards": try turn.db.first("SELECT count(*) FROM card WHERE status = 'active'") { $0.int(0) } ?? 0,
        ]
    }
}
