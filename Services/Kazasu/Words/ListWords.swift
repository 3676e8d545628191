import Contracts

// What a list would change, for people.
extension PlainWords {
    /// `1,204 new, 37 moved, 2 left, 3 not understood: lines 17, 40 and 41`
    func summary(_ review: ListReview) -> String {
        // Known words in their own order, then whatever a newer directory counts.
        let known = ListLine.What.allCases
        let counted = known.compactMap { what in review.counts[what.rawValue].map { (what.phrase[language], $0) } }
        let others = review.counts.filter { count in !known.contains { $0.rawValue == count.key } }.sorted { $0.key < $1.key }
        let parts = (counted + others.map { (harmless($0.key), $0.value) }).filter { $0.1 > 0 }.map { word, count in
            Phrase("\(grouped(count)) \(word)", "\(word) \(grouped(count))件")[language]
        }
        let unclear = review.lines.filter { $0.what == .unclear }.compactMap(\.line)
        let lines = unclear.prefix(5).map { "\($0)" }.joined(separator: ", ")
        let place = unclear.isEmpty ? "" : Phrase(": line \(lines)", ":\(lines)行目")[language] + (unclear.count > 5 ? " …" : "")
        let nothing = Phrase("nothing to change", "変更なし")[language]
        return (parts.isEmpty ? nothing : parts.joined(separator: Phrase(", ", "、")[language])) + place
    }

    func line(_ line: ListLine) -> [String] {
        [line.line.map { Phrase("line \($0)", "\($0)行目")[language] } ?? "-", line.what.phrase[language], harmless(line.sentence)]
    }

    /// `1,204`
    func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        let text = digits.enumerated().map { place, digit in
            (place > 0 && (digits.count - place).isMultiple(of: 3) ? "," : "") + String(digit)
        }
        return (number < 0 ? "-" : "") + text.joined()
    }
}
