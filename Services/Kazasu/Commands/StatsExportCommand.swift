import Contracts
import Town

private enum Format: String, CaseIterable { case csv, json, sqlite }

extension Operand where Value == String {
    fileprivate static var exported: Self {
        Self("FILE", expected: "a new file whose name ends with .csv, .json or .sqlite") { path in
            Format.allCases.contains { path.hasSuffix(".\($0.rawValue)") } ? path : nil
        }
    }
}

extension Operand where Value == MonthSpan {
    fileprivate static var months: Self { Self("MONTHS", expected: MonthSpan.expected) { MonthSpan($0) } }
}

extension Command {
    package static var statsExport: Command {
        Command(
            "stats export", "MONTHS FILE", count: 2...2, summary: "all tables of some months, for open data or for analysts (統計の書出し)",
            options: [Option.encoding.shape] + FiguresCounter.options,
            details: """
                One row a cell: month, revision, table, row, column, visits; what is withheld is x, in JSON null, in SQLite NULL. The name's end says which: .csv
                for a spreadsheet, .json for programs, .sqlite for analysts, with a view for days, hours, ages and districts.
                Examples:
                  kazasu stats export 2026-04..2027-03 visits-2026.csv
                  kazasu stats export 2026-10 october.sqlite
                """
        ) { arguments, console in
            let (span, path) = (try arguments.operand(0, .months), try arguments.operand(1, .exported))
            let counter = try FiguresCounter(arguments, console)
            var export = FigureExport()
            for month in span.months {
                for name in FigureTable.Name.allCases {
                    console.progress("\(month) \(name.rawValue)")
                    export.add(try counter.table(name, month, revision: nil))
                }
            }
            console.progress("")
            switch path.split(separator: ".").last.flatMap({ Format(rawValue: String($0)) }) {
            case .json: try counter.write(try export.rows.json(), to: path, "\(export.rows.count) rows")
            case .sqlite: try counter.write(try export.database(), to: path, "\(export.rows.count) rows")
            case .csv, nil: try counter.write(header: FigureExport.header, rows: export.sheet, to: path)
            }
            return .done
        }
    }
}
