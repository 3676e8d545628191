import Contracts
import Seal
import ServiceKit
import Store

/// What it takes to take a ruling back.
struct Before: Codable, Equatable {
    /// The card as it was, where it was known.
    var card: KeptCard?
    var merge: Belongings?
}

extension ResidentDirectory {
    /// Writes down who decided what about whom, and says it without a name.
    @discardableResult
    func rule(
        _ ruled: PersonRuled, why: String? = nil, before: Before? = nil, cause: EventID, in turn: borrowing Turn
    ) throws -> EventID {
        let about = ruled.other?.text ?? ruled.card?.text ?? ruled.group?.text
        let part = "\(ruled.what.rawValue)/\(ruled.person)/\(about ?? "")"
        let id = try turn.emit(ruled, on: .persons, cause: cause, discriminator: part, subject: ruled.person.text)
        try keep(id, ruled.what, ruled.person, about: about, by: ruled.by, why: why, before: before, in: turn)
        return id
    }

    /// A look is kept for the person and not said on the bus.
    func look(at person: PersonID, why: String, cause: EventID, in turn: borrowing Turn) throws {
        let id = EventID.derived(from: cause, type: "look", discriminator: person.text)
        try keep(id, .looked, person, about: nil, by: turn.actor, why: why, before: nil, in: turn)
    }

    private func keep(
        _ id: EventID, _ what: PersonRuled.What, _ person: PersonID, about: String?, by: UserID, why: String?, before: Before?,
        in turn: borrowing Turn
    ) throws {
        try turn.db.run(
            "INSERT INTO ruling (id, at, who, what, person, about, why, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            id.bytes, turn.now.milliseconds, by.text, what.rawValue, person.text, about,
            why.map { vault.seal(Array($0.utf8), context: "why/\(id)") },
            try before.map { vault.seal(try $0.json(), context: "before/\(id)") })
    }

    /// The history of a person and of those found to be the same, newest first.
    func history(of person: PersonID, behind: EventID?, limit: Int, in db: borrowing Transaction) throws -> [RulingFile] {
        let place = try behind.flatMap { id in try db.first("SELECT at FROM ruling WHERE id = ?", id.bytes) { ($0.int(0), id.bytes) } }
        let rows = try db.all(
            """
            SELECT id, at, who, what, about, why, undone FROM ruling
            WHERE person IN (SELECT ?1 UNION SELECT id FROM person WHERE merged = ?1) AND (?2 IS NULL OR (at, id) < (?2, ?3))
            ORDER BY at DESC, id DESC LIMIT ?4
            """, person.text, place?.0, place?.1, limit
        ) { ($0.blob(0), $0.int(1), $0.text(2), $0.text(3), $0.textIfPresent(4), $0.isNull(5) ? nil : $0.blob(5), $0.int(6) == 1) }
        return try rows.compactMap { id, at, who, what, about, why, undone in
            guard let id = EventID(bytes: id), let what = PersonRuled.What(rawValue: what), let who = UserID(who) else { return nil }
            var ruling = RulingFile(id, what, at: Instant(milliseconds: at), by: who, of: about)
            ruling.why = try why.map { String(decoding: try vault.open($0, context: "why/\(id)"), as: UTF8.self) }
            ruling.undone = undone ? true : nil
            return ruling
        }
    }
}

/// A clerk's reason: there, and not a letter.
func reason(_ why: String?) throws -> String {
    guard let why, !why.isEmpty, why.unicodeScalars.count <= 200 else {
        throw Objection("no-reason", "Say why, in at most 200 characters: it is kept, and the person may read it.")
    }
    return why
}
