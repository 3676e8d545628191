import Contracts
import HTTP
import ServiceKit
import Sheets

extension Portal {
    /// A table as it stands on its page.
    func tableFile(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (month, name, words) = (try month(of: call), try table(of: call), figureWords(call))
        return try askTables([ShowTable(name, month)], for: call, in: turn) { answers, _ in
            let table = answers[0].table
            let sum = words("計", "total")
            func row(_ title: String, _ cells: [Int?], _ total: Int) -> [String] { [title] + cells.map(plain) + [plain(total)] }
            let rows = table.rows.indices.map { row(words.row(table.rows[$0], of: name), table.cells[$0], table.rowTotals[$0]) }
            return try sheet(
                [""] + table.columns.map { words.column($0, of: name) } + [sum], rows + [row(sum, table.columnTotals, table.total)],
                "\(name.rawValue)-\(month)", call)
        }
    }

    /// All tables of a month, a row a cell, as `kazasu stats export` writes them.
    func monthFile(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let month = try month(of: call)
        return try askTables(FigureTable.Name.allCases.map { ShowTable($0, month) }[...], for: call, in: turn) { answers, _ in
            let rows = answers.flatMap { answer in
                zip(answer.table.rows, answer.table.cells).flatMap { row, cells in
                    zip(answer.table.columns, cells).map { column, cell in
                        [
                            "\(month)", "\(answer.figures.revision)", answer.table.name.rawValue, row, column, plain(cell),
                        ]
                    }
                }
            }
            return try sheet(["月", "版", "表", "行", "列", "来館"], rows, "figures-\(month)", call)
        }
    }

    /// For programs: without commas, and withheld as `x`.
    private func plain(_ count: Int?) -> String { count.map(String.init) ?? "x" }

    private func sheet(_ header: [String], _ rows: [[String]], _ name: String, _ call: Call) throws -> Answer {
        let encoding = call.request.query["encoding"].flatMap(SheetEncoding.init(rawValue:)) ?? .utf8
        var writer = try SheetWriter(header: header, as: encoding, replacesMissing: true)
        for row in rows { try writer.append(row) }
        // As IANA names them: the one with a byte order mark, and CP932.
        let type = encoding == .utf8 ? "text/csv; charset=utf-8" : "text/csv; charset=Windows-31J"
        return .page(
            Response(type: type, headers: ["Content-Disposition": "attachment; filename=\"\(name).csv\""], body: writer.bytes))
    }
}
