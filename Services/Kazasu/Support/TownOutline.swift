/// The bones of a town's file: its keys, and values that are numbers, times, or names that stand as keys or as users somewhere. Everything else is a gap:
/// titles, addresses, hosts, paths, remarks.
///
/// It reads the text and not the town, so that a file which `kazasu check` refuses can be shown too.
struct TownOutline {
    private(set) var text = ""
    /// What was left out.
    private(set) var removed: [String] = []

    /// Words that a setting may have, whatever else stands in the file.
    private static let words: Set<String> = [
        "true", "false", "in", "out", "soft", "hard", "none", "closed", "proved", "read", "starttls", "tls", "localhost", "default",
        "like-sunday", "visit", "enrol", "door", "locker", "school-gate", "shelter", "event", "ride", "shop", "residents", "members",
    ]

    /// - Parameter users: names that the broker knows.
    init(_ yaml: String, users: [String]) {
        let lines = yaml.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
        var first = OutlineReader(known: [])
        for line in lines { _ = first.outline(line) }
        var second = OutlineReader(known: first.keys.union(users).union(Self.words))
        for line in lines {
            let outline = second.outline(line)
            let end = outline.lastIndex { $0 != " " }
            if let end { text += "\(outline[...end])\n" }
        }
        removed = second.removed
    }
}

/// Goes through YAML line by line. Where it is in doubt it leaves out.
private struct OutlineReader {
    let known: Set<String>
    var keys: Set<String> = []
    var removed: [String] = []
    private var depth = 0
    /// The quote that was opened and not closed on its line.
    private var quote: Character?
    /// Lines that stand further in belong to a text of several lines.
    private var blockIndent: Int?

    init(known: Set<String>) { self.known = known }

    mutating func outline(_ line: String) -> String {
        let indent = line.prefix { $0 == " " }.count
        if let blockIndent {
            if indent > blockIndent || line.allSatisfy({ $0 == " " }) {
                note(line)
                return ""
            }
            self.blockIndent = nil
        }
        var rest = line[...]
        var outline = ""
        if let open = quote {
            guard let end = rest.firstIndex(of: open) else {
                note(line)
                return ""
            }
            note(rest[..<end])
            quote = nil
            rest = rest[rest.index(after: end)...]
        }
        while let character = rest.first {
            switch character {
            case " ", "\t", ",", ":", "?": outline.append(rest.removeFirst())
            case "#":
                note(rest)
                return outline
            case "{", "[":
                depth += 1
                outline.append(rest.removeFirst())
            case "}", "]":
                depth = max(0, depth - 1)
                outline.append(rest.removeFirst())
            case "-" where rest.dropFirst().first.map { $0 == " " } ?? true: outline.append(rest.removeFirst())
            case "|", ">":
                blockIndent = indent
                return outline + Scrub.gap
            case "\"", "'": outline += quoted(&rest)
            default: outline += plain(&rest)
            }
        }
        return outline
    }

    private mutating func quoted(_ rest: inout Substring) -> String {
        let mark = rest.removeFirst()
        var token = ""
        while let character = rest.popFirst() {
            if character == mark {
                // A quote that is doubled stands for itself.
                guard mark == "'", rest.first == mark else { return kept(token, isKey: rest.first == ":") }
                rest.removeFirst()
            }
            token.append(character)
            if character == "\\", mark == "\"", let next = rest.popFirst() { token.append(next) }
        }
        quote = mark
        note(token)
        return Scrub.gap
    }

    private mutating func plain(_ rest: inout Substring) -> String {
        var token = ""
        while let character = rest.first {
            let next = rest.dropFirst().first
            if character == ":", next.map({ $0 == " " }) ?? true { return kept(token, isKey: true) }
            if depth > 0, ",]}".contains(character) || character == "#" && token.last == " " { break }
            if depth == 0, character == "#", token.last == " " { break }
            token.append(rest.removeFirst())
        }
        let spaces = token.reversed().prefix { $0 == " " }.count
        return kept(String(token.dropLast(spaces)), isKey: false) + String(repeating: " ", count: spaces)
    }

    private mutating func kept(_ token: String, isKey: Bool) -> String {
        if isKey, token.isName {
            keys.insert(token)
            return token
        }
        let parts = token.split(separator: ":", omittingEmptySubsequences: false)
        if !isKey, token.isMeasure || parts.allSatisfy({ known.contains(String($0)) }) { return token }
        note(token)
        return Scrub.gap
    }

    private mutating func note(_ text: some StringProtocol) { removed.append(String(text).trimmed) }
}

extension String {
    /// As things of a town are called. Digits alone could be a telephone number.
    fileprivate var isName: Bool {
        utf8.count <= 63 && contains(where: \.isLetter)
            && utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// A number of at most six digits with its unit, a time of day or several, a day of the year or several: `5s`, `24 months`, `18:00-22:00`, `04-08..07-20`.
    fileprivate var isMeasure: Bool {
        wholeMatch(of: #/[0-9]{1,6}( ?(ms|s|m|h|d|%|days?|months?|years?))?/#) != nil
            || wholeMatch(of: #/[+\-]?([0-9]{2}:[0-9]{2}(-[0-9]{2}:[0-9]{2})? ?)+/#) != nil
            || wholeMatch(of: #/[0-9]{2}-[0-9]{2}(\.\.[0-9]{2}-[0-9]{2})?/#) != nil
    }
}
