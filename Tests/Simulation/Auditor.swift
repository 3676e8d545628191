import Contracts
import ServiceKit
import Store

/// Writes down every event it hears, once: what the town's journals add up to in the eyes of a consumer.
struct Auditor: Service {
    static let program: Program = "operator"
    let reads: [Reading]

    static let migrations = [
        Migration(
            1,
            """
            CREATE TABLE testimony (id BLOB PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL, time INTEGER NOT NULL, cause BLOB, data BLOB NOT NULL);
            CREATE INDEX testimony_type ON testimony (type);
            """)
    ]
}

/// A line of the auditor's page: everything said on a channel is written down.
func witness<Body: EventBody>(_ channel: Channel<Body>) -> Reading {
    on(channel) { event, turn in
        try turn.db.run(
            "INSERT INTO testimony (id, type, source, time, cause, data) VALUES (?, ?, ?, ?, ?, ?)", event.id.bytes, Body.type,
            event.source,
            event.time.milliseconds, event.cause?.bytes, try event.data.json())
    }
}

/// An event as the auditor knows it.
struct Testimony<Body: Payload> {
    let id: EventID
    let source: String
    let time: Instant
    let data: Body
}

extension ServiceMachine where S == Auditor {
    func heard<Body: Payload>(_ channel: Channel<Body>) throws -> [Testimony<Body>] {
        try disk.read {
            try $0.all("SELECT id, source, time, data FROM testimony WHERE type = ? ORDER BY id", Body.type) {
                Testimony(
                    id: EventID(bytes: $0.blob(0))!, source: $0.text(1), time: Instant(milliseconds: $0.int(2)),
                    data: try $0.blob(3).decoded(as: Body.self))
            }
        }
    }

    func count() throws -> Int { try disk.read { try $0.first("SELECT count(*) FROM testimony") { Int($0.int(0)) } } ?? 0 }
}
