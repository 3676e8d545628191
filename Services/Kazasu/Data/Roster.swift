import Contracts
import Launch
import LockDriver
import Town

extension Town {
    /// The users a broker knows: everybody of its place, and `kazasu up` itself, which looks at the lives of all others.
    package func brokerUsers(at place: SiteID? = nil) -> Roster {
        var users = roster
        for (role, instances) in roster.instances {
            users.instances[role] = instances.filter { self.place(of: role, $0) == place && (place == nil || role.isOfSites) }
        }
        let supervisor = Self.supervisor(at: place)
        if users.instances[.operator]?.contains(supervisor) != true { users.instances[.operator, default: []].append(supervisor) }
        return users
    }

    /// Where devices with a password connect, if there are any, while everybody else does at `port`.
    func devicePort(beside port: Int) -> Int? {
        guard !deviceUsers.isEmpty else { return nil }
        return broker.devicePort ?? (port < 65_535 ? port + 1 : port - 1)
    }

    /// The operator `kazasu up` is. A station's has a name of its own: it is nobody at the town's broker, whoever takes the station home.
    package static func supervisor(at place: SiteID? = nil) -> Instance { place?.named() ?? "supervisor" }

    /// The processes `kazasu up` starts: the services, and the agents unless those run on machines of their own.
    package func processes(withAgents: Bool, at place: SiteID? = nil) -> [(role: Role, instance: Instance)] {
        brokerUsers(at: place).users.filter {
            $0.role.hasLife && $0.role != .lock && $0.role != .keypad && $0.role != .readerAgent || withAgents && $0.role == .readerAgent
        }
    }
}

extension Role {
    /// What a site may have: agents, locks and their controller, shelters' desks and their registry, reception tables and their reception, pages.
    fileprivate var isOfSites: Bool {
        [.readerAgent, .lock, .lockController, .shelterDesk, .shelterRegistry, .receptionDesk, .reception, .portal].contains(self)
    }
}
