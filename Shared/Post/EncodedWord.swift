import Seal

/// Text in a header as ASCII: as it is where that is safe, and else as encoded words (RFC 2047) of UTF-8 in base64, folded (RFC 5322 §2.2.3).
enum EncodedWord {
    /// A line with an encoded word in it has at most 76 characters (RFC 2047 §2).
    private static let line = 76
    private static let front = "=?UTF-8?B?"
    private static let back = "?="

    /// - Parameters:
    ///   - text: whatever somebody wrote; control characters and line ends become spaces, so nothing can begin a header of its own.
    ///   - column: how far the line is filled already.
    static func header(_ text: String, from column: Int) -> String {
        let clean = oneLine(text)
        if column + clean.utf8.count <= line, clean.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), !clean.contains("=?") { return clean }
        return words(clean, from: column).joined(separator: "\r\n ")
    }

    /// A name in front of an address: an encoded word, or a quoted string (RFC 5322 §3.2.4).
    static func phrase(_ name: String, from column: Int) -> String {
        let encoded = header(name, from: column + 2)
        if encoded.hasPrefix("=?") || encoded.isEmpty { return encoded }
        return "\"" + encoded.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
    }

    /// Cut between characters as people see them, so that each word can be shown by itself (RFC 2047 §5); a character too long for a word, between scalars.
    private static func words(_ text: String, from column: Int) -> [String] {
        var words: [String] = []
        var pending: [UInt8] = []
        var room = bytes(in: line - column)
        func close() {
            words.append(front + Base64.text(pending) + back)
            pending = []
            room = bytes(in: line - 1)
        }
        for character in text {
            let whole = Array(String(character).utf8)
            let pieces = whole.count <= bytes(in: line - 1) ? [whole] : character.unicodeScalars.map { Array(String($0).utf8) }
            for piece in pieces {
                if !pending.isEmpty, pending.count + piece.count > room { close() }
                pending += piece
            }
        }
        if !pending.isEmpty { close() }
        return words
    }

    /// How many bytes a word of so many characters, at most 75, carries.
    private static func bytes(in characters: Int) -> Int { max(0, min(characters, 75) - front.utf8.count - back.utf8.count) / 4 * 3 }
}

/// Without control characters, on one line, no space at the ends.
func oneLine(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator,
            .spaceSeparator where scalar != "\u{3000}":
            if clean.last != " ", !clean.isEmpty { clean.append(" ") }
        default: clean.append(scalar)
        }
    }
    if clean.last == " " { clean.removeLast() }
    return String(clean)
}
