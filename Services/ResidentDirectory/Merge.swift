import Contracts
import ServiceKit
import Store

/// What went from one person to another in a merge; what the other had already stays there at an undo.
struct Belongings: Codable, Equatable {
    var cards: [Token] = []
    var numbers: [Number] = []
    var relations: [Relation] = []
    var groups: [Membership] = []
    var consents: [Agreed] = []
    var eligible: [Entitled] = []

    struct Number: Codable, Equatable {
        var list: String
        var number: [UInt8]
    }
    struct Relation: Codable, Equatable {
        var person: String
        var kind: String
        var other: String
        var since: Int64
        var isNew: Bool
    }
    struct Membership: Codable, Equatable {
        var group: String
        var since: Int64
        var isNew: Bool
    }
    struct Agreed: Codable, Equatable {
        var service: String
        var kind: String
        var at: Int64
    }
    struct Entitled: Codable, Equatable {
        var programme: String
        var list: String
        var starts: String
        var ends: String?
        var isNew: Bool
    }
}

extension ResidentDirectory {
    func merge(_ command: Envelope<MergePersons>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let why = try reason(command.data.why)
            var from = try present(command.data.from, in: turn.db)
            let into = try present(command.data.into, in: turn.db)
            guard from.id != into.id else { throw Objection("same-person", "Both are \(from.id).") }
            guard from.standing == .provisional else {
                throw Objection(
                    "not-provisional",
                    "\(from.id) is registered. Only a provisional person is merged; two files of one registered person are the register's to mend."
                )
            }
            let concerned = try touched(by: from.id, in: turn.db).union(touched(by: into.id, in: turn.db))
            let moved = try move(from.id, to: into.id, in: turn.db)
            (from.standing, from.merged) = (.merged, into.id)
            try save(from, in: turn.db)
            let ruling = try rule(
                PersonRuled(.merged, into.id, by: turn.actor, other: from.id), why: why, before: Before(merge: moved), cause: command.id,
                in: turn)
            try tell(concerned, cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(into, in: turn.db), ruling: ruling))
        }
    }

    private func move(_ from: PersonID, to into: PersonID, in db: borrowing Transaction) throws -> Belongings {
        var moved = Belongings()
        moved.cards = try db.all("SELECT token FROM card WHERE person = ?", from.text) { Token($0.text(0)) }.compactMap { $0 }
        try db.run("UPDATE card SET person = ? WHERE person = ?", into.text, from.text)
        moved.numbers = try db.all("SELECT list, number FROM person_number WHERE person = ?", from.text) {
            Belongings.Number(list: $0.text(0), number: $0.blob(1))
        }
        try db.run("UPDATE person_number SET person = ? WHERE person = ?", into.text, from.text)
        // Whoever was merged into this one before is found at the new one.
        try db.run("UPDATE person SET merged = ? WHERE merged = ?", into.text, from.text)

        let relations = try db.all("SELECT person, kind, other, since FROM relation WHERE person = ?1 OR other = ?1", from.text) {
            Belongings.Relation(person: $0.text(0), kind: $0.text(1), other: $0.text(2), since: $0.int(3), isNew: true)
        }
        for var relation in relations {
            try db.run("DELETE FROM relation WHERE person = ? AND kind = ? AND other = ?", relation.person, relation.kind, relation.other)
            let (one, other) = relation.ends(for: into.text, inPlaceOf: from.text)
            relation.isNew =
                try one != other
                && db.run(
                    "INSERT INTO relation (person, kind, other, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", one, relation.kind,
                    other,
                    relation.since) > 0
            moved.relations.append(relation)
        }
        for var group in try db.all(
            "SELECT \"group\", since FROM member WHERE person = ?", from.text,
            read: { Belongings.Membership(group: $0.text(0), since: $0.int(1), isNew: true) })
        {
            group.isNew =
                try db.run(
                    "INSERT INTO member (\"group\", person, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", group.group, into.text,
                    group.since) > 0
            moved.groups.append(group)
        }
        try db.run("DELETE FROM member WHERE person = ?", from.text)
        moved.consents = try db.all("SELECT service, kind, at FROM consent WHERE person = ?", from.text) {
            Belongings.Agreed(service: $0.text(0), kind: $0.text(1), at: $0.int(2))
        }
        try db.run("UPDATE OR IGNORE consent SET person = ? WHERE person = ?", into.text, from.text)
        for var entitled in try db.all(
            "SELECT programme, list, starts, ends FROM eligibility WHERE person = ?", from.text,
            read: {
                Belongings.Entitled(programme: $0.text(0), list: $0.text(1), starts: $0.text(2), ends: $0.textIfPresent(3), isNew: true)
            })
        {
            entitled.isNew =
                try db.run(
                    "INSERT INTO eligibility (person, programme, list, starts, ends) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    into.text,
                    entitled.programme, entitled.list, entitled.starts, entitled.ends) > 0
            moved.eligible.append(entitled)
        }
        try db.run("DELETE FROM eligibility WHERE person = ?", from.text)
        return moved
    }
}

extension Belongings.Relation {
    /// The two persons, with one of them in another's place.
    func ends(for new: String, inPlaceOf old: String) -> (String, String) { (person == old ? new : person, other == old ? new : other) }
}
