import Contracts
import Sheets

// The kinds of fields a form has. A lone hyphen takes away what was there, where that is possible.
extension Field {
    static func text(_ key: String, _ japanese: String, _ hint: Phrase, _ place: WritableKeyPath<Draft, String?>) -> Self {
        Self(key, japanese, hint) { draft, text in
            draft[keyPath: place] = isNothing(text) ? "" : text
            return nil
        }
    }

    /// Several, with commas between them.
    static func list(_ key: String, _ japanese: String, _ hint: Phrase, _ place: WritableKeyPath<Draft, [String]?>) -> Self {
        Self(key, japanese, hint) { draft, text in
            draft[keyPath: place] = isNothing(text) ? [] : parts(text)
            return nil
        }
    }

    static func date(_ key: String, _ japanese: String, _ place: WritableKeyPath<Draft, CalendarDate?>) -> Self {
        Self(key, japanese, Phrase("1954-03-01, S29.3.1 or 昭和29年3月1日", "昭和29年3月1日、S29.3.1、1954-03-01")) { draft, text in
            switch japaneseDate(text) {
            case .success(let date): draft[keyPath: place] = date
            case .failure(let fault): return fault.description
            }
            return nil
        }
    }

    /// One of some words, in English or Japanese.
    static func choice<Word: Worded & RawRepresentable<String>>(
        _ key: String, _ japanese: String, _ words: [Word], _ place: WritableKeyPath<Draft, Word?>
    ) -> Self {
        let known = words.map { "\($0.rawValue) \($0.phrase.ja)" }.joined(separator: ", ")
        return Self(key, japanese, Phrase("one of \(known)", words.map { "\($0.phrase.ja)(\($0.rawValue))" }.joined(separator: "、"))) {
            draft, text in
            guard let word = words.first(where: { $0.rawValue == text.lowercased() || $0.phrase.ja == text }) else {
                return "\(quoted(text)) is none of \(known)."
            }
            draft[keyPath: place] = word
            return nil
        }
    }

    static func flag(_ key: String, _ japanese: String, _ place: WritableKeyPath<Draft, Bool?>) -> Self {
        Self(key, japanese, Phrase("yes あり or no なし", "あり(yes)、なし(no)")) { draft, text in
            switch text.lowercased() {
            case "yes", "あり": draft[keyPath: place] = true
            case "no", "なし": draft[keyPath: place] = false
            default: return "\(quoted(text)) is neither yes nor no."
            }
            return nil
        }
    }

    /// All ways to reach somebody, in place of those that were known: `mail taro@example.jp, phone 0238-00-0000`.
    static func channels(_ key: String, _ japanese: String, _ place: WritableKeyPath<Draft, [Reach]?>) -> Self {
        let ways = Reach.Way.allCases.map(\.rawValue).joined(separator: ", ")
        let hint = Phrase(
            "all of them, each with its way (\(ways)): mail taro@example.jp, phone 0238-00-0000",
            "すべて。種類(\(ways))と宛先。例 mail taro@example.jp, phone 0238-00-0000")
        return Self(key, japanese, hint) { draft, text in
            var found: [Reach] = []
            for part in isNothing(text) ? [] : parts(text) {
                let words = part.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
                guard words.count == 2, let way = Reach.Way(rawValue: words[0].lowercased()) else {
                    return "\(quoted(part)) does not begin with its way (\(ways)) and a space."
                }
                found.append(Reach(way, words[1].trimmed))
            }
            draft[keyPath: place] = found
            return nil
        }
    }
}

func isNothing(_ text: String) -> Bool { text == "-" || text == "\u{FF0D}" || text == "−" }

private func parts(_ text: String) -> [String] {
    text.split { $0 == "," || $0 == "、" || $0 == "\u{FF0C}" }.map { String($0).trimmed }.filter { !$0.isEmpty }
}
