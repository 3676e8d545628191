import Contracts

/// Figures that are being made: a slice of the month's visits a turn, then a table a turn. In memory alone; a new process begins anew.
final class FiguresInHand {
    /// Nothing is due before this.
    var nextLook = Instant.distantPast
    var work: Work?

    struct Work {
        let month: Month
        let revision: Int
        /// Visits heard late that are known when the counting begins; what comes later may be in it or not, and waits for the next revision.
        let late: Int
        var count: MonthCount
        var words: [Int64: String] = [:]
        /// The last visit that was counted.
        var last: (day: Int, facility: Int64, who: Int64, n: Int)
        /// Whose rides are counted next, once all visits are.
        var rideDay: Int?
        var tables: MonthTables?
    }
}
