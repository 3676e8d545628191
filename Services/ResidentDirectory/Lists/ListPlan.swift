import Contracts
import ServiceKit
import Store

/// What a row would change.
struct ListPlan {
    var what = ListLine.What.unclear
    var sentence = ""
    var entry: ListEntry?
    /// Whom it means, and by which number: they stand in the list, also where the rest of the line is not understood.
    var person: PersonID?
    var number: [UInt8]?
    /// Not understood, and nobody can tell whom it means.
    var mayMeanAnybody = false
}

/// What a row says of somebody.
private struct Finding {
    var what: ListLine.What
    var sentence: String
    /// As if they did not stand in the list: what they had by it ends.
    var isNo = false
}

extension ResidentDirectory {
    /// Decided when the row arrives, again for whoever reviews it, and again when it is applied: in between anything may have changed.
    func plan(_ cells: [String], line: Int, of list: OpenedList, in turn: borrowing Turn) throws -> ListPlan {
        let today = turn.now.date(turn.identity.offset)
        var plan = ListPlan()
        // A mistake elsewhere in the line is no reason for them to leave.
        plan.number = list.columns.number(in: cells).map { vault.index(number: $0, of: list.rule.numbersOf) }
        var person = try plan.number.flatMap { try numbered($0, list.rule, in: turn.db) }
        plan.person = person?.id
        do {
            let entry = try list.columns.entry(cells, on: today)
            plan.entry = entry
            if let number = plan.number, let other = try twin(number, line: line, of: list, in: turn.db) {
                throw Unclear(sentence: "\(entry.who): the number stands in line \(other) too")
            }
            if person == nil { person = try similar(entry, hasNumber: plan.number != nil, list, in: turn.db) }
            plan.person = person?.id
            var finding =
                try list.rule.says == .residents
                ? resident(entry, person, list.rule) : said(entry, person, list.rule, on: today, in: turn.db)
            if finding.what == .same, !finding.isNo, let person, let number = plan.number, list.rule.givesNumbers,
                try numbered(number, list.rule, in: turn.db)?.id != person.id
            {
                finding = Finding(what: .changed, sentence: "\(entry.who): number")
            }
            if finding.isNo { plan.person = nil }
            (plan.what, plan.sentence) = (finding.what, finding.sentence)
        } catch let unclear as Unclear {
            plan.mayMeanAnybody = plan.number == nil && plan.person == nil && !unclear.meansNobody
            plan.sentence = unclear.sentence
            if plan.mayMeanAnybody { plan.sentence += ". Nobody leaves while it is not known whom this line means" }
        }
        return plan
    }

    /// Another line with the same number, which is understood.
    private func twin(_ number: [UInt8], line: Int, of list: OpenedList, in db: borrowing Transaction) throws -> Int? {
        try db.first(
            "SELECT line FROM list_row WHERE list = ? AND number = ? AND line <> ? AND what <> 'unclear' LIMIT 1", list.id.bytes, number,
            line
        ) { Int($0.int(0)) }
    }

    private func numbered(_ number: [UInt8], _ rule: ListRule, in db: borrowing Transaction) throws -> Person? {
        let id = try db.first("SELECT person FROM person_number WHERE list = ? AND number = ?", rule.numbersOf.text, number) {
            PersonID($0.text(0))
        }
        return try (id ?? nil).flatMap { try person($0, in: db) }
    }

    /// By reading and birth date, if that is one person; whoever has another number of this list is somebody else. A library gives somebody a new number in place of one that was lost: then the
    /// former one stands in its list no more.
    private func similar(_ entry: ListEntry, hasNumber: Bool, _ list: OpenedList, in db: borrowing Transaction) throws -> Person? {
        guard let reading = entry.facts.reading, let born = entry.facts.born, let search = vault.search(reading: reading, born: born) else {
            return nil
        }
        let ids = try db.all(
            """
            SELECT id FROM person WHERE search = ?1 AND standing IN ('provisional', 'registered', 'left')
            AND (NOT ?2 OR NOT EXISTS (SELECT 1 FROM person_number AS n WHERE n.person = person.id AND n.list = ?3
                AND (NOT ?4 OR EXISTS (SELECT 1 FROM list_row WHERE list_row.list = ?5 AND list_row.number = n.number))))
            """, search, hasNumber, list.rule.numbersOf.text, list.rule.givesNumbers, list.id.bytes
        ) { $0.text(0) }
        guard ids.count < 2 else {
            throw Unclear(
                sentence:
                    "\(entry.who): \(ids.count) people of this reading and birth date are known (\(ids.prefix(3).joined(separator: ", ")))")
        }
        return try ids.first.flatMap { PersonID($0) }.flatMap { try person($0, in: db) }
    }

    private func resident(_ entry: ListEntry, _ person: Person?, _ rule: ListRule) throws -> Finding {
        guard let person else {
            guard entry.facts.name?.isEmpty == false else {
                throw Unclear(sentence: "\(entry.who): nobody known, and no name to enrol", meansNobody: true)
            }
            return Finding(what: .new, sentence: entry.who)
        }
        guard person.standing != .erased else { throw Unclear(sentence: "\(entry.who): was erased as \(person.id) and stands in the list") }
        let facts = person.facts.changed(by: entry, of: rule)
        let changes = differences(from: person.facts, to: facts)
        let returns = person.standing == .left || entry.residency.map { $0 != person.residency } ?? false || person.standing == .provisional
        guard facts != person.facts || returns else { return Finding(what: .same, sentence: entry.who) }
        let words = (returns ? [person.standing == .left ? "is back" : "registered"] : []) + changes
        let what: ListLine.What = facts.address != person.facts.address ? .moved : .changed
        return Finding(what: what, sentence: "\(entry.who): \(words.joined(separator: ", "))")
    }

    /// Lists about people who are known already.
    private func said(
        _ entry: ListEntry, _ person: Person?, _ rule: ListRule, on day: CalendarDate, in db: borrowing Transaction
    ) throws -> Finding {
        guard let person, person.isPresent else {
            throw Unclear(sentence: "\(entry.who): nobody known by this number, or by this reading and birth date", meansNobody: true)
        }
        let isKnown: Bool
        switch rule.says {
        case .residents: isKnown = false
        case .members(let group):
            isKnown = try db.first("SELECT 1 FROM member WHERE \"group\" = ? AND person = ?", group.text, person.id.text) { _ in } != nil
        case .eligible(let programme):
            if rule.columns[.value] != nil {
                guard let isEntitled = ListEntry.answer(entry.value ?? "") else {
                    throw Unclear(sentence: "\(entry.who): \(quoted(entry.value ?? "")) is neither yes nor no (○, ×, 該当, 非該当, 1, 0)")
                }
                guard isEntitled else { return Finding(what: .same, sentence: "\(entry.who): no", isNo: true) }
            }
            isKnown =
                try db.first(
                    "SELECT starts, ends FROM eligibility WHERE person = ? AND programme = ? AND list = ?", person.id.text, programme.text,
                    rule.id.text, read: { ($0.text(0), $0.textIfPresent(1)) }
                ).map { (entry.from == nil || $0.0 == entry.from?.description) && $0.1 == entry.to?.description } ?? false
        case .attribute(let kind):
            guard let value = entry.value, !value.isEmpty else { throw Unclear(sentence: "\(entry.who): no value") }
            isKnown = (person.facts.attributes ?? []).contains {
                $0.kind == kind && $0.source == rule.id.text && $0.value == value && $0.to == entry.to
                    && (entry.from == nil || $0.from == entry.from)
            }
        }
        return Finding(what: isKnown ? .same : .new, sentence: entry.who)
    }
}

extension PersonFacts {
    /// A list speaks of the ways to reach somebody that it has columns for; what a counter has noted beside them stays.
    func changed(by entry: ListEntry, of rule: ListRule) -> PersonFacts {
        var change = entry.facts
        change.channels = change.channels.map { given in (channels ?? []).filter { !rule.ways.contains($0.way) } + given }
        return changed(by: change)
    }
}

extension ListRule {
    /// Whether it says under which number of its own it knows people who are known already: a library, a clinic.
    var givesNumbers: Bool { says != .residents && numbersOf == id && columns[.number] != nil }
    fileprivate var ways: [Reach.Way] { (columns[.phone] == nil ? [] : [.phone]) + (columns[.mail] == nil ? [] : [.mail]) }
}

/// In words, the old before the new.
private func differences(from old: PersonFacts, to new: PersonFacts) -> [String] {
    var words: [String] = []
    func note<Value: Equatable>(_ what: String, _ field: KeyPath<PersonFacts, Value?>, _ text: (Value) -> String) {
        guard old[keyPath: field] != new[keyPath: field] else { return }
        words.append("\(what) \(old[keyPath: field].map(text) ?? "–") → \(new[keyPath: field].map(text) ?? "–")")
    }
    for (what, field) in [
        ("name", \PersonFacts.name), ("reading", \.reading), ("address", \.address), ("district", \.district), ("household", \.household),
        ("school", \.school), ("class", \.schoolClass),
    ] { note(what, field) { $0 } }
    note("born", \.born) { "\($0)" }
    note("sex", \.sex) { $0.rawValue }
    note("languages", \.languages) { $0.joined(separator: " ") }
    note("channels", \.channels) { "\($0.count)" }
    note("protected", \.isProtected) { $0 ? "yes" : "no" }
    return words
}
