/// A stranger's text as it may stand in a sentence on a terminal: quoted, on one line, no control characters, at most 80 characters.
package func shown(_ text: String) -> String {
    "\"\(harmless(text).prefix(80))\""
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
