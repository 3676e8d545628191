import Contracts
import Seal
import ServiceKit
import Store

/// Taking back a link or a merge, as if it had not been; the ruling and its undo both stay in the history.
extension ResidentDirectory {
    func undo(_ command: Envelope<UndoRuling>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let why = try reason(command.data.why)
            let id = command.data.ruling
            let row = try turn.db.first("SELECT what, person, about, before, undone FROM ruling WHERE id = ?", id.bytes) {
                (PersonRuled.What(rawValue: $0.text(0)), PersonID($0.text(1)), $0.text(2), $0.isNull(3) ? nil : $0.blob(3), $0.int(4) == 1)
            }
            guard let (what, person, about, sealed, isUndone) = row, let what, let person else {
                throw Objection("unknown-ruling", "There is no ruling \(id). kazasu person history shows them.")
            }
            guard !isUndone else { throw Objection("undone", "That was taken back already.") }
            guard let sealed, what == .linked || what == .merged else {
                throw Objection("cannot-undo", "Links and merges can be taken back; this was something else. Give the opposite command.")
            }
            let before: Before = try vault.open(sealed, context: "before/\(id)").decoded()
            var concerned: Set<PersonID> = [person]
            if what == .linked, let token = Token(about) {
                concerned.formUnion(try unlink(token, of: person, to: before.card, in: turn.db))
            } else if let from = PersonID(about), let merge = before.merge {
                concerned.formUnion(try touched(by: person, in: turn.db))
                try part(from, of: person, merge, in: turn)
                concerned.formUnion(try touched(by: from, in: turn.db))
            }
            try turn.db.run("UPDATE ruling SET undone = 1 WHERE id = ?", id.bytes)
            let ruling = try rule(PersonRuled(.undone, person, by: turn.actor, undoes: id), why: why, cause: command.id, in: turn)
            try tell(concerned, cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(try known(person, in: turn.db), in: turn.db), ruling: ruling))
        }
    }

    private func unlink(_ token: Token, of person: PersonID, to before: KeptCard?, in db: borrowing Transaction) throws -> Set<PersonID> {
        guard let card = try card(token, in: db), card.person == person, card.status == .active else {
            throw Objection("changed-since", "The card's state has changed since. Look at it first: kazasu person history \(person)")
        }
        guard let before else {
            try db.run("DELETE FROM card WHERE token = ?", token.text)
            return []
        }
        try save(before, in: db)
        return [before.person]
    }

    private func part(_ from: PersonID, of into: PersonID, _ moved: Belongings, in turn: borrowing Turn) throws {
        guard var person = try person(from, in: turn.db), person.standing == .merged, person.merged == into else {
            throw Objection("changed-since", "\(from) is not merged into \(into) any more. Look first: kazasu person history \(into)")
        }
        (person.standing, person.merged) = (.provisional, nil)
        try save(person, in: turn.db)
        for card in moved.cards {
            try turn.db.run("UPDATE card SET person = ? WHERE token = ? AND person = ?", from.text, card.text, into.text)
        }
        for number in moved.numbers {
            try turn.db.run(
                "UPDATE person_number SET person = ? WHERE list = ? AND number = ? AND person = ?", from.text, number.list, number.number,
                into.text)
        }
        for relation in moved.relations {
            let (one, other) = relation.ends(for: into.text, inPlaceOf: from.text)
            if relation.isNew {
                try turn.db.run("DELETE FROM relation WHERE person = ? AND kind = ? AND other = ?", one, relation.kind, other)
            }
            try turn.db.run(
                "INSERT INTO relation (person, kind, other, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", relation.person,
                relation.kind, relation.other, relation.since)
        }
        for group in moved.groups {
            if group.isNew { try turn.db.run("DELETE FROM member WHERE \"group\" = ? AND person = ?", group.group, into.text) }
            try turn.db.run(
                "INSERT INTO member (\"group\", person, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", group.group, from.text, group.since
            )
        }
        for consent in moved.consents {
            try turn.db.run(
                "UPDATE OR IGNORE consent SET person = ? WHERE person = ? AND service = ? AND kind = ? AND at = ?", from.text, into.text,
                consent.service, consent.kind, consent.at)
        }
        for entitled in moved.eligible {
            if entitled.isNew {
                try turn.db.run(
                    "DELETE FROM eligibility WHERE person = ? AND programme = ? AND list = ?", into.text, entitled.programme, entitled.list)
            }
            try turn.db.run(
                "INSERT INTO eligibility (person, programme, list, starts, ends) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", from.text,
                entitled.programme, entitled.list, entitled.starts, entitled.ends)
        }
    }
}
