import Contracts
import People
import ServiceKit
import Store

/// Items as rows. That a compartment holds one item is the schema's rule: with another one in it nothing can be written down.
extension KeptItem {
    static func inside(_ compartment: DoorID, in db: borrowing Transaction) throws -> KeptItem? {
        try db.first(
            "SELECT id FROM locker_item WHERE compartment = ? AND state IN ('reserved', 'filled', 'expired')", compartment.text, read: id
        ).flatMap { try found($0, in: db) }
    }

    static func opened(by decision: EventID, in db: borrowing Transaction) throws -> KeptItem? {
        try db.first("SELECT id FROM locker_item WHERE decision = ?", decision.bytes, read: id).flatMap { try found($0, in: db) }
    }

    static func due(at now: Instant, in db: borrowing Transaction) throws -> [KeptItem] {
        try db.all("SELECT id FROM locker_item WHERE due <= ? ORDER BY due, id LIMIT 200", now.milliseconds, read: id)
            .compactMap { try found($0, in: db) }
    }

    static func all(behind compartment: DoorID?, of locker: LockerID?, limit: Int, in db: borrowing Transaction) throws -> [KeptItem] {
        try db.all(
            """
            SELECT id FROM locker_item WHERE state IN ('reserved', 'filled', 'expired') AND compartment > ?1 AND (?2 IS NULL OR locker = ?2)
            ORDER BY compartment LIMIT ?3
            """, compartment?.text ?? "", locker?.text, limit, read: id
        ).compactMap { try found($0, in: db) }
    }

    /// Everything in a locker for the holder of a card, directly or as the person whose card it is. A card that was reported lost is nobody's.
    static func waiting(for tap: Tapped, at locker: LockerID, in db: borrowing Transaction) throws -> [KeptItem] {
        let tokens = [tap.token] + (tap.former.map { [$0] } ?? [])
        let card = try tokens.compactMap { try People<LockView>.card($0, in: db) }.first
        guard card?.isBarred != true else { return [] }
        var ids: Set<EventID> = []
        for token in tokens {
            ids.formUnion(try db.all("SELECT item FROM locker_token WHERE token = ? ORDER BY item LIMIT 200", token.text, read: id))
        }
        for person in try card.map({ try [$0.person] + People<LockView>.merged(into: $0.person, in: db) }) ?? [] {
            ids.formUnion(try db.all("SELECT item FROM locker_person WHERE person = ? ORDER BY item LIMIT 200", person.text, read: id))
        }
        return try ids.sorted().compactMap { try found($0, in: db) }.filter {
            $0.item.locker == locker && ($0.item.state == .filled || $0.item.state == .expired)
        }
    }

    private static func id(_ row: Row) -> EventID {
        guard let id = EventID(bytes: row.blob(0)) else { preconditionFailure("an item was written with its id") }
        return id
    }

    private static func found(_ id: EventID, in db: borrowing Transaction) throws -> KeptItem? {
        try db.first(
            """
            SELECT id, locker, compartment, number, state, until, trouble, put, remind, decision, errand, underway, settles
            FROM locker_item WHERE id = ?
            """, id.bytes, read: KeptItem.init
        )?.named(in: db)
    }

    private init(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let locker = LockerID(row.text(1)), let compartment = DoorID(row.text(2)),
            let state = LockerItem.State(rawValue: row.text(4))
        else { preconditionFailure("an item was written with its id, its locker, its compartment and its state") }
        item = LockerItem(
            id: id, locker: locker, compartment: compartment, number: row.textIfPresent(3).flatMap { ItemNumber($0) }, state: state,
            tokens: [], until: Instant(milliseconds: row.int(5)), trouble: row.textIfPresent(6).flatMap { DoorOutcome.Result(rawValue: $0) }
        )
        put = Instant(milliseconds: row.int(7))
        remind = row.intIfPresent(8).map { Instant(milliseconds: $0) }
        decision = row.isNull(9) ? nil : EventID(bytes: row.blob(9))
        errand = row.textIfPresent(10).flatMap { Errand(rawValue: $0) }
        isUnderway = row.int(11) == 1
        settles = row.intIfPresent(12).map { Instant(milliseconds: $0) }
    }

    private func named(in db: borrowing Transaction) throws -> KeptItem {
        var kept = self
        kept.item.tokens = try db.all("SELECT token FROM locker_token WHERE item = ? ORDER BY token", item.id.bytes) { Token($0.text(0)) }
            .compactMap { $0 }
        let persons = try db.all("SELECT person FROM locker_person WHERE item = ? ORDER BY person", item.id.bytes) { PersonID($0.text(0)) }
            .compactMap { $0 }
        kept.item.persons = persons.isEmpty ? nil : persons
        return kept
    }

    /// For whom it is never changes.
    func write(in db: borrowing Transaction) throws {
        let isNew = try db.first("SELECT 1 FROM locker_item WHERE id = ?", item.id.bytes) { _ in true } == nil
        try db.run(
            """
            INSERT INTO locker_item (id, locker, compartment, number, state, until, trouble, put, remind, decision, errand, underway, settles, due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, until = excluded.until, trouble = excluded.trouble, remind = excluded.remind,
            decision = excluded.decision, errand = excluded.errand, underway = excluded.underway, settles = excluded.settles, due = excluded.due
            """, item.id.bytes, item.locker.text, item.compartment.text, item.number?.text, item.state.rawValue, item.until.milliseconds,
            item.trouble?.rawValue, put.milliseconds, remind?.milliseconds, decision?.bytes, errand?.rawValue, isUnderway,
            settles?.milliseconds, due?.milliseconds)
        guard isNew else { return }
        for token in item.tokens { try db.run("INSERT INTO locker_token (token, item) VALUES (?, ?)", token.text, item.id.bytes) }
        for person in item.persons ?? [] {
            try db.run("INSERT INTO locker_person (person, item) VALUES (?, ?)", person.text, item.id.bytes)
        }
    }
}
