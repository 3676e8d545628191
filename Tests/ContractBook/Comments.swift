/// The `///` comments of the contract's own source: what a type, a field or a word means is written once, beside it.
///
/// Reads what swift-format leaves: four spaces a level, one declaration a line.
package struct Comments {
    /// By `Tapped`, `Tapped.token`, `CardRefused.Reason.forged`.
    private var texts: [String: String] = [:]

    package init(sources: [String]) { for source in sources { read(source) } }

    package subscript(name: String) -> String? { texts[name] }

    private mutating func read(_ source: String) {
        var path: [Substring] = []
        var comment: [Substring] = []
        for line in source.split(separator: "\n") {
            let text = line.drop { $0 == " " }
            let depth = (line.count - text.count) / 4
            if text.hasPrefix("///") {
                comment.append(text.dropFirst(3).drop { $0 == " " })
                continue
            }
            let words = text.split { " :<={(".contains($0) }
            if let at = words.firstIndex(where: { ["struct", "enum", "extension", "protocol", "var", "let", "case"].contains($0) }),
                at + 1 < words.count
            {
                let isType = ["struct", "enum", "extension", "protocol"].contains(words[at])
                let name = words[at + 1].filter { $0 != "`" && $0 != "," }
                let place = Array(path.prefix(depth)) + [Substring(name)]
                if isType { path = place }
                if words[at] != "extension", !comment.isEmpty {
                    // Long explanations are for whoever works on the source: the first paragraph says what it is.
                    let paragraph = comment.prefix { !$0.isEmpty }.joined(separator: " ")
                    texts[place.joined(separator: ".")] = paragraph
                }
            }
            comment = []
        }
    }
}
