import Contracts
import ServiceKit

extension Portal {
    /// Writes down that somebody was shown people's data, and as whom a service was asked for it.
    func noteLook(
        _ at: Looked.At, _ account: PortalPolicy.Account, by user: UserID?, thing: Entity? = nil, person: PersonID? = nil,
        in turn: borrowing Turn
    ) throws {
        try turn.emitRoot(Looked(at, account: account.id, by: user, thing: thing, person: person), on: .looks, time: turn.now)
    }
}
