import Contracts
import HTTP
import Harness
import ServiceKit
import Testing

@testable import Portal

@Suite("What clerks see of figures")
struct FigurePageTests {
    private static func figures(_ month: Month, revision: Int = 1, visits: Int = 1240) -> FiguresOfMonth {
        FiguresOfMonth(month, revision: revision, at: Rig<Portal>.morning, visits: visits, late: 0)
    }

    private static func days(_ month: Month, gym: Int = 1200) -> FigureTable {
        FigureTable(
            .days, rows: ["gym", "other"], columns: ["\(month)-01", "\(month)-02"], cells: [[nil, 1000], [nil, 0]], rowTotals: [gym, 40],
            columnTotals: [240, 1000], total: gym + 40)
    }

    private static func summary(_ change: (inout MonthSummary) -> Void = { _ in }) -> MonthSummary {
        var summary = MonthSummary(marks: MonthSummary.Marks(visits: 1240, assumedEnds: 3, missedEntries: 0, missedExits: 0, odd: []))
        summary.indicators = [MonthSummary.IndicatorFigure("gym-visits", 1200), MonthSummary.IndicatorFigure("cards", nil)]
        change(&summary)
        return summary
    }

    @Test("A table shows its numbers, what is withheld as such with a note why, and is named for charts and screen readers")
    func table() throws {
        let portal = try TestPortal()
        #expect(try portal.get("/ja/figures/2026-10/days", as: "suzuki") == nil)
        let asked = try portal.command(.showTable)
        #expect(asked.user == "desk-office" && asked.1.data == ShowTable(.days, "2026-10"))
        try portal.reply(.accept(TableAnswer(Self.days("2026-10"), Self.figures("2026-10"), more: false)), on: .showTable)
        let page = try #require(portal.shown).text
        #expect(page.contains("<table id=\"table-days\" data-chart=\"total\">") && page.contains("<caption>日別</caption>"))
        #expect(
            page.contains(
                "<th scope=\"row\">市民体育館</th><td class=\"number\">―</td><td class=\"number\">1,000</td><td class=\"number\">1,200</td>"))
        #expect(page.contains("<p class=\"hint\" id=\"withheld\">―:5人未満"))
        #expect(
            page.contains("src=\"/lib/chart.js/chart.min.js\"") && !page.contains("style=")
                && page.contains("href=\"/ja/figures/2026-10/days/csv?encoding=cp932\""))
    }

    @Test("A table in pieces is asked for to its end, in one revision")
    func pieces() throws {
        let portal = try TestPortal()
        try portal.get("/en/figures/2026-10/days", as: "suzuki")
        var (first, second) = (Self.days("2026-10"), Self.days("2026-10"))
        (first.rows, first.cells, first.rowTotals) = (["gym"], [first.cells[0]], [1200])
        (second.rows, second.cells, second.rowTotals) = (["other"], [second.cells[1]], [40])
        try portal.reply(.accept(TableAnswer(first, Self.figures("2026-10", revision: 2), more: true)), on: .showTable)
        #expect(try portal.command(.showTable).1.data == ShowTable(.days, "2026-10", revision: 2, after: 1))
        try portal.reply(.accept(TableAnswer(second, Self.figures("2026-10", revision: 2), more: false)), on: .showTable)
        let page = try #require(portal.shown).text
        #expect(page.contains("<th scope=\"row\">市民体育館</th>") && page.contains("<th scope=\"row\">others</th>"))
    }

    @Test("Weekdays by hours are darker the more they hold, and a withheld cell has no shade")
    func heatMap() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/2026-10/week-hours", as: "suzuki")
        let table = FigureTable(
            .weekHours, rows: ["mon", "sun"], columns: ["09", "10"], cells: [[0, 100], [nil, 12]], rowTotals: [100, 20],
            columnTotals: [8, 112],
            total: 120)
        try portal.reply(.accept(TableAnswer(table, Self.figures("2026-10"), more: false)), on: .showTable)
        let page = try #require(portal.shown).text
        #expect(page.contains("<td class=\"number heat-0\">0</td><td class=\"number heat-5\">100</td>") && page.contains(">日</th>"))
        #expect(page.contains("<td class=\"number heat-0\">―</td><td class=\"number heat-1\">12</td>") && page.contains(">9時</th>"))
        #expect((0...1000).map { heat($0, largest: 1000) }.max() == 5)
    }

    @Test("A month's page has the goals with their trend, houses, co-use and notes")
    func month() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/2026-10", as: "suzuki")
        let list = FiguresList([Self.figures("2026-10"), Self.figures("2026-09"), Self.figures("2025-10")], waiting: [])
        try portal.reply(.accept(list), on: .listFigures)
        #expect(try portal.command(.showSummary).1.data.month == "2026-09")
        try portal.reply(.accept(SummaryAnswer(Self.summary(), Self.figures("2026-09"), next: nil)), on: .showSummary)
        let now = Self.summary {
            $0.shared = [MonthSummary.Shared("gym", "library", people: 31)]
            $0.dwell = [MonthSummary.Dwell("gym", quarter: 30, median: 55, threeQuarters: 90, visits: 800)]
            $0.frequency = [MonthSummary.Frequency("gym", people: 300, once: nil, twoToFour: nil, fiveOrMore: nil)]
        }
        try portal.reply(.accept(SummaryAnswer(now, Self.figures("2026-10"), next: nil)), on: .showSummary)
        try portal.reply(.accept(TableAnswer(Self.days("2026-10"), Self.figures("2026-10"), more: false)), on: .showTable)
        let page = try #require(portal.shown).text
        #expect(
            page.contains(">1,200回</td><td class=\"number\">900回</td><td class=\"number\">1,500回</td>") && page.contains("value=\"80\""))
        // An indicator that is withheld says so and reaches nothing.
        #expect(page.contains("<th scope=\"row\">カード受付の割合</th><td class=\"number\">―</td>"))
        #expect(page.contains("id=\"indicator-trend\"") && page.contains("<th scope=\"row\">2026-09</th>") && !page.contains("2025-10"))
        #expect(page.contains("30–<strong>55</strong>–90") && page.contains("市民体育館 × library") && page.contains("開館時間から推定した来館 3回"))
    }

    @Test("A month nobody has figures of is no page; paths that are none ask nobody")
    func nothing() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/2026-12", as: "suzuki")
        try portal.reply(.accept(FiguresList([Self.figures("2026-10")], waiting: [])), on: .listFigures)
        #expect(portal.shown?.status == 404)
        for path in ["2026-13", "2026-10/secrets", "../x", "2026-10/secrets/csv"] {
            #expect(try portal.get("/ja/figures/\(path)", as: "suzuki")?.status == 404, "\(path)")
        }
    }

    @Test("A house is shown month by month; a month in which it was told with others is a gap, and the change is not made up")
    func trend() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/trend?house=gym", as: "suzuki")
        try portal.reply(
            .accept(FiguresList([Self.figures("2026-10"), Self.figures("2026-09"), Self.figures("2026-08")], waiting: [])), on: .listFigures
        )
        for (month, gym) in [("2026-08", 1000), ("2026-09", 1100), ("2026-10", nil)] as [(Month, Int?)] {
            #expect(try portal.command(.showTable).1.data.month == month)
            var table = Self.days(month, gym: gym ?? 0)
            if gym == nil { (table.rows, table.cells, table.rowTotals) = (["other"], [[240, 1000]], [1240]) }
            try portal.reply(.accept(TableAnswer(table, Self.figures(month), more: false)), on: .showTable)
        }
        let page = try #require(portal.shown).text
        #expect(page.contains("<th scope=\"row\">2026-09</th><td class=\"number\">1,100</td><td class=\"number\">+10.0 %</td>"))
        #expect(page.contains("<th scope=\"row\">2026-10</th><td class=\"number\">―</td><td class=\"number\">-</td>"))
        #expect(page.contains("<option value=\"gym\" selected>市民体育館</option>") && page.contains("id=\"withheld\""))
    }

    @Test("Where no month has figures yet there is no trend: the list says so")
    func noTrend() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/trend", as: "suzuki")
        try portal.reply(.accept(FiguresList([], waiting: [])), on: .listFigures)
        #expect(portal.shown?.headers["Location"] == "/ja/figures")
        try portal.get("/ja/figures", as: "suzuki")
        try portal.reply(.accept(FiguresList([], waiting: [FiguresList.Waiting("2026-10", 3)])), on: .listFigures)
        #expect(portal.shown?.text.contains("作成済みの統計はありません") == true && portal.shown?.text.contains("遅着3回") == true)
    }

    @Test("Files are for spreadsheets: with a byte order mark, or in CP932, and no cell runs as a formula")
    func files() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/2026-10/days/csv", as: "suzuki")
        try portal.reply(.accept(TableAnswer(Self.days("2026-10"), Self.figures("2026-10"), more: false)), on: .showTable)
        let file = try #require(portal.shown)
        #expect(
            file.body.starts(with: [0xEF, 0xBB, 0xBF]) && file.headers["Content-Disposition"] == "attachment; filename=\"days-2026-10.csv\""
        )
        #expect(file.text.contains(",1,2,計\r\n市民体育館,x,1000,1200\r\nその他,x,0,40\r\n計,240,1000,1240\r\n"))
        try portal.get("/ja/figures/2026-10/csv?encoding=cp932", as: "suzuki")
        for name in FigureTable.Name.allCases {
            let table = FigureTable(name, rows: ["gym"], columns: ["=1+1"], cells: [[7]], rowTotals: [7], columnTotals: [7], total: 7)
            #expect(try portal.command(.showTable).1.data.table == name)
            try portal.reply(.accept(TableAnswer(table, Self.figures("2026-10", revision: 2), more: false)), on: .showTable)
        }
        let all = try #require(portal.shown)
        #expect(all.body.starts(with: [0x8C, 0x8E, 0x2C]) && all.type == "text/csv; charset=Windows-31J")
        #expect(all.text.contains("2026-10,2,ages,gym,'=1+1,7\r\n"))
    }

    @Test("Only a desk sees them; a refusal and silence are said")
    func bounds() throws {
        let portal = try TestPortal()
        for path in [
            "figures", "figures/trend", "figures/2026-10", "figures/2026-10/csv", "figures/2026-10/days", "figures/2026-10/days/csv",
        ] {
            #expect(try portal.get("/ja/\(path)")?.status == 303, "\(path)")
            #expect(try portal.get("/ja/\(path)", as: "sato")?.status == 403, "\(path)")
        }
        #expect(try portal.get("/ja/staff", as: "suzuki")?.text.contains("利用統計") == true)
        #expect(try portal.get("/ja/staff", as: "sato")?.text.contains("利用統計") == false)
        try portal.get("/ja/figures/2026-10/ages", as: "suzuki")
        try portal.reply(.refuse("no-figures", "2026-10 has no figures yet."), on: .showTable)
        #expect(portal.shown?.status == 409 && portal.shown?.text.contains("2026-10 has no figures yet.") == true)
        try portal.get("/ja/figures", as: "suzuki")
        try portal.rig.pass(.seconds(11))
        #expect(portal.shown?.status == 504)
    }

    @Test("A district whose name is markup stays a name")
    func injection() throws {
        let portal = try TestPortal()
        try portal.get("/ja/figures/2026-10/districts", as: "suzuki")
        let table = FigureTable(
            .districts, rows: ["<b>x"], columns: ["<script>alert(1)</script>"], cells: [[7]], rowTotals: [7], columnTotals: [7], total: 7)
        try portal.reply(.accept(TableAnswer(table, Self.figures("2026-10"), more: false)), on: .showTable)
        let page = try #require(portal.shown).text
        #expect(!page.contains("<script>alert") && !page.contains("<b>x") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    }
}
