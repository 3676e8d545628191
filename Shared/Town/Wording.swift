/// `gate-1, gate-2`, cut after twenty.
func listed(_ known: [String]) -> String {
    guard !known.isEmpty else { return "none" }
    let rest = known.count - 20
    return known.prefix(20).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}

/// ` Did you mean "gate-1"?`, or nothing when no known word is near.
func suggestion(for word: String, among known: [String]) -> String {
    nearest(to: word, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
}

/// The known word at the smallest Levenshtein distance, at most 2 and less than the word's length; the first listed of equals.
package func nearest(to word: String, among known: [String]) -> String? {
    let letters = Array(word.unicodeScalars.prefix(80))
    var best: (word: String, distance: Int)?
    for candidate in known {
        let reach = min(letters.count - 1, (best?.distance ?? 3) - 1)
        guard reach >= 0, let distance = distance(letters, Array(candidate.unicodeScalars), atMost: reach) else { continue }
        best = (candidate, distance)
    }
    return best?.word
}

/// Insertions, deletions and replacements that turn one text into the other; nil when there are more than `limit`.
private func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], atMost limit: Int) -> Int? {
    guard abs(a.count - b.count) <= limit else { return nil }
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
    return row[b.count] <= limit ? row[b.count] : nil
}
