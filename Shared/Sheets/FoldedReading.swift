/// A name's reading (振り仮名) in the one form in which readings are compared and found; nil when there is none or it holds anything but kana, Latin letters and digits.
///
/// Katakana, full width, without spaces and middle dots; Latin capitals without accents, apostrophes and hyphens (as ICAO Doc 9303 writes them in passports). Small kana are folded into
/// large ones: many registers kept readings in large kana alone (シヨウジ), until readings became part of the family register in May 2025. ジ and ヂ, オ and ヲ stay apart.
/// Only for readings, and only for searching: names themselves are never changed.
package func foldedReading(_ text: String) -> String? {
    var folded: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
        switch scalar {
        case " ", "\u{3000}", "\u{A0}", "・", "･", "'", "’", "＇": continue
        case "ー", "ｰ", "-", "‐", "‑", "‒", "–", "—", "―", "−", "－":
            if let last = folded.last, isKatakana(last) { folded.append("ー") }
        case "\u{3099}", "゛", "ﾞ":
            guard let last = folded.popLast(), let marked = voiced[last] else { return nil }
            folded.append(marked)
        case "\u{309A}", "゜", "ﾟ":
            guard let last = folded.popLast(), let marked = halfVoiced[last] else { return nil }
            folded.append(marked)
        case "\u{300}"..."\u{36F}":
            guard let last = folded.last, ("A"..."Z").contains(last) else { return nil }
        default:
            guard let letter = largeKatakana(scalar) ?? latinCapital(scalar) else { return nil }
            folded.append(letter)
        }
    }
    guard !folded.isEmpty else { return nil }
    var reading = String.UnicodeScalarView()
    reading.append(contentsOf: folded)
    return String(reading)
}

private func isKatakana(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "ァ"..."ヺ", "ー"..."ヾ", "\u{31F0}"..."\u{31FF}": true
    default: false
    }
}

private func largeKatakana(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    let katakana: Unicode.Scalar? =
        switch scalar {
        case "ぁ"..."ゖ", "ゝ"..."ゞ": Unicode.Scalar(scalar.value + 0x60)
        case "ｦ"..."ﾝ": halfWidth[Int(scalar.value - 0xFF66)]
        case _ where isKatakana(scalar): scalar
        default: nil
        }
    return katakana.map { large[$0] ?? $0 }
}

/// `é`, `ｅ`, `E` as `E`, by the character's own name: LATIN SMALL LETTER E WITH ACUTE.
private func latinCapital(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar {
    case "A"..."Z", "0"..."9": return scalar
    case "a"..."z": return Unicode.Scalar(scalar.value - 0x20)
    case "０"..."９", "Ａ"..."Ｚ": return Unicode.Scalar(scalar.value - 0xFEE0)
    case "ａ"..."ｚ": return Unicode.Scalar(scalar.value - 0xFF00)
    default: break
    }
    let words = scalar.properties.name?.split(separator: " ") ?? []
    guard words.count >= 6, words[0] == "LATIN", words[2] == "LETTER", words[3].utf8.count == 1, words[4] == "WITH" else { return nil }
    return words[3].unicodeScalars.first
}

/// From U+FF66 on.
private let halfWidth = Array("ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars)
private let large = pairs("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
private let voiced = pairs("ウカキクケコサシスセソタチツテトハヒフヘホワヰヱヲヽ", "ヴガギグゲゴザジズゼゾダヂヅデドバビブベボヷヸヹヺヾ")
private let halfVoiced = pairs("ハヒフヘホ", "パピプペポ")

private func pairs(_ from: String, _ to: String) -> [Unicode.Scalar: Unicode.Scalar] {
    Dictionary(uniqueKeysWithValues: zip(from.unicodeScalars, to.unicodeScalars))
}
