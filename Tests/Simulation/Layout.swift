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

    package init() {}

    /// 50 readers at ten gates, all of them at doors.
    package static func morning(taps: Int) -> Layout {
        var layout = Layout()
        (layout.agentCount, layout.readersPerAgent, layout.doorsPerAgent, layout.doorCount, layout.cards) = (10, 5, 5, 10, taps)
        layout.cardsPerErrand = 4
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
    var agents: [Instance] { (0..<agentCount).map { Instance("gate-\($0)")! } }
    var doors: [DoorID] { (0..<doorCount).map { DoorID("door-\($0)")! } }

    /// Stands at the residents' counter, on the first agent.
    let enrolment: ReaderID = "enrol"
    let registrars: [Instance] = ["civil", "tax"]

    func readers(of agent: Int) -> [(id: ReaderID, door: DoorID?)] {
        (0..<readersPerAgent).map { reader in
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
