import Contracts

/// A bar code of one dimension, as the bars and spaces a scanner sees: for the library's own scanner, shown on a screen or printed.
package struct Barcode: Equatable, Sendable {
    /// Which alphabet of bars. `codabar` is NW-7 (Codabar, JIS X 0506; ANSI/AIM BC3): digits and `-$:/.+` between two letters of A to D, what most Japanese libraries have
    /// on their cards. `code39` is Code 39 (JIS X 0503; ISO/IEC 16388): digits, capital letters and `-. $/+%`.
    package typealias Symbology = PortalPolicy.LibraryCard.Symbology

    /// What stands at the end so that a scanner notices a misread. With `modulus16` all values, start and stop included, add up to a multiple of 16 (NW-7); what is missing
    /// is a character of 0 to 15, never a letter. `sevenDR` is the number's remainder by 7 (7DR, NW-7 of digits), `modulus43` the values' sum by 43 (Code 39, ISO/IEC 16388
    /// annex A).
    package typealias Check = PortalPolicy.LibraryCard.Check

    /// Why a number is no bar code of the kind wished.
    package enum Refusal: Error, Equatable, Sendable {
        case empty
        /// Longer than `Barcode.longest`: no scanner of a library's sees it whole.
        case long
        case character(Character)
        /// The check is of another symbology, or of digits alone.
        case check
    }

    package static let longest = 48
    /// A wide bar is so many narrow ones. Between 2.0 and 3.0 in both standards; the widest is the most robust.
    static let wide = 3
    /// What a scanner reads: for NW-7 with start and stop.
    package let text: String
    /// Widths in modules, a bar first, then a space, and so on; the quiet zones are not among them.
    package let widths: [Int]

    /// - Parameter number: for NW-7 with its start and stop letters, or without: then they are A and A.
    package init(_ number: String, as symbology: Symbology, check: Check = .none) throws(Refusal) {
        guard !number.isEmpty else { throw .empty }
        guard number.utf8.count <= Self.longest else { throw .long }
        switch symbology {
        case .codabar:
            let framed = try Self.framed(number)
            text = try Self.checked(codabar: framed, check)
            widths = try Self.widths(text) { codabarBars[$0] }
        case .code39:
            text = try Self.checked(code39: number, check)
            widths = try Self.widths("*\(text)*") { $0 == "*" ? starBars : code39Bars[$0] }
        }
    }

    /// With start and stop: those it has, or A and A.
    private static func framed(_ number: String) throws(Refusal) -> String {
        let letters: Set<Character> = ["A", "B", "C", "D"]
        let upper = number.uppercased()
        let isFramed = upper.count > 2 && upper.first.map(letters.contains) == true && upper.last.map(letters.contains) == true
        let inner = isFramed ? upper.dropFirst().dropLast() : upper[...]
        if let wrong = inner.first(where: { codabarValues[$0] == nil || letters.contains($0) }) { throw .character(wrong) }
        return isFramed ? upper : "A\(upper)A"
    }

    private static func checked(codabar framed: String, _ check: Check) throws(Refusal) -> String {
        let inner = framed.dropFirst().dropLast()
        switch check {
        case .none: return framed
        case .modulus16:
            let sum = framed.reduce(0) { $0 + (codabarValues[$1] ?? 0) }
            return framed.dropLast() + String(codabarAlphabet[(16 - sum % 16) % 16]) + String(framed.suffix(1))
        case .sevenDR:
            // Digit by digit, so that no number is too large.
            var remainder = 0
            for character in inner {
                guard character.isASCII, let digit = character.wholeNumberValue else { throw .check }
                remainder = (remainder * 10 + digit) % 7
            }
            return framed.dropLast() + String(remainder) + String(framed.suffix(1))
        case .modulus43: throw .check
        }
    }

    private static func checked(code39 number: String, _ check: Check) throws(Refusal) -> String {
        var sum = 0
        for character in number {
            guard let value = code39Values[character] else { throw .character(character) }
            sum += value
        }
        switch check {
        case .none: return number
        case .modulus43: return number + String(code39Alphabet[sum % 43])
        case .modulus16, .sevenDR: throw .check
        }
    }

    /// Characters side by side, a narrow space between two.
    private static func widths(_ text: String, bars: (Character) -> String?) throws(Refusal) -> [Int] {
        var all: [Int] = []
        for character in text {
            guard let elements = bars(character) else { throw .character(character) }
            if !all.isEmpty { all.append(1) }
            all += elements.map { $0 == "1" ? wide : 1 }
        }
        return all
    }
}

/// In the order of their values for modulus 16: 0 to 9, then `-` 10, `$` 11, `:` 12, `/` 13, `.` 14, `+` 15, A to D 16 to 19.
private let codabarAlphabet = Array("0123456789-$:/.+ABCD")
private let codabarValues = values(codabarAlphabet)
/// Four bars and three spaces, from the left; 1 is wide.
private let codabarBars: [Character: String] = [
    "0": "0000011", "1": "0000110", "2": "0001001", "3": "1100000", "4": "0010010", "5": "1000010", "6": "0100001", "7": "0100100",
    "8": "0110000", "9": "1001000", "-": "0001100", "$": "0011000", ":": "1000101", "/": "1010001", ".": "1010100", "+": "0010101",
    "A": "0011010", "B": "0101001", "C": "0001011", "D": "0001110",
]

/// In the order of their values for modulus 43.
private let code39Alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%")
private let code39Values = values(code39Alphabet)
/// Start and stop.
private let starBars = "010010100"
/// Five bars and four spaces, three of the nine wide, in the order of `code39Alphabet`.
private let code39Bars: [Character: String] = Dictionary(
    uniqueKeysWithValues: zip(
        code39Alphabet,
        [
            "000110100", "100100001", "001100001", "101100000", "000110001", "100110000", "001110000", "000100101", "100100100",
            "001100100",
            "100001001", "001001001", "101001000", "000011001", "100011000", "001011000", "000001101", "100001100", "001001100",
            "000011100",
            "100000011", "001000011", "101000010", "000010011", "100010010", "001010010", "000000111", "100000110", "001000110",
            "000010110",
            "110000001", "011000001", "111000000", "010010001", "110010000", "011010000", "010000101", "110000100", "011000100",
            "010101000",
            "010100010", "010001010", "000101010",
        ]))

private func values(_ alphabet: [Character]) -> [Character: Int] {
    Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, $0) })
}
