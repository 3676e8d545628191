import Contracts
import Sheets

/// A national list of shelters as towns publish it, a line each.
///
/// The columns are those of 自治体標準オープンデータセット「指定緊急避難場所一覧」 (Digital Agency), of its predecessor 推奨データセット (Cabinet Secretariat), and of
/// 指定緊急避難場所・指定避難所データ (Geospatial Information Authority of Japan).
package struct ShelterSheet {
    package struct Line: Equatable {
        let line: Int
        /// As the file numbers it.
        package let id: ShelterID
        package let title: String
        let address: String?
        let municipality: String?
        package let position: Position?
        package let people: Int?
        let district: String?
        let hazards: [Shelter.Hazard]
        let designations: [Shelter.Designation]
    }

    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let line: Int
        let text: String
        package var description: String { "line \(line): \(text)" }
    }

    enum Column: CaseIterable {
        case id, title, address, municipality, lat, lon, people, district, alsoShelter, alsoSite

        var titles: [String] {
            switch self {
            // A common id stays the same; a number counts the lines of one edition.
            case .id: ["共通ID", "ID", "番号", "NO", "No"]
            case .title: ["名称", "施設・場所名"]
            case .address: ["所在地_連結表記", "住所"]
            case .municipality: ["都道府県名及び市町村名"]
            case .lat: ["緯度"]
            case .lon: ["経度"]
            case .people: ["想定収容人数"]
            case .district: ["対象となる町会・自治会"]
            case .alsoShelter: ["指定避難所との重複", "指定避難所との住所同一"]
            case .alsoSite: ["指定緊急避難場所との重複", "指定緊急避難場所との住所同一"]
            }
        }
    }

    /// What the file is a list of.
    let designation: Shelter.Designation
    package private(set) var lines: [Line] = []
    package private(set) var faults: [Fault] = []
    private let places: [Column: Int]
    private let hazards: [(Shelter.Hazard, Int)]

    /// - Parameters:
    ///   - told: what the file is a list of, where its columns do not say it.
    ///   - idColumn: another column that knows a shelter again.
    package init(_ bytes: [UInt8], told: Shelter.Designation? = nil, idColumn: String? = nil) throws(Failure) {
        var sheet: SheetReader
        do throws(SheetError) { sheet = try SheetReader(bytes) } catch { throw .refused(error.description) }
        let header = sheet.header.map(\.trimmed)
        var places: [Column: Int] = [:]
        for column in Column.allCases { places[column] = column.titles.lazy.compactMap(header.firstIndex).first }
        if let idColumn {
            guard let place = header.firstIndex(of: idColumn) else {
                throw .refused("there is no column \(quoted(idColumn)). The file has \(header.map(quoted).joined(separator: ", ")).")
            }
            places[.id] = place
        }
        let missing = [Column.id, .title].filter { places[$0] == nil }.map { $0.titles.map(quoted).joined(separator: " or ") }
        guard missing.isEmpty else {
            throw .refused(
                "a column is missing: \(missing.joined(separator: "; ")). The file has \(header.map(quoted).joined(separator: ", ")).")
        }
        hazards = Shelter.Hazard.allCases.compactMap { hazard in
            let title = hazard.phrase.ja
            return (header.firstIndex(of: "災害種別_\(title)") ?? header.firstIndex(of: title)).map { (hazard, $0) }
        }
        self.places = places
        guard let designation = told ?? (hazards.isEmpty ? places[.alsoSite].map { _ in .shelter } : .emergencySite) else {
            throw .refused("it does not say what it is a list of. Add --designated emergency-site, shelter or welfare.")
        }
        self.designation = designation
        var seen: [ShelterID: Int] = [:]
        while let row = sheet.next() {
            switch row {
            case .failure(let fault): faults.append(Fault(line: fault.line ?? 1, text: fault.text))
            case .success(let row):
                do throws(Fault) {
                    let line = try line(row)
                    if let first = seen.updateValue(row.line, forKey: line.id) {
                        throw Fault(
                            line: row.line,
                            text: "\(line.id) stands on line \(first) already. Another column knows them apart: --ids COLUMN")
                    }
                    lines.append(line)
                } catch { faults.append(error) }
            }
        }
    }

    /// The municipalities it names, in order.
    var municipalities: [String] {
        lines.compactMap(\.municipality).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Only those of one municipality.
    mutating func keep(_ municipality: String) { lines.removeAll { $0.municipality != municipality } }

    private func line(_ row: SheetRow) throws(Fault) -> Line {
        func fault(_ text: String) -> Fault { Fault(line: row.line, text: text) }
        func cell(_ column: Column) -> String? { places[column].map { row.cells[$0].trimmed }.flatMap { $0.isEmpty ? nil : $0 } }
        guard let title = cell(.title) else { throw fault("it has no name") }
        guard let number = cell(.id), let id = ShelterID(numbered: number) else {
            throw fault("\(quoted(cell(.id) ?? "")) makes no id: letters a-z, digits and - are needed. Another column: --ids COLUMN")
        }
        func flag(_ place: Int) throws(Fault) -> Bool {
            switch row.cells[place].trimmed {
            case "", "0", "×": false
            case "1", "○", "〇", "◯": true
            default: throw fault("\(quoted(row.cells[place])) under \(quoted(titles(of: place))) is neither 1 nor empty")
            }
        }
        func also(_ column: Column) throws(Fault) -> Bool { try places[column].map(flag) ?? false }
        var people: Int?
        if let text = cell(.people) {
            people = Int(text.filter { $0 != "," && $0 != "人" && $0 != "名" })
            guard let people, (0...100_000).contains(people) else { throw fault("\(quoted(text)) is no number of people") }
        }
        var position: Position?
        if let lat = cell(.lat), let lon = cell(.lon) {
            guard let lat = Double(lat), let lon = Double(lon), (-90...90).contains(lat), (-180...180).contains(lon) else {
                throw fault("\(quoted(lat)), \(quoted(lon)) is no position in degrees")
            }
            position = Position(lat: lat, lon: lon)
        }
        var found: [Shelter.Hazard] = []
        for (hazard, place) in hazards where try flag(place) { found.append(hazard) }
        var designations = [designation]
        if try also(.alsoShelter), designation != .shelter { designations.append(.shelter) }
        if try also(.alsoSite), designation != .emergencySite { designations.append(.emergencySite) }
        return Line(
            line: row.line, id: id, title: title, address: cell(.address), municipality: cell(.municipality), position: position,
            people: people,
            district: cell(.district), hazards: found, designations: designations)
    }

    private func titles(of place: Int) -> String {
        hazards.first { $0.1 == place }?.0.phrase.ja ?? Column.allCases.first { places[$0] == place }?.titles.first ?? ""
    }
}

extension ShelterID {
    /// A number becomes a name, `7` to `s07`; anything else in small letters, if that is a name.
    init?(numbered text: String) {
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        self.init(isNumber ? "s\(text.utf8.count < 2 ? "0" : "")\(text)" : text.lowercased())
    }
}
