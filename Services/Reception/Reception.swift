import Contracts
import People
import Seal
import ServiceKit
import Store

/// Receives people once (受付): by card, by ticket, by name, at several stations of which all know what one has decided.
///
/// Rulings, all of them, in the order of this service's commits: `reception`, `reception-ruling`, `reception-reversal`, `reception-conflict`,
/// `reception-paper`. Views, of the town's one for those at sites: `stage-view`, `expected-view`, `received-view`. Names lie sealed in its lists and are
/// told to reception desks and to receptions at sites alone; all else on the bus has opaque ids.
package struct Reception: Service {
    package static let program: Program = "reception"

    let policy: ReceptionsPolicy
    let vault: Vault
    /// The town's one, or that of a site.
    let name: Instance
    /// Agents at sites that have a reception of their own, as the town's one knows them.
    let agentsOfSites: Set<AgentID>

    package init(policy: ReceptionsPolicy, vault: Vault, name: Instance = .main, agentsOfSites: Set<AgentID> = []) {
        (self.policy, self.vault, self.name, self.agentsOfSites) = (policy, vault, name, agentsOfSites)
    }

    var isOfTheTown: Bool { name == .main }

    /// Whether this one rules on a reception at all. Where the town alone decides, sites do not.
    func rules(on terms: ReceptionTerms) -> Bool { isOfTheTown || terms.whenCutOff != .central }

    package var reads: [Reading] {
        [
            on(.taps, notice),
            People<ReceptionView>.reading(recognize),
            look(.listReceptions, list),
            look(.findExpected, find),
            answer(.receive, receive),
            answer(.countPaper, count),
            look(.listAttendance, list),
            look(.showHandOver, show),
            on(.receptionPaper, learn),
        ] + (isOfTheTown ? ofSites : ofTheTown)
    }

    package func due(in turn: borrowing Turn) throws -> Instant? { try tellSites(in: turn) }

    package func publishStates(in turn: borrowing Turn) throws {
        for terms in policy.receptions { try tell(try kept(terms, in: turn), in: turn) }
    }

    package func purge(in turn: borrowing Turn) throws {
        try forget(in: turn)
        // A site tells nobody.
        if !isOfTheTown { try turn.db.run("DELETE FROM untold") }
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        isOfTheTown ? try conflictProblem(in: turn) : silentTown(in: turn)
    }
}
