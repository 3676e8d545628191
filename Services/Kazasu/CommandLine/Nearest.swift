/// The known word at the smallest edit distance (Levenshtein), at most 2 and less than the word's length; the first of equals.
package func nearest(to word: String, among known: [String]) -> String? {
    let letters = Array(word.prefix(64))
    let reach = min(2, letters.count - 1)
    let near = known.map { (word: $0, distance: distance(letters, Array($0))) }.filter { $0.distance <= reach }
    return near.min { $0.distance < $1.distance }?.word
}

private func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
        }
    }
    return row[b.count]
}

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
