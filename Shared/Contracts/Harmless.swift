/// A stranger's text as it may stand in a sentence: quoted, on one line, harmless to a terminal, at most 60 characters.
package func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return "\"\(harmless(String(scalars.prefix(60))))\(scalars.count > 60 ? "…" : "")\""
}

/// Text without what a terminal would obey.
package func harmless(_ text: String) -> String {
    var clean = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: clean += "\u{FFFD}"
        default: clean.unicodeScalars.append(scalar)
        }
    }
    return clean
}

extension String {
    /// Whether it is more than a line of text: names and titles are none.
    package var hasControls: Bool { utf8.contains { $0 < 32 || $0 == 127 } }
}
