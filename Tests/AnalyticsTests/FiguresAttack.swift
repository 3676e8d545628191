import Contracts
import RealParts

/// Somebody who has all tables of a month and a solver: GLPK, which knows nothing of how they were made.
///
/// Days, hours and the week are sides of one cube, and attacked together as such. The other tables share nothing with them or with each other but the
/// totals of houses and the visits of people unknown, which are told: each of them is attacked by itself.
struct FiguresAttack {
    /// Sums of unknown numbers, none below zero, that are known.
    private var known: [(sum: [(Int, Int)], value: Int)] = []
    private var unknowns = 0
    private var cells: [FigureTable.Name: [[[Int]]]] = [:]

    struct Bounds: Equatable {
        var least: Double
        var most: Double
    }

    /// One table by itself.
    init(_ table: FigureTable) {
        let numbers = unknownCells(of: table)
        knowShown(table, cells: numbers)
    }

    /// Three sides of the cube of houses, days and hours.
    init(days: FigureTable, hours: FigureTable, week: FigureTable) {
        let x = unknownCells(of: days)
        knowShown(days, cells: x)
        var cube: [[[Int]]] = []
        let groups = week.rows
        for house in days.rows.indices {
            cube.append(groups.map { _ in hours.columns.map { _ in unknown() } })
            for (g, group) in groups.enumerated() {
                let days = days.columns.indices.filter { (CalendarDate(days.columns[$0])?.weekday.short ?? "other") == group }
                known.append((cube[house][g].map { (1, $0) } + days.flatMap { x[house][$0].map { (-1, $0) } }, 0))
            }
        }
        knowShown(hours, cells: hours.rows.indices.map { h in hours.columns.indices.map { t in groups.indices.map { cube[h][$0][t] } } })
        let column = hours.columns.map { week.columns.firstIndex(of: $0) ?? week.columns.count - 1 }
        knowShown(
            week,
            cells: groups.indices.map { g in
                week.columns.indices.map { w in
                    days.rows.indices.flatMap { h in column.indices.filter { column[$0] == w }.map { cube[h][g][$0] } }
                }
            })
    }

    private mutating func unknown() -> Int {
        unknowns += 1
        return unknowns - 1
    }

    private mutating func unknownCells(of table: FigureTable) -> [[[Int]]] {
        table.rows.map { _ in table.columns.map { _ in [unknown()] } }
    }

    private mutating func knowShown(_ table: FigureTable, cells: [[[Int]]]) {
        self.cells[table.name] = cells
        for (r, row) in table.cells.enumerated() {
            known.append((cells[r].flatMap { $0.map { (1, $0) } }, table.rowTotals[r]))
            for (c, cell) in row.enumerated() { if let cell { known.append((cells[r][c].map { (1, $0) }, cell)) } }
        }
        for c in table.columns.indices { known.append((cells.flatMap { $0[c].map { (1, $0) } }, table.columnTotals[c])) }
    }

    /// What each withheld cell can be at least and at most.
    func bounds(of table: FigureTable) throws -> [[Bounds?]] {
        var bounds = table.cells.map { $0.map { _ in Bounds?.none } }
        let hidden = table.cells.indices.flatMap { r in table.cells[r].indices.filter { table.cells[r][$0] == nil }.map { (r, $0) } }
        for start in stride(from: 0, to: hidden.count, by: 8) {
            let some = hidden[start..<min(start + 8, hidden.count)]
            let targets = some.map { cells[table.name]![$0.0][$0.1] }
            for ((r, c), found) in zip(some, try solve(targets)) { bounds[r][c] = found }
        }
        return bounds
    }

    /// Every question is a block of its own in one problem: the least of a sum of independent things is the sum of their least.
    private func solve(_ targets: [[Int]]) throws -> [Bounds] {
        let scratch = try Scratch()
        var (goal, rows) = ("", "")
        for (block, target) in (targets + targets).enumerated() {
            let sign = block < targets.count ? "+" : "-"
            goal += target.map { " \(sign) b\(block)v\($0)" }.joined() + "\n"
            for (sum, value) in known where !sum.isEmpty {
                rows += sum.map { " \($0.0 < 0 ? "-" : "+") b\(block)v\($0.1)" }.joined() + " = \(value)\n"
            }
        }
        let problem = try scratch.write("Minimize\n\(goal)Subject To\n\(rows)End\n".utf8, to: "attack.lp")
        let solver = try Process("glpsol", ["--lp", problem, "-o", scratch.file("found")], output: scratch.file("log"))
        guard solver.wait() == 0, scratch.text("log").contains("OPTIMAL") else {
            throw Failure("glpsol found nothing: \(scratch.text("log").suffix(400))")
        }
        var values: [Substring: Double] = [:]
        for line in scratch.text("found").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 3, words[1].first == "b", let value = Double(words[3]) else { continue }
            values[words[1]] = value
        }
        return targets.indices.map { index in
            func sum(_ block: Int) -> Double { targets[index].reduce(0) { $0 + values["b\(block)v\($1)", default: .nan] } }
            return Bounds(least: sum(index), most: sum(index + targets.count))
        }
    }
}
