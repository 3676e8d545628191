import Bus
import Contracts
import ServiceKit

/// Everybody who takes part in the simulated town, in the order in which they are given time. A service joins here, with one file beside this one.
var everybody: [any Participant.Type] {
    [
        ReaderAgentsInSimulation.self, LockControllerInSimulation.self, LocksInSimulation.self, ResidentDirectoryInSimulation.self,
        LeasesInSimulation.self, DisastersInSimulation.self, LockersInSimulation.self, KeypadsInSimulation.self, SiteInSimulation.self,
        SheltersInSimulation.self, PointsInSimulation.self, NotifierInSimulation.self, ReceptionInSimulation.self,
        AnalyticsInSimulation.self, PortalInSimulation.self,
    ]
}

/// A service, or a kind of device, as a part of the simulated town: its machines, what the town does with it, and what must hold when all is quiet.
protocol Participant: AnyObject {
    /// Makes its machines and adds them to the town.
    init(joining world: World) throws

    /// What the auditor writes down of it.
    static var witnessed: [Reading] { get }

    /// What clerks do before the doors open.
    func prepare(_ world: World) throws

    /// One of the things a town does all day.
    func happen(_ number: Int, in world: World)

    /// Somebody but a stranger has published something.
    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World)

    /// Somebody has published something at the broker of the site.
    func hear(atSite outgoing: Outgoing, in world: World)

    /// A line of somebody's log.
    func read(_ line: String, in world: World)

    /// What will still happen by itself, though nothing is left to send or to ask for.
    var unrest: [String] { get }

    /// - Returns: every invariant that does not hold, in a sentence.
    func violations(_ world: World) throws -> [String]
}

extension Participant {
    func prepare(_ world: World) throws {}
    func happen(_ number: Int, in world: World) {}
    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {}
    func hear(atSite outgoing: Outgoing, in world: World) {}
    func read(_ line: String, in world: World) {}
    var unrest: [String] { [] }
}
