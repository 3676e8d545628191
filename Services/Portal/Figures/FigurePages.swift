import Contracts
import HTTP
import ServiceKit

/// Figures that are safe to be published, for clerks: nothing of people is on these pages, so no look at them is written down.
extension Portal {
    var figureRoutes: [Route] {
        [
            .page("figures", .staff([.desk])) { call, turn in try figureList(call, in: turn) },
            .page("figures/trend", .staff([.desk])) { call, turn in try trendPage(call, in: turn) },
            .page("figures/:", .staff([.desk])) { call, turn in try monthPage(call, in: turn) },
            .page("figures/:/csv", .staff([.desk])) { call, turn in try monthFile(call, in: turn) },
            .page("figures/:/:", .staff([.desk])) { call, turn in try tablePage(call, in: turn) },
            .page("figures/:/:/csv", .staff([.desk])) { call, turn in try tableFile(call, in: turn) },
        ]
    }

    func figureWords(_ call: Call) -> FigureWords { FigureWords(town: town, tongue: call.tongue) }

    /// The month a path names.
    func month(of call: Call) throws -> Month {
        guard let month = Month(call.parts[0]) else { throw Page.notFound }
        return month
    }

    /// The table a path names.
    func table(of call: Call) throws -> FigureTable.Name {
        guard let name = FigureTable.Name(rawValue: call.parts[1]) else { throw Page.notFound }
        return name
    }

    func figurePage(_ call: Call, _ title: HTML, hasCharts: Bool = false, in turn: borrowing Turn, _ main: HTML) throws -> Answer {
        var parts = Frame.Parts(title: title, account: try account(of: call))
        parts.styles = ["figures.css"]
        if hasCharts { parts.scripts = ["lib/chart.js/chart.min.js", "figures.js"] }
        return .page(frame.page(parts, call, "<h1>\(title)</h1>\n\(main)"))
    }

    private func figureList(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let words = figureWords(call)
        return try askMonths(for: call, in: turn) { months, list, turn in
            let cards = months.map { figures -> HTML in
                """
                <li class="card"><h2><a href="\(call.path("figures/\(figures.month)"))">\(figures.month)</a></h2>
                <p>\(words.summary(figures))</p></li>

                """
            }
            let waiting = list.waiting.map { waiting -> HTML in
                "<p class=\"hint\">\(call("\(waiting.month):遅着\(waiting.visits)回、版を改めるには少数", "\(waiting.month): \(waiting.visits) visits were heard late, too few to tell of yet"))</p>\n"
            }
            let none = HTML("<p>\(call("作成済みの統計はありません。", "No month has figures yet."))</p>")
            return try figurePage(
                call, call("利用統計", "Figures"), in: turn,
                """
                <p><a class="button" href="\(call.path("figures/trend"))">\(call("月ごとの推移", "Month by month"))</a></p>
                \(cards.isEmpty ? none : HTML("<ul class=\"list\">\(cards)</ul>"))
                \(waiting)
                """)
        }
    }

    private func tablePage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (month, name, words) = (try month(of: call), try table(of: call), figureWords(call))
        return try askTables([ShowTable(name, month)], for: call, in: turn) { answers, turn in
            let answer = answers[0]
            let main: HTML =
                answer.table.rows.isEmpty
                ? "<p>\(call("人数が少ないため、この表は秘匿されています。", "This table is withheld whole: there are too few people in it."))</p>"
                : """
                \(figureTable(answer.table, words))
                \(answer.table.cells.joined().contains(nil) ? HTML("<p class=\"hint\" id=\"withheld\">\(words.withheldNote)</p>") : "")
                """
            return try figurePage(
                call, "\(words.title(name)) \(month)", hasCharts: true, in: turn,
                """
                <p>\(words.summary(answer.figures))</p>
                \(main)
                \(downloads(call, "figures/\(month)/\(name.rawValue)/csv"))
                \(otherTables(month, but: name, call, words))
                """)
        }
    }

    /// Links, which work without scripts. The first for spreadsheets of today, the second for those that read nothing else.
    func downloads(_ call: Call, _ path: String) -> HTML {
        """
        <p class="row screen"><a class="button" href="\(call.path(path))">\(call("CSV(UTF-8)", "CSV (UTF-8)"))</a>
        <a class="button" href="\(call.path(path))?encoding=cp932">\(call("CSV(Shift_JIS)", "CSV (Shift_JIS)"))</a></p>
        """
    }

    func otherTables(_ month: Month, but here: FigureTable.Name?, _ call: Call, _ words: FigureWords) -> HTML {
        let links = FigureTable.Name.allCases.filter { $0 != here }.map {
            HTML("<li><a href=\"\(call.path("figures/\(month)/\($0.rawValue)"))\">\(words.title($0))</a></li>\n")
        }
        let back = here == nil ? "" : HTML("<li><a href=\"\(call.path("figures/\(month)"))\">\(month)</a></li>\n")
        return
            "<nav class=\"screen\" aria-label=\"\(call("統計表", "Tables"))\"><h2>\(call("統計表", "Tables"))</h2><ul>\(back)\(links)</ul></nav>"
    }
}
