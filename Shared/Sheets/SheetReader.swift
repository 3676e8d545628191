import Contracts

/// A row of a list: as many cells as the header has, as they stand in the file, and the line it begins on.
package struct SheetRow: Hashable, Sendable {
    package let line: Int
    package let cells: [String]
}

/// Reads a list row by row from CSV as towns' spreadsheets write it. A bad row is a value like a good one, and reading goes on after it.
///
/// Characters are never changed: gaiji in the private use area and ideographic variation sequences arrive as they stand.
package struct SheetReader: Sendable {
    package let header: [String]
    package let encoding: SheetEncoding
    private var cutter: RowCutter

    /// The encoding is found in the file unless it is told.
    package init(_ bytes: [UInt8], encoding told: SheetEncoding? = nil) throws(SheetError) {
        if let reason = reasonForNoText(bytes) { throw SheetError(reason) }
        encoding = told ?? SheetEncoding(of: bytes)
        if encoding == .cp932, CP932.table == nil {
            throw SheetError(
                "this computer's C library does not know CP932. Save the list as \"CSV UTF-8\", or install all of iconv's character sets.")
        }
        let isMarked = encoding == .utf8 && bytes.starts(with: SheetEncoding.byteOrderMark)
        cutter = RowCutter(bytes, from: isMarked ? SheetEncoding.byteOrderMark.count : 0)
        guard let line = try cutter.next() else { throw SheetError("the file is empty. Its first line names the columns.") }
        guard cutter.count <= RowCutter.mostCells else {
            throw SheetError(line: line, "\(cutter.count) columns, and a spreadsheet has at most \(RowCutter.mostCells)")
        }
        header = try texts(cutter, encoding, header: [])
    }

    package mutating func next() -> Result<SheetRow, SheetError>? {
        do throws(SheetError) {
            guard let line = try cutter.next() else { return nil }
            guard cutter.count == header.count else { throw wrongCount(on: line) }
            return .success(SheetRow(line: line, cells: try texts(cutter, encoding, header: header)))
        } catch { return .failure(error) }
    }

    /// A lost quotation mark makes one row out of many lines: so the last of them is told.
    private func wrongCount(on line: Int) -> SheetError {
        let last = cutter.cells.last?.line ?? line
        let hint = last > line ? ". The row goes on to line \(last): perhaps a quotation mark is missing" : ""
        return SheetError(line: line, "\(counted(cutter.count, "cell")), and the header has \(header.count)\(hint)")
    }
}

/// The cells of the row that was cut last.
private func texts(_ cutter: RowCutter, _ encoding: SheetEncoding, header: [String]) throws(SheetError) -> [String] {
    var texts: [String] = []
    texts.reserveCapacity(cutter.cells.count)
    for cell in cutter.cells {
        do throws(NoCharacter) { texts.append(try text(of: cell, in: cutter.bytes, encoding)) } catch {
            let column = texts.count
            throw sentence(
                about: error, of: cell, in: cutter.bytes, encoding, column: column + 1,
                of: column < header.count ? " in \(quoted(header[column]))" : "")
        }
    }
    return texts
}

private func text(of cell: RowCutter.Cell, in bytes: [UInt8], _ encoding: SheetEncoding) throws(NoCharacter) -> String {
    if let zero = bytes[cell.bytes].firstIndex(of: 0) { throw NoCharacter(bytes: zero..<zero + 1) }
    let text = try encoding.text(of: bytes[cell.bytes])
    return cell.hasDoubledQuotes ? withoutDoubles(text) : text
}

private func sentence(
    about wrong: NoCharacter, of cell: RowCutter.Cell, in bytes: [UInt8], _ encoding: SheetEncoding, column: Int, of place: String
) -> SheetError {
    let lines = lineBreaks(bytes[cell.bytes.lowerBound..<wrong.bytes.lowerBound])
    let digits = bytes[wrong.bytes].map { hexadecimal($0, width: 2, after: "0x") }.joined(separator: " ")
    return SheetError(
        line: cell.line + lines, column: column,
        "\(digits)\(place) is no character of \(encoding.name). Save the list once more as \"CSV UTF-8\".")
}

/// `a""b` as `a"b`; the reader has seen that they come in pairs.
private func withoutDoubles(_ text: String) -> String {
    var single = ""
    single.unicodeScalars.reserveCapacity(text.utf8.count)
    var isSecond = false
    for scalar in text.unicodeScalars {
        isSecond = scalar == "\"" && !isSecond
        if scalar != "\"" || isSecond { single.unicodeScalars.append(scalar) }
    }
    return single
}

/// Files that spreadsheets write too, and that are not CSV.
private func reasonForNoText(_ bytes: [UInt8]) -> String? {
    let workbook = "the file is a spreadsheet's own workbook, and not CSV. Open it and save it as \"CSV UTF-8\"."
    let unicode = "the file is \"Unicode text\" (UTF-16). Open it in the spreadsheet and save it as \"CSV UTF-8\"."
    let beginnings: [([UInt8], String)] = [
        (Array("PK\u{03}\u{04}".utf8), workbook), ([0xD0, 0xCF, 0x11, 0xE0], workbook), ([0xFF, 0xFE], unicode), ([0xFE, 0xFF], unicode),
    ]
    return beginnings.first { bytes.starts(with: $0.0) }?.1
}
