import Contracts
import Town

/// `2026-04`, or `2026-04..2026-06`.
struct MonthSpan: Equatable {
    let months: [Month]

    static let expected = "a month such as 2026-11, or several such as 2026-04..2026-06"

    init?(_ text: String) {
        let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { Month($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else { return nil }
        var months = [first]
        while let next = months[months.count - 1].adding(1), next <= last, months.count <= Self.most { months.append(next) }
        guard months.count <= Self.most else { return nil }
        self.months = months
    }

    private static let most = 60
}

extension Operand where Value == Month {
    static var month: Self { Self("MONTH", expected: "a month such as 2026-11") { Month($0) } }
}

extension Operand where Value == FigureTable.Name {
    fileprivate static var table: Self {
        Self("TABLE", expected: "one of \(FigureTable.Name.allCases.map(\.rawValue).joined(separator: ", "))") {
            FigureTable.Name(rawValue: $0)
        }
    }
}

extension Option where Value == Int {
    static var revision: Self {
        Self("--revision", "N", "as it was made the first, second … time (default: the last)", expected: "a number above 0") {
            Int($0).flatMap { $0 > 0 ? $0 : nil }
        }
    }
}

extension Option where Value == MonthSpan {
    fileprivate static var before: Self {
        Self("--before", "MONTHS", "the period before", expected: MonthSpan.expected) { MonthSpan($0) }
    }
    fileprivate static var after: Self { Self("--after", "MONTHS", "the period after", expected: MonthSpan.expected) { MonthSpan($0) } }
}

extension Command {
    package static var statsList: Command {
        Command(
            "stats list", summary: "which months have figures, and how often they were made anew (統計一覧)", options: FiguresCounter.options,
            details: """
                Figures are made some days after a month's end, and again when enough was heard late to hide in. Every revision stays readable.
                """
        ) { arguments, console in
            let counter = try FiguresCounter(arguments, console)
            let list = try counter.ask(ListFigures(), on: .listFigures)
            if counter.json {
                try console.json(list)
            } else if list.figures.isEmpty {
                console.line(Phrase("no month has figures yet", "作成済みの統計なし")[counter.words.language])
            } else {
                for figures in list.figures { console.line(counter.words.summary(figures)) }
            }
            for waiting in list.waiting { console.note(counter.words.waiting(waiting)) }
            return .done
        }
    }

    package static var statsTable: Command {
        Command(
            "stats table", "TABLE MONTH", count: 2...2, summary: "a table of a month, safe to be published (統計表)",
            options: [Option<Int>.revision.shape, Option.csv.shape, Option.encoding.shape] + FiguresCounter.options,
            details: """
                Tables: \(FigureTable.Name.allCases.map(\.rawValue).joined(separator: ", ")).
                Examples:
                  kazasu stats table hours 2026-10
                  kazasu stats table week-hours 2026-10 --lang ja
                  kazasu stats table ages 2026-10 --csv ages.csv
                """
        ) { arguments, console in
            let (name, month) = (try arguments.operand(0, .table), try arguments.operand(1, .month))
            let (revision, csv) = (try arguments.optional(.revision), try arguments.optional(.csv))
            let counter = try FiguresCounter(arguments, console)
            let answer = try counter.table(name, month, revision: revision)
            let rows = counter.words.rows(of: answer.table)
            if let csv { try counter.write(header: rows[0], rows: Array(rows.dropFirst()), to: csv) }
            if counter.json {
                try console.json(answer)
            } else if csv == nil {
                console.line("\(name.phrase[counter.words.language]), \(counter.words.summary(answer.figures))")
                console.out(table(rightAligned(rows)))
                for line in chart(answer.table, counter.words) { console.line(line) }
                if answer.table.cells.joined().contains(nil) { console.line(counter.words.withheldNote) }
            }
            return .done
        }
    }

    /// Numbers under each other.
    private static func rightAligned(_ rows: [[String]]) -> [[String]] {
        let widths = rows[0].indices.map { column in rows.map { displayWidth($0[column]) }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == 0 ? cell : String(repeating: " ", count: widths[column] - displayWidth(cell)) + cell
            }
        }
    }

    private static func chart(_ table: FigureTable, _ words: PlainWords) -> [String] {
        guard table.name == .weekHours else { return [] }
        let titles = table.rows.map { words.title($0, of: table.name, isRow: true) }
        let width = titles.map(displayWidth).max() ?? 0
        return zip(titles, TerminalChart.heat(table.cells)).map { "\(padded($0, to: width))  \($1)" }
    }

    package static var statsIndicators: Command {
        Command(
            "stats indicators", "MONTH", count: 1...1, summary: "what the town wants to reach, and how far it is (KPI)",
            options: FiguresCounter.options,
            details: """
                Each with its baseline, its goal and the twelve months up to this one.
                Example:
                  kazasu stats indicators 2026-10 --lang ja
                """
        ) { arguments, console in
            let month = try arguments.operand(0, .month)
            let counter = try FiguresCounter(arguments, console)
            let trend = try counter.indicators(upTo: month)
            if counter.json { try console.json(trend) } else { console.out(table(counter.words.rows(of: trend, counter.policy))) }
            return .done
        }
    }

    package static var statsCompare: Command {
        Command(
            "stats compare", "FACILITY", count: 1...1,
            summary: "a house before and after something, and whether it is more than chance (前後比較)",
            options: [Option<MonthSpan>.before.shape, Option<MonthSpan>.after.shape] + FiguresCounter.options,
            details: """
                By the visits of each day, from the published tables of days (Welch's t-test). Days that are withheld are left out, and that is said.
                Example:
                  kazasu stats compare gym --before 2025-10..2025-12 --after 2026-10..2026-12
                """
        ) { arguments, console in
            let facility = try arguments.operand(0, .facility)
            let (before, after) = (try arguments.required(.before), try arguments.required(.after))
            let counter = try FiguresCounter(arguments, console)
            try counter.check(facility)
            func period(_ span: MonthSpan) throws -> Comparison.Period {
                let period = Comparison.Period(facility, in: try span.months.map { try counter.table(.days, $0, revision: nil).table })
                guard !period.days.isEmpty else {
                    let months = span.months.map(\.description).joined(separator: ", ")
                    throw Failure.refused(
                        "the figures of \(months) tell nothing of \(facility) alone: nobody came, or too few, and it is told together with others."
                    )
                }
                return period
            }
            let comparison = Comparison(before: try period(before), after: try period(after))
            for line in counter.words.lines(of: comparison) { console.line(line) }
            return .done
        }
    }
}

/// Values of an indicator by month, the oldest first.
struct IndicatorTrend: Codable {
    struct Line: Codable {
        let indicator: IndicatorID
        let values: [Double?]
    }

    let months: [Month]
    let lines: [Line]
}

extension FiguresCounter {
    /// The months that have figures among the twelve up to this one.
    func indicators(upTo month: Month) throws -> IndicatorTrend {
        let made = Set(try ask(ListFigures(), on: .listFigures).figures.map(\.month))
        let months = (0..<12).reversed().compactMap { month.adding(-$0) }.filter { made.contains($0) || $0 == month }
        let figures = try months.map { try ask(ShowSummary($0), on: .showSummary).summary.indicators }
        let lines = policy.indicators.map { indicator in
            IndicatorTrend.Line(
                indicator: indicator.id, values: figures.map { $0.first { $0.indicator == indicator.id }.flatMap(\.value) })
        }
        return IndicatorTrend(months: months, lines: lines)
    }
}

extension PlainWords {
    fileprivate func waiting(_ waiting: FiguresList.Waiting) -> String {
        Phrase(
            "\(waiting.month): \(waiting.visits) visits were heard late, too few to tell of yet",
            "\(waiting.month):遅着\(waiting.visits)回、版を改めるには少数")[language]
    }

    func rows(of trend: IndicatorTrend, _ policy: VisitsPolicy) -> [[String]] {
        let heading = [
            Phrase("INDICATOR", "指標"), Phrase("NOW", "現在"), Phrase("BASELINE", "基準値"), Phrase("GOAL", "目標"), Phrase("REACHED", "達成"),
            Phrase("TREND", "推移"),
        ].map { $0[language] }
        return [heading]
            + zip(policy.indicators, trend.lines).map { indicator, line in
                let now = line.values.last ?? nil
                return [
                    harmless(indicator.title), value(now, of: indicator.measure),
                    indicator.baseline.map { value($0, of: indicator.measure) } ?? "-",
                    indicator.goal.map { value($0, of: indicator.measure) } ?? "-", reached(now, indicator),
                    TerminalChart.line(line.values.map { $0.map { Int($0.rounded()) } }),
                ]
            }
    }

    func reached(_ value: Double?, _ indicator: Indicator) -> String {
        guard let value, let goal = indicator.goal, goal > 0 else { return "-" }
        return value >= goal ? Phrase("yes", "達成")[language] : "\(Int(value / goal * 100)) %"
    }

    fileprivate func lines(of comparison: Comparison) -> [String] {
        func period(_ en: String, _ ja: String, _ period: Comparison.Period) -> String {
            let withheld = period.withheld == 0 ? "" : Phrase(", \(period.withheld) days withheld", "、秘匿\(period.withheld)日")[language]
            return Phrase(
                "\(en): \(tenths(period.mean)) visits a day, \(period.days.count) days\(withheld)",
                "\(ja):1日平均\(tenths(period.mean))回、\(period.days.count)日\(withheld)")[language]
        }
        let percent = comparison.percent.map { " (\($0 > 0 ? "+" : "")\(tenths($0)) %)" } ?? ""
        let sign = comparison.difference > 0 ? "+" : ""
        let margin = comparison.margin.map { tenths($0) }
        let difference = Phrase(
            "difference: \(sign)\(tenths(comparison.difference)) a day\(percent)\(margin.map { ", ± \($0) in 95 of 100 cases" } ?? "")",
            "差:1日\(sign)\(tenths(comparison.difference))回\(percent)\(margin.map { "、95%区間 ±\($0)" } ?? "")")[language]
        let verdict =
            margin == nil
            ? Phrase("too few days to say more", "日数不足のため判定不可")
            : comparison.isClear
                ? Phrase("that is more than chance explains", "偶然では説明できない差") : Phrase("that may well be chance", "偶然の範囲内")
        return [period("before", "前", comparison.before), period("after", "後", comparison.after), difference, verdict[language]]
    }
}
