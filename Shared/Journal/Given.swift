import Contracts
import Seal
import Store

/// A command that a service has obeyed, as whoever gave it keeps it.
package struct GivenCommand: Sendable, Equatable {
    /// Its moment is when it was given.
    package let id: EventID
    /// The process that obeyed it, and may be put back to a time before it did.
    package let service: Address
    package let by: UserID
    package let topic: Topic
    /// As it was sent.
    package let bytes: [UInt8]
    /// When the service obeyed it, by the service's clock.
    package var obeyed: Instant?

    package init(id: EventID, to service: Address, by: UserID, on topic: Topic, bytes: [UInt8], obeyed: Instant? = nil) {
        (self.id, self.service, self.by, self.topic, self.bytes, self.obeyed) = (id, service, by, topic, bytes, obeyed)
    }
}

/// A service that works on an older copy of its database.
package enum Setback: Sendable, Equatable {
    /// It says so itself.
    case announced(Restored)
    /// It has fewer entries in its audit than it had, or others: what came after this number is gone.
    case unannounced(after: Int64)
}

/// What somebody has commanded, kept so that it can be given again to a service that was put back from a copy and has forgotten it.
///
/// How far a service has come is counted by its audit: each command it has obeyed is an entry. Its `life` names the newest one, as much as ten seconds late.
/// Moments are the service's own, so that no two clocks are compared.
package enum Given {
    package static let migrations = [
        Migration(
            1,
            """
            -- `bytes` lie under the vault. `obeyed` is NULL until the answer is there. `ceiling`: the service's audit had at most so many entries when it had
            -- obeyed this one; NULL until it has spoken of its audit since.
            CREATE TABLE given (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                id BLOB NOT NULL UNIQUE,
                service TEXT NOT NULL,
                actor TEXT NOT NULL,
                topic TEXT NOT NULL,
                bytes BLOB NOT NULL,
                obeyed INTEGER,
                ceiling INTEGER
            );
            CREATE INDEX given_service ON given (service, actor, position);

            -- How far a service had come at the least when `actor` heard of it last, at `at`; `link` is NULL where that was counted and not heard.
            CREATE TABLE given_heard (
                service TEXT NOT NULL,
                actor TEXT NOT NULL,
                at INTEGER NOT NULL,
                number INTEGER NOT NULL,
                link TEXT,
                restored INTEGER,
                -- Somebody else here has noticed that it forgot what came after this entry.
                forgot INTEGER,
                PRIMARY KEY (service, actor)
            ) WITHOUT ROWID;
            """)
    ]

    /// Whose vault rotates seals these anew with its other columns.
    package static let sealed = SealedColumn(
        index: "CREATE INDEX IF NOT EXISTS given_vault_key ON given (substr(bytes, 2, 2))",
        dropIndex: "DROP INDEX IF EXISTS given_vault_key",
        old: "SELECT bytes, id, NULL, lower(hex(id)) FROM given WHERE substr(bytes, 2, 2) < ? LIMIT ?",
        context: { "given/\($0.text(3))" },
        replace: "UPDATE given SET bytes = ? WHERE id = ?",
        count: "SELECT substr(bytes, 2, 2), count(*) FROM given WHERE substr(bytes, 2, 2) < ? GROUP BY 1")

    /// A copy's moment is when it was finished; what was obeyed while it was made may or may not be in it.
    private static let margin = Duration.seconds(60)

    // MARK: Commands

    /// Keeps what is about to be given, or was.
    package static func note(_ command: GivenCommand, in db: borrowing Transaction) throws {
        let place = context(command.id)
        try db.run(
            "INSERT INTO given (id, service, actor, topic, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", command.id.bytes,
            command.service.description, command.by.text, command.topic.description, db.close(command.bytes, place))
    }

    /// It was obeyed at `moment`, of the answer, or it was refused and is forgotten.
    package static func answered(_ id: EventID, accepted: Bool, at moment: Instant, in db: borrowing Transaction) throws {
        guard accepted else {
            try db.run("DELETE FROM given WHERE id = ? AND obeyed IS NULL", id.bytes)
            return
        }
        // The same answer, given again: nothing was done.
        guard
            try db.run(
                "UPDATE given SET obeyed = ?1, ceiling = NULL WHERE id = ?2 AND obeyed IS NOT ?1", moment.milliseconds, id.bytes) > 0
        else { return }
        // Its own entry stands in the audit behind all that was known of.
        try db.run(
            """
            UPDATE given_heard SET number = number + 1, link = NULL, at = max(at, ?)
            WHERE (service, actor) = (SELECT service, actor FROM given WHERE id = ?)
            """, moment.milliseconds, id.bytes)
    }

    /// What a service has forgotten of what `actor` had commanded, in the order in which it was given.
    package static func lost(
        by service: Address, to setback: Setback, of actor: UserID, in db: borrowing Transaction
    ) throws -> [GivenCommand] {
        switch setback {
        case .announced(let restored):
            try db.all(
                """
                SELECT id, service, actor, topic, bytes, obeyed FROM given WHERE service = ? AND actor = ? AND obeyed >= ? AND obeyed < ? ORDER BY position
                """, service.description, actor.text, (restored.copied - margin).milliseconds, restored.at.milliseconds
            ) { try command($0, in: db) }
        case .unannounced(let number):
            try db.all(
                """
                SELECT id, service, actor, topic, bytes, obeyed FROM given
                WHERE service = ? AND actor = ? AND obeyed IS NOT NULL AND coalesce(ceiling > ?, 1) ORDER BY position
                """, service.description, actor.text, number
            ) { try command($0, in: db) }
        }
    }

    /// All that was obeyed since a moment, whoever gave it, in order.
    package static func all(since moment: Instant, in db: borrowing Transaction) throws -> [GivenCommand] {
        try db.all(
            "SELECT id, service, actor, topic, bytes, obeyed FROM given WHERE obeyed IS NOT NULL AND id >= ? ORDER BY position",
            Seen.first(at: moment)
        ) { try command($0, in: db) }
    }

    package static func purge(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM given WHERE id < ?", Seen.first(at: limit))
    }

    private static func context(_ id: EventID) -> String { "given/\(Hex.text(id.bytes))" }

    private static func command(_ row: Row, in db: borrowing Transaction) throws -> GivenCommand {
        guard let id = EventID(bytes: row.blob(0)), let service = Address(row.text(1)), let by = UserID(row.text(2)),
            let topic = Topic(row.text(3))
        else { throw Unreadable() }
        return GivenCommand(
            id: id, to: service, by: by, on: topic, bytes: try db.open(row.blob(4), context(id)),
            obeyed: row.intIfPresent(5).map { Instant(milliseconds: $0) })
    }

    /// No program of ours writes such a row.
    private struct Unreadable: Error, CustomStringConvertible {
        let description = "what was commanded is kept under a name that nobody has"
    }

    // MARK: Services

    /// Takes note of how far a service has come.
    /// - Returns: that it was set back since. It is said again until `settle` is called, so that whoever is interrupted begins anew.
    package static func hear(
        _ life: Life, of service: Address, as actor: UserID, in db: borrowing Transaction
    ) throws -> Setback? {
        // What the broker says of a process that ended knows nothing of its audit.
        guard life.state != .lost, life.state != .stopped else { return nil }
        let known = try db.first(
            "SELECT at, number, link, restored, forgot FROM given_heard WHERE service = ? AND actor = ?", service.description, actor.text
        ) {
            Heard(
                at: Instant(milliseconds: $0.int(0)), number: $0.int(1), link: $0.textIfPresent(2),
                restored: Instant(milliseconds: $0.intIfPresent(3) ?? Instant.distantPast.milliseconds), forgot: $0.intIfPresent(4))
        }
        let heard = known ?? Heard()
        if let setback = heard.setback(in: life) {
            // Its audit may have grown past what the others know by the time they hear of it.
            if case .unannounced(let number) = setback {
                try db.run(
                    "UPDATE given_heard SET forgot = min(coalesce(forgot, ?1), ?1) WHERE service = ?2", number, service.description)
            }
            return setback
        }
        // Said before what is known already.
        guard life.at > heard.at else { return nil }
        try settle(life, of: service, as: actor, in: db)
        try db.run(
            "UPDATE given SET ceiling = ? WHERE service = ? AND actor = ? AND ceiling IS NULL AND obeyed < ?", life.audit?.number ?? 0,
            service.description, actor.text, life.at.milliseconds)
        return nil
    }

    /// From now on this is how far the service had come.
    package static func settle(_ life: Life, of service: Address, as actor: UserID, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO given_heard (service, actor, at, number, link, restored) VALUES (?, ?, ?, ?, ?, ?)",
            service.description,
            actor.text, life.at.milliseconds, life.audit?.number ?? 0, life.audit?.link, life.restored?.at.milliseconds)
    }

    /// What is known of a service's progress.
    private struct Heard {
        var at = Instant.distantPast
        var number: Int64 = 0
        var link: String?
        var restored = Instant.distantPast
        var forgot: Int64?

        func setback(in life: Life) -> Setback? {
            if let copy = life.restored, copy.at > restored { return .announced(copy) }
            if let forgot { return .unannounced(after: forgot) }
            guard life.at > at else { return nil }
            let now = life.audit?.number ?? 0
            if now < number { return .unannounced(after: now) }
            // Where the two part nobody knows.
            if let link, now == number, number > 0, link != life.audit?.link { return .unannounced(after: 0) }
            return nil
        }
    }
}
