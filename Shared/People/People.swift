import Contracts
import ServiceKit
import Store

/// What a service knows of people: its view of the directory, kept by the newest row of each person, in whatever order they come.
///
/// A card belongs to the person whose newest row names it; where two do, to the one that was written later.
/// Of whom nothing is known there is nothing here, and whoever asks must refuse.
package enum People<View: PersonView> {
    package typealias ID = OpaqueID<View.Kind>

    /// Persons who were merged into one, at most; those beyond are not found.
    package static var limit: Int { 64 }

    /// The line of a service's page that keeps the view.
    package static var reading: Reading { reading { _, _ in } }

    /// The same for a service that keeps something of its own by what it knows of people.
    /// - Parameter changing: called before a person's row changes and after it.
    package static func reading(_ changing: @escaping (_ person: ID, borrowing Turn) throws -> Void) -> Reading {
        follow(
            View.channel,
            { event, turn in
                try changing(event.data.person, turn)
                try take(event, in: turn)
                try changing(event.data.person, turn)
            },
            drop: { key, turn in
                if let person = ID(key) { try changing(person, turn) }
                try forget(key, in: turn)
            }, tables: PeopleSchema.tables)
    }

    /// Whose card it is: one lookup.
    package static func card(_ token: Token, in db: borrowing Transaction) throws -> PersonCard<View.Kind>? {
        try db.first("SELECT person, barred FROM view_token WHERE token = ? ORDER BY epoch DESC, n DESC, person DESC LIMIT 1", token.text) {
            row in ID(row.text(0)).map { PersonCard(person: $0, isBarred: row.int(1) == 1) }
        } ?? nil
    }

    /// Whose card it is, if it is good for anything.
    package static func person(of token: Token, in db: borrowing Transaction) throws -> ID? {
        try card(token, in: db).flatMap { $0.isBarred ? nil : $0.person }
    }

    /// The newest row of a person; `nil` where it names no cards any more. One that this program cannot read is as good as none.
    package static func view(of person: ID, in db: borrowing Transaction) throws -> View? {
        try row(of: person, in: db).flatMap { try? $0.decoded() }
    }

    /// The same, to be read field by field: for what is asked at every tap.
    package static func fields(of person: ID, in db: borrowing Transaction) throws -> JSONObject? {
        try row(of: person, in: db).flatMap { try? JSONObject($0) }
    }

    private static func row(of person: ID, in db: borrowing Transaction) throws -> [UInt8]? {
        let row = try db.first("SELECT row FROM view_person WHERE person = ?", person.text) { $0.isNull(0) ? nil : $0.blob(0) } ?? nil
        return try row.map { try db.open($0, context(of: person.text)) }
    }

    /// Persons who were merged into this one, directly or by way of others, without this one: one lookup where there are none.
    package static func merged(into person: ID, in db: borrowing Transaction) throws -> [ID] {
        guard try db.first("SELECT 1 FROM view_person WHERE \"into\" = ? LIMIT 1", person.text, read: { _ in }) != nil else { return [] }
        var found = [person]
        var next = 0
        // Each person once, so that a circle ends.
        while next < found.count, found.count <= limit {
            let former = try db.all(
                "SELECT person FROM view_person WHERE \"into\" = ? ORDER BY person LIMIT ?", found[next].text, limit + 1
            ) { ID($0.text(0)) }
            for other in former.compactMap({ $0 }) where !found.contains(other) { found.append(other) }
            next += 1
        }
        return Array(found[1...].prefix(limit))
    }

    /// The cards of a person, barred ones too, and of whoever the person was found to be.
    package static func tokens(of person: ID, in db: borrowing Transaction) throws -> [Token] {
        try names(from: person, in: db).flatMap { name in
            try db.all("SELECT token FROM view_token WHERE person = ? ORDER BY token", name.text) { Token($0.text(0)) }.compactMap { $0 }
        }
    }

    /// Who this person is now, after all mergers.
    package static func present(_ person: ID, in db: borrowing Transaction) throws -> ID { try names(from: person, in: db).last ?? person }

    /// A person, whoever that one was found to be, and so on; each once, so that a circle ends.
    private static func names(from person: ID, in db: borrowing Transaction) throws -> [ID] {
        var names: [ID] = []
        var next: ID? = person
        while let name = next, !names.contains(name), names.count <= limit {
            names.append(name)
            next = try successor(of: name, in: db)
        }
        return names
    }

    /// Who this person was found to be, as the newest row says.
    package static func successor(of person: ID, in db: borrowing Transaction) throws -> ID? {
        try db.first("SELECT \"into\" FROM view_person WHERE person = ?", person.text) { $0.textIfPresent(0).flatMap { ID($0) } } ?? nil
    }

    /// Everybody a row is kept of, merged ones too, in an order that stays the same.
    package static func ids(after person: String, limit: Int, in db: borrowing Transaction) throws -> [ID] {
        try db.all("SELECT person FROM view_person WHERE person > ? ORDER BY person LIMIT ?", person, limit) { ID($0.text(0)) }
            .compactMap(\.self)
    }

    private static func context(of person: String) -> String { "view_person/\(person)" }

    /// Where a view lies sealed, for a service under a vault.
    package static var sealed: SealedColumn {
        SealedColumn(
            index: "CREATE INDEX IF NOT EXISTS view_person_vault_key ON view_person (substr(row, 2, 2))",
            dropIndex: "DROP INDEX IF EXISTS view_person_vault_key",
            old: "SELECT row, person, NULL FROM view_person WHERE substr(row, 2, 2) < ? LIMIT ?",
            context: { context(of: $0.text(1)) },
            replace: "UPDATE view_person SET row = ? WHERE person = CAST(? AS TEXT)",
            count: "SELECT substr(row, 2, 2), count(*) FROM view_person WHERE substr(row, 2, 2) < ? GROUP BY 1")
    }

    private static func take(_ event: Envelope<View>, in turn: borrowing Turn) throws {
        let view = event.data
        guard let position = event.position, event.subject == view.person.text else { throw Misfiled() }
        try forget(view.person.text, in: turn)
        guard view.tokens != nil || view.into != nil else { return }
        // Where the service has no vault, the row lies as it was said.
        let row = try view.tokens == nil ? nil : turn.db.close(view.json(), context(of: view.person.text))
        try turn.db.run(
            "INSERT INTO view_person (person, \"into\", row) VALUES (?, ?, ?)", view.person.text, view.into?.text, row)
        let barred = Set(view.barred ?? [])
        for token in Set(view.tokens ?? []).union(barred) {
            try turn.db.run(
                "INSERT INTO view_token (token, epoch, n, person, barred) VALUES (?, ?, ?, ?, ?)", token.text, position.epoch.text,
                position.number, view.person.text, barred.contains(token))
        }
    }

    private static func forget(_ person: String, in turn: borrowing Turn) throws {
        // Who has no row has claimed no cards.
        guard try turn.db.run("DELETE FROM view_person WHERE person = ?", person) > 0 else { return }
        try turn.db.run("DELETE FROM view_token WHERE person = ?", person)
    }
}

/// A card as a view knows it.
package struct PersonCard<Kind: OpaqueKind>: Equatable {
    package let person: OpaqueID<Kind>
    /// Reported lost, or suspended.
    package let isBarred: Bool

    package init(person: OpaqueID<Kind>, isBarred: Bool) { (self.person, self.isBarred) = (person, isBarred) }
}
