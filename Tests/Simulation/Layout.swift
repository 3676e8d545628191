import Contracts

/// Who and what there is in a simulated town.
package struct Layout: Sendable {
    package var agentCount = 3
    package var readersPerAgent = 1
    /// The first readers of an agent stand for doors, the others for visits.
    package var doorsPerAgent = 1
    package var doorCount = 2
    /// Different cards that are held over readers.
    package var cards = 60

    /// How many cards are held for one thing that a clerk does.
    package var cardsPerErrand = 1

    /// Whether doors have schedules, closures and a zone beside bookings and groups.
    package var hasHours = true

    /// Whether there are a locker, a door with a keypad and a plan for disasters.
    package var hasExtras = false

    /// Whether people are told things.
    var hasNotifier = true

    /// How many towns of a hundred seeds have a site, with a broker and a lock-controller of its own.
    package var siteShare = 0.0
    /// Drawn by the town.
    package internal(set) var hasSite = false

    package init() {}

    /// The small town of most histories: three agents, two doors, every third with a site beside.
    package static var small: Layout {
        var layout = Layout()
        (layout.hasExtras, layout.siteShare) = (true, 0.3)
        return layout
    }

    /// 50 readers at ten gates, all of them at doors.
    package static func morning(taps: Int) -> Layout {
        var layout = Layout()
        (layout.agentCount, layout.readersPerAgent, layout.doorsPerAgent, layout.doorCount, layout.cards) = (10, 5, 5, 10, taps)
        (layout.cardsPerErrand, layout.hasExtras, layout.siteShare) = (4, true, 0.3)
        return layout
    }

    /// A town of 30,000: 50 readers in ten houses, one in each at a door.
    package static func day() -> Layout {
        var layout = Layout()
        (layout.agentCount, layout.readersPerAgent, layout.doorsPerAgent, layout.doorCount, layout.cards) = (10, 5, 1, 10, 30_000)
        layout.cardsPerErrand = 200
        return layout
    }

    let town: TownID = "nagai"
    /// That of the site comes last, and so does its door.
    var agents: [Instance] { (0..<agentCount).map { Instance("gate-\($0)")! } + (hasSite ? [Station.agent] : []) }
    /// Those that readers of agents stand for.
    var doors: [DoorID] { townDoors + (hasSite ? [Station.door] : []) }
    var townDoors: [DoorID] { (0..<doorCount).map { DoorID("door-\($0)")! } }

    /// Every door with a lock.
    var locked: [DoorID] { doors + compartments + (hasExtras ? [Layout.annex] : []) }

    /// Stands at the residents' counter, on the first agent.
    let enrolment: ReaderID = "enrol"
    let registrars: [Instance] = ["civil", "tax"]

    func readers(of agent: Int) -> [(id: ReaderID, door: DoorID?)] {
        guard agent < agentCount else { return [("reader-1", Station.door)] }
        return (0..<readersPerAgent).map { reader in
            let door = reader < doorsPerAgent ? doors[(agent * doorsPerAgent + reader) % doorCount] : nil
            return (ReaderID("reader-\(reader + 1)")!, door)
        }
    }

    /// Not a member, but with a booking of the first door.
    func isGuest(_ token: Token) -> Bool { World.number(token) % 6 == 3 }

    func hasRight(_ token: Token, at door: DoorID) -> Bool {
        let number = World.number(token)
        return number % 2 == 0 || door == doors[0] && isGuest(token) && number < AddBooking.limit
    }
}
