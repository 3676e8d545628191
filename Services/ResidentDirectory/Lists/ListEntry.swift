import Contracts
import Sheets

/// What one row of a list says, as far as it can be understood.
struct ListEntry: Equatable {
    var number: String?
    var facts = PersonFacts()
    var residency: Residency?
    var value: String?
    var from: CalendarDate?
    var to: CalendarDate?

    /// Whom it is about, for a clerk.
    var who: String {
        let name = facts.name ?? facts.reading ?? number ?? "?"
        return facts.born.map { "\(name) (\($0))" } ?? name
    }
}

/// A row that is not understood; the sentence is for a clerk.
struct Unclear: Error, Equatable {
    let sentence: String
    /// It is understood whom it means, and nobody known is meant.
    var meansNobody = false
}

/// Where in a row of one file what stands.
struct ListColumns {
    let header: [String]
    private let places: [(field: ListRule.Field, place: Int)]

    init(_ rule: ListRule, under header: [String]) {
        self.header = header
        places = rule.columns.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { field, title in
            header.firstIndex(of: title).map { (field, $0) }
        }
    }

    /// By which number it calls somebody, whatever else it says.
    func number(in cells: [String]) -> String? {
        guard let place = places.first(where: { $0.field == .number })?.place, cells.count == header.count else { return nil }
        let number = trimmed(cells[place])
        return number.isEmpty ? nil : number
    }

    /// - Throws: `Unclear`.
    func entry(_ cells: [String], on day: CalendarDate) throws -> ListEntry {
        guard cells.count == header.count else {
            throw Unclear(sentence: "\(cells.count) cells, and the header has \(header.count)")
        }
        var entry = ListEntry()
        for (field, place) in places {
            do throws(Unclear) { try entry.take(trimmed(cells[place]), as: field) } catch {
                throw Unclear(sentence: "\(header[place]): \(error.sentence)")
            }
        }
        if let fault = entry.facts.fault(on: day) { throw Unclear(sentence: fault) }
        guard entry.number != nil || entry.facts.reading?.isEmpty == false && entry.facts.born != nil else {
            throw Unclear(sentence: "neither a number nor a reading and a birth date: nobody can tell whom it means")
        }
        return entry
    }
}

extension ListEntry {
    fileprivate mutating func take(_ text: String, as field: ListRule.Field) throws(Unclear) {
        switch field {
        case .number: number = text.isEmpty ? nil : text
        case .name: facts.name = text
        case .reading: facts.reading = text
        case .born: facts.born = try date(text)
        case .sex: facts.sex = try sex(text)
        case .address: facts.address = text
        case .district: facts.district = text
        case .household: facts.household = text
        case .school: facts.school = text
        case .schoolClass: facts.schoolClass = text
        case .languages: facts.languages = text.split(whereSeparator: { " ,、;".contains($0) }).map(String.init)
        case .phone: facts.channels = (facts.channels ?? []) + (text.isEmpty ? [] : [Reach(.phone, text)])
        case .mail: facts.channels = (facts.channels ?? []) + (text.isEmpty ? [] : [Reach(.mail, text)])
        case .residency: residency = try residency(text)
        case .protected: facts.isProtected = try yes(text)
        case .value: value = text
        case .from: from = try date(text)
        case .to: to = try date(text)
        }
    }

    private func date(_ text: String) throws(Unclear) -> CalendarDate? {
        if text.isEmpty { return nil }
        switch japaneseDate(text) {
        case .success(let date): return date
        case .failure(let fault): throw Unclear(sentence: "\(fault)")
        }
    }

    private func sex(_ text: String) throws(Unclear) -> PersonFacts.Sex? {
        switch text {
        case "": nil
        case "女", "女性", "2", "F", "f", "female": .female
        case "男", "男性", "1", "M", "m", "male": .male
        case "不詳", "その他", "0", "9", "unstated": .unstated
        default: throw Unclear(sentence: "\(quoted(text)) is not a sex as the register has it (男, 女)")
        }
    }

    private func yes(_ text: String) throws(Unclear) -> Bool {
        guard let answer = ListEntry.answer(text) else {
            throw Unclear(sentence: "\(quoted(text)) is neither yes nor no (○, ×, 該当, 非該当, 1, 0)")
        }
        return answer
    }

    /// Yes or no, as lists write it; an empty cell is no.
    static func answer(_ text: String) -> Bool? {
        switch text {
        case "○", "〇", "◯", "1", "yes", "Y", "有", "はい", "該当", "対象": true
        case "", "×", "✕", "✗", "0", "no", "N", "無", "いいえ", "非該当", "対象外": false
        default: nil
        }
    }

    private func residency(_ text: String) throws(Unclear) -> Residency? {
        switch text {
        case "": nil
        case "住民", "resident": .resident
        case "通勤", "通学", "在勤", "commuter": .commuter
        case "来訪", "visitor": .visitor
        case "他市町村", "guest": .guest
        case "団体", "法人", "organisation": .organisation
        default: throw Unclear(sentence: "\(quoted(text)) is not what somebody is to a town (住民, 通勤, 来訪, 他市町村, 団体)")
        }
    }
}

/// Without the spaces that spreadsheets leave around, half and full width.
private func trimmed(_ text: String) -> String {
    func isText(_ scalar: Unicode.Scalar) -> Bool { scalar != " " && scalar != "\u{3000}" && scalar != "\t" }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: isText), let last = scalars.lastIndex(where: isText) else { return "" }
    return String(scalars[first...last])
}
