import Contracts
import Sheets

/// A list of people and amounts, as a spreadsheet saves it. It is read whole or not at all: nobody is paid from a list that is understood in part.
struct PointsSheet {
    enum Column: CaseIterable {
        case person, purse, amount, expires

        var titles: [String] {
            switch self {
            case .person: ["person", "番号", "利用者番号"]
            case .purse: ["purse", "種類"]
            case .amount: ["amount", "数", "金額", "ポイント"]
            case .expires: ["expires", "有効期限"]
            }
        }
    }

    struct Line: Equatable {
        /// In the file.
        let line: Int
        let person: PersonID
        let purse: PurseID?
        let amount: Int64?
        let expires: CalendarDate?
    }

    private(set) var lines: [Line] = []
    private let places: [Column: Int]
    private let purses: [Purse]

    /// - Parameters:
    ///   - needed: the columns without which it is no such list; one of them may not be empty either.
    ///   - purses: named in the list by id or title.
    init(_ bytes: [UInt8], needs needed: [Column], purses: [Purse]) throws(Failure) {
        var sheet: SheetReader
        do throws(SheetError) { sheet = try SheetReader(bytes) } catch { throw .refused(error.description) }
        let header = sheet.header.map(\.trimmed)
        var places: [Column: Int] = [:]
        for column in Column.allCases { places[column] = column.titles.lazy.compactMap(header.firstIndex).first }
        let missing = needed.filter { places[$0] == nil }.map { $0.titles.map(quoted).joined(separator: " or ") }
        guard missing.isEmpty else {
            throw .refused(
                "a column is missing: \(missing.joined(separator: "; ")). The file has \(header.map(quoted).joined(separator: ", ")). Nothing was sent."
            )
        }
        (self.places, self.purses) = (places, purses)
        var faults: [String] = []
        while let row = sheet.next() {
            switch row {
            case .failure(let fault): faults.append(fault.description)
            case .success(let row):
                do throws(SheetFault) { lines.append(try line(row, needed)) } catch { faults.append("line \(row.line): \(error.text)") }
            }
        }
        try Self.refuse(faults)
        guard !lines.isEmpty else { throw .refused("there is a header and no row under it. Nothing was sent.") }
    }

    /// Names every line that cannot stand; twenty are enough to see what is wrong.
    static func refuse(_ faults: [String]) throws(Failure) {
        guard !faults.isEmpty else { return }
        let more = faults.count > 20 ? ["… and \(faults.count - 20) more"] : []
        let count = faults.count == 1 ? "a line" : "\(faults.count) lines"
        throw .refused(
            (["\(count) of the file cannot be read, and nothing was sent."] + faults.prefix(20) + more).joined(separator: "\n  "))
    }

    private struct SheetFault: Error { let text: String }

    private func line(_ row: SheetRow, _ needed: [Column]) throws(SheetFault) -> Line {
        func cell(_ column: Column) -> String? { places[column].map { row.cells[$0].trimmed }.flatMap { $0.isEmpty ? nil : $0 } }
        for column in needed where cell(column) == nil { throw SheetFault(text: "nothing stands under \(quoted(column.titles[0]))") }
        guard let text = cell(.person), let person = PersonID(text.lowercased()) else {
            throw SheetFault(text: "\(quoted(cell(.person) ?? "")) is no person's id, p- and 16 letters and digits")
        }
        var purse: PurseID?
        if let text = cell(.purse) {
            purse = purses.first { $0.id.text == text || $0.title == text }?.id
            if purse == nil {
                throw SheetFault(text: "\(quoted(text)) is no purse of this town. It has: \(purses.map(\.id.text).joined(separator: ", "))")
            }
        }
        var amount: Int64?
        if let text = cell(.amount) {
            amount = wholeNumber(text)
            if amount == nil { throw SheetFault(text: "\(quoted(text)) is no whole number above 0") }
        }
        var expires: CalendarDate?
        if let text = cell(.expires) {
            switch japaneseDate(text) {
            case .success(let date): expires = date
            case .failure(let fault): throw SheetFault(text: fault.description)
            }
        }
        return Line(line: row.line, person: person, purse: purse, amount: amount, expires: expires)
    }
}
