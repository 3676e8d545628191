import Contracts
import Sheets

/// A list of those who are expected, as a spreadsheet saves it. It is read whole or not at all, and a ticket or person that stands in it twice is named.
struct ExpectedSheet {
    private enum Column: CaseIterable {
        case ticket, person, name, reading, born, station

        var titles: [String] {
            switch self {
            case .ticket: ["ticket", "整理券番号", "整理券"]
            case .person: ["person", "利用者番号"]
            case .name: ["name", "氏名"]
            case .reading: ["reading", "フリガナ", "ふりがな"]
            case .born: ["born", "生年月日"]
            case .station: ["station", "窓口"]
            }
        }
    }

    private(set) var rows: [AddExpected.Row] = []

    init(_ bytes: [UInt8]) throws(Failure) {
        var sheet: SheetReader
        do throws(SheetError) { sheet = try SheetReader(bytes) } catch { throw .refused(error.description) }
        let header = sheet.header.map(\.trimmed)
        var places: [Column: Int] = [:]
        for column in Column.allCases { places[column] = column.titles.lazy.compactMap(header.firstIndex).first }
        guard places[.name] != nil else {
            throw .refused(
                "a column is missing: \(Column.name.titles.map(quoted).joined(separator: " or ")). The file has \(header.map(quoted).joined(separator: ", ")). Nothing was sent."
            )
        }
        var faults: [String] = []
        while let row = sheet.next() {
            switch row {
            case .failure(let fault): faults.append(fault.description)
            case .success(let row):
                do throws(LineFault) { rows.append(try Self.read(row, places)) } catch { faults.append("line \(row.line): \(error.text)") }
            }
        }
        faults += twice(\.ticket, "ticket") + twice(\.person?.text, "person")
        try PointsSheet.refuse(faults)
        guard !rows.isEmpty else { throw .refused("there is a header and no row under it. Nothing was sent.") }
        guard rows.count <= ReceptionTerms.mostRows else {
            throw .refused("the file has \(rows.count) rows. At most \(ReceptionTerms.mostRows) are taken.")
        }
    }

    private struct LineFault: Error { let text: String }

    private static func read(_ row: SheetRow, _ places: [Column: Int]) throws(LineFault) -> AddExpected.Row {
        func cell(_ column: Column) -> String? { places[column].map { row.cells[$0].trimmed }.flatMap { $0.isEmpty ? nil : $0 } }
        guard let name = cell(.name) else { throw LineFault(text: "nobody is named") }
        var read = AddExpected.Row(row.line, name: name, reading: cell(.reading), ticket: cell(.ticket))
        if let text = cell(.person) {
            read.person = PersonID(text.lowercased())
            if read.person == nil { throw LineFault(text: "\(quoted(text)) is no person's id, p- and 16 letters and digits") }
        }
        if let text = cell(.station) {
            read.station = ReceptionStationID(text)
            if read.station == nil { throw LineFault(text: "\(quoted(text)) is no station's name: a-z, 0-9 and -") }
        }
        if let text = cell(.born) {
            switch japaneseDate(text) {
            case .success(let date): read.born = date
            case .failure(let fault): throw LineFault(text: fault.description)
            }
        }
        return read
    }

    private func twice(_ value: KeyPath<AddExpected.Row, String?>, _ noun: String) -> [String] {
        var first: [String: Int] = [:]
        return rows.compactMap { row in
            guard let text = row[keyPath: value] else { return nil }
            defer { if first[text] == nil { first[text] = row.line } }
            return first[text].map { "line \(row.line): \(noun) \(quoted(text)) stands in line \($0) too" }
        }
    }
}
