package enum FacilityKind {}
package enum IndicatorKind {}
package enum FunnelKind {}
/// A house whose visits are counted: `gym`, `library`.
package typealias FacilityID = Name<FacilityKind>
/// A figure the town wants to reach (KPI): `library-visits`.
package typealias IndicatorID = Name<IndicatorKind>
/// Steps that people take one after the other: a check-up, a class, the gym.
package typealias FunnelID = Name<FunnelKind>

/// What a town counts of the use of its houses, and what may leave as a figure. Lists keep the order of the file.
package struct VisitsPolicy: Sendable, Equatable {
    /// A place that belongs to none of them is a house of its own, under its own name.
    package var facilities: [Facility] = []
    /// Minutes after midnight with which a day of visits begins: whoever leaves at half past midnight came today.
    package var dayStarts = 240
    /// Within this a card held again at the same house says the same as before.
    package var repeatWithin = Duration.seconds(60)
    /// Kinds of purpose that are no visit to a house.
    package var uncounted: Set<Name<Purpose>> = ["enrol", "school-gate", "shelter", "locker", "ride", "shop"]
    /// Of fewer people than this nothing is told (k).
    package var smallest = 5
    /// Days after the end of a month at which its figures are made.
    package var closesAfter = 3
    /// For how long visits can be counted anew because something is heard late: longer than any journal reaches back.
    package var waitsFor = Duration.seconds(40 * 86_400)
    /// How long visits are kept one by one, as opposed to figures; at least thirteen months, so that a year can be told from the one before.
    package var keeps = Duration.seconds(400 * 86_400)
    package var indicators: [Indicator] = []
    package var funnels: [Funnel] = []

    package init() {}

    package func facility(_ id: FacilityID) -> Facility? { facilities.first { $0.id == id } }
    /// The house a place belongs to.
    package func facility(of place: PlaceID) -> Facility {
        facilities.first { $0.places.contains(place) } ?? Facility(place.named(), title: place.text, places: [place])
    }
}

package struct Facility: Hashable, Sendable {
    /// How coming and going are told apart.
    package enum Counting: String, Codable, CaseIterable, Sendable {
        /// Each card held is a visit; when people leave is not known.
        case arrivals
        /// Readers say which way people go.
        case directions
        /// At one reader: the first time in, the second time out, and so on.
        case turns
    }

    package var id: FacilityID
    /// For people: `市民体育館`.
    package var title: String
    package var places: Set<PlaceID>
    package var counting = Counting.arrivals
    /// When it is open; whoever has not left by its end is taken to have left then. Without, `longestStay` alone holds.
    package var schedule: Schedule?
    /// After this somebody who was not seen to leave is taken to have left.
    package var longestStay = Duration.seconds(6 * 3600)

    package init(_ id: FacilityID, title: String, places: Set<PlaceID>) { (self.id, self.title, self.places) = (id, title, places) }
}

/// A figure the town wants to reach.
package struct Indicator: Hashable, Sendable {
    package enum Measure: String, Codable, CaseIterable, Sendable {
        /// How often people came.
        case visits
        /// How many people, of those who agreed to be counted.
        case people
        /// The share of receptions by card: cards held against names on paper, in percent.
        case cardShare = "card-share"
        /// The share of doors opened by card, in percent.
        case unlockShare = "unlock-share"
    }

    package var id: IndicatorID
    package var title: String
    package var measure: Measure
    /// Of this house alone.
    package var facility: FacilityID?
    /// Of these kinds of purpose alone.
    package var purposes: Set<Name<Purpose>> = []
    /// What it was before: a month's figure.
    package var baseline: Double?
    package var goal: Double?

    package init(_ id: IndicatorID, title: String, _ measure: Measure) { (self.id, self.title, self.measure) = (id, title, measure) }
}

/// How many of those who took one step took the next one within the month.
package struct Funnel: Hashable, Sendable {
    package var id: FunnelID
    package var title: String
    /// Two to six.
    package var steps: [Purpose]

    package init(_ id: FunnelID, title: String, steps: [Purpose]) { (self.id, self.title, self.steps) = (id, title, steps) }
}
