import Contracts

/// Why a text is not taken for a date, in words for the clerk who wrote it.
package struct DateFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Reads a date as clerks write it: 1954-03-01, 1954/3/1, 19540301, 1954年3月1日, 昭和29年3月1日, S29.3.1, ㍼29/3/1, S290301, also in full-width characters.
///
/// Nothing is guessed: a date that could be another one, is no day or lies outside its era is refused.
package func japaneseDate(_ text: String) -> Result<CalendarDate, DateFault> {
    do throws(DateFault) {
        let written = WrittenDate(text)
        if written.shape.isEmpty, written.era == nil {
            throw DateFault(description: "no date is written here. Write it as 1954-03-01 or S29.3.1.")
        }
        let (year, month, day) = try written.numbered()
        return .success(try written.date(year: year, month: month, day: day))
    } catch { return .failure(error) }
}

/// A text in its parts: an era or none, the numbers, and the shape in which they stand, `9/9/9`.
private struct WrittenDate {
    static let advice = "Write it as 1954-03-01 or S29.3.1"

    let text: String
    private(set) var era: JapaneseEra?
    private(set) var shape = ""
    private var numbers: [String] = []

    init(_ text: String) {
        self.text = text
        var rest = Array(text.unicodeScalars.lazy.map(plain).drop { $0 == " " }.prefix(41))
        guard rest.count <= 40 else {
            shape = "too long"
            return
        }
        for candidate in JapaneseEra.all {
            for name in [candidate.name, String(candidate.name.prefix(1)), String(candidate.letter), String(candidate.sign)]
            where era == nil && rest.starts(with: name.unicodeScalars) {
                era = candidate
                rest.removeFirst(name.unicodeScalars.count)
            }
        }
        var isInNumber = false
        for scalar in rest {
            let isFirstYear = scalar == "元" && era != nil && shape.isEmpty
            if ("0"..."9").contains(scalar) || isFirstYear {
                if !isInNumber {
                    shape += "9"
                    numbers.append("")
                }
                numbers[numbers.count - 1] += isFirstYear ? "1" : String(scalar)
            } else if scalar != " " {
                shape.unicodeScalars.append(scalar)
            }
            isInNumber = ("0"..."9").contains(scalar)
        }
    }

    /// Year (of the era, if there is one), month and day.
    func numbered() throws(DateFault) -> (Int, Int, Int) {
        var parts = numbers
        let yearWidths = era == nil ? 4...4 : 1...2
        switch shape {
        case "9-9-9", "9/9/9", "9.9.9", "9年9月9日": break
        case "9" where numbers[0].count == yearWidths.upperBound + 4:
            let digits = numbers[0]
            parts = [String(digits.dropLast(4)), String(digits.dropLast(2).suffix(2)), String(digits.suffix(2))]
        case "9" where era == nil && numbers[0].count == 5:
            throw refused("is a spreadsheet's own count of days. Give the column the format of a date and save the list again")
        default: throw refused("is not a date. \(Self.advice)")
        }
        guard yearWidths.contains(parts[0].count) else {
            let lack = era == nil ? "neither an era nor a year of four digits in front" : "an era and no year of one or two digits"
            throw refused("has \(lack). \(Self.advice)")
        }
        guard parts.dropFirst().allSatisfy({ $0.count <= 2 }), let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { throw refused("is not a date. \(Self.advice)") }
        return (year, month, day)
    }

    func date(year written: Int, month: Int, day: Int) throws(DateFault) -> CalendarDate {
        guard written > 0 else { throw refused("is in a year 0, which no calendar has") }
        guard (1...12).contains(month) else { throw refused("is no day of the calendar: there is no month \(month)") }
        let year = (era?.yearBefore ?? 0) + written
        guard let date = CalendarDate(year: year, month: month, day: day) else {
            throw refused("is no day of the calendar: month \(month) of \(year) has no day \(day)")
        }
        guard let era else { return date }
        guard date >= JapaneseEra.firstGregorianDay else {
            throw refused("was written in the old calendar, before 明治6年1月1日. Write the day of today's calendar with its western year")
        }
        if date < era.first { throw refused("is before the first day of \(era.name), \(era.written(era.first)): it is \(date.wareki)") }
        if let last = era.last, date > last {
            throw refused("is after the last day of \(era.name), \(era.written(last)): it is \(date.wareki)")
        }
        return date
    }

    private func refused(_ reason: String) -> DateFault { DateFault(description: "\(quoted(text)) \(reason).") }
}

/// Full-width letters, digits and signs as the plain ones, letters as capitals, every hyphen and space as one.
private func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "\u{3000}", "\u{A0}", "\t": " "
    case "‐", "‑", "–", "−": "-"
    case "！"..."～": Unicode.Scalar(scalar.value - 0xFEE0).map(plain) ?? scalar
    case "a"..."z": Unicode.Scalar(scalar.value - 0x20) ?? scalar
    default: scalar
    }
}
