import Contracts
import Seal
import ServiceKit
import Store

/// What the counter and the person may see. Every look is written down for the person.
extension ResidentDirectory {
    func find(_ command: Envelope<FindPersons>, in turn: borrowing Turn) throws -> Reply<PersonList> {
        try turn.obey {
            let (ids, how) = try found(command.data, in: turn)
            let page = ids.filter { id in command.data.after.map { id > $0 } ?? true }.sorted()
            let persons = try page.prefix(FindPersons.limit).compactMap { try person($0, in: turn.db) }
            for person in persons { try look(at: person.id, why: how, cause: command.id, in: turn) }
            return .accept(
                PersonList(try persons.map { try brief($0, in: turn.db) }, more: page.count > FindPersons.limit))
        }
    }

    /// There is no list of everybody: whoever looks knows something of the person already.
    private func found(_ wish: FindPersons, in turn: borrowing Turn) throws -> ([PersonID], String) {
        func ids(_ texts: [String]) -> [PersonID] { texts.compactMap { PersonID($0) } }
        if let tap = wish.tap { return ([try kept(try fresh(tap, in: turn).token, in: turn.db).person], "found by card") }
        if let reading = wish.reading, let born = wish.born {
            guard let search = vault.search(reading: reading, born: born) else {
                throw Objection("bad-reading", "The reading is written in kana, Latin letters or digits.")
            }
            return (
                ids(try turn.db.all("SELECT id FROM person WHERE search = ?", search) { $0.text(0) }), "found by reading and birth date"
            )
        }
        if let list = wish.list, let number = wish.number {
            let index = vault.index(number: number, of: list)
            return (
                ids(try turn.db.all("SELECT person FROM person_number WHERE list = ? AND number = ?", list.text, index) { $0.text(0) }),
                "found by number"
            )
        }
        if let household = wish.household {
            let index = vault.index(household: household)
            return (ids(try turn.db.all("SELECT id FROM person WHERE household = ?", index) { $0.text(0) }), "found by household")
        }
        if let group = wish.group {
            return (
                ids(
                    try turn.db.all(
                        "SELECT person FROM member WHERE \"group\" = ? AND person > ? ORDER BY person LIMIT ?", group.text,
                        wish.after?.text ?? "", FindPersons.limit + 1
                    ) { $0.text(0) }), "found by group \(group)"
            )
        }
        throw Objection("nothing-to-go-by", "Look by reading and birth date together, by a card, a group, a household or a list's number.")
    }

    func show(_ command: Envelope<ShowPerson>, in turn: borrowing Turn) throws -> Reply<PersonFile> {
        try turn.obey {
            let why = try reason(command.data.why)
            guard let id = try command.data.person ?? command.data.tap.map({ try kept(try fresh($0, in: turn).token, in: turn.db).person })
            else { throw Objection("no-person", "Whose file? Name the person, or hold the card.") }
            let person = try known(id, in: turn.db)
            try look(at: id, why: why, cause: command.id, in: turn)
            return .accept(try file(of: person, behind: command.data.after, in: turn))
        }
    }

    func file(of person: Person, behind: EventID?, in turn: borrowing Turn) throws -> PersonFile {
        let id = person.id
        var file = PersonFile(id, person.facts, person.residency, person.standing, since: person.since)
        file.into = person.merged
        file.cards = try turn.db.all(
            "SELECT token, person, scheme, status, since, until, former FROM card WHERE person = ? ORDER BY since, token", id.text,
            read: KeptCard.init
        ).map { CardFile($0.token, $0.scheme, $0.status, since: $0.since, until: $0.until) }
        file.groups = try turn.db.all("SELECT \"group\" FROM member WHERE person = ? ORDER BY \"group\"", id.text) { GroupID($0.text(0)) }
            .compactMap { $0 }
        file.consents = try consents(of: id, in: turn.db)
        file.relations = try relations(of: id, in: turn.db)
        file.numbers = Dictionary(
            try turn.db.all("SELECT list, written FROM person_number WHERE person = ?", id.text) { ($0.text(0), $0.blob(1)) }
                .map { ($0, String(decoding: try vault.open($1, context: "number/\($0)"), as: UTF8.self)) }, uniquingKeysWith: { $1 })
        // With reasons of any length the answer stays below 32 KiB.
        let limit = 50
        let history = try history(of: id, behind: behind, limit: limit + 1, in: turn.db)
        (file.history, file.more) = (Array(history.prefix(limit)), history.count > limit)
        if let views = try views(of: id, in: turn) {
            file.eligible = views.points?.eligible ?? []
            file.views = try views.written
        }
        return file
    }

    private func relations(of id: PersonID, in db: borrowing Transaction) throws -> [RelationFile] {
        let rows = try db.all("SELECT person, kind, other, since FROM relation WHERE person = ?1 OR other = ?1 ORDER BY since", id.text) {
            (PersonID($0.text(0)), RelationKind(rawValue: $0.text(1)), PersonID($0.text(2)), Instant(milliseconds: $0.int(3)))
        }
        return try rows.compactMap { one, kind, other, since in
            guard let one, let kind, let other else { return nil }
            let someone = one == id ? other : one
            return RelationFile(
                kind, someone, isOfThisPerson: one == id, name: try person(someone, in: db)?.facts.name, since: since)
        }
    }
}

extension Views {
    /// Each view as its service is told it.
    fileprivate var written: [String: String] {
        get throws {
            var written: [String: String] = [:]
            func add(_ name: String, _ view: (any EventBody)?) throws {
                if let view { written[name] = String(decoding: try view.json(), as: UTF8.self) }
            }
            try add("lock-controller", lock)
            try add("shelter-registry", shelter)
            try add("points", points)
            try add("notifier", notice)
            try add("reception", reception)
            try add("analytics", visit)
            return written
        }
    }
}
