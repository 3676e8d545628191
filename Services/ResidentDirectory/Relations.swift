import Contracts
import ServiceKit
import Store

/// Who is what to whom, who belongs to which group, and who agreed to what.
extension ResidentDirectory {
    func relate(_ command: Envelope<Relate>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let wish = command.data
            let (one, other) = wish.ends == true ? try named(wish, in: turn) : try together(wish, in: turn)
            guard one.id != other.id else { throw Objection("same-person", "Both are \(one.id). A relation is between two people.") }
            let changed: Int
            if wish.ends == true {
                changed = try turn.db.run(
                    "DELETE FROM relation WHERE person = ? AND kind = ? AND other = ?", one.id.text, wish.kind.rawValue, other.id.text)
                guard changed > 0 else { throw Objection("unknown-relation", "\(one.id) is no \(wish.kind.rawValue) of \(other.id).") }
            } else {
                changed = try turn.db.run(
                    "INSERT INTO relation (person, kind, other, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", one.id.text,
                    wish.kind.rawValue, other.id.text, turn.now.milliseconds)
            }
            guard changed > 0 else { return .accept(PersonAnswer(try brief(other, in: turn.db))) }
            let ruling = try rule(
                PersonRuled(wish.ends == true ? .unrelated : .related, other.id, by: turn.actor, other: one.id), why: wish.why,
                cause: command.id, in: turn)
            try tell([one.id, other.id], cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(other, in: turn.db), ruling: ruling))
        }
    }

    /// Two cards, one after the other; only where no child is concerned will a clerk's reason do in their place.
    private func together(_ wish: Relate, in turn: borrowing Turn) throws -> (Person, Person) {
        guard let tap = wish.tap, let toTap = wish.toTap else {
            guard wish.kind != .guardian else {
                throw Objection("two-cards", "A guardian is linked to a child by both cards: hold the guardian's, then the child's.")
            }
            _ = try reason(wish.why)
            return try named(wish, in: turn)
        }
        let (one, other) = (try fresh(tap, in: turn), try fresh(toTap, in: turn))
        guard abs((one.heard - other.heard).milliseconds) <= FreshTap.life.milliseconds else {
            throw Objection("too-far-apart", "The two cards were held more than a minute apart. Hold both again.")
        }
        try one.use(in: turn.db)
        try other.use(in: turn.db)
        return (try holder(of: one, in: turn.db), try holder(of: other, in: turn.db))
    }

    private func named(_ wish: Relate, in turn: borrowing Turn) throws -> (Person, Person) {
        guard let one = wish.person, let other = wish.to else { throw Objection("no-person", "Between whom? Name both persons.") }
        return (try present(one, in: turn.db), try present(other, in: turn.db))
    }

    /// Whoever's card is held now.
    func holder(of held: FreshTap, in db: borrowing Transaction) throws -> Person {
        let card = try kept(held.token, in: db)
        guard card.status == .active else { throw Objection("card-\(card.status.rawValue)", "The card is \(card.status.rawValue).") }
        return try present(card.person, in: db)
    }

    func changeMembers(_ command: Envelope<ChangeMembers>, in turn: borrowing Turn) throws -> Reply<MembersAnswer> {
        try turn.obey {
            let (group, add, remove) = (command.data.group, Set(command.data.add ?? []), Set(command.data.remove ?? []))
            guard add.count + remove.count <= ChangeMembers.limit else {
                throw Objection("too-many", "At most \(ChangeMembers.limit) persons in one command. Send several.")
            }
            for id in add.sorted() {
                _ = try present(id, in: turn.db)
                let isNew = try turn.db.run(
                    "INSERT INTO member (\"group\", person, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", group.text, id.text,
                    turn.now.milliseconds)
                if isNew > 0 { try rule(PersonRuled(.joined, id, by: turn.actor, group: group), cause: command.id, in: turn) }
            }
            for id in remove.sorted() {
                guard try turn.db.run("DELETE FROM member WHERE \"group\" = ? AND person = ?", group.text, id.text) > 0 else { continue }
                try rule(PersonRuled(.parted, id, by: turn.actor, group: group), cause: command.id, in: turn)
            }
            try tell(add.union(remove), cause: command.id, in: turn)
            let count = try turn.db.first("SELECT count(*) FROM member WHERE \"group\" = ?", group.text) { Int($0.int(0)) } ?? 0
            return .accept(MembersAnswer(group, members: count))
        }
    }

    func consent(_ command: Envelope<SetConsent>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let wish = command.data
            let person: Person
            if let tap = wish.tap {
                let held = try fresh(tap, in: turn)
                try held.use(in: turn.db)
                person = try holder(of: held, in: turn.db)
                guard wish.person == nil || wish.person == person.id else {
                    throw Objection("wrong-person", "The card is that of \(person.id).")
                }
            } else if let id = wish.person {
                person = try present(id, in: turn.db)
            } else {
                throw Objection("no-person", "Whose consent? Name the person, or hold the card.")
            }
            let said = Consent(
                wish.service, wish.kind, given: wish.given, wording: wish.wording, how: wish.tap == nil ? wish.how : "tap", at: turn.now)
            return .accept(try note(said, of: person, cause: command.id, in: turn))
        }
    }

    func note(_ consent: Consent, of person: Person, cause: EventID, in turn: borrowing Turn) throws -> PersonAnswer {
        guard (1...40).contains(consent.wording.unicodeScalars.count), (1...40).contains(consent.how.unicodeScalars.count) else {
            throw Objection("bad-wording", "Say which wording was agreed to and how, in at most 40 characters each: 2026-04, paper.")
        }
        // The newest counts, so one that is given after the clock was set back must not lie below what it takes back.
        let last = try turn.db.first(
            "SELECT max(at) FROM consent WHERE person = ? AND service = ? AND kind = ?", person.id.text, consent.service.text,
            consent.kind.text
        ) { $0.intIfPresent(0) }
        let at = max(consent.at.milliseconds, (last ?? nil).map { $0 + 1 } ?? 0)
        try turn.db.run(
            "INSERT OR REPLACE INTO consent (person, service, kind, at, given, wording, how) VALUES (?, ?, ?, ?, ?, ?, ?)",
            person.id.text, consent.service.text, consent.kind.text, at, consent.given, consent.wording, consent.how)
        let ruling = try rule(
            PersonRuled(consent.given ? .consented : .withdrew, person.id, by: turn.actor), why: "\(consent.service) \(consent.kind)",
            cause: cause, in: turn)
        try tell(try touched(by: person.id, in: turn.db), cause: cause, in: turn)
        return PersonAnswer(try brief(person, in: turn.db), ruling: ruling)
    }
}
