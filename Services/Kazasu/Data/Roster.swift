import Contracts
import Launch
import LockDriver
import Town

extension Town {
    /// The users the broker knows: everybody of the town, and `kazasu up` itself, which looks at the lives of all others.
    package var brokerUsers: Roster {
        var users = roster
        if !operators.contains(Self.supervisor.named()) { users.instances[.operator, default: []].append(Self.supervisor) }
        return users
    }

    /// Where devices with a password connect, if there are any, while everybody else does at `port`.
    func devicePort(beside port: Int) -> Int? {
        guard !deviceUsers.isEmpty else { return nil }
        return broker.devicePort ?? (port < 65_535 ? port + 1 : port - 1)
    }

    /// The operator `kazasu up` is.
    package static let supervisor: Instance = "supervisor"

    /// The processes `kazasu up` starts: the services, and the agents unless those run on machines of their own.
    package func processes(withAgents: Bool) -> [(role: Role, instance: Instance)] {
        roster.users.filter { !$0.role.isStation && $0.role != .lock && $0.role != .readerAgent || withAgents && $0.role == .readerAgent }
    }
}
