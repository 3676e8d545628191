import Contracts

/// Two periods of one house held against each other by their days, with how sure one can be that it is not chance.
///
/// Welch's t-test for means of unequal variances (Welch 1947, Biometrika 34): days are taken to be independent of each other, which the days of a week are
/// not quite, so a narrow interval is a little too narrow.
struct Comparison: Equatable {
    struct Period: Equatable {
        let days: [Int]
        /// Days of which the figures say nothing, because too few came.
        let withheld: Int

        var mean: Double { Double(days.reduce(0, +)) / Double(max(1, days.count)) }

        /// The square of the standard error of the mean.
        var uncertainty: Double {
            guard days.count > 1 else { return .infinity }
            let squares = days.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            return squares / Double(days.count - 1) / Double(days.count)
        }
    }

    let before: Period
    let after: Period

    var difference: Double { after.mean - before.mean }
    /// In percent of what it was before; `nil` if that was nothing.
    var percent: Double? { before.mean > 0 ? difference / before.mean * 100 : nil }

    /// Half of the interval that holds the true difference in 95 of 100 cases; `nil` with too few days to say.
    var margin: Double? {
        let error = before.uncertainty + after.uncertainty
        guard error.isFinite else { return nil }
        guard error > 0 else { return 0 }
        let parts = [before, after].reduce(0.0) { $0 + $1.uncertainty * $1.uncertainty / Double($1.days.count - 1) }
        return studentQuantile(freedom: error * error / parts) * error.squareRoot()
    }

    /// Whether it is more than chance explains.
    var isClear: Bool { margin.map { abs(difference) > $0 } ?? false }
}

/// The 97.5 % quantile of Student's distribution: as for one and two degrees of freedom below three, else by its expansion about the normal one (Abramowitz & Stegun,
/// 26.7.5), good to a hundredth from three on.
func studentQuantile(freedom: Double) -> Double {
    if freedom < 2 { return 12.706 }
    if freedom < 3 { return 4.303 }
    let z = 1.959964
    let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
    let z9 = z7 * z * z
    let first = (z3 + z) / 4
    let second = (5 * z5 + 16 * z3 + 3 * z) / 96
    let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
    let fourth = (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92_160
    return z + first / freedom + second / (freedom * freedom) + third / (freedom * freedom * freedom)
        + fourth / (freedom * freedom * freedom * freedom)
}

extension Comparison.Period {
    /// The days of a house in the months' tables of days; days on which nobody came count as none.
    init(_ facility: FacilityID, in tables: [FigureTable]) {
        var (days, withheld): ([Int], Int) = ([], 0)
        for table in tables {
            guard let row = table.rows.firstIndex(of: facility.text) else { continue }
            for (column, cell) in zip(table.columns, table.cells[row]) where CalendarDate(column) != nil {
                if let cell { days.append(cell) } else { withheld += 1 }
            }
        }
        (self.days, self.withheld) = (days, withheld)
    }
}
