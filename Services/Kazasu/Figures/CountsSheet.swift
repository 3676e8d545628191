import Contracts
import Sheets
import Town

/// A day of the houses as rows for a spreadsheet.
enum VisitsSheet {
    static let header = ["日付", "施設", "開始時刻", "来館"]

    static func rows(of day: VisitsOfDay) -> [[String]] {
        day.facilities.flatMap { facility in
            facility.hours.enumerated().map { [day.day.description, facility.facility.text, "\($0)", "\($1)"] }
        }
    }
}

/// What sensors or hands have counted, as a spreadsheet saves it. It is read whole or not at all.
struct CountsSheet {
    private enum Column: CaseIterable {
        case facility, date, hour, source, count

        var titles: [String] {
            switch self {
            case .facility: ["facility", "施設"]
            case .date: ["date", "日付"]
            case .hour: ["hour", "時"]
            case .source: ["source", "区分"]
            case .count: ["count", "人数", "来館"]
            }
        }
    }

    private struct SheetFault: Error { let text: String }

    private(set) var counts: [Counted] = []
    private let places: [Column: Int]

    /// - Parameter facilities: named in the list by id or title.
    init(_ bytes: [UInt8], facilities: [Facility]) throws(Failure) {
        var sheet: SheetReader
        do throws(SheetError) { sheet = try SheetReader(bytes) } catch { throw .refused(error.description) }
        let header = sheet.header.map(\.trimmed)
        var places: [Column: Int] = [:]
        for column in Column.allCases { places[column] = column.titles.lazy.compactMap(header.firstIndex).first }
        let missing = [Column.facility, .date, .source, .count].filter { places[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.map { $0.titles.prefix(2).map(quoted).joined(separator: " or ") }.joined(separator: "; ")
            throw .refused("a column is missing: \(names). The file has \(header.map(quoted).joined(separator: ", ")). Nothing was sent.")
        }
        self.places = places
        var faults: [String] = []
        while let row = sheet.next() {
            switch row {
            case .failure(let fault): faults.append(fault.description)
            case .success(let row):
                do throws(SheetFault) { counts.append(try counted(row, facilities)) } catch {
                    faults.append("line \(row.line): \(error.text)")
                }
            }
        }
        try PointsSheet.refuse(faults)
        guard !counts.isEmpty else { throw .refused("there is a header and no row under it. Nothing was sent.") }
    }

    private func counted(_ row: SheetRow, _ facilities: [Facility]) throws(SheetFault) -> Counted {
        func cell(_ column: Column) -> String { places[column].map { row.cells[$0].trimmed } ?? "" }
        guard let facility = facilities.first(where: { $0.id.text == cell(.facility) || $0.title == cell(.facility) }) else {
            let known = facilities.prefix(20).map(\.id.text).joined(separator: ", ")
            throw SheetFault(text: "\(quoted(cell(.facility))) is no house of this town. It has: \(known)")
        }
        let day: CalendarDate
        switch japaneseDate(cell(.date)) {
        case .success(let date): day = date
        case .failure(let fault): throw SheetFault(text: fault.description)
        }
        let hour = Int(narrowed(cell(.hour)))
        guard cell(.hour).isEmpty || hour.map((0...23).contains) == true else {
            throw SheetFault(text: "\(quoted(cell(.hour))) is no hour from 0 to 23")
        }
        guard let source = CountSource.allCases.first(where: { [$0.rawValue, $0.phrase.en, $0.phrase.ja].contains(cell(.source)) }) else {
            let known = CountSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw SheetFault(text: "\(quoted(cell(.source))) has not counted. Write one of: \(known)")
        }
        guard let count = Int(narrowed(cell(.count)).filter { $0 != "," }), (0...Counted.most).contains(count) else {
            throw SheetFault(text: "\(quoted(cell(.count))) is no whole number from 0 to \(Counted.most)")
        }
        return Counted(facility.id, day, hour: hour, source, count)
    }
}
