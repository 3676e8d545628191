import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Analytics

/// Answers stay below what an envelope may hold, however many houses a town has.
@Suite struct FiguresPagesTests {
    @Test("A table and a summary of five hundred houses come in pages, each small enough, and together whole")
    func pages() throws {
        let test = try TestFigures()
        let houses = (0..<500).map { FacilityID("house-\(1000 + $0)-with-a-long-name-for-a-village")! }
        let columns = Month("2026-11").days.map(\.description)
        let table = FigureTable(
            .days, rows: houses.map(\.text), columns: columns,
            cells: houses.indices.map { row in columns.indices.map { $0 % 7 == 0 ? nil : row * 1000 } },
            rowTotals: houses.indices.map { $0 * 30_000 }, columnTotals: columns.map { _ in 124_750_000 }, total: 3_742_500_000)
        var summary = MonthSummary(
            marks: .init(visits: 1, assumedEnds: 2, missedEntries: 3, missedExits: 4, odd: [OddTaps(.future, "gate-1", 1)]))
        summary.dwell = houses.map { .init($0, quarter: 10, median: 20, threeQuarters: 30, visits: 10_000) }
        summary.frequency = houses.map { .init($0, people: 10_000, once: 5000, twoToFour: 4000, fiveOrMore: 1000) }
        summary.counts = houses.flatMap { house in CountSource.allCases.map { .init(house, $0, 10_000) } }
        summary.shared = (0..<50).map { .init(houses[$0], houses[$0 + 1], people: 100) }
        try test.rig.disk.write { (db: borrowing Transaction) throws in
            let month = Month("2026-11").number
            try db.run("INSERT INTO figures (month, revision, at, visits, late) VALUES (?, 1, 0, 1, 0)", month)
            try db.run("INSERT INTO figure (month, revision, name, row) VALUES (?, 1, 'days', ?)", month, try table.json())
            try db.run("INSERT INTO figure (month, revision, name, row) VALUES (?, 1, 'summary', ?)", month, try summary.json())
        }
        var (rows, cells, pages): ([String], [[Int?]], Int) = ([], [], 0)
        var isMore = true
        while isMore, pages < 100 {
            let answer = try #require(try test.ask(.showTable, ShowTable(.days, "2026-11", after: rows.count)).answer)
            rows += answer.table.rows
            cells += answer.table.cells
            (isMore, pages) = (answer.more, pages + 1)
        }
        #expect(rows == table.rows && cells == table.cells && pages > 3 && pages < 12)
        var (dwell, counts, next, shared): ([MonthSummary.Dwell], Int, FacilityID?, Int) = ([], 0, nil, 0)
        repeat {
            let answer = try #require(try test.ask(.showSummary, ShowSummary("2026-11", after: next)).answer)
            dwell += answer.summary.dwell
            counts += answer.summary.counts.count
            shared += answer.summary.shared.count
            next = answer.next
        } while next != nil
        #expect(dwell == summary.dwell && counts == 1500 && shared == 50)
        #expect(test.rig.published.allSatisfy { $0.payload.count <= Envelope<FiguresMade>.limit })
        #expect(try test.ask(.showTable, ShowTable(.days, "2026-11", after: 9000)).answer?.table.rows == [])
    }

    @Test("A day of five hundred houses comes in pages too")
    func day() throws {
        var policy = VisitsPolicy()
        policy.facilities = (0..<500).map {
            Facility(FacilityID("house-\(1000 + $0)")!, title: "第\($0)公民館", places: [PlaceID("place-\($0)")!])
        }
        let test = try TestFigures(policy)
        var found: [FacilityID] = []
        var isMore = true
        while isMore, found.count < 1000 {
            let answer = try #require(try test.ask(.showVisits, ShowVisits("2026-12-04", after: found.last)).answer)
            found += answer.facilities.map(\.facility)
            isMore = answer.more
        }
        #expect(found == policy.facilities.map(\.id))
    }

    @Test("What was counted of a whole day stands in place of its hours, also in the figures of a month")
    func wholeDays() throws {
        let test = try TestFigures()
        try test.fill(FiguresTown(seed: 0, people: 60, houses: 4, comings: 900))
        try test.rig.disk.write { (db: borrowing Transaction) throws in
            try db.run("INSERT INTO word (id, text) VALUES (9999, 'sensor-house')")
            let first = VisitDay("2026-11-02").number
            for (day, hour, count) in [(first, 10, 30), (first, 11, 40), (first, -1, 75), (first + 1, 10, 5), (first + 1, 11, 6)] {
                try db.run("INSERT INTO counted (day, facility, hour, source, count) VALUES (?, 9999, ?, 'sensor', ?)", day, hour, count)
            }
        }
        try test.close()
        #expect(try test.summary().counts == [.init("sensor-house", .sensor, 86)])
    }
}
