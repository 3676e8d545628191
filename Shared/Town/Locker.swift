import Contracts

extension Town {
    /// A bank of compartments with one reader (予約ロッカー).
    package struct Locker: Hashable, Sendable {
        package var id: LockerID
        package var title: String?
        /// Each a door with a lock of its own. The first free one is taken, so the smallest come first.
        package var compartments: [DoorID]
        package var keep = Keeping.time(.seconds(72 * 3600))
        /// How long before its end an item is reminded of; zero for never.
        package var remind = Duration.seconds(24 * 3600)
        package var accepts = Assurance.proved
        /// How long a compartment stays unlocked.
        package var openFor = Duration.seconds(5)

        package init(id: LockerID, compartments: [DoorID]) {
            self.id = id
            self.compartments = compartments
        }

        var doors: [Door] {
            compartments.map { compartment in
                var door = Door(id: compartment)
                (door.title, door.accepts, door.openFor) = (title, accepts, openFor)
                return door
            }
        }
    }
}
