import Contracts

package enum SiteKind {}
/// A place of the town with a broker of its own, and a lock-controller, a shelter-registry, a reception or several of these.
package typealias SiteID = Name<SiteKind>

extension Town {
    /// A place whose doors and shelters go on while the town cannot be reached: its agents, its locks and its broker stand with a machine there, the
    /// station.
    package struct Site: Hashable, Sendable {
        package var id: SiteID
        package var agents: [AgentID] = []
        package var doors: [DoorID] = []
        /// Receptions of shelters there. With one the site is an island, and has a shelter-registry of its own.
        package var shelterDesks: [ShelterDeskID] = []
        /// The shelters that are kept there beside those that are named after the site.
        package var shelters: [ShelterID] = []
        /// Reception tables there. With one the site has a reception of its own.
        package var receptionDesks: [ReceptionDeskID] = []
        /// Where the station is found by its agents and locks.
        package var broker = Broker()
        /// `nil` where it has no pages.
        package var pages: Pages?

        package init(id: SiteID) { self.id = id }

        package var isIsland: Bool { !shelterDesks.isEmpty }
        package var hasReception: Bool { !receptionDesks.isEmpty }
        /// Whether names lie on its disk, under a key of its own.
        package var keepsPersonalData: Bool { isIsland || hasReception }
    }

    /// Pages that the station itself serves, for whoever sits there.
    package struct Pages: Hashable, Sendable {
        package var listen: String
        package var origin: String
        /// `nil`: the town's border, if it has one, and no tiles, which come from elsewhere.
        package var map: PortalPolicy.Map?

        package init(listen: String, origin: String) { (self.listen, self.origin) = (listen, origin) }
    }

    package func site(_ id: SiteID) -> Site? { sites.first { $0.id == id } }
    package func site(of agent: AgentID) -> SiteID? { sites.first { $0.agents.contains(agent) }?.id }
    package func site(of door: DoorID) -> SiteID? { sites.first { $0.doors.contains(door) }?.id }
    package func site(of desk: ShelterDeskID) -> SiteID? { sites.first { $0.shelterDesks.contains(desk) }?.id }
    package func site(of desk: ReceptionDeskID) -> SiteID? { sites.first { $0.receptionDesks.contains(desk) }?.id }

    /// The broker that serves a site, or the town's own.
    package func broker(at site: SiteID?) -> Broker { site.flatMap { self.site($0) }?.broker ?? broker }

    /// The doors that are decided on at a site, or by the town itself.
    package func doors(at place: SiteID?) -> [Door] { doors.filter { site(of: $0.id) == place } }
    package func agents(at place: SiteID?) -> [Agent] { agents.filter { site(of: $0.id) == place } }
    package func shelterDesks(at place: SiteID?) -> [ShelterDeskID] { shelterDesks.filter { site(of: $0) == place } }
    package func receptionDesks(at place: SiteID?) -> [ReceptionDeskID] { receptions.desks.filter { site(of: $0) == place } }

    package var shelterKeepers: ShelterKeepers {
        let islands = sites.filter(\.isIsland).map { ($0.id.named(as: Instance.self), Set($0.shelters)) }
        // A file in which a name stands twice is still looked at for other mistakes.
        return ShelterKeepers(islands: Dictionary(islands) { first, _ in first })
    }

    /// The registry that counts who holds a card at an agent: that of its site, if this is an island.
    package func shelterRegistry(of agent: AgentID) -> Instance {
        site(of: agent).flatMap { site($0) }.flatMap { $0.isIsland ? $0.id.named() : nil } ?? .main
    }

    /// The site whose own reception receives who holds a card at an agent, if it has one.
    package func reception(of agent: AgentID) -> SiteID? { site(of: agent).flatMap { site($0) }.flatMap { $0.hasReception ? $0.id : nil } }
}
