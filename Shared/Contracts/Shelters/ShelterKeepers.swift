/// Who keeps which shelter. It follows from the shelter's id and the town's file alone, so no two registries ever speak for the same one.
package struct ShelterKeepers: Hashable, Sendable {
    /// Sites with a registry of their own, each with the shelters it keeps beside those that are named after it.
    package let islands: [Instance: Set<ShelterID>]

    package init(islands: [Instance: Set<ShelterID>] = [:]) { self.islands = islands }

    /// The registry of the island that lists the shelter, or after which it is named (`west-school-2`); otherwise the town's.
    package func keeper(of shelter: ShelterID) -> Instance {
        if let island = islands.keys.sorted().first(where: { islands[$0]?.contains(shelter) ?? false }) { return island }
        // Of `west` and `west-school` the longer name is meant.
        let named = islands.keys.filter { shelter.text.hasPrefix("\($0)-") }
        return named.max { ($0.text.utf8.count, $0) < ($1.text.utf8.count, $1) } ?? .main
    }
}
