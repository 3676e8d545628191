import Contracts

/// Writes a list as CSV that a town's spreadsheet opens: CR LF, quotation marks where needed, UTF-8 with a byte order mark or CP932, and no cell that would run as a formula.
package struct SheetWriter {
    package private(set) var bytes: [UInt8]
    /// How many characters that the encoding does not have stand as 〓, or were a selector of variants and are left out.
    package private(set) var replaced = 0
    private let header: [String]
    private let encoding: SheetEncoding
    private let replacesMissing: Bool
    private var line = 1

    /// With `replacesMissing`, a character CP932 does not have becomes 〓 (geta, the printers' mark for a missing type); otherwise it is an error.
    package init(header: [String], as encoding: SheetEncoding, replacesMissing: Bool = false) throws(SheetError) {
        bytes = encoding == .utf8 ? SheetEncoding.byteOrderMark : []
        self.header = header
        self.encoding = encoding
        self.replacesMissing = replacesMissing
        try append(header)
    }

    /// A row that cannot be written leaves what is there as it was.
    package mutating func append(_ cells: [String]) throws(SheetError) {
        guard cells.count == header.count else {
            throw SheetError(line: line, "\(counted(cells.count, "cell")), and the header has \(header.count)")
        }
        var row: [UInt8] = []
        var missing = 0
        for (index, cell) in cells.enumerated() {
            if index > 0 { row.append(comma) }
            // An empty line would be no row to a reader.
            try write(cells == [""] ? "\"\"" : quotedIfNeeded(harmlessToSpreadsheets(cell)), to: &row, column: index, missing: &missing)
        }
        row += [carriageReturn, lineFeed]
        bytes += row
        replaced += missing
        line += lineBreaks(row[...])
    }

    private func write(_ cell: String, to row: inout [UInt8], column: Int, missing: inout Int) throws(SheetError) {
        guard !cell.utf8.contains(0) else { throw fault(column, "a NUL character in \(quoted(header[column])) cannot stand in CSV.") }
        guard encoding == .cp932 else { return row.append(contentsOf: cell.utf8) }
        guard let table = CP932.table else { throw fault(column, "this computer's C library does not know CP932. Write UTF-8.") }
        for scalar in cell.unicodeScalars where !table.append(scalar, to: &row) {
            guard replacesMissing else {
                let code = hexadecimal(scalar.value, width: 4, after: "U+")
                throw fault(
                    column, "CP932 has no \(quoted(String(scalar))) (\(code)), which stands in \(quoted(header[column])). Write UTF-8.")
            }
            missing += 1
            if !scalar.properties.isVariationSelector { _ = table.append("〓", to: &row) }
        }
    }

    private func fault(_ column: Int, _ text: String) -> SheetError { SheetError(line: line, column: column + 1, text) }
}

/// A whole list as CSV.
package func writeSheet(header: [String], rows: some Sequence<[String]>, as encoding: SheetEncoding) throws(SheetError) -> [UInt8] {
    var writer = try SheetWriter(header: header, as: encoding)
    for row in rows { try writer.append(row) }
    return writer.bytes
}

/// An apostrophe in front of what a spreadsheet would run as a formula, but for negative numbers.
///
/// OWASP, CSV Injection (CWE-1236): `=`, `+`, `-`, `@`, tab, CR and LF at the beginning, and the full-width forms that a Japanese spreadsheet reads alike; spaces before them are no protection everywhere.
private func harmlessToSpreadsheets(_ cell: String) -> String {
    switch cell.unicodeScalars.first(where: { !isSpace($0) }) {
    case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": isNegativeNumber(cell) ? cell : "'" + cell
    default: cell
    }
}

private func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\u{3000}" || scalar == "\u{A0}" }

/// `-12`, `-0.5`
private func isNegativeNumber(_ cell: String) -> Bool {
    guard cell.utf8.first == UInt8(ascii: "-") else { return false }
    let parts = cell.utf8.dropFirst().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}

/// Tabs and semicolons too: some spreadsheets part cells there.
private func quotedIfNeeded(_ cell: String) -> String {
    let space = UInt8(ascii: " ")
    guard cell.utf8.first == space || cell.utf8.last == space || cell.utf8.contains(where: partsCells) else { return cell }
    var quoted = "\""
    for scalar in cell.unicodeScalars {
        if scalar == "\"" { quoted += "\"" }
        quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
}

private func partsCells(_ byte: UInt8) -> Bool {
    byte == comma || byte == quote || isBreak(byte) || byte == tab || byte == UInt8(ascii: ";")
}
