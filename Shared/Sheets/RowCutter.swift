/// Cuts a file into rows and cells, still in bytes: RFC 4180, and what spreadsheets write beyond it.
///
/// In UTF-8 and in CP932 a quotation mark, comma, tab, CR or LF is never a later byte of another character, so a file may be cut before it is read.
struct RowCutter {
    struct Cell {
        /// Without the quotation marks around it.
        let bytes: Range<Int>
        let line: Int
        var hasDoubledQuotes = false
    }

    /// A spreadsheet's own limit. Further cells of a row are counted and not kept.
    static let mostCells = 16_384

    let bytes: [UInt8]
    private let separator: UInt8
    private var at: Int
    /// Where the row after the last one begins.
    private(set) var line = 1
    /// The cells of the last row, and how many it has.
    private(set) var cells: [Cell] = []
    private(set) var count = 0

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        separator = likelySeparator(bytes[start...])
        at = start
    }

    /// Goes on to the next row and gives back the line it begins on. Empty lines are none, so a lone empty cell is written as `""`.
    mutating func next() throws(SheetError) -> Int? {
        while at < bytes.count, isBreak(bytes[at]) { takeBreak() }
        guard at < bytes.count else { return nil }
        let first = line
        cells.removeAll(keepingCapacity: true)
        count = 0
        while true {
            let cell = at < bytes.count && bytes[at] == quote ? try quotedCell() : plainCell()
            count += 1
            if count <= Self.mostCells { cells.append(cell) }
            guard at < bytes.count, bytes[at] == separator else { break }
            at += 1
        }
        if at < bytes.count { takeBreak() }
        return first
    }

    /// A quotation mark inside stands for itself, as spreadsheets read it.
    private mutating func plainCell() -> Cell {
        let start = at
        while at < bytes.count, bytes[at] != separator, !isBreak(bytes[at]) { at += 1 }
        return Cell(bytes: start..<at, line: line)
    }

    private mutating func quotedCell() throws(SheetError) -> Cell {
        let opened = line
        at += 1
        let start = at
        var hasDoubledQuotes = false
        while at < bytes.count {
            if isBreak(bytes[at]) {
                takeBreak()
            } else if bytes[at] != quote {
                at += 1
            } else if at + 1 < bytes.count, bytes[at + 1] == quote {
                hasDoubledQuotes = true
                at += 2
            } else {
                let cell = Cell(bytes: start..<at, line: opened, hasDoubledQuotes: hasDoubledQuotes)
                at += 1
                try checkEnd(of: cell)
                return cell
            }
        }
        throw SheetError(
            line: opened, column: count + 1,
            "the quotation mark that opens this cell is never closed, so the rest of the file cannot be told apart. Close it, or double it if it is part of the text."
        )
    }

    /// After a closing quotation mark the cell is over. What follows a wrong one is left out as far as the end of its line.
    private mutating func checkEnd(of cell: Cell) throws(SheetError) {
        guard at < bytes.count, bytes[at] != separator, !isBreak(bytes[at]) else { return }
        let closed = line
        while at < bytes.count, !isBreak(bytes[at]) { at += 1 }
        let place = closed == cell.line ? "" : " on line \(closed)"
        throw SheetError(
            line: cell.line, column: count + 1,
            "text goes on after the quotation mark that closes this cell\(place). Double each quotation mark that is part of the text.")
    }

    private mutating func takeBreak() {
        if bytes[at] == carriageReturn, at + 1 < bytes.count, bytes[at + 1] == lineFeed { at += 1 }
        at += 1
        line += 1
    }
}

/// The tab if the header line has more of them than commas.
private func likelySeparator(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    var (commas, tabs) = (0, 0)
    var isQuoted = false
    for byte in bytes.drop(while: isBreak) {
        if byte == quote { isQuoted.toggle() }
        if isQuoted { continue }
        if isBreak(byte) { break }
        if byte == comma { commas += 1 } else if byte == tab { tabs += 1 }
    }
    return tabs > commas ? tab : comma
}

let quote = UInt8(ascii: "\"")
let comma = UInt8(ascii: ",")
let tab = UInt8(ascii: "\t")
let carriageReturn = UInt8(ascii: "\r")
let lineFeed = UInt8(ascii: "\n")

func isBreak(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

/// CR LF counts once.
func lineBreaks(_ bytes: ArraySlice<UInt8>) -> Int {
    var last: UInt8 = 0
    return bytes.count { byte in
        defer { last = byte }
        return byte == carriageReturn || byte == lineFeed && last != carriageReturn
    }
}
