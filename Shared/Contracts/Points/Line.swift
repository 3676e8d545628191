/// A line of a bus, a ferry or a shared taxi (路線), and what a ride costs.
package struct Line: Sendable, Equatable {
    package var id: LineID
    package var title: String
    package var carrier: CarrierID
    package var fare: Fare
    /// Whoever has one of these rides free (定期券).
    package var passes: [PurseID] = []
    /// One of these pays a ride, whatever it costs (回数券).
    package var tickets: [PurseID] = []
    /// These pay in yen, in this order.
    package var stored: [PurseID] = []
    /// The one that leaves the least to pay holds.
    package var discounts: [Discount] = []
    /// What a person pays this carrier on one day, at most, in yen.
    package var dayCap: Int64?
    package var transfer: Transfer?
    /// A card is held when boarding and when alighting.
    package var alights = false
    /// After so long without a tap in it a vehicle's run is over; whoever has not alighted by then has forgotten to.
    package var runEndsAfter = Duration.seconds(3 * 3600)
    /// Whose not alighting is alarmed: a child who is still on the bus.
    package var watched: Set<ProgrammeID> = []

    package init(_ id: LineID, title: String, carrier: CarrierID, fare: Fare) {
        (self.id, self.title, self.carrier, self.fare) = (id, title, carrier, fare)
    }

    package enum Fare: Sendable, Equatable {
        /// Yen, however far.
        case flat(Int64)
        /// Yen from each stop to each one: as many rows and columns as stops (三角表), the same both ways.
        case stops([Stop], yen: [[Int64]])
        /// By the distance between boarding and alighting as the crow flies: up to so many metres so many yen, ascending; beyond the last as for the last.
        /// Where people get on and off anywhere (フリー乗降).
        case distance([Step])

        package struct Step: Sendable, Equatable {
            package var metres: Int
            package var yen: Int64

            package init(upTo metres: Int, _ yen: Int64) { (self.metres, self.yen) = (metres, yen) }
        }
    }

    /// Known by the reader's place, or by the nearest position.
    package struct Stop: Sendable, Equatable {
        package var place: PlaceID
        package var position: Position?

        package init(_ place: PlaceID, _ position: Position? = nil) { (self.place, self.position) = (place, position) }
    }

    /// For whoever is entitled to it: so many per cent less, rounded up to whole ten yen as bus fares are, or a fare of its own.
    package struct Discount: Sendable, Equatable {
        package enum Off: Sendable, Equatable {
            case percent(Int)
            case fare(Int64)
        }

        package var programme: ProgrammeID
        package var off: Off

        package init(_ programme: ProgrammeID, _ off: Off) { (self.programme, self.off) = (programme, off) }
    }

    /// Whoever boards another line of the same carrier so soon after the last ride began to be over pays so much less (乗継割引).
    package struct Transfer: Sendable, Equatable {
        package var within: Duration
        package var less: Int64

        package init(within: Duration, less: Int64) { (self.within, self.less) = (within, less) }
    }
}
