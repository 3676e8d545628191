import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// A month: what the town wants to reach (KPI), house by house, who shares people, and what the numbers rest on.
    func monthPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let month = try month(of: call)
        return try askMonths(for: call, in: turn) { months, _, turn in
            guard months.contains(where: { $0.month == month }) else { return .page(frame.refusal(.notFound, call)) }
            // Of the months before, what is of no house: it stands on the first page of each.
            let before = months.map(\.month).filter { $0 < month && $0 > month.adding(-12) ?? month }.sorted()
            return try askEach(before.map { ShowSummary($0) }[...], on: .showSummary, for: call, in: turn) { past, turn in
                try askSummary(month, for: call, in: turn) { now, turn in
                    try askTables([ShowTable(.days, month, revision: now.figures.revision)], for: call, in: turn) { tables, turn in
                        try monthPage(now, tables[0].table, past: past, call, in: turn)
                    }
                }
            }
        }
    }

    private func monthPage(
        _ answer: SummaryAnswer, _ days: FigureTable, past: [SummaryAnswer], _ call: Call, in turn: borrowing Turn
    ) throws -> Answer {
        let (words, summary, month) = (figureWords(call), answer.summary, answer.figures.month)
        let people = call(
            "実人数は集計に同意した人のみ。その他の人は合計にのみ含みます。", "People are of those who agreed to be counted; all others are in the totals alone.")
        let notes = words.marks(summary.marks).map { HTML("<li>\($0)</li>\n") }
        return try figurePage(
            call, call("\(month) の利用状況", "Use of the town's houses, \(month)"), hasCharts: true, in: turn,
            """
            <p>\(words.summary(answer.figures))</p>
            \(goals(past + [answer], call, words))
            \(houses(summary, days, call, words))
            \(shared(summary, call, words))
            \(funnels(summary, call, words))
            <h2>\(call("注記", "Notes"))</h2>
            <ul><li id="withheld">\(words.withheldNote)</li><li>\(people)</li>
            \(notes)</ul>
            \(downloads(call, "figures/\(month)/csv"))
            \(otherTables(month, but: nil, call, words))
            """)
    }

    /// Each indicator with its goal, and how it came there.
    private func goals(_ months: [SummaryAnswer], _ call: Call, _ words: FigureWords) -> HTML {
        let indicators = town.visits.indicators
        guard !indicators.isEmpty else { return "" }
        func value(_ indicator: Indicator, _ month: SummaryAnswer) -> Double? {
            month.summary.indicators.first { $0.indicator == indicator.id }?.value
        }
        let rows = indicators.map { indicator -> [HTML] in
            let now = months.last.flatMap { value(indicator, $0) }
            func told(_ number: Double?) -> HTML { number == nil ? "-" : "\(words.value(number, of: indicator.measure))" }
            return [
                "\(indicator.title)", "\(words.value(now, of: indicator.measure))", told(indicator.baseline), told(indicator.goal),
                reached(now, indicator, call),
            ]
        }
        let trend = months.map { month in
            ["\(month.figures.month)"] + indicators.map { HTML("\(words.value(value($0, month), of: $0.measure))") }
        }
        let heading = [
            call("指標", "Indicator"), call("当月", "This month"), call("基準値", "Baseline"), call("目標", "Goal"), call("達成", "Reached"),
        ]
        let columns = [call("月", "Month")] + indicators.map { "\($0.title)" }
        let path = plainTable(
            "indicator-trend", call("指標の推移", "Indicators by month"), columns, plotted: 1..<columns.count, trend)
        return """
            <h2>\(call("重要業績評価指標(KPI)", "What the town wants to reach"))</h2>
            \(plainTable("indicators", call("指標", "Indicators"), heading, rows))
            \(trend.count > 1 ? path : "")
            """
    }

    private func reached(_ value: Double?, _ indicator: Indicator, _ call: Call) -> HTML {
        guard let value, let goal = indicator.goal, goal > 0 else { return "-" }
        let percent = Int(min(100, value / goal * 100))
        let word = value >= goal ? call("達成", "yes") : "\(percent) %"
        return
            "<span>\(word)</span> <meter min=\"0\" max=\"100\" value=\"\(percent)\" aria-label=\"\(indicator.title)\">\(percent) %</meter>"
    }

    private func houses(_ summary: MonthSummary, _ days: FigureTable, _ call: Call, _ words: FigureWords) -> HTML {
        let told =
            summary.dwell.map(\.facility) + summary.frequency.map(\.facility) + summary.counts.map(\.facility)
            + (summary.received ?? []).map(\.facility)
        let all = days.rows.compactMap { FacilityID($0) }
        let houses = all + Set(told).subtracting(all).sorted { $0.text < $1.text }
        guard !houses.isEmpty else { return "" }
        let rows = houses.map { house -> [HTML] in
            let dwell = summary.dwell.first { $0.facility == house }
            let often = summary.frequency.first { $0.facility == house }
            let others =
                summary.counts.filter { $0.facility == house }.map { "\(words.source($0.source)) \(words.number($0.count))" }
                + (summary.received ?? []).filter { $0.facility == house }.map {
                    "\(words("カードなしの受付", "without a card")) \(words.number($0.count))"
                }
            let counted = [often?.once, often?.twoToFour, often?.fiveOrMore].map { HTML("\(often == nil ? "-" : words.cell($0))") }
            return [
                "\(words.title(house))", "\(words.cell(visits(of: house, in: days)))",
                dwell.map { "\($0.quarter)–<strong>\($0.median)</strong>–\($0.threeQuarters)" } ?? "-",
                often.map { "\(words.number($0.people))" } ?? "-",
            ] + counted + ["\(others.isEmpty ? "-" : others.joined(separator: "、"))"]
        }
        let heading = [
            call("施設", "House"), call("来館", "Visits"), call("滞在(分)", "Stay (min)"), call("実人数", "People"), call("1回", "Once"),
            call("2〜4回", "2–4 times"), call("5回以上", "5 or more"), call("他の計数", "Counted otherwise"),
        ]
        return """
            <h2>\(call("施設別", "Houses"))</h2>
            \(plainTable("houses", call("施設別の来館、滞在、回数", "Visits, stays and how often"), heading, plotted: 1..<2, lying: true, rows))
            """
    }

    private func shared(_ summary: MonthSummary, _ call: Call, _ words: FigureWords) -> HTML {
        guard !summary.shared.isEmpty else { return "" }
        let rows = summary.shared.prefix(20).map { pair -> [HTML] in
            ["\(words.title(pair.a)) × \(words.title(pair.b))", "\(words.number(pair.people))"]
        }
        return """
            <h2>\(call("施設の併用", "Houses that share people"))</h2>
            \(plainTable("shared", call("両方を使った人", "Who came to both"), [call("施設", "Houses"), call("実人数", "People")], plotted: 1..<2, lying: true, rows))
            """
    }

    private func funnels(_ summary: MonthSummary, _ call: Call, _ words: FigureWords) -> HTML {
        let lines = town.visits.funnels.compactMap { funnel -> HTML? in
            guard let figure = summary.funnels.first(where: { $0.funnel == funnel.id }) else { return nil }
            let steps = zip(funnel.steps, figure.steps).map { "\(words.purpose($0)) \(words.cell($1))" }.joined(separator: " → ")
            return "<li>\(funnel.title): \(steps)</li>\n"
        }
        return lines.isEmpty ? "" : "<h2>\(call("参加の流れ(実人数)", "From step to step (people)"))</h2>\n<ul>\(lines)</ul>"
    }
}
