import Contracts
import Seal
import ServiceKit
import Store

/// Enrolling people and changing what is known of them.
extension ResidentDirectory {
    func put(_ command: Envelope<PutPerson>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let wish = command.data
            let day = turn.now.date(turn.identity.offset)
            if let fault = wish.facts.fault(on: day) { throw Objection("bad-facts", fault) }
            if let standing = wish.standing, standing != .provisional, standing != .registered {
                throw Objection("bad-standing", "A clerk enrols somebody as provisional or registered.")
            }
            if let id = wish.person { return try change(id, wish, cause: command.id, in: turn) }
            return try enrol(wish, cause: command.id, in: turn)
        }
    }

    private func enrol(_ wish: PutPerson, cause: EventID, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        let facts = PersonFacts().changed(by: wish.facts)
        guard facts.name != nil || wish.tap != nil else {
            throw Objection("nobody", "A name, or a card held over the reader: one of them is needed to know somebody again.")
        }
        if wish.evenIfSimilar != true, let similar = try similar(to: facts, in: turn.db) { throw similar }
        let id = PersonID(sha256("\(cause)\nperson"))
        let standing = wish.standing ?? (facts.name == nil ? .provisional : .registered)
        let person = Person(
            id: id, residency: wish.residency ?? (standing == .provisional ? .visitor : .resident), standing: standing, facts: facts,
            merged: nil, since: turn.now, ended: nil)
        try save(person, in: turn.db)
        let ruling = try rule(PersonRuled(.enrolled, id, by: turn.actor), cause: cause, in: turn)
        if let tap = wish.tap { try link(try fresh(tap, in: turn), to: person, cause: cause, in: turn) }
        try tell([id], cause: cause, in: turn)
        return .accept(PersonAnswer(try brief(person, in: turn.db), ruling: ruling))
    }

    private func change(_ id: PersonID, _ wish: PutPerson, cause: EventID, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        guard wish.tap == nil else { throw Objection("bad-tap", "A card is given to somebody known with: kazasu card link") }
        var person = try known(id, in: turn.db)
        guard person.standing != .erased, person.standing != .merged else { throw Self.gone(person) }
        let before = person
        person.facts = person.facts.changed(by: wish.facts)
        person.residency = wish.residency ?? person.residency
        if let standing = wish.standing {
            guard standing == .registered || person.standing == .provisional else {
                throw Objection("bad-standing", "\(id) is registered already; nobody becomes provisional again.")
            }
            person.standing = standing
            person.ended = nil
        }
        guard person.facts != before.facts || person.residency != before.residency || person.standing != before.standing else {
            return .accept(PersonAnswer(try brief(person, in: turn.db)))
        }
        try save(person, in: turn.db)
        let what: PersonRuled.What = before.standing == .left && person.isPresent ? .returned : .changed
        let ruling = try rule(PersonRuled(what, id, by: turn.actor), cause: cause, in: turn)
        try tell(try touched(by: id, in: turn.db), cause: cause, in: turn)
        return .accept(PersonAnswer(try brief(person, in: turn.db), ruling: ruling))
    }

    /// Whoever has the same reading and birth date.
    private func similar(to facts: PersonFacts, in db: borrowing Transaction) throws -> Objection? {
        guard let reading = facts.reading, let born = facts.born, let search = vault.search(reading: reading, born: born) else {
            return nil
        }
        let ids = try db.all("SELECT id FROM person WHERE search = ? AND standing IN ('provisional', 'registered', 'left')", search) {
            $0.text(0)
        }
        guard !ids.isEmpty else { return nil }
        return Objection(
            "similar",
            "Somebody of this reading and birth date is known: \(ids.prefix(5).joined(separator: ", ")). Look at them first; enrol with --even-if-similar if it is somebody else."
        )
    }

    // MARK: Parts

    func known(_ id: PersonID, in db: borrowing Transaction) throws -> Person {
        guard let person = try person(id, in: db) else {
            throw Objection("unknown-person", "There is no person \(id). kazasu person find looks for people.")
        }
        return person
    }

    /// Somebody on whom rights may rest.
    func present(_ id: PersonID, in db: borrowing Transaction) throws -> Person {
        let person = try known(id, in: db)
        guard person.isPresent else { throw Self.gone(person) }
        return person
    }

    static func gone(_ person: Person) -> Objection {
        switch person.standing {
        case .merged: Objection("merged", "\(person.id) was found to be \(person.merged?.text ?? "somebody else"). Use that one.")
        case .left: Objection("left", "\(person.id) has left the town. Register them again first: kazasu person change")
        default: Objection("erased", "\(person.id) was erased.")
        }
    }

    /// Whoever's views may change with a person: their own, those of the people they may be told about, and those of their guardians.
    func touched(by person: PersonID, in db: borrowing Transaction) throws -> Set<PersonID> {
        let others = try db.all(
            "SELECT other FROM relation WHERE person = ?1 UNION SELECT person FROM relation WHERE other = ?1 AND kind = 'guardian'",
            person.text
        ) { PersonID($0.text(0)) }
        return Set(others.compactMap { $0 } + [person])
    }
}
