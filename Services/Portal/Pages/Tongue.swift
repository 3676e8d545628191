/// In which language a page is written: the first segment of its path.
package enum Tongue: String, CaseIterable, Sendable {
    case ja
    /// Easy Japanese (やさしい日本語): short sentences, readings above the characters.
    case easy
    case en

    /// As HTML's `lang` names it.
    var code: String { self == .en ? "en" : "ja" }
    /// As it names itself.
    var name: String {
        switch self {
        case .ja: "日本語"
        case .easy: "やさしい日本語"
        case .en: "English"
        }
    }

    /// The first one a browser likes (RFC 9110, 12.5.4; its weights are left alone, for browsers name them in their order).
    init(accepting header: String) {
        let wished = header.split(separator: ",").map { $0.drop { $0 == " " }.prefix(2).lowercased() }
        self = wished.first { $0 == "ja" || $0 == "en" } == "en" ? .en : .ja
    }
}

/// The same in each language. Where easy Japanese has no words of its own it takes the plain ones.
struct Phrase: Sendable {
    let ja: HTML
    let easy: HTML
    let en: HTML

    init(_ ja: HTML, _ en: HTML, easy: HTML? = nil) { (self.ja, self.en, self.easy) = (ja, en, easy ?? ja) }

    subscript(_ tongue: Tongue) -> HTML {
        switch tongue {
        case .ja: ja
        case .easy: easy
        case .en: en
        }
    }
}

/// A character, or several, with its reading above (HTML, 4.5.10).
func ruby(_ base: String, _ reading: String) -> HTML { "<ruby>\(base)<rp>(</rp><rt>\(reading)</rt><rp>)</rp></ruby>" }
