/// A language people read the bus in.
package enum Language: String, Sendable { case en, ja }

/// The same in each language, side by side, so that none is forgotten.
struct Phrase {
    let en: String
    let ja: String

    init(_ en: String, _ ja: String) {
        self.en = en
        self.ja = ja
    }

    subscript(_ language: Language) -> String {
        switch language {
        case .en: en
        case .ja: ja
        }
    }
}
