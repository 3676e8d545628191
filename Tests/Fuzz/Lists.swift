import Contracts
import Sheets

extension FuzzTarget {
    /// A list of a town: rows as wide as its header, or sentences with a line; written again it is the same list. Each cell may be a date or a reading.
    static let lists = FuzzTarget(name: "sheet") { bytes in
        let outcomes = try [nil, SheetEncoding.utf8, .cp932].map { try isList(bytes, $0) }
        return outcomes[0]
    }
}

/// Whether every row was good.
private func isList(_ bytes: [UInt8], _ told: SheetEncoding?) throws -> Bool {
    guard let (header, encoding, rows, isGood) = try read(bytes, told) else { return false }
    for cell in rows.joined() { try isDate(cell); try isReading(cell) }
    // CP932 has characters that it would write in another way; in UTF-8 each has one.
    let written = try writeSheet(header: header, rows: rows, as: .utf8)
    guard let again = try read(written, nil) else { throw Broken("not a list once written: \(bytes.shown)") }
    try must(again.isGood && again.rows.count == rows.count, "another list once written (\(encoding)): \(bytes.shown)")
    for (cell, original) in zip(again.header + again.rows.joined(), header + rows.joined()) {
        try must(
            cell.utf8.elementsEqual(original.utf8) || cell.utf8.elementsEqual("'\(original)".utf8),
            "\(original.debugDescription) is written and read as \(cell.debugDescription)")
    }
    return isGood
}

private func read(
    _ bytes: [UInt8], _ told: SheetEncoding?
) throws -> (header: [String], encoding: SheetEncoding, rows: [[String]], isGood: Bool)? {
    var reader: SheetReader
    do throws(SheetError) { reader = try SheetReader(bytes, encoding: told) } catch {
        try isSentence(error)
        return nil
    }
    var (rows, isGood, last) = ([[String]](), true, 0)
    while let outcome = reader.next() {
        switch outcome {
        case .success(let row):
            try must(row.line > last && row.cells.count == reader.header.count, "a row out of place: \(bytes.shown)")
            last = row.line
            rows.append(row.cells)
        case .failure(let error):
            try must(error.line != nil, "a bad row without a line: \(bytes.shown)")
            try isSentence(error)
            isGood = false
        }
    }
    return (reader.header, reader.encoding, rows, isGood)
}

private func isSentence(_ error: SheetError) throws {
    try must(
        !error.text.isEmpty && !error.description.unicodeScalars.contains { $0.value < 0x20 },
        "a sentence that drives the terminal: \(error)")
}

private func isDate(_ cell: String) throws {
    guard case .success(let date) = japaneseDate(cell), date >= "1000-01-01" else { return }
    try must(japaneseDate(date.wareki) == .success(date), "\(cell.debugDescription) is \(date), and that is not \(date.wareki)")
}

private func isReading(_ cell: String) throws {
    guard let folded = foldedReading(cell) else { return }
    try must(
        foldedReading(folded).map { $0.utf8.elementsEqual(folded.utf8) } == true, "\(cell.debugDescription) is not folded once and for all")
}
