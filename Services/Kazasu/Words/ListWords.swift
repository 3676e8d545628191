import Contracts

// What a list would change, for people.
extension PlainWords {
    /// `1,204 new, 37 moved, 2 left, 3 not understood: line 17, 40, 41`
    ///
    /// - Parameter unclear: the lines that are not understood, as far as they are at hand.
    func summary(_ review: ListReview, unclear: [ListLine] = []) -> String {
        let parts = ListLine.What.allCases.filter { $0 != .same }.compactMap { what -> String? in
            guard let count = review.counts[what.rawValue], count > 0 else { return nil }
            let word = what.phrase
            return Phrase("\(grouped(count)) \(word.en)", "\(word.ja) \(grouped(count))件")[language]
        }
        guard !parts.isEmpty else { return Phrase("nothing to change", "変更なし")[language] }
        let lines = unclear.compactMap(\.line)
        let some = lines.prefix(5).map { "\($0)" }.joined(separator: ", ") + (lines.count > 5 ? " …" : "")
        return parts.joined(separator: Phrase(", ", "、")[language])
            + (lines.isEmpty ? "" : Phrase(": line \(some)", ":\(some)行目")[language])
    }

    /// `412 of 1,243`
    func progress(_ review: ListReview) -> String {
        let all = [ListLine.What.new, .changed, .moved, .left].reduce(0) { $0 + (review.counts[$1.rawValue] ?? 0) }
        return "\(grouped(review.counts["done"] ?? 0)) of \(grouped(all))"
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
