import Contracts

package enum SiteKind {}
/// A place of the town with a broker and a lock-controller of its own.
package typealias SiteID = Name<SiteKind>

extension Town {
    /// A place whose doors go on while the town cannot be reached: its agents, its doors and its broker stand on a machine there, the station.
    package struct Site: Hashable, Sendable {
        package var id: SiteID
        package var agents: [AgentID] = []
        package var doors: [DoorID] = []
        /// Where the station is found by its agents and locks.
        package var broker = Broker()

        package init(id: SiteID) { self.id = id }
    }

    package func site(_ id: SiteID) -> Site? { sites.first { $0.id == id } }
    package func site(of agent: AgentID) -> SiteID? { sites.first { $0.agents.contains(agent) }?.id }
    package func site(of door: DoorID) -> SiteID? { sites.first { $0.doors.contains(door) }?.id }

    /// The broker that serves a site, or the town's own.
    package func broker(at site: SiteID?) -> Broker { site.flatMap { self.site($0) }?.broker ?? broker }

    /// The doors that are decided on at a site, or by the town itself.
    package func doors(at place: SiteID?) -> [Door] { doors.filter { site(of: $0.id) == place } }
    package func agents(at place: SiteID?) -> [Agent] { agents.filter { site(of: $0.id) == place } }
}
