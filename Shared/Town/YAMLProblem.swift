import CYAML

/// What keeps libyaml (0.2) from reading on, put so that somebody who never read the YAML specification can mend it.
struct YAMLProblem {
    private let error: yaml_error_type_t
    private let problem: String
    private let context: String
    private let mark: Mark
    /// Where the thing that is broken began.
    private let began: Mark
    /// The byte libyaml stopped at, if there is one.
    private let byte: UInt8?

    init(_ parser: yaml_parser_t, in text: UnsafeBufferPointer<UInt8>) {
        error = parser.error
        problem = parser.problem.map { String(cString: $0) } ?? "unknown problem"
        context = parser.context.map { String(cString: $0) } ?? ""
        began = Mark(parser.context_mark)
        if error == YAML_READER_ERROR {
            // The reader is ahead of the parser and knows the place only as a number of bytes.
            let offset = min(parser.problem_offset, text.count)
            mark = Mark(after: text.prefix(offset))
            byte = offset < text.count ? text[offset] : nil
        } else {
            mark = Mark(parser.problem_mark)
            byte = Self.byte(at: parser.problem_mark, in: text)
        }
    }

    var fault: Fault { Fault(mark, sentence) }

    private var sentence: String {
        if error == YAML_READER_ERROR { return unreadable }
        if error == YAML_MEMORY_ERROR { return "there is not enough memory to read this file." }
        if byte == UInt8(ascii: "\t"), problem.contains("tab") || problem.contains("cannot start") || problem.contains("whitespace") {
            return "a tab stands where YAML wants spaces. Replace it by spaces."
        }
        return Self.sentences.first { problem == $0.problem && context.hasPrefix($0.context) }?.sentence(began)
            ?? "this is not YAML: \(problem)\(context.isEmpty ? "" : " \(context)"). Check this line and the one before it."
    }

    private var unreadable: String {
        problem.contains("UTF-8") || problem == "invalid Unicode character" && byte.map { $0 >= 0x80 } ?? false
            ? "this is not UTF-8 text. Save the file as UTF-8 (not Shift_JIS) in your editor."
            : "a control character stands here. Delete it."
    }

    /// The first that fits is said. An empty context fits every one.
    private static let sentences: [(problem: String, context: String, sentence: @Sendable (Mark) -> String)] = [
        (
            "found unexpected end of stream", "while scanning a quoted",
            { "the quote opened in line \($0.line), column \($0.column) is never closed. Close it." }
        ),
        (
            "found unexpected document indicator", "while scanning a quoted",
            { "the quote opened in line \($0.line), column \($0.column) is not closed before this line. Close it." }
        ),
        (
            "found unknown escape character", "",
            { _ in "\\ begins an escape in double quotes. Write \\\\ for a backslash, or use single quotes." }
        ),
        (
            "found character that cannot start any token", "",
            { _ in "no value can begin with this character. Put the whole value in double quotes." }
        ),
        (
            "mapping values are not allowed in this context", "",
            { _ in
                "a colon stands where none can be. Indent the line like its neighbours, or put a value that contains a colon and a space in quotes."
            }
        ),
        (
            "could not find expected ':'", "",
            { "the key in line \($0.line) has no colon after it. Write key: value, with a space after the colon." }
        ),
        (
            "did not find expected key", "while parsing a block",
            { _ in "this line does not fit the lines above it. Indent it like the keys beside it; close quotes and brackets before it." }
        ),
        (
            "did not find expected '-' indicator", "",
            { "this line does not fit the list begun in line \($0.line). Begin it with - like the others, or indent it differently." }
        ),
        (
            "block sequence entries are not allowed in this context", "",
            { _ in "a list cannot begin here. Put the - on a line of its own below the key." }
        ),
        (
            "did not find expected ',' or ']'", "",
            { "the list opened with [ in line \($0.line) goes wrong here. Write , between values and ] after the last." }
        ),
        (
            "did not find expected ',' or '}'", "",
            { "the mapping opened with { in line \($0.line) goes wrong here. Write , between settings and } after the last." }
        ),
        (
            "did not find expected node content", "while parsing a flow",
            { _ in "a value is missing here. Check the commas and close the brackets." }
        ),
        (
            "did not find expected node content", "",
            { _ in "a value is missing here, or a bracket or comma stands where none can be." }
        ),
        (
            "did not find expected alphabetic or numeric character", "",
            { _ in "a value that begins with * or & is an alias or anchor, which are not read here. Put the whole value in double quotes." }
        ),
        ("found undefined tag handle", "", { _ in "a tag (!) is not read here. Put a text that begins with ! in double quotes." }),
        (
            "did not find expected comment or line break", "while scanning a block scalar",
            { _ in "a value that begins with | or > goes on in the next line. Put a short text in double quotes instead." }
        ),
        (
            "did not find expected <document start>", "",
            { _ in "this line belongs to nothing before it. Indent it like the keys at the top, or remove it." }
        ),
    ]

    /// libyaml's index counts characters, the text has bytes.
    private static func byte(at mark: yaml_mark_t, in text: UnsafeBufferPointer<UInt8>) -> UInt8? {
        var left = mark.index
        for byte in text where byte & 0xC0 != 0x80 {
            if left == 0 { return byte }
            left -= 1
        }
        return nil
    }
}

extension Mark {
    /// Just after these bytes: every byte that does not continue a character of UTF-8 is a column.
    init(after bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        self.init()
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}
