/// A table before anything is withheld, with all its margins known to everybody.
package struct Counts {
    var rows: [String]
    var columns: [String]
    /// Row by row.
    var values: [[Int]]
    /// Cells with too few people behind them.
    var isSmall: [[Bool]]
    /// Cells that an earlier revision has withheld.
    var wasWithheld: [[Bool]]
    /// Parts of the visits. What is moved about within one sheet, leaving its margins as they are, changes nothing that other tables tell. Of several
    /// families one is enough to hide in.
    var families: [[Sheet]]

    package typealias Sheet = [[Int]]

    /// Cells of all sheets.
    var size: Int { families.joined().count * values.count * columns.count }

    /// - Parameter families: the table itself, where it is linked with no other but by its margins.
    package init(
        rows: [String], columns: [String], values: [[Int]], isSmall: [[Bool]], wasWithheld: [[Bool]]? = nil, families: [[Sheet]]? = nil
    ) {
        (self.rows, self.columns, self.values, self.isSmall) = (rows, columns, values, isSmall)
        self.wasWithheld = wasWithheld ?? values.map { $0.map { _ in false } }
        self.families = families ?? [[values]]
    }
}

/// Which cells are withheld, so that of none with fewer than `enough` people behind it can be worked out how often they came.
///
/// A table with known margins is a circulation: what is added to a cell must leave another one of its row and one of its column, and so on round a cycle
/// (Cox 1995). A cell is hidden when some cycle of withheld cells lets its number be larger by `max(enough - 1, half of it)` and smaller by as much, or
/// down to nothing. For each in turn, largest first, the cycle is sought that withholds the fewest further visits; each cell of a cycle moves with it, so
/// it is not known exactly either.
package struct Withholding {
    package enum Outcome: Equatable {
        case withheld([[Bool]])
        /// A cell of the column has nothing to hide behind.
        case bare(column: Int)
    }

    let counts: Counts
    private let enough: Int
    private var isWithheld: [[Bool]]
    /// Cells to hide, the largest first, and how many of them are hidden.
    private var sought: [(value: Int, row: Int, column: Int)] = []
    private var done = 0
    /// What withholding a cell takes from the readers of a table, in visits. An empty cell hides little, since many know when a house is closed.
    private var prices: [[Int]]

    package static func of(_ counts: Counts, enough: Int) -> Outcome {
        var withholding = Withholding(counts, enough: enough)
        while true { if let outcome = withholding.steps(.max) { return outcome } }
    }

    package init(_ counts: Counts, enough: Int) {
        (self.counts, self.enough) = (counts, enough)
        isWithheld = counts.isSmall
        for (row, cells) in counts.wasWithheld.enumerated() {
            for (column, was) in cells.enumerated() where was { isWithheld[row][column] = true }
        }
        prices = zip(counts.values, isWithheld).map { values, withheld in
            zip(values, withheld).map { $1 ? 0 : $0 == 0 ? enough : $0 }
        }
        for (row, values) in counts.values.enumerated() {
            for (column, value) in values.enumerated() where isWithheld[row][column] { sought.append((value, row, column)) }
        }
        sought.sort { ($1.value, $0.row, $0.column) < ($0.value, $1.row, $1.column) }
    }

    /// Hides so many cells.
    /// - Returns: `nil` while there are others.
    package mutating func steps(_ most: Int) -> Outcome? {
        for cell in sought[done...].prefix(most) {
            guard protect(row: cell.row, column: cell.column) else { return .bare(column: cell.column) }
            done += 1
        }
        return done < sought.count ? nil : .withheld(isWithheld)
    }

    /// Withholds what the cell needs around it.
    private mutating func protect(row: Int, column: Int) -> Bool {
        let value = counts.values[row][column]
        let up = counts.isSmall[row][column] ? max(enough - 1, (value + 1) / 2) : enough - 1
        for (direction, need) in [(Path.Direction.up, up), (.down, min(value, up))] {
            let ways = counts.families.compactMap { way(row: row, column: column, direction, need: need, through: $0) }
            guard let best = ways.min(by: { $0.cost < $1.cost }) else { return false }
            for cell in best.cells { (isWithheld[cell.row][cell.column], prices[cell.row][cell.column]) = (true, 0) }
        }
        return true
    }

    /// The cycles, one or more, by which the cell can move so far.
    private func way(
        row: Int, column: Int, _ direction: Path.Direction, need: Int, through family: [Counts.Sheet]
    ) -> (cells: [Path.Cell], cost: Int)? {
        var (left, cells, cost) = (need, [Path.Cell](), 0)
        var prices = prices
        var sheets = family
        // Of what lies in a sheet no more can be taken away than there is; the cell itself included.
        while left > 0 {
            var best: (path: Path, sheet: Int, amount: Int)?
            for amount in Set([left, 1]).sorted(by: >) where best == nil {
                for (number, sheet) in sheets.enumerated() {
                    let own = direction == .down ? sheet[row][column] : left
                    guard own >= amount, best?.path.cost != 0,
                        let path = Path.cheapest(row, column, direction, amount: amount, in: sheet, prices: prices, below: best?.path.cost)
                    else { continue }
                    best = (path, number, min(left, own, path.room))
                }
            }
            guard let best else { return nil }
            for cell in best.path.cells where prices[cell.row][cell.column] > 0 {
                cells.append(cell)
                cost += prices[cell.row][cell.column]
                prices[cell.row][cell.column] = 0
            }
            for cell in best.path.lowered { sheets[best.sheet][cell.row][cell.column] -= best.amount }
            if direction == .down { sheets[best.sheet][row][column] -= best.amount }
            left -= best.amount
        }
        return (cells, cost)
    }
}
