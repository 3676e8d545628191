import Contracts
import Town

/// A month of the town's houses (利用状況月報), as a page a browser prints on A4 without anything from elsewhere. All its numbers are safe to be published.
struct MonthlyReport {
    let summary: SummaryAnswer
    let tables: [FigureTable.Name: FigureTable]
    /// Totals of the month before by house; empty if it has no figures.
    let before: [String: Int]
    let trend: IndicatorTrend
    let words: PlainWords
    let policy: VisitsPolicy

    private var chart: ReportChart { ReportChart(words: words) }
    private func said(_ en: String, _ ja: String) -> String { Phrase(en, ja)[words.language] }

    var html: String {
        let title = said("Use of the town's houses, \(summary.figures.month)", "施設利用状況月報 \(summary.figures.month)")
        let sections =
            [indicators, houses, days, weekHours]
            + [.hours, .purposes, .ages, .districts, .residencies, .returns, .rides, .rideDays].map(table)
        return """
            <!DOCTYPE html>
            <html lang="\(words.language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(escaped(title))</title>
            <style>
            @page { size: A4 portrait; margin: 15mm; }
            body { font: 10pt/1.5 "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "IPAGothic", sans-serif; color: #000; margin: 0 auto; max-width: 180mm; }
            header { display: flex; justify-content: space-between; align-items: baseline; gap: 1em; border-bottom: 0.5mm solid #000; }
            h1 { font-size: 16pt; margin: 0; }
            h2 { font-size: 11pt; margin: 6mm 0 1mm; break-after: avoid; }
            p { margin: 1mm 0; overflow-wrap: anywhere; }
            table { border-collapse: collapse; width: 100%; font-size: 9pt; }
            table.wide { font-size: 7pt; }
            th, td { border: 0.2mm solid #000; padding: 0.3mm 1.2mm; text-align: right; overflow-wrap: anywhere; }
            th:first-child, td:first-child { text-align: left; }
            thead th, tfoot td { background: #eee; }
            tr, svg, section.whole { break-inside: avoid; }
            svg { display: block; width: 100%; }
            ul { margin: 1mm 0; padding-left: 5mm; }
            @media screen { body { margin: 1em auto; } }
            </style>
            </head>
            <body>
            <header><h1>\(escaped(title))</h1><p>\(escaped(words.town.title ?? words.town.name.text))</p></header>
            <p>\(escaped(words.summary(summary.figures)))</p>
            \((sections + [shared, funnels, notes]).filter { !$0.isEmpty }.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    private func section(_ title: String, _ content: String, whole: Bool = false) -> String {
        "<section\(whole ? " class=\"whole\"" : "")><h2>\(escaped(title))</h2>\n\(content)</section>"
    }

    private func table(_ rows: [[String]], footed: Bool = false) -> String {
        func cells(_ row: [String], _ tag: String) -> String { "<tr>" + row.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>" }
        let body = footed ? rows.dropFirst().dropLast() : rows.dropFirst()
        let foot = footed ? "<tfoot>\(cells(rows[rows.count - 1], "td"))</tfoot>" : ""
        return "<table\(rows[0].count > 14 ? " class=\"wide\"" : "")><thead>\(cells(rows[0], "th"))</thead><tbody>"
            + body.map { cells($0, "td") }.joined(separator: "\n") + "</tbody>\(foot)</table>"
    }

    private var indicators: String {
        guard !policy.indicators.isEmpty else { return "" }
        // The trend is a line of block characters, which a printer's fonts may lack: numbers here.
        let recent = trend.months.suffix(4).dropLast()
        let heading =
            [said("Indicator", "指標")] + recent.map(\.description) + [
                said("this month", "当月"), said("baseline", "基準値"), said("goal", "目標"), said("reached", "達成"),
            ]
        let rows = zip(policy.indicators, trend.lines).map { indicator, line in
            let values = line.values.suffix(4).map { words.value($0, of: indicator.measure) }
            return [indicator.title] + values + [
                indicator.baseline.map { words.value($0, of: indicator.measure) } ?? "-",
                indicator.goal.map { words.value($0, of: indicator.measure) } ?? "-", words.reached(line.values.last ?? nil, indicator),
            ]
        }
        return section(said("What the town wants to reach", "重要業績評価指標(KPI)"), table([heading] + rows), whole: true)
    }

    private var houses: String {
        guard let days = tables[.days] else { return "" }
        let heading = [
            said("House", "施設"), said("visits", "来館"), said("before", "前月"), said("change", "増減"), said("stay (min)", "滞在(分)"),
            said("people", "実人数"), said("once", "1回"), said("2–4 times", "2〜4回"), said("5 or more", "5回以上"),
            said("counted otherwise", "他の計数"),
        ]
        let rows = zip(days.rows, days.rowTotals).map { key, total -> [String] in
            let facility = FacilityID(key)
            let dwell = summary.summary.dwell.first { $0.facility == facility }
            let frequency = summary.summary.frequency.first { $0.facility == facility }
            let counts = summary.summary.counts.filter { $0.facility == facility }.map {
                "\($0.source.phrase[words.language]) \(words.grouped($0.count))"
            }
            let change = before[key].map {
                $0 == 0 ? "-" : "\(total >= $0 ? "+" : "")\(words.tenths(Double(total - $0) / Double($0) * 100)) %"
            }
            return [
                words.title(key, of: .days, isRow: true), words.grouped(total), before[key].map { words.grouped($0) } ?? "-", change ?? "-",
                dwell.map { "\($0.median)" } ?? "-", frequency.map { words.grouped($0.people) } ?? "-",
            ] + [frequency?.once, frequency?.twoToFour, frequency?.fiveOrMore].map { frequency == nil ? "-" : words.cell($0) }
                + [counts.isEmpty ? "-" : counts.joined(separator: ", ")]
        }
        return section(said("Houses", "施設別"), table([heading] + rows))
    }

    private var days: String {
        guard let days = tables[.days], !days.columns.isEmpty else { return "" }
        let names = days.columns.map { words.title($0, of: .days, isRow: false) }
        let title = said("All houses by day", "日別(全施設)")
        return section(title, chart.bars(days.columnTotals, named: names, label: title), whole: true)
    }

    private var weekHours: String {
        guard let table = tables[.weekHours], !table.rows.isEmpty else { return "" }
        let title = FigureTable.Name.weekHours.phrase[words.language]
        let rows = table.rows.map { words.title($0, of: .weekHours, isRow: true) }
        let columns = table.columns.map { words.title($0, of: .weekHours, isRow: false) }
        return section(title, chart.heat(table.cells, rows: rows, columns: columns, label: title), whole: true)
    }

    private func table(_ name: FigureTable.Name) -> String {
        guard let table = tables[name], !table.rows.isEmpty else { return "" }
        return section(name.phrase[words.language], self.table(words.rows(of: table), footed: true))
    }

    private var shared: String {
        guard !summary.summary.shared.isEmpty else { return "" }
        let rows = summary.summary.shared.prefix(20).map { [words.title(of: $0.a), words.title(of: $0.b), words.grouped($0.people)] }
        return section(
            said("Houses that share people", "施設の併用"), table([[said("House", "施設"), said("and", "施設"), said("people", "実人数")]] + rows))
    }

    private var funnels: String {
        let lines = zip(policy.funnels, policy.funnels.map { funnel in summary.summary.funnels.first { $0.funnel == funnel.id } })
            .compactMap {
                funnel, figure in
                figure.map { figure in
                    let steps = zip(funnel.steps, figure.steps).map { "\(words.purpose($0)) \(words.cell($1))" }.joined(separator: " → ")
                    return "<li>\(escaped(funnel.title)): \(escaped(steps))</li>"
                }
            }
        return lines.isEmpty ? "" : section(said("From step to step (people)", "参加の流れ(実人数)"), "<ul>\(lines.joined())</ul>")
    }

    private var notes: String {
        let people = said(
            "People, ages, districts and kinds are of those who agreed to be counted; all others are in the totals alone.",
            "実人数・年代・地区・住民区分は集計に同意した人のみ。その他の人は合計にのみ含む。")
        let lines = [words.withheldNote, people] + words.received(summary.summary.received ?? []) + words.marks(summary.summary.marks)
        return section(said("Notes", "注記"), "<ul>\(lines.map { "<li>\(escaped($0))</li>" }.joined())</ul>", whole: true)
    }
}
