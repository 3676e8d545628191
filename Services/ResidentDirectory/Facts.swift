import Contracts
import Sheets

extension PersonFacts {
    /// These with what is given in `change` put in its place. An empty text or list takes away what was there.
    func changed(by change: PersonFacts) -> PersonFacts {
        func text(_ old: String?, _ new: String?) -> String? { new.map { $0.isEmpty ? nil : $0 } ?? old }
        func list<Element>(_ old: [Element]?, _ new: [Element]?) -> [Element]? { new.map { $0.isEmpty ? nil : $0 } ?? old }
        var facts = self
        facts.address = text(address, change.address)
        facts.attributes = list(attributes, change.attributes)
        facts.born = change.born ?? born
        facts.channels = list(channels, change.channels)
        facts.district = text(district, change.district)
        facts.household = text(household, change.household)
        facts.needs = list(needs, change.needs)
        facts.languages = list(languages, change.languages)
        facts.name = text(name, change.name)
        facts.isProtected = change.isProtected.map { $0 ? true : nil } ?? isProtected
        facts.reading = text(reading, change.reading)
        facts.school = text(school, change.school)
        facts.schoolClass = text(schoolClass, change.schoolClass)
        facts.sex = change.sex ?? sex
        return facts
    }

    /// What is wrong with them, in a sentence; `nil` if nothing is.
    func fault(on day: CalendarDate) -> String? {
        let texts = [address, district, household, name, reading, school, schoolClass].compactMap { $0 }
        if let long = texts.first(where: isTooLong) { return "\(quoted(long)) is longer than 200 characters." }
        if let odd = texts.first(where: \.hasControls) {
            return "\(quoted(odd)) holds a control character."
        }
        if let born, born > day { return "The birth date \(born) lies ahead." }
        if let born, born.age(on: day) > 130 { return "The birth date \(born) is more than 130 years ago." }
        if let reading, !reading.isEmpty, foldedReading(reading) == nil {
            return "The reading \(quoted(reading)) is not written in kana, Latin letters or digits."
        }
        let lists: [(String, Int)] = [
            ("attributes", attributes?.count ?? 0), ("channels", channels?.count ?? 0), ("needs", needs?.count ?? 0),
            ("languages", languages?.count ?? 0),
        ]
        if let long = lists.first(where: { $0.1 > 40 }) { return "There are \(long.1) \(long.0); at most 40 are kept." }
        let words =
            (needs ?? []) + (languages ?? []) + (channels ?? []).map(\.address) + (attributes ?? []).flatMap { [$0.value, $0.source] }
        if let long = words.first(where: isTooLong) { return "\(quoted(long)) is longer than 200 characters." }
        return nil
    }
}

/// There are at least as many bytes as characters, and they are counted already.
private func isTooLong(_ text: String) -> Bool { text.utf8.count > 200 && text.unicodeScalars.count > 200 }
