import Contracts
import Harness
import Testing

@testable import Analytics

/// What is withheld cannot be worked out, by somebody with all that is told and a solver.
@Suite struct FiguresAttackTests {
    private static let enough = VisitsPolicy().smallest

    @Test("Small towns: all tables of a month together give away no cell of fewer than five people", arguments: 0..<UInt64(8))
    func attack(seed: UInt64) throws {
        var chance = Seeded(seed + 100)
        let town = FiguresTown(
            seed: seed, people: 15 + chance.below(50), houses: 2 + chance.below(5), comings: 60 + chance.below(seed < 4 ? 300 : 1500))
        let tables = town.tables()
        let (days, hours, week) = (tables[.days]!, tables[.hours]!, tables[.weekHours]!)
        #expect(!days.rows.isEmpty)
        let cube = FiguresAttack(days: days, hours: hours, week: week)
        for name in FigureTable.Name.allCases {
            let table = tables[name]!
            let attack = [.days, .hours, .weekHours].contains(name) ? cube : FiguresAttack(table)
            try expect(attack.bounds(of: table), hide: table, town.truth(table, days: days))
        }
    }

    /// Counted by people themselves, whom the service does not know.
    private func expect(_ bounds: [[FiguresAttack.Bounds?]], hide table: FigureTable, _ truth: [[FiguresTown.Truth]]) {
        for r in table.rows.indices {
            for c in table.columns.indices {
                let (cell, at) = (truth[r][c], "\(table.name) \(table.rows[r]) \(table.columns[c])")
                guard let bounds = bounds[r][c] else {
                    #expect(table.cells[r][c] == cell.visits && (cell.visits == 0 || cell.people.count >= Self.enough), "\(at)")
                    continue
                }
                #expect(bounds.most - bounds.least > 0.5, "\(at) is known: \(bounds)")
                guard (1..<Self.enough).contains(cell.people.count) else { continue }
                let need = max(Self.enough - 1, (cell.visits + 1) / 2)
                #expect(Int(bounds.most.rounded()) >= cell.visits + need, "\(at): \(bounds) of \(cell.visits)")
                #expect(Int(bounds.least.rounded()) <= cell.visits - min(cell.visits, need), "\(at): \(bounds) of \(cell.visits)")
            }
        }
    }

    @Test("With the small cells withheld and nothing beside them, the same attack finds them")
    func bare() throws {
        var (found, hidden) = (0, 0)
        for seed in 0..<UInt64(6) {
            let counts = randomCounts(seed: seed)
            let bare = FigureTable(.purposes, counts, counts.isSmall, unknown: nil)
            let bounds = try FiguresAttack(bare).bounds(of: bare).flatMap { $0.compactMap(\.self) }
            found += bounds.count { $0.most - $0.least < 0.5 }
            guard case .withheld(let isSafe) = Withholding.of(counts, enough: Self.enough) else { continue }
            let safe = FigureTable(.purposes, counts, isSafe, unknown: nil)
            let held = try FiguresAttack(safe).bounds(of: safe).flatMap { $0.compactMap(\.self) }
            hidden += held.count
            #expect(held.allSatisfy { $0.most - $0.least > 0.5 })
        }
        #expect(found > 0 && hidden > 0)
    }

    @Test("Made three cells at a time, a table withholds what it does when made at once", arguments: 0..<UInt64(6))
    func slices(seed: UInt64) {
        let counts = randomCounts(seed: seed)
        var withholding = Withholding(counts, enough: Self.enough)
        var (turns, outcome) = (0, Withholding.Outcome?.none)
        while outcome == nil, turns < 100 {
            outcome = withholding.steps(3)
            turns += 1
        }
        let small = counts.isSmall.joined().count { $0 }
        #expect(outcome == Withholding.of(counts, enough: Self.enough) && turns <= max(1, (small + 2) / 3))
        if case .withheld = outcome { #expect(turns == max(1, (small + 2) / 3)) }
    }

    private func randomCounts(seed: UInt64) -> Counts {
        var chance = Seeded(seed)
        let values = (0..<6).map { _ in (0..<5).map { _ in chance.oneIn(4) ? chance.below(5) : 5 + chance.below(40) } }
        return Counts(
            rows: (0..<6).map { "r\($0)" }, columns: (0..<5).map { "c\($0)" }, values: values,
            isSmall: values.map { $0.map { (1..<5).contains($0) } })
    }
}
