import Contracts
import ServiceKit
import Store

extension Portal {
    /// What was heard last of everything that is shown: facts about places, and nobody in them.
    static let snapshotTables = Migration(
        2,
        """
        -- kind: the name of the channel; thing: a shelter, a house, a door, a process. body: JSON as it was heard. until: when it is too old to be believed,
        -- in milliseconds; NULL for what holds until it changes. revision grows with each that is kept: a page names the newest it shows.
        CREATE TABLE snapshot (
            kind TEXT NOT NULL, thing TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER, body BLOB NOT NULL, revision INTEGER NOT NULL, isStale INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (kind, thing)
        ) WITHOUT ROWID;
        CREATE INDEX snapshot_revision ON snapshot (revision);
        CREATE INDEX snapshot_until ON snapshot (until) WHERE isStale = 0 AND until IS NOT NULL;
        """)
}

/// Something as it was heard last.
struct Snapshot<Body> {
    let thing: String
    let at: Instant
    /// When it is too old to be believed.
    let until: Instant?
    let body: Body

    func isStale(at now: Instant) -> Bool { until.map { $0 < now } ?? false }
}

enum Snapshots {
    static func keep(
        _ body: some Encodable, as kind: String, of thing: String, at: Instant, until: Instant? = nil, in db: borrowing Transaction
    ) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO snapshot (kind, thing, at, until, body, revision)
            VALUES (?, ?, ?, ?, ?, (SELECT ifnull(max(revision), 0) + 1 FROM snapshot))
            """, kind, thing, at.milliseconds, until?.milliseconds, try body.json())
    }

    static func drop(_ kind: String, of thing: String, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM snapshot WHERE kind = ? AND thing = ?", kind, thing)
    }

    static func one<Body: Decodable>(
        _ kind: String, of thing: String, as _: Body.Type = Body.self, in db: borrowing Transaction
    ) throws -> Snapshot<Body>? {
        try db.first("SELECT thing, at, until, body FROM snapshot WHERE kind = ? AND thing = ?", kind, thing) { try Snapshot($0) }
    }

    static func all<Body: Decodable>(_ kind: String, as _: Body.Type = Body.self, in db: borrowing Transaction) throws -> [Snapshot<Body>] {
        try db.all("SELECT thing, at, until, body FROM snapshot WHERE kind = ? ORDER BY thing", kind) { try Snapshot($0) }
    }

    /// The newest of all: what a page shows holds everything up to it.
    static func revision(in db: borrowing Transaction) throws -> Int64 {
        try db.first("SELECT ifnull(max(revision), 0) FROM snapshot") { $0.int(0) } ?? 0
    }

    /// What is newer than a page that is open shows.
    static func things(of kind: String, after revision: Int64, in db: borrowing Transaction) throws -> [String] {
        try db.all("SELECT thing FROM snapshot WHERE revision > ? AND kind = ? ORDER BY revision", revision, kind) { $0.text(0) }
    }

    /// What has grown too old since it was looked at last: each once.
    static func grownStale(at now: Instant, in db: borrowing Transaction) throws -> [(kind: String, thing: String)] {
        let old = try db.all(
            "SELECT kind, thing FROM snapshot WHERE isStale = 0 AND until IS NOT NULL AND until < ? ORDER BY kind, thing LIMIT 500",
            now.milliseconds
        ) { ($0.text(0), $0.text(1)) }
        for (kind, thing) in old { try db.run("UPDATE snapshot SET isStale = 1 WHERE kind = ? AND thing = ?", kind, thing) }
        return old.map { (kind: $0.0, thing: $0.1) }
    }

    static func nextStale(in db: borrowing Transaction) throws -> Instant? {
        try db.first("SELECT min(until) FROM snapshot WHERE isStale = 0 AND until IS NOT NULL") {
            $0.intIfPresent(0).map(Instant.init(milliseconds:))
        } ?? nil
    }
}

extension Snapshot where Body: Decodable {
    fileprivate init(_ row: borrowing Row) throws {
        (thing, at, until) = (row.text(0), Instant(milliseconds: row.int(1)), row.intIfPresent(2).map(Instant.init(milliseconds:)))
        body = try row.blob(3).decoded()
    }
}
