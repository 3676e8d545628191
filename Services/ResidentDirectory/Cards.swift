import Contracts
import Seal
import ServiceKit
import Store

/// A card as it is kept.
struct KeptCard: Codable, Equatable {
    let token: Token
    var person: PersonID
    var scheme: Scheme
    var status: CardFile.Status
    var since: Instant
    var until: Instant?
    /// The same card under the former token key.
    var former: Token?
}

/// Linking, replacing and ending cards. Whoever may link has the card in hand.
extension ResidentDirectory {
    static let mostCards = 16

    func link(_ command: Envelope<LinkCard>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let held = try fresh(command.data.tap, in: turn)
            let person = try present(command.data.person, in: turn.db)
            try confirm(person, born: command.data.born)
            let ruling = try link(held, to: person, cause: command.id, in: turn)
            try tell([person.id], cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(person, in: turn.db), ruling: ruling))
        }
    }

    /// - Returns: the ruling; `nil` when the card is theirs already.
    @discardableResult
    func link(_ held: FreshTap, to person: Person, cause: EventID, in turn: borrowing Turn) throws -> EventID? {
        try held.use(in: turn.db)
        let old = try card(held.token, in: turn.db)
        if let old, old.status != .unlinked {
            guard old.person == person.id else { throw try Self.taken(old, self.person(old.person, in: turn.db)) }
            guard old.status == .active else {
                throw Objection(
                    "card-\(old.status.rawValue)", "The card is theirs and \(old.status.rawValue). kazasu card activate lets it work again."
                )
            }
            return nil
        }
        let count = try turn.db.first("SELECT count(*) FROM card WHERE person = ? AND status = 'active'", person.id.text) { $0.int(0) } ?? 0
        guard count < Self.mostCards else {
            throw Objection(
                "too-many-cards", "\(person.id) has \(count) cards, and \(Self.mostCards) is the most. Unlink one that is not used.")
        }
        let new = KeptCard(token: held.token, person: person.id, scheme: held.scheme, status: .active, since: turn.now, former: held.former)
        try save(new, in: turn.db)
        return try rule(
            PersonRuled(.linked, person.id, by: turn.actor, card: held.token), before: Before(card: old), cause: cause, in: turn)
    }

    func replace(_ command: Envelope<ReplaceCard>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let wish = command.data
            let held = try fresh(wish.new, in: turn)
            let old: KeptCard
            if let tap = wish.old {
                let other = try fresh(tap, in: turn)
                guard other.token != held.token else {
                    throw Objection("same-card", "That was the same card twice. Hold the old one and the new one.")
                }
                old = try kept(other.token, in: turn.db)
                try other.use(in: turn.db)
            } else {
                guard let token = wish.oldCard, let id = wish.person else {
                    throw Objection("no-old-card", "Hold the old card too, or name the person and the old card, and say why.")
                }
                _ = try reason(wish.why)
                old = try kept(token, in: turn.db)
                guard old.person == id else { throw Objection("not-theirs", "The old card is not a card of \(id).") }
                try confirm(try present(id, in: turn.db), born: wish.born)
            }
            guard old.status != .unlinked, old.status != .replaced else {
                throw Objection("card-\(old.status.rawValue)", "The old card is \(old.status.rawValue) already.")
            }
            let person = try present(old.person, in: turn.db)
            try end(old, as: .replaced, at: turn.now, in: turn.db)
            guard let ruling = try link(held, to: person, cause: command.id, in: turn) else {
                throw Objection("card-held", "The new card is theirs already. Mark the old one: kazasu card lost")
            }
            try rule(PersonRuled(.replaced, person.id, by: turn.actor, card: old.token), why: wish.why, cause: command.id, in: turn)
            try tell([person.id], cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(person, in: turn.db), ruling: ruling))
        }
    }

    func mark(_ command: Envelope<MarkCard>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let wish = command.data
            let why = try reason(wish.why)
            let token: Token
            if let tap = wish.tap {
                let held = try fresh(tap, in: turn)
                try held.use(in: turn.db)
                token = held.token
            } else if let card = wish.card {
                token = card
            } else {
                throw Objection("no-card", "Which card? Hold it over the reader, or name it.")
            }
            let card = try kept(token, in: turn.db)
            let person = try known(card.person, in: turn.db)
            guard card.status != wish.status else { return .accept(PersonAnswer(try brief(person, in: turn.db))) }
            let what: PersonRuled.What
            switch wish.status {
            case .active:
                guard card.status == .suspended || card.status == .lost else {
                    throw Objection(
                        "card-\(card.status.rawValue)", "A card that was \(card.status.rawValue) is linked anew: kazasu card link")
                }
                what = .reactivated
            case .suspended: what = .suspended
            case .lost: what = .lost
            case .unlinked: what = .unlinked
            case .replaced: throw Objection("bad-status", "A card is replaced by another one: kazasu card replace")
            }
            try end(card, as: wish.status, at: turn.now, in: turn.db)
            let ruling = try rule(
                PersonRuled(what, person.id, by: turn.actor, card: token), why: why, before: Before(card: card), cause: command.id, in: turn
            )
            try tell([person.id], cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(person, in: turn.db), ruling: ruling))
        }
    }

    // MARK: Parts

    /// The clerk asks the person for the birth date: a desk that still shows the one before is found out by it.
    func confirm(_ person: Person, born: CalendarDate?) throws {
        guard let known = person.facts.born, born != known else { return }
        guard born != nil else { throw Objection("no-birth-date", "Ask the person for their birth date, and give it as they say it.") }
        throw Objection(
            "wrong-person", "This is not the birth date of \(person.id). Is it the file of the person before? Nothing was changed.")
    }

    func card(_ token: Token, in db: borrowing Transaction) throws -> KeptCard? {
        try db.first(
            "SELECT token, person, scheme, status, since, until, former FROM card WHERE token = ?", token.text, read: KeptCard.init)
    }

    func kept(_ token: Token, in db: borrowing Transaction) throws -> KeptCard {
        guard let card = try card(token, in: db) else {
            throw Objection("unknown-card", "The card belongs to nobody yet. kazasu card link links it.")
        }
        return card
    }

    func save(_ card: KeptCard, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO card (token, person, scheme, status, since, until, former) VALUES (?, ?, ?, ?, ?, ?, ?)",
            card.token.text,
            card.person.text, card.scheme.rawValue, card.status.rawValue, card.since.milliseconds, card.until?.milliseconds,
            card.former?.text)
    }

    /// The card under every token key it is known by.
    private func end(_ card: KeptCard, as status: CardFile.Status, at now: Instant, in db: borrowing Transaction) throws {
        try db.run(
            """
            UPDATE card SET status = ?1, until = ?2 WHERE person = ?3 AND (token = ?4 OR token = ?5 OR former = ?4)
            """, status.rawValue, status == .active ? nil : now.milliseconds, card.person.text, card.token.text, card.former?.text)
    }

    private static func taken(_ card: KeptCard, _ holder: Person?) -> Objection {
        if holder?.standing == .provisional {
            return Objection(
                "card-held",
                "The card is known as that of the provisional person \(card.person). If that is this person: kazasu person merge")
        }
        return Objection("card-held", "The card belongs to \(card.person). Unlink it there first, with the reason.")
    }
}

extension KeptCard {
    init(_ row: Row) throws {
        guard let token = Token(row.text(0)), let person = PersonID(row.text(1)), let scheme = Scheme(rawValue: row.text(2)),
            let status = CardFile.Status(rawValue: row.text(3))
        else { preconditionFailure("a card was written with a token, a person, a scheme and a status") }
        self.init(
            token: token, person: person, scheme: scheme, status: status, since: Instant(milliseconds: row.int(4)),
            until: row.intIfPresent(5).map { Instant(milliseconds: $0) }, former: row.textIfPresent(6).flatMap { Token($0) })
    }
}
