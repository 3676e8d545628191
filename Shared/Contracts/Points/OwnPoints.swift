/// Asks what somebody has, and what became of it, at their own page.
package struct ShowOwnPoints: CommandBody {
    package typealias Answer = OwnPoints
    package static let type = "own-points"

    /// Entries before this one.
    package var before: Int64?
    package var person: PersonID

    package init(_ person: PersonID, before: Int64? = nil) { (self.person, self.before) = (person, before) }
}

package struct OwnPoints: Codable, Sendable, Equatable {
    /// Newest first.
    package var entries: [EntriesPage.Entry]
    /// By purse, oldest-expiring first.
    package var lots: [PointsShown.Lot]
    package var more: Bool
    package var person: PersonID

    package init(_ person: PersonID, lots: [PointsShown.Lot], entries: [EntriesPage.Entry], more: Bool) {
        (self.person, self.lots, self.entries, self.more) = (person, lots, entries, more)
    }
}

extension Channel where Body == ShowOwnPoints {
    package static var showOwnPoints: Self { Self(of: "points", named: "own-points") }
}
