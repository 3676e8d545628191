import Contracts
import Launch
import Town

extension Town {
    /// The users the broker knows: everybody of the town, and `kazasu up` itself, which looks at the lives of all others.
    package var brokerUsers: Roster {
        var users = roster
        if !operators.contains(Self.supervisor.named()) { users.instances[.operator, default: []].append(Self.supervisor) }
        return users
    }

    /// The operator `kazasu up` is.
    package static let supervisor: Instance = "supervisor"

    /// The processes `kazasu up` starts: the services, and the agents unless those run on machines of their own.
    package func processes(withAgents: Bool) -> [(role: Role, instance: Instance)] {
        roster.users.filter { $0.role == .lockController || withAgents && $0.role == .readerAgent }
    }
}

/// A user who may read everything and write nothing: what an independent proof looks with. Not a part of the contract, so it exists only where
/// `kazasu up --observer` was asked for.
package enum Observer {
    package static let user: UserID = "observer"

    static func accessControl(for town: TownID) -> String { "\nuser \(user)\ntopic read \(town)/#\n" }
}
