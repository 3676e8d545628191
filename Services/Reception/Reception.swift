import Contracts
import People
import Seal
import ServiceKit
import Store

/// Receives people once (受付): by card, by ticket, by name, at several stations of which all know what one has decided.
///
/// Rulings, all of them, in the order of this service's commits: `reception`, `reception-ruling`, `reception-reversal`, `reception-conflict`,
/// `reception-paper`. Names lie sealed in its lists and are told to reception desks alone; on the bus there are opaque ids.
package struct Reception: Service {
    package static let program: Program = "reception"

    let policy: ReceptionsPolicy
    let vault: Vault

    package init(policy: ReceptionsPolicy, vault: Vault) { (self.policy, self.vault) = (policy, vault) }

    package var reads: [Reading] {
        [
            on(.taps, notice),
            People<ReceptionView>.reading(recognize),
            answer(.decideReception, decide),
            look(.listReceptions, list),
            answer(.addExpected, add),
            look(.findExpected, find),
            answer(.receive, receive),
            answer(.reverseReceived, reverse),
            answer(.settleConflict, settle),
            answer(.countPaper, count),
            look(.listAttendance, list),
            look(.showHandOver, show),
        ]
    }

    package func publishStates(in turn: borrowing Turn) throws {
        for terms in policy.receptions { try tell(try kept(terms, in: turn), in: turn) }
    }

    package func purge(in turn: borrowing Turn) throws { try forget(in: turn) }

    package func problems(in turn: borrowing Turn) throws -> [Problem] { try conflictProblem(in: turn) }
}
