import Contracts
import Glibc
import Town

extension Option where Value == String {
    fileprivate static var html: Self {
        Self("--html", "FILE", "the new page (default: report-MONTH.html)", expected: "the path of a file") { $0.isEmpty ? nil : $0 }
    }
    fileprivate static var pdf: Self {
        Self("--pdf", "FILE", "as a PDF too, made by the browser of this machine", expected: "the path of a file") { $0.isEmpty ? nil : $0 }
    }
}

extension Command {
    package static var report: Command {
        Command(
            "report", "MONTH", count: 1...1, summary: "a month of the town's houses on paper, safe to be published (月報)",
            options: [Option<Int>.revision.shape, Option<String>.html.shape, Option<String>.pdf.shape] + FiguresCounter.options,
            details: """
                Indicators with their goals, houses, days, hours, ages, districts, and what the numbers rest on. A browser shows it and prints it on A4.
                Examples:
                  kazasu report 2026-10 --lang ja
                  kazasu report 2026-10 --lang ja --pdf geppo-2026-10.pdf
                """
        ) { arguments, console in
            let (month, revision) = (try arguments.operand(0, .month), try arguments.optional(.revision))
            let (html, pdf) = (try arguments.optional(.html), try arguments.optional(.pdf))
            let counter = try FiguresCounter(arguments, console)
            let report = try counter.report(of: month, revision: revision)
            if counter.json {
                try console.json(report.summary)
                return .done
            }
            let page = html ?? "report-\(month).html"
            try counter.write(Array(report.html.utf8), to: page, counter.words.summary(report.summary.figures))
            if let pdf { try print(page, to: pdf, console) }
            return .done
        }
    }

    /// Browsers are the only programs that every office has and that set Japanese well; each of these prints without a window.
    private static func print(_ page: String, to pdf: String, _ console: Console) throws {
        let browsers = ["chromium", "chromium-browser", "google-chrome", "microsoft-edge"]
        guard let browser = browsers.lazy.compactMap(Programs.find).first else {
            throw Failure.refused(
                "no browser was found on this machine (\(browsers.joined(separator: ", "))). Open \(page) in one, and print it to a PDF.")
        }
        guard access(pdf, F_OK) != 0 else { throw Failure.refused("\(pdf) is there already. Name another file.") }
        var options = ["--headless", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf=\(pdf)"]
        if getuid() == 0 { options.append("--no-sandbox") }
        let path = realpath(page, nil)
        defer { free(path) }
        let address = "file://\(path.map { String(cString: $0) } ?? page)"
        let ended = try runToEnd(ChildSpec("browser", .service, program: browser, arguments: options + [address]))
        guard ended.code == 0, access(pdf, R_OK) == 0 else {
            throw Failure.refused("\(browser) made no PDF (exit code \(ended.code)). Open \(page) in a browser, and print it.")
        }
        console.line("written: \(pdf)")
    }
}

extension FiguresCounter {
    fileprivate func report(of month: Month, revision: Int?) throws -> MonthlyReport {
        let summary = try summary(month, revision: revision)
        var tables: [FigureTable.Name: FigureTable] = [:]
        for name in FigureTable.Name.allCases {
            console.progress(name.rawValue)
            tables[name] = try table(name, month, revision: summary.figures.revision).table
        }
        console.progress("")
        let trend = try indicators(upTo: month)
        let last = try month.adding(-1).flatMap { trend.months.contains($0) ? try table(.days, $0, revision: nil).table : nil }
        // Which houses are told together may have changed: those have no month before.
        let before = Dictionary(zip(last?.rows ?? [], last?.rowTotals ?? []).filter { $0.0 != "other" }) { first, _ in first }
        return MonthlyReport(summary: summary, tables: tables, before: before, trend: trend, words: words, policy: policy)
    }
}
