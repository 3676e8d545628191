import Contracts
import Post
import Seal
import ServiceKit
import Store

/// What residents see and say at their own page. That it is they is the portal's to know; whoever has left or was merged has no page.
extension ResidentDirectory {
    func showOwn(_ command: Envelope<ShowOwn>, in turn: borrowing Turn) throws -> Reply<PersonFile> {
        try turn.obey {
            let person = try present(command.data.person, in: turn.db)
            if let card = command.data.card, try holder(of: card, in: turn.db)?.id != person.id {
                throw Objection("card-gone", "The card by which this page was opened works no longer.")
            }
            return .accept(try file(of: person, behind: command.data.after, in: turn))
        }
    }

    func consentOwn(_ command: Envelope<ConsentOwn>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let wish = command.data
            let person = try present(wish.person, in: turn.db)
            let isInFile = try consents(of: person.id, in: turn.db).contains { $0.service == wish.service && $0.kind == wish.kind }
            guard isInFile || Self.asked[wish.service]?.contains(wish.kind) == true else {
                throw Objection(
                    "unknown-kind", "Nobody asks at this page whether \(wish.service) may \(wish.kind). Ask at the residents' counter.")
            }
            let said = Consent(wish.service, wish.kind, given: wish.given, wording: wish.wording, how: "page", at: turn.now)
            return .accept(try note(said, of: person, cause: command.id, in: turn))
        }
    }

    /// What services ask of everybody. What a town asks beside it is first said at a counter, and then stands in the file.
    private static let asked: [ServiceID: [Name<Consent>]] = [
        "analytics": ["visits"],
        "notifier": [.schoolGate, .ride, .silence, .safety, .locker, .town],
        "shelter": ShelterConsent.all + ["care-needs"],
    ]

    /// That the address was proved, by digits or by LINE, is the portal's to know. What is there already, and what is gone already, is no change.
    func reachOwn(_ command: Envelope<ReachOwn>, in turn: borrowing Turn) throws -> Reply<PersonAnswer> {
        try turn.obey {
            let (wish, day) = (command.data, turn.now.date(turn.identity.offset))
            var person = try present(wish.person, in: turn.db)
            guard person.facts.mayChangeWays(on: day) else {
                throw Objection("at-counter", "Where messages reach \(person.id) is changed at the residents' counter.")
            }
            let before = person.facts.channels ?? []
            let isRemoved = wish.remove == true
            guard isRemoved ? Self.isOwn(wish.reach.way) : Self.isOwn(wish.reach) else {
                throw Objection("bad-address", "That is no mail address of at most 200 letters, and no user's id of LINE.")
            }
            let channels = before.filter { $0 != wish.reach } + (isRemoved ? [] : [wish.reach])
            guard before.contains(wish.reach) == isRemoved else { return .accept(PersonAnswer(try brief(person, in: turn.db))) }
            person.facts.channels = channels.isEmpty ? nil : channels
            if let fault = person.facts.fault(on: day) { throw Objection("bad-facts", fault) }
            try save(person, in: turn.db)
            let what = wish.reach.way == .line ? "LINE account" : "mail address"
            let why = "own page, \(what) \(isRemoved ? "taken away" : "added")"
            let ruling = try rule(PersonRuled(.changed, person.id, by: turn.actor), why: why, cause: command.id, in: turn)
            try tell(try touched(by: person.id, in: turn.db), cause: command.id, in: turn)
            return .accept(PersonAnswer(try brief(person, in: turn.db), ruling: ruling))
        }
    }

    /// What people say of themselves. Telephones and what else there is are the counter's.
    private static func isOwn(_ way: Reach.Way) -> Bool { way == .mail || way == .line }

    private static func isOwn(_ reach: Reach) -> Bool {
        switch reach.way {
        case .mail: (try? MailAddress(reach.address)) != nil && reach.address.utf8.count <= 200
        case .line: LinePush.isUser(reach.address)
        case .phone, .webhook: false
        }
    }

    /// The same refusal whether the card is nobody's, does not work, or its holder has no number.
    func findNumber(_ command: Envelope<FindCardNumber>, in turn: borrowing Turn) throws -> Reply<CardNumber> {
        let list = command.data.list
        let written = try holder(of: command.data.token, in: turn.db).flatMap { person in
            try turn.db.first("SELECT written FROM person_number WHERE list = ? AND person = ? ORDER BY number", list.text, person.id.text)
            {
                $0.blob(0)
            }
        }
        guard let written else {
            return .refuse("no-number", "No number of \(list) is known for this card. Ask at the residents' counter.")
        }
        return .accept(CardNumber(String(decoding: try vault.open(written, context: "number/\(list)"), as: UTF8.self)))
    }

    /// Whoever has a card that works, and may have rights.
    private func holder(of token: Token, in db: borrowing Transaction) throws -> Person? {
        guard let card = try card(token, in: db), card.status == .active, let person = try person(card.person, in: db), person.isPresent
        else { return nil }
        return person
    }

    // MARK: Coming in

    /// A birth date is one of some thirty thousand: what did not fit is counted, so nothing that is done here is undone by a refusal.
    func enter(_ command: Envelope<EnterOwn>, in turn: borrowing Turn) throws -> Reply<OwnEntered> {
        let wish = command.data
        switch (wish.token, wish.reading) {
        case (let token?, nil): return try enter(by: token, wish.born, command.id, in: turn)
        case (nil, let reading?): return try enter(by: reading, wish.born, command.id, in: turn)
        default: return Self.noMatch()
        }
    }

    private func enter(by token: Token, _ born: CalendarDate, _ cause: EventID, in turn: borrowing Turn) throws -> Reply<OwnEntered> {
        let mark = Array(token.text.utf8)
        guard try tries(mark, in: turn) < Self.mostByCard else { return Self.tooMany() }
        guard let person = try holder(of: token, in: turn.db), person.facts.born == born else {
            try noteTry(mark, cause, in: turn)
            return Self.noMatch()
        }
        try look(at: person.id, why: "own page, by card", cause: cause, in: turn)
        return .accept(OwnEntered([person.id]))
    }

    /// Whoever fits is sent a link; that somebody asked for it stands in the history, whoever it was.
    private func enter(by reading: String, _ born: CalendarDate, _ cause: EventID, in turn: borrowing Turn) throws -> Reply<OwnEntered> {
        guard let mark = vault.search(reading: reading, born: born) else { return Self.noMatch() }
        guard try tries(mark, in: turn) < Self.mostByName else { return Self.tooMany() }
        try noteTry(mark, cause, in: turn)
        let found = try turn.db.all(
            "SELECT id FROM person WHERE search = ? AND standing IN ('provisional', 'registered') ORDER BY id", mark
        ) {
            PersonID($0.text(0))
        }.compactMap(\.self)
        guard !found.isEmpty else { return Self.noMatch() }
        for person in found { try look(at: person, why: "own page, by link", cause: cause, in: turn) }
        return .accept(OwnEntered(found))
    }

    private static func noMatch() -> Reply<OwnEntered> { .refuse("no-match", "Nobody is known by this.") }

    private static func tooMany() -> Reply<OwnEntered> { .refuse("too-many", "That was tried too often. Try again in an hour.") }

    // MARK: Tries

    private static let remembersTries = Duration.seconds(3600)
    /// Within an hour, those that did not fit …
    private static let mostByCard = 5
    /// … and all of them.
    private static let mostByName = 30

    private func tries(_ mark: [UInt8], in turn: borrowing Turn) throws -> Int64 {
        try turn.db.first(
            "SELECT count(*) FROM own_try WHERE mark = ? AND at BETWEEN ? AND ?", mark, (turn.now - Self.remembersTries).milliseconds,
            turn.now.milliseconds
        ) { $0.int(0) } ?? 0
    }

    private func noteTry(_ mark: [UInt8], _ id: EventID, in turn: borrowing Turn) throws {
        try turn.db.run("INSERT OR IGNORE INTO own_try (mark, at, id) VALUES (?, ?, ?)", mark, turn.now.milliseconds, id.bytes)
    }

    /// Also what lies ahead, after a clock was set back.
    func forgetTries(in turn: borrowing Turn) throws {
        try turn.db.run(
            "DELETE FROM own_try WHERE at NOT BETWEEN ? AND ?", (turn.now - Self.remembersTries).milliseconds, turn.now.milliseconds)
    }
}
