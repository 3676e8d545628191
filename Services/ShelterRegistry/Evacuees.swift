import Contracts
import People
import Seal
import ServiceKit
import Store

/// Who is meant by a name in a note, as far as is known now: the directory may learn a card's owner tomorrow, and a guest may turn out to be a resident.
extension ShelterRegistry {
    /// Steps from a name to who it is, at most: whatever two registries have said of two guests, it ends.
    private static let hops = 64

    /// A person, or a guest where nobody is known.
    func whoIs(_ raw: Evacuee, in db: borrowing Transaction) throws -> Evacuee { try names(of: raw, in: db).last ?? raw }

    /// The names on the way from one to who it is, both among them. Two guests may have been said to be each other, at two places or one after the other: then
    /// each stands there again and again, and none of them is who they are.
    func names(of raw: Evacuee, in db: borrowing Transaction) throws -> [Evacuee] {
        var names = [raw]
        while names.count <= Self.hops, let next = try next(after: names[names.count - 1], in: db) { names.append(next) }
        return names
    }

    private func next(after name: Evacuee, in db: borrowing Transaction) throws -> Evacuee? {
        switch name {
        // A lost card is its owner's too: whoever holds it here is not at a door.
        case .card(let token): try People<ShelterView>.card(token, in: db).map { .person($0.person) } ?? .guest(GuestID(of: token))
        case .guest(let guest): try identity(of: guest, in: db)
        case .person(let person): try People<ShelterView>.successor(of: person, in: db).map { .person($0) }
        }
    }

    /// Whom a guest was found to be: as staff said, or by the card they came with.
    private func identity(of guest: GuestID, in db: borrowing Transaction) throws -> Evacuee? {
        if let into = try db.first("SELECT \"into\" FROM identity WHERE guest = ?", guest.text, read: { Evacuee($0.text(0)) }) {
            return into
        }
        guard let token = try db.first("SELECT token FROM card_guest WHERE guest = ?", guest.text, read: { Token($0.text(0)) }) ?? nil
        else { return nil }
        return try People<ShelterView>.card(token, in: db).map { .person($0.person) }
    }

    /// While token keys are changed a card has two names: who was taken for a guest by the former one, and is nobody the directory knows, is the same guest
    /// by the other.
    func carryOver(_ former: Token, to token: Token, in turn: borrowing Turn) throws {
        let (before, now) = (GuestID(of: former), GuestID(of: token))
        guard try People<ShelterView>.card(former, in: turn.db) == nil, try isKnown(before, in: turn.db), try !isKnown(now, in: turn.db)
        else { return }
        var file = EvacueeFile(.identity, of: .guest(now))
        file.into = .guest(before)
        try write(file, in: turn)
    }

    /// Called before what is known of a person changes, and after it.
    func doubt(_ person: PersonID, in turn: borrowing Turn) throws {
        try doubt(.person(person), in: turn)
        // With it whoever was found to be this one, by whatever way.
        try doubt(whoIs(.person(person), in: turn.db), in: turn)
        try noteLists(of: person, in: turn.db)
        for token in try People<ShelterView>.tokens(of: person, in: turn.db) {
            try doubt(.card(token), in: turn)
            try doubt(.guest(GuestID(of: token)), in: turn)
        }
    }

    private func noteLists(of person: PersonID, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM member WHERE person = ?", person.text)
        let view = try People<ShelterView>.view(of: person, in: db)
        try noteReading(view?.reading, of: .person(person), in: db)
        guard let view else { return }
        for list in Self.lists(of: view) { try db.run("INSERT INTO member (list, person) VALUES (?, ?)", index(list: list), person.text) }
    }

    static func lists(of view: ShelterView) -> [String] {
        [view.household.map { "household/\($0)" }, view.district.map { "district/\($0)" }, view.school.map { "school/\($0)" }].compactMap(
            \.self)
            + (view.groups ?? []).map { "group/\($0)" }
    }

    /// Lists are found again, and whose name is in which cannot be read off the disk.
    func index(list: String) -> [UInt8] { vault.blindIndex(Array(list.utf8), for: "list of persons") }

    /// Whatever was said of them, by this name or by another, is looked at again.
    func doubt(_ who: Evacuee, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            INSERT INTO doubtful SELECT raw FROM note WHERE raw = ?1 OR key = ?1 UNION SELECT raw FROM handed WHERE raw = ?1 OR key = ?1
            ON CONFLICT DO NOTHING
            """, who.description)
    }

    /// Looks again at some names.
    /// - Returns: now, if there are more.
    func resolveDoubts(in turn: borrowing Turn) throws -> Instant? {
        let names = try turn.db.all("SELECT raw FROM doubtful ORDER BY raw LIMIT 200") { $0.text(0) }
        var keys: Set<String> = []
        for name in names {
            guard let raw = Evacuee(name) else { preconditionFailure("notes are written with names of evacuees") }
            let who = try whoIs(raw, in: turn.db)
            let key = who.description
            keys.formUnion(try turn.db.all("SELECT DISTINCT key FROM note WHERE raw = ?", name) { $0.text(0) })
            keys.insert(key)
            try turn.db.run("UPDATE note SET key = ? WHERE raw = ?", key, name)
            try turn.db.run(
                "UPDATE handed SET key = ?, household = ? WHERE raw = ?", key, try household(of: who, in: turn.db), name)
            try turn.db.run("DELETE FROM doubtful WHERE raw = ?", name)
        }
        for key in keys.sorted() {
            try refold(key, in: turn)
            // Whether they may be found may have changed alone.
            try tellWhereabouts(of: key, in: turn)
        }
        return names.count == 200 ? turn.now : nil
    }
}

extension GuestID {
    /// Whoever holds a card nobody knows is the same guest at every shelter.
    init(of token: Token) { self.init(sha256("guest\n\(token)")) }
}
