/// What is wrong with a list, where, and what to do, in words for the clerk who wrote it.
package struct SheetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As an editor counts, from 1; nil when the whole file is meant.
    package let line: Int?
    /// Counted in cells, from 1.
    package let column: Int?
    /// The sentence without the place.
    package let text: String

    init(line: Int? = nil, column: Int? = nil, _ text: String) {
        self.line = line
        self.column = column
        self.text = text
    }

    /// `line 17, column 3: …`
    package var description: String {
        let place = [line.map { "line \($0)" }, column.map { "column \($0)" }].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? text : "\(place): \(text)"
    }
}

/// `1 cell`, `9 cells`
func counted(_ count: Int, _ thing: String) -> String { count == 1 ? "1 \(thing)" : "\(count) \(thing)s" }

/// `0x80`, `U+20BB7`
func hexadecimal(_ value: some BinaryInteger, width: Int, after prefix: String) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return prefix + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
