import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Analytics

/// When figures are made, and that they are made once.
@Suite struct FiguresMakingTests {
    private let town = FiguresTown(seed: 0, people: 60, houses: 4, comings: 900)

    @Test("Figures are made three days after the month's last day of visits, told of, and shown as they were made")
    func closing() throws {
        let test = try TestFigures()
        try test.fill(town)
        try test.rig.pass(.seconds(590), step: .seconds(59))
        let early = try test.ask(.showTable, ShowTable(.days, FiguresTown.month))
        #expect(early.text == "There are no figures of 2026-11 yet: they are made at 2026-12-04T04:00:00.000+09:00.")
        #expect(try test.rig.said(.figures).isEmpty)
        try test.close()
        let made = try #require(try test.rig.said(.figures).map(\.data.figures).first)
        #expect(made.month == "2026-11" && made.revision == 1 && made.visits == 900 && made.late == 0)
        #expect(try test.ask(.listFigures, ListFigures()).answer == FiguresList([made], waiting: []))
        let tables = try test.tables()
        #expect(tables == town.tables())
        #expect(try test.ask(.showTable, ShowTable(.days, FiguresTown.month)).answer?.figures == made)
        #expect(
            try test.ask(.showSummary, ShowSummary("2026-10")).text == "There are no figures of 2026-10: no visit of it is known.")
        let absent = try test.ask(.showTable, ShowTable(.days, FiguresTown.month, revision: 2))
        #expect(absent.text == "There is no revision 2 of the figures of 2026-11: the newest is 1.")
        test.rig.forgetWhatWasSaid()
        try test.close()
        #expect(try test.rig.said(.figures).isEmpty)
    }

    @Test("The same visits give the same figures, under other pseudonyms, in any order of rows, and after a restart in the midst")
    func sameNumbers() throws {
        var (tables, summaries): ([[FigureTable.Name: FigureTable]], [MonthSummary]) = ([], [])
        // More than are counted in a turn.
        let town = FiguresTown(seed: 0, people: 300, houses: 9, comings: 10_400)
        for salt in 0..<UInt64(3) {
            let test = try TestFigures()
            try test.fill(town, salt: salt) { salt == 0 ? $0 < $1 : ($0 * 7919) % 10_501 < ($1 * 7919) % 10_501 }
            if salt == 2 {
                test.rig.now = TestFigures.closing
                for _ in 0..<4 { _ = try test.rig.host.step(now: test.rig.now, inputs: []) }
                #expect(try test.rig.said(.figures).isEmpty)
                try test.restart()
            }
            try test.close()
            tables.append(try test.tables())
            summaries.append(try test.summary())
            #expect(try test.rig.said(.figures).count == 1)
        }
        #expect(tables[0] == town.tables() && tables[0] == tables[1] && tables[0] == tables[2])
        #expect(summaries[0] == summaries[1] && summaries[0] == summaries[2] && !summaries[0].frequency.isEmpty)
    }

    @Test("What is heard late waits until it is five visits; then the figures are made anew, and what was withheld stays so")
    func late() throws {
        let test = try TestFigures()
        let sparse = FiguresTown(seed: 2, people: 30, houses: 4, comings: 400)
        try test.fill(sparse)
        try test.close()
        try test.noteLate(4)
        try test.close()
        #expect(try test.ask(.listFigures, ListFigures()).answer?.waiting == [.init("2026-11", 4)])
        // Three times as many came as was known.
        try test.fill(
            FiguresTown(sparse.comings + FiguresTown(seed: 9, people: 30, houses: 4, comings: 800).comings, people: sparse.people))
        try test.noteLate(800)
        try test.close()
        let list = try #require(try test.ask(.listFigures, ListFigures()).answer)
        #expect(list.figures.map(\.revision) == [2, 1] && list.figures.map(\.late) == [800, 0] && list.waiting.isEmpty)
        let (first, second) = (try test.tables(revision: 1), try test.tables())
        var kept = 0
        for name in FigureTable.Name.allCases {
            let (old, new) = (first[name]!, second[name]!)
            for (r, row) in old.rows.enumerated() {
                for (c, column) in old.columns.enumerated() where old.cells[r][c] == nil {
                    guard let row = new.rows.firstIndex(of: row), let column = new.columns.firstIndex(of: column) else { continue }
                    #expect(new.cells[row][column] == nil, "\(name) \(row) \(column)")
                    kept += 1
                }
            }
            if old.columns.contains("other") { #expect(Set(new.columns).isSubset(of: old.columns)) }
        }
        #expect(kept > 0)
    }

    @Test("Figures are kept for sixty months")
    func forgotten() throws {
        let test = try TestFigures()
        try test.fill(town)
        try test.close()
        try test.rig.disk.write { (db: borrowing Transaction) throws in try db.run("DELETE FROM visit") }
        test.rig.now = Instant(startOf: "2031-11-30")
        try test.rig.pass(.seconds(120), step: .seconds(60))
        #expect(try test.ask(.listFigures, ListFigures()).answer?.figures.count == 1)
        test.rig.now = Instant(startOf: "2031-12-02")
        try test.rig.pass(.seconds(120), step: .seconds(60))
        #expect(try test.ask(.listFigures, ListFigures()).answer?.figures.isEmpty == true)
    }
}
