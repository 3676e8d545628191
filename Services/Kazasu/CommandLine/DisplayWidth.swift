import CLinux
import Glibc

/// Columns a text takes on a terminal: 長井 takes four, a combining mark none.
package func displayWidth(_ text: String) -> Int {
    _ = wideCharacters
    return text.unicodeScalars.reduce(0) { width, scalar in
        scalar.isASCII ? width + 1 : width + max(0, Int(wcwidth(wchar_t(bitPattern: scalar.value))))
    }
}

/// wcwidth(3) knows widths beyond ASCII only under a locale of UTF-8; C.UTF-8 is part of glibc since 2.35.
private let wideCharacters: Bool = setlocale(LC_CTYPE, "C.UTF-8") != nil

/// Fills with spaces up to `width` columns; a longer text stays whole.
package func padded(_ text: String, to width: Int) -> String { text + String(repeating: " ", count: max(0, width - displayWidth(text))) }

/// Rows under each other, columns aligned and two spaces apart; each line ends with a line feed.
package func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? displayWidth($0[column]) : 0 }.max() ?? 0 }
    return rows.reduce(into: "") { text, row in
        let cells = row.enumerated().map { column, cell in column == row.count - 1 ? cell : padded(cell, to: widths[column]) }
        text += cells.joined(separator: "  ") + "\n"
    }
}
