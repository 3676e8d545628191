/// The rest of a cycle through one cell: other cells of a table that are lowered and raised in turn, so that every margin stays as it is.
struct Path {
    /// Where the cell at its end goes.
    enum Direction { case up, down }

    struct Cell: Equatable {
        var row: Int
        var column: Int
    }

    var cells: [Cell]
    var lowered: [Cell]
    var cost: Int
    /// How much can go round, at most.
    var room: Int

    /// Dijkstra over rows and columns: from the cell's column to its row. On the way from a column to a row a cell is lowered if the one in question goes
    /// up, on the way from a row to a column it is raised; the other way round if it goes down.
    /// - Parameters:
    ///   - sheet: what can be taken from each cell, which must be `amount` at least.
    ///   - limit: dearer ones are of no interest.
    static func cheapest(
        _ row: Int, _ column: Int, _ direction: Direction, amount: Int, in sheet: [[Int]], prices: [[Int]], below limit: Int?
    ) -> Path? {
        let (rows, columns) = (sheet.count, sheet[row].count)
        // Columns first, then rows.
        var costs = [Int](repeating: limit ?? .max, count: columns + rows)
        var before = [Int](repeating: -1, count: columns + rows)
        var isDone = [Bool](repeating: false, count: columns + rows)
        costs[column] = 0
        while true {
            var nearest = -1
            for node in costs.indices where !isDone[node] && costs[node] < (nearest < 0 ? limit ?? .max : costs[nearest]) { nearest = node }
            guard nearest >= 0 else { return nil }
            if nearest == columns + row { break }
            isDone[nearest] = true
            let isColumn = nearest < columns
            let takes = isColumn == (direction == .up)
            for next in isColumn ? columns..<columns + rows : 0..<columns where !isDone[next] {
                let (r, c) = isColumn ? (next - columns, nearest) : (nearest - columns, next)
                guard r != row || c != column, !takes || sheet[r][c] >= amount else { continue }
                let cost = costs[nearest] + prices[r][c]
                if cost < costs[next] { (costs[next], before[next]) = (cost, nearest) }
            }
        }
        var path = Path(cells: [], lowered: [], cost: costs[columns + row], room: .max)
        var node = columns + row
        while node != column {
            let previous = before[node]
            let isColumn = previous < columns
            let cell = isColumn ? Cell(row: node - columns, column: previous) : Cell(row: previous - columns, column: node)
            path.cells.append(cell)
            if isColumn == (direction == .up) {
                path.lowered.append(cell)
                path.room = min(path.room, sheet[cell.row][cell.column])
            }
            node = previous
        }
        return path
    }
}
