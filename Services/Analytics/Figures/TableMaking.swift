import Contracts

/// One table being made: what must be withheld is, cell by cell, and columns in which that is not possible are put together.
struct TableMaking {
    typealias Cell = MonthCount.Cell

    /// A table with its rows and columns settled, and nothing withheld yet.
    struct Draft {
        var name: FigureTable.Name
        var rows: [Pool]
        var columns: [Pool]
        var cell: (_ row: Int, _ column: Int) -> Cell
        /// Visits of people who are in no other column.
        var unknown: [Int]?
    }

    /// Cells of sheets looked through in a turn, about; some twenty milliseconds.
    private static let turn = 400_000

    private(set) var columns: [Pool]
    private let draft: Draft
    private let withheldBefore: Set<[String]>
    private let enough: Int
    private let families: (([Pool]) -> [[Counts.Sheet]])?
    private var withholding: Withholding?

    init(_ draft: Draft, withheldBefore: Set<[String]>, enough: Int, families: (([Pool]) -> [[Counts.Sheet]])?) {
        (self.draft, self.withheldBefore, self.enough, self.families) = (draft, withheldBefore, enough, families)
        columns = draft.columns
    }

    /// Goes on for so long as a turn may take: what a cell costs grows with the table and the sheets it may hide in.
    /// - Returns: the table, when it is made.
    mutating func step() -> FigureTable? {
        guard var withholding else {
            withholding = Withholding(counts, enough: enough)
            return nil
        }
        self.withholding = nil
        switch withholding.steps(max(1, Self.turn / max(1, withholding.counts.size))) {
        case nil: self.withholding = withholding
        case .withheld(let isWithheld): return FigureTable(draft.name, withholding.counts, isWithheld, unknown: draft.unknown)
        case .bare(let column):
            let values = withholding.counts.values
            columns = Pool.merge(column, of: columns, totals: columns.indices.map { column in values.reduce(0) { $0 + $1[column] } })
        }
        return nil
    }

    private var counts: Counts {
        let cells = draft.rows.map { row in
            columns.map { column in
                row.members.reduce(into: Cell()) { whole, r in column.members.forEach { whole.join(draft.cell(r, $0)) } }
            }
        }
        // A column alone is the totals of its rows, which are told.
        let mayHide = columns.count > 1
        return Counts(
            rows: draft.rows.map(\.key), columns: columns.map(\.key), values: cells.map { $0.map(\.visits) },
            isSmall: cells.map { $0.map { mayHide && $0.visits > 0 && $0.crowd.count < enough } },
            wasWithheld: draft.rows.map { row in columns.map { mayHide && withheldBefore.contains([row.key, $0.key]) } },
            families: families?(columns))
    }
}

extension FigureTable {
    /// - Parameter unknown: one more column, of which nothing is withheld.
    init(_ name: Name, _ counts: Counts, _ isWithheld: [[Bool]], unknown: [Int]?) {
        var cells = zip(counts.values, isWithheld).map { zip($0, $1).map { $1 ? nil : Optional($0) } }
        var (values, columns) = (counts.values, counts.columns)
        if let unknown {
            columns.append("unknown")
            for row in values.indices {
                values[row].append(unknown[row])
                cells[row].append(unknown[row])
            }
        }
        self.init(
            name, rows: counts.rows, columns: columns, cells: cells, rowTotals: values.map { $0.reduce(0, +) },
            columnTotals: columns.indices.map { column in values.reduce(0) { $0 + $1[column] } },
            total: values.reduce(0) { $0 + $1.reduce(0, +) })
    }
}
