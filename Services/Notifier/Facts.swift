import Contracts
import People
import Seal
import ServiceKit
import Store

/// What others have found out and people want to hear.
extension Notifier {
    /// A card was held somewhere.
    func notice(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        let person = try holder(of: tap.data, in: turn.db)
        if let person { try seen(person, tap, in: turn) }
        // One whose machine had no clock counts as of now; one with a clock ahead of ours too.
        let at = tap.data.clock == .boot ? turn.now : min(tap.time, turn.now + .seconds(60))
        try atGate(tap, person, at, in: turn)
        guard let person else { return }
        try onBoard(tap, person, at, in: turn)
    }

    // MARK: Shelters

    /// Somebody is at a shelter, or no more: the family hears it by consent. Of people who must not be found the registry says nothing.
    func notice(_ event: Envelope<Whereabouts>, in turn: borrowing Turn) throws {
        guard let person = event.data.who.person else { return }
        let before = try turn.db.first("SELECT shelter, presence FROM sheltered WHERE person = ?", person.text) {
            ($0.textIfPresent(0).flatMap { ShelterID($0) }, Whereabouts.Presence(rawValue: $0.text(1)))
        }
        guard let presence = event.data.presence, let shelter = event.data.shelter else {
            try turn.db.run("DELETE FROM sheltered WHERE person = ?", person.text)
            return
        }
        try turn.db.run(
            "INSERT OR REPLACE INTO sheltered (person, shelter, presence) VALUES (?, ?, ?)", person.text, shelter.text, presence.rawValue)
        // Out for an hour and back is no news.
        let wasThere = before?.0 == shelter && before?.1 != .left
        guard presence != .away, wasThere == (presence == .left) else { return }
        let word: NoticeWord = presence == .left ? .leftShelter : .sheltered
        var news = News(word: word, kind: .safety, about: event.id, subject: person, at: event.data.since ?? event.time, urgency: .danger)
        news.values.shelter = shelter
        try tell(news, in: turn)
    }

    func notice(_ event: Envelope<ShelterChanged>, in turn: borrowing Turn) throws {
        let shelter = event.data.shelter
        try turn.db.run("INSERT OR REPLACE INTO shelter (id, title) VALUES (?, ?)", shelter.id.text, shelter.title)
    }

    func title(of shelter: ShelterID, in db: borrowing Transaction) throws -> String {
        try db.first("SELECT title FROM shelter WHERE id = ?", shelter.text) { $0.text(0) } ?? shelter.text
    }

    // MARK: Buses

    /// A child boarded and did not alight (置き去り防止): before everything else, and to everybody who can look.
    func notice(_ event: Envelope<LeftOnBoard>, in turn: borrowing Turn) throws {
        let left = event.data
        let end = left.alighted
        var news = News(
            word: end == nil ? .leftOnBoard : .foundAlighted, kind: nil, about: left.boarded.tap, subject: left.person,
            at: end?.at ?? left.boarded.at, urgency: .danger)
        (news.values.line, news.values.place) = (left.line, left.boarded.place)
        // Whoever wants to hear anything of the child hears this.
        try tell(news, in: turn)
        for contact in try offices(of: left.person, in: turn.db) { try tell(news, to: .contact(contact), in: turn) }
        for contact in policy.drivers[left.line] ?? [] { try tell(news, to: .contact(contact), in: turn) }
    }

    /// The town's office and that of the schools somebody goes to.
    func offices(of person: PersonID, in db: borrowing Transaction) throws -> [ContactID] {
        let schools = try policy.schools.filter { try isPupil(person, of: $0, in: db) }
        return (policy.office + schools.flatMap(\.office)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: Lockers

    /// Something can be collected, or must be soon.
    func notice(_ event: Envelope<LockerItemChanged>, in turn: borrowing Turn) throws {
        let item = event.data.item
        guard let word: NoticeWord = [.filled: .itemReady, .reminder: .itemReminder][event.data.status] else { return }
        var people = item.persons ?? []
        for token in item.tokens {
            if let person = try People<NoticeView>.person(of: token, in: turn.db) { people.append(person) }
        }
        for person in Set(try people.map { try People<NoticeView>.present($0, in: turn.db) }).sorted() {
            // What it says is until when it can be had.
            var news = News(word: word, kind: .locker, about: event.id, subject: person, at: event.time)
            (news.values.locker, news.values.number, news.values.since) = (item.locker, item.number, item.until)
            try tell(news, to: .person(person), in: turn)
        }
    }
}
