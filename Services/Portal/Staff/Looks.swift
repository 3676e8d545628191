import Contracts
import ServiceKit

extension Portal {
    /// Every look at people's data is written down: who looked, as whom the services were asked, and at what.
    /// - Parameters:
    ///   - thing: a shelter, a school, a door.
    ///   - person: whose data it was, where it was one person's.
    func noteLook(
        _ at: Looked.At, by account: PortalPolicy.Account, as role: Role, thing: Entity? = nil, person: PersonID? = nil,
        in turn: borrowing Turn
    ) throws {
        try turn.emitRoot(
            Looked(at, account: account.id, by: account.station(role)?.user, thing: thing, person: person), on: .looks,
            subject: account.id.text, time: turn.now)
    }

    /// Who looks and when, on the screen and across each sheet that is printed: whoever finds one knows whose it was.
    func watermark(_ call: Call, at now: Instant) throws -> HTML {
        let (account, moment) = (try account(of: call), now.minute(offset))
        return call("閲覧 \(account.title)（\(account.id)） \(moment)", "Looked at by \(account.title) (\(account.id)), \(moment)")
    }
}
