import Contracts
import Sheets
import Store
import Testing

@testable import Kazasu

@Suite("At a desk that looks at visits and figures")
struct FigureDeskTests {
    private let clerk = FigureSample.clerk()
    private var service: PaperDirectory { clerk.directory }

    @Test("A day of the houses, with bars and what the numbers rest on; wide characters stand under each other")
    func day() throws {
        service.answer(.showVisits) { asked in
            asked.facility == nil
                ? .accept(FigureSample.day)
                : .accept(VisitsOfDay(asked.day, [FigureSample.day.facilities[0]], more: false, odd: [OddTaps(.future, "gate-1", 2)]))
        }
        #expect(clerk.run("visits", "show", "--lang", "ja") == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                2026-11-21 来館
                施設        来館  在館  最大  滞在(中央)  他の計数     
                市民体育館  63    7     22    65分        センサー 84       ▂█▁                
                図書館      0     -     -     -           -                                    

                """, "\(clerk.out)")
        #expect(clerk.run("visits", "show", "gym", "--date", "2026-11-20") == .done)
        #expect(
            clerk.out.contains(" 9:00  ██████████ 12\n10:00  ████████████████████████████████████████ 48\n11:00  ██▌ 3\n"), "\(clerk.out)")
        #expect(clerk.out.contains("a visit: 63") && clerk.out.contains("1 ends of visits were not seen"))
        #expect(clerk.err.contains("2 taps at gate-1 are in no number: clock ahead"), "\(clerk.err)")
        #expect(try service.commands(.showVisits).map(\.day) == ["2026-11-21", "2026-11-20"])
        #expect(clerk.run("visits", "show", "gim") == .refused && clerk.err.contains("Did you mean gym?"))
    }

    @Test("What hands, sensors and paper have counted is typed or imported; a line that cannot stand keeps all of them from being sent")
    func counts() throws {
        service.answer(.putCounts) { .accept(CountsTaken(taken: $0.counts.count, changed: 1)) }
        #expect(clerk.run("visits", "count", "library", "1,084", "--hour", "14", "--by", "sensor") == .done, "\(clerk.err)")
        #expect(try service.commands(.putCounts).last?.counts == [Counted("library", "2026-11-21", hour: 14, .sensor, 1084)])
        #expect(clerk.out == "1 count taken, 1 of them otherwise than before\n", "\(clerk.out)")
        #expect(clerk.run("visits", "count", "library", "-3") == .usage)
        let path = clerk.scratch.path + "/counts.csv"
        let rows = (0..<250).map { "市民体育館,2026-10-\($0 % 28 + 1),\($0 % 24),センサー,\($0)" }.joined(separator: "\r\n")
        write("施設,日付,時,区分,人数\r\n\(rows)\r\n", to: path)
        #expect(clerk.run("visits", "import", path) == .done, "\(clerk.err)")
        #expect(clerk.out == "250 counts taken, 2 of them otherwise than before\n", "\(clerk.out)")
        #expect(try service.commands(.putCounts).map(\.counts.count) == [1, 200, 50])
        write("facility,date,source,count\ngym,2026-10-01,hand,1\ngim,2026-10-01,hand,1\ngym,2026-13-01,hand,x\n", to: path)
        #expect(clerk.run("visits", "import", path) == .refused)
        #expect(
            clerk.err.contains("2 lines of the file cannot be read, and nothing was sent.") && clerk.err.contains("line 3: \"gim\""),
            "\(clerk.err)")
        #expect(try service.commands(.putCounts).count == 3)
    }

    @Test("A table of a month, page by page and of one revision; what is withheld is an x, and why is said")
    func table() throws {
        service.answer(.showTable) { asked in
            var table = FigureSample.table(asked.table)
            let row = asked.after ?? 0
            (table.rows, table.cells, table.rowTotals) = ([table.rows[row]], [table.cells[row]], [table.rowTotals[row]])
            return .accept(TableAnswer(table, FigureSample.figures(revision: 2), more: row == 0))
        }
        #expect(clerk.run("stats", "table", "ages", "2026-10") == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                by age, 2026-10, revision 2 of 2026-11-21 08:15: 1,410 visits
                            40–49  not told apart  total
                市民体育館  1,200               x  1,300
                図書館          0               x    110
                total       1,200             210  1,410
                x: withheld, because it would tell of fewer than 5 people or let them be worked out

                """, "\(clerk.out)")
        #expect(try service.commands(.showTable).map(\.after) == [nil, 1] && service.commands(.showTable).map(\.revision) == [nil, 2])
        #expect(clerk.run("stats", "table", "week-hours", "2026-10", "--lang", "ja") == .done)
        #expect(clerk.out.contains("月  ██x \n土    x \n"), "\(clerk.out)")
        let path = clerk.scratch.path + "/ages.csv"
        #expect(clerk.run("stats", "table", "ages", "2026-10", "--lang", "ja", "--csv", path) == .done)
        #expect(read(path).hasPrefix("\u{feff},40代,区分なし,計\r\n市民体育館,\"1,200\",x,\"1,300\"\r\n"), "\(read(path))")
    }

    @Test("All tables as one list: for a spreadsheet, for programs, for analysts; what is withheld is nothing there")
    func export() throws {
        service.answer(.showTable) { .accept(TableAnswer(FigureSample.table($0.table), FigureSample.figures($0.month), more: false)) }
        let path = clerk.scratch.path + "/october"
        #expect(clerk.run("stats", "export", "2026-09..2026-10", path + ".csv") == .done, "\(clerk.err)")
        #expect(clerk.out.hasSuffix("80 rows\n") && read(path + ".csv").contains("2026-10,1,districts,gym,西町,1200\r\n"), "\(clerk.out)")
        #expect(
            clerk.run("stats", "export", "2026-10", path + ".json") == .done
                && read(path + ".json").hasPrefix("[{\"column\":\"2026-10-01\""))
        #expect(clerk.run("stats", "export", "2026-10", path + ".sqlite") == .done, "\(clerk.err)")
        let database = try Database(path: path + ".sqlite")
        let found = try database.read {
            try $0.all("SELECT house, district, visits FROM visits_by_district ORDER BY house, district") {
                "\($0.text(0)) \($0.text(1)) \($0.intIfPresent(2).map(String.init) ?? "NULL")"
            }
        }
        #expect(found == ["gym other NULL", "gym 西町 1200", "library other NULL", "library 西町 0"])
        #expect(clerk.run("stats", "export", "2026-10", path + ".xlsx") == .usage)
        #expect(clerk.run("stats", "export", "2026-10..2026-09", path + ".csv") == .usage)
    }

    @Test("Indicators with baseline, goal and trend; two periods held against each other")
    func indicators() throws {
        service.answer(.listFigures) { _ in
            .accept(FiguresList([FigureSample.figures("2026-10"), FigureSample.figures("2026-09")], waiting: [.init("2026-09", 2)]))
        }
        service.answer(.showSummary) { .accept(SummaryAnswer(FigureSample.summary, FigureSample.figures($0.month), next: nil)) }
        #expect(clerk.run("stats", "indicators", "2026-10", "--lang", "ja") == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                指標            現在     基準値  目標     達成  推移
                図書館の来館    1,210回  900回   1,200回  達成  ██
                カードでの解錠  x        -       80.0%    -     xx

                """, "\(clerk.out)")
        #expect(clerk.run("stats", "list") == .done && clerk.err.contains("2026-09: 2 visits were heard late"), "\(clerk.err)")
        service.answer(.showTable) { asked in
            var table = FigureSample.table(.days)
            table.cells = asked.month == "2026-10" ? [[20, 24], [1, 1]] : [[10, 12], [1, nil]]
            return .accept(TableAnswer(table, FigureSample.figures(asked.month), more: false))
        }
        #expect(clerk.run("stats", "compare", "gym", "--before", "2026-09", "--after", "2026-10") == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                before: 11.0 visits a day, 2 days
                after: 22.0 visits a day, 2 days
                difference: +11.0 a day (+100.0 %), ± 28.4 in 95 of 100 cases
                that may well be chance

                """, "\(clerk.out)")
    }

    @Test("A house that is told together with others is not compared, and one that is pooled has no month before")
    func pooled() throws {
        service.answer(.showTable) { .accept(TableAnswer(FigureSample.table($0.table), FigureSample.figures($0.month), more: false)) }
        #expect(clerk.run("stats", "compare", "town-hall", "--before", "2026-09", "--after", "2026-10") == .refused)
        #expect(clerk.err.contains("2026-09 tell nothing of town-hall alone"), "\(clerk.err)")
        service.answer(.listFigures) { _ in
            .accept(FiguresList([FigureSample.figures("2026-10"), FigureSample.figures("2026-09")], waiting: []))
        }
        service.answer(.showSummary) { .accept(SummaryAnswer(FigureSample.summary, FigureSample.figures($0.month), next: nil)) }
        service.answer(.showTable) { asked in
            var table = FigureSample.table(asked.table)
            if table.name != .weekHours { table.rows = ["gym", "other"] }
            return .accept(TableAnswer(table, FigureSample.figures(asked.month), more: false))
        }
        let path = clerk.scratch.path + "/report.html"
        #expect(clerk.run("report", "2026-10", "--html", path) == .done, "\(clerk.err)")
        #expect(read(path).contains("<td>市民体育館</td><td>1,300</td><td>1,300</td><td>+0.0 %</td>"))
        #expect(read(path).contains("<td>others</td><td>110</td><td>-</td><td>-</td>"))
    }

    @Test("A month on paper: every part is there, nothing comes from elsewhere, and what somebody has typed is text")
    func report() throws {
        service.answer(.listFigures) { _ in .accept(FiguresList([FigureSample.figures()], waiting: [])) }
        service.answer(.showSummary) { .accept(SummaryAnswer(FigureSample.summary, FigureSample.figures($0.month), next: nil)) }
        service.answer(.showTable) { asked in
            var table = FigureSample.table(asked.table)
            if asked.table == .districts { table.columns[0] = "<b>西町" }
            return .accept(TableAnswer(table, FigureSample.figures(asked.month), more: false))
        }
        let path = clerk.scratch.path + "/report.html"
        #expect(clerk.run("report", "2026-10", "--lang", "ja", "--html", path) == .done, "\(clerk.err)")
        let page = read(path)
        for part in [
            "施設利用状況月報 2026-10", "図書館の来館", "1,300", "200", "紙の受付 84", "健診から体操へ", "図書館</td><td>14", "5人未満", "紙):市民体育館 17, その他 8",
            "&lt;b&gt;西町",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("<b>") && !page.contains("://") && page.contains("default-src 'none'"))
        #expect(clerk.run("report", "2026-10", "--html", path) == .refused, "what is there is not overwritten")
    }

    @Test("Whether a difference is more than chance is as the textbooks have it")
    func student() {
        // Percentiles of Student's distribution (Abramowitz & Stegun, table 26.10).
        for (freedom, quantile) in [(3.0, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (1000, 1.962)] {
            #expect(abs(studentQuantile(freedom: freedom) - quantile) < 0.012, "\(freedom)")
        }
        let period = { (days: [Int]) in Comparison.Period(days: days, withheld: 0) }
        let clear = Comparison(before: period([10, 12, 11, 9, 10]), after: period([20, 22, 19, 21, 20]))
        #expect(clear.isClear && abs(clear.difference - 10) < 1e-9)
        #expect(!Comparison(before: period([10, 30, 5]), after: period([12, 31, 8])).isClear)
        #expect(Comparison(before: period([10]), after: period([20])).margin == nil)
    }
}
