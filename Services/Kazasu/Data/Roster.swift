import Contracts
import Town

extension Town {
    /// The users the broker knows: every instance of every role, and `kazasu up` itself, which looks at the lives of all others.
    package var roster: Roster {
        Roster([
            .readerAgent: agents.map { $0.id.named() },
            .lockController: ["main"],
            .lock: doors.map { $0.id.named() },
            .desk: desks.map { $0.named() },
            .operator: operators.map { $0.named() } + (operators.contains(Self.supervisor.named()) ? [] : [Self.supervisor]),
        ])
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
