import Contracts
import Seal
import Sheets

/// A column of the blank form (避難者受付票), and of the list it is copied into.
enum PaperColumn: String, CaseIterable {
    case sheet = "用紙"
    case line = "行"
    case step = "動き"
    case time = "日時"
    case name = "氏名"
    case reading = "ふりがな"
    case sex = "性別"
    case age = "年齢"
    case district = "住所地区"
    case kind = "滞在区分"
    case number = "番号"

    /// What is printed in each line, to be circled or filled in.
    var choices: String {
        switch self {
        case .step: "入・外・退"
        case .time: "　　月　　日　　：　　"
        case .sex: "女・男"
        case .kind: "泊・日・車・宅"
        default: ""
        }
    }

    /// On the form, in hundredths of the sheet: names are written by hand.
    var width: Int {
        switch self {
        case .sheet: 0
        case .line: 3
        case .sex, .age: 6
        case .step: 8
        case .kind: 10
        case .district, .number: 12
        case .time: 13
        case .name, .reading: 15
        }
    }
}

/// A line of paper, understood.
package struct PaperLine: Equatable {
    /// In the list.
    package let line: Int
    let step: StayNoted.Step
    package let at: Instant
    let kind: StayKind?
    /// Whom the number names.
    package let who: Evacuee?
    /// Who this is if nobody else: follows from the sheet and the line on it, so that the line entered twice is one guest. Names are no part of it.
    let guest: GuestID
    package let facts: GuestFacts
}

/// Reads a list into which blank forms were copied, a line each.
package struct PaperSheet {
    package private(set) var lines: [PaperLine] = []
    package private(set) var faults: [SheetFault] = []

    package struct SheetFault: Equatable, CustomStringConvertible {
        package let line: Int
        let text: String
        package var description: String { "line \(line): \(text)" }
    }

    /// - Parameter now: a day without its year is the latest that has been.
    package init(_ bytes: [UInt8], of shelter: ShelterID, now: Instant, _ offset: UTCOffset) throws(Failure) {
        var sheet: SheetReader
        do throws(SheetError) { sheet = try SheetReader(bytes) } catch { throw .refused(error.description) }
        let header = sheet.header.map(\.trimmed)
        let places = Dictionary(PaperColumn.allCases.compactMap { column in header.firstIndex(of: column.rawValue).map { (column, $0) } }) {
            a, _ in a
        }
        let missing = [PaperColumn.sheet, .line, .step, .time, .name].filter { places[$0] == nil }
        guard missing.isEmpty else {
            let words = missing.map { quoted($0.rawValue) }.joined(separator: ", ")
            throw .refused("these columns are missing: \(words). Their titles are those of the blank form: kazasu shelter print form")
        }
        while let row = sheet.next() {
            switch row {
            case .failure(let fault): faults.append(SheetFault(line: fault.line ?? 1, text: fault.text))
            case .success(let row):
                let cells = PaperCells(row: row, places: places)
                if cells.isEmpty { continue }
                do throws(PaperFault) { lines.append(try cells.line(of: shelter, now: now, offset)) } catch {
                    faults.append(SheetFault(line: row.line, text: error.text))
                }
            }
        }
    }
}

private struct PaperFault: Error { let text: String }

private struct PaperCells {
    let row: SheetRow
    let places: [PaperColumn: Int]

    subscript(_ column: PaperColumn) -> String { places[column].map { row.cells[$0].trimmed } ?? "" }

    /// A line of the form nobody has written on.
    var isEmpty: Bool {
        PaperColumn.allCases.allSatisfy { $0 == .sheet || $0 == .line || self[$0].isEmpty || self[$0] == $0.choices.trimmed }
    }

    func line(of shelter: ShelterID, now: Instant, _ offset: UTCOffset) throws(PaperFault) -> PaperLine {
        guard !self[.sheet].isEmpty, let place = Int(narrowed(self[.line])), place > 0 else {
            throw PaperFault(
                text: "of which sheet, and which line of it? Both are printed on the form; without them the line could be entered twice")
        }
        let who = try number(self[.number])
        guard who != nil || !self[.name].isEmpty else { throw PaperFault(text: "neither a name nor a number, so nobody is meant") }
        var facts = GuestFacts()
        func text(_ column: PaperColumn) -> String? { self[column].isEmpty ? nil : self[column] }
        (facts.name, facts.reading, facts.district) = (text(.name), text(.reading), text(.district))
        facts.sex = try word(.sex, PersonFacts.Sex.allCases)
        if !self[.age].isEmpty {
            guard let years = writtenAge(self[.age]) else { throw PaperFault(text: "\(quoted(self[.age])) is no age, 0 to 130") }
            facts.age = years
        }
        let at = try time(now: now, offset)
        guard at <= now + .seconds(3600) else { throw PaperFault(text: "\(at.minute(offset)) is a time to come") }
        return PaperLine(
            line: row.line, step: try step(), at: at, kind: try kind(), who: who,
            guest: GuestID(sha256("paper\n\(shelter)\n\(self[.sheet])\n\(place)")), facts: facts)
    }

    private func number(_ text: String) throws(PaperFault) -> Evacuee? {
        if text.isEmpty { return nil }
        guard let who = Evacuee(text.lowercased()) else {
            throw PaperFault(text: "\(quoted(text)) is no number as rosters and cards have them: p-…, g-… or k1.…")
        }
        return who
    }

    private func step() throws(PaperFault) -> StayNoted.Step {
        let signs: [String: StayNoted.Step] = ["入": .in, "外": .away, "退": .out]
        if let step = signs[self[.step]] { return step }
        guard let step = try word(.step, StayNoted.Step.allCases) else { return .in }
        return step
    }

    private func kind() throws(PaperFault) -> StayKind? {
        let signs: [String: StayKind] = ["泊": .night, "日": .day, "車": .car, "宅": .home]
        if let kind = signs[self[.kind]] { return kind }
        return try word(.kind, StayKind.allCases)
    }

    private func word<Word: Worded & RawRepresentable<String>>(_ column: PaperColumn, _ words: [Word]) throws(PaperFault) -> Word? {
        let text = self[column]
        if text.isEmpty || text == column.choices { return nil }
        guard let word = words.first(where: { $0.rawValue == text.lowercased() || $0.phrase.ja == text }) else {
            throw PaperFault(text: "\(quoted(text)) in \(column.rawValue) is none of \(words.map(\.phrase.ja).joined(separator: ", "))")
        }
        return word
    }

    /// `11/21 10:05`, `11月21日 10:05`, `2026-11-21 10:05`, `令和8年11月21日 10:05`; in full-width characters too.
    private func time(now: Instant, _ offset: UTCOffset) throws(PaperFault) -> Instant {
        let text = narrowed(self[.time])
        let parts = text.split(separator: " ").map(String.init)
        let fault = PaperFault(text: "\(quoted(self[.time])) is no day and time. Write it as 11/21 10:05 or 2026-11-21 10:05")
        guard parts.count == 2, case .clock(let minutes)? = WrittenTime(parts[1]) else { throw fault }
        func moment(_ date: CalendarDate) -> Instant { (Day(date.description) ?? .first).start(offset) + .seconds(minutes * 60) }
        let numbers = parts[0].split { "/月日".contains($0) }.map { Int($0) }
        guard numbers.count == 2, let month = numbers[0], let day = numbers[1] else {
            guard case .success(let date) = japaneseDate(parts[0]) else { throw fault }
            return moment(date)
        }
        let year = now.date(offset).year
        // A form of New Year's Eve is entered in January; a clock that is a little ahead is no reason for another year.
        let latest = [year, year - 1].compactMap { CalendarDate(year: $0, month: month, day: day) }.map(moment).first {
            $0 <= now + .seconds(3600)
        }
        guard let latest else { throw fault }
        return latest
    }
}

/// With the digits, colons, slashes and spaces that a Japanese keyboard writes wide as narrow ones.
func narrowed(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar {
                case "\u{3000}": " "
                case "０"..."９", "：", "／": Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
                default: scalar
                }
            }))
}
