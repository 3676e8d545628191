import Contracts
import Seal
import Sheets
import Store

/// Somebody, as the directory keeps them.
struct Person {
    let id: PersonID
    var residency: Residency
    var standing: Standing
    var facts: PersonFacts
    /// Whoever they were found to be.
    var merged: PersonID?
    let since: Instant
    var ended: Instant?

    /// Whether rights may rest on them.
    var isPresent: Bool { standing == .provisional || standing == .registered }
}

extension Vault {
    func sealed(_ facts: PersonFacts, of person: PersonID) throws -> [UInt8] { seal(try facts.json(), context: "person/\(person)") }

    /// Who is looked for by reading and birth date.
    func search(reading: String, born: CalendarDate) -> [UInt8]? {
        foldedReading(reading).map { blindIndex(Array("\($0)\n\(born)".utf8), for: "reading") }
    }

    func index(household: String) -> [UInt8] { blindIndex(Array(household.utf8), for: "household") }
    func index(number: String, of list: Name<TownList>) -> [UInt8] { blindIndex(Array("\(list)\n\(number)".utf8), for: "number") }

    func visitor(_ person: PersonID) -> VisitorID { VisitorID(blindIndex(Array(person.text.utf8), for: "visitor")) }
}

extension ResidentDirectory {
    func person(_ id: PersonID, in db: borrowing Transaction) throws -> Person? {
        let row = try db.first("SELECT residency, standing, facts, merged, since, ended FROM person WHERE id = ?", id.text) {
            ($0.text(0), $0.text(1), $0.blob(2), $0.textIfPresent(3), $0.int(4), $0.intIfPresent(5))
        }
        guard let (residency, standing, facts, merged, since, ended) = row else { return nil }
        return Person(
            id: id, residency: Residency(rawValue: residency) ?? .visitor, standing: Standing(rawValue: standing) ?? .left,
            facts: try vault.open(facts, context: "person/\(id)").decoded(), merged: merged.flatMap { PersonID($0) },
            since: Instant(milliseconds: since), ended: ended.map { Instant(milliseconds: $0) })
    }

    func save(_ person: Person, in db: borrowing Transaction) throws {
        let facts = person.facts
        let search = facts.reading.flatMap { reading in facts.born.flatMap { vault.search(reading: reading, born: $0) } }
        try db.run(
            """
            INSERT INTO person (id, residency, standing, facts, search, household, merged, since, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET residency = excluded.residency, standing = excluded.standing, facts = excluded.facts,
            search = excluded.search, household = excluded.household, merged = excluded.merged, ended = excluded.ended
            """, person.id.text, person.residency.rawValue, person.standing.rawValue, try vault.sealed(facts, of: person.id), search,
            facts.household.map { vault.index(household: $0) }, person.merged?.text, person.since.milliseconds, person.ended?.milliseconds)
    }

    func brief(_ person: Person, in db: borrowing Transaction) throws -> PersonBrief {
        let cards = try db.first("SELECT count(*) FROM card WHERE person = ? AND status = 'active'", person.id.text) { Int($0.int(0)) } ?? 0
        return PersonBrief(person.id, person.facts, person.residency, person.standing, cards: cards)
    }
}
