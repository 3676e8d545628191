import Contracts
import Journal
import ServiceKit
import Store

/// What the disks of machines say, for the invariants.
extension ServiceMachine {
    /// Everything this machine's journal holds.
    func journal() throws -> [ForgottenRow] { try rows(of: disk) }

    func rows(of disk: Database, missingIn other: Database? = nil) throws -> [ForgottenRow] {
        // A machine that crashed in its very first start has no tables yet.
        guard try disk.read({ try $0.first("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'") { _ in } }) != nil else { return [] }
        let rows = try disk.read { db in
            try db.all(
                """
                SELECT topic, epoch, n, outbox.id, event, position FROM outbox JOIN stream ON stream.id = outbox.stream
                JOIN segment ON segment.stream = outbox.stream AND n BETWEEN first AND last ORDER BY position
                """
            ) {
                ForgottenRow(
                    topic: $0.text(0), epoch: $0.text(1), number: $0.int(2), id: EventID(bytes: $0.blob(3))!,
                    event: try db.open($0.blob(4), "outbox/\($0.int(5))"))
            }
        }
        guard let other else { return rows }
        let kept = Set(try self.rows(of: other))
        let written = try other.read {
            try $0.all("SELECT topic, epoch, first, last FROM segment JOIN stream ON stream.id = segment.stream") {
                (place: "\($0.text(0)) \($0.text(1))", first: $0.int(2), last: $0.int(3))
            }
        }
        // What a keyed stream has deleted because something newer took its place was not forgotten.
        return rows.filter { row in
            guard !kept.contains(row) else { return false }
            let isKeyed = Topic(row.topic).map { topic in
                Contract.rows.contains { $0.isKeyed && $0.owner == topic.owner && $0.name == topic.name }
            }
            return isKeyed != true
                || !written.contains { $0.place == "\(row.topic) \(row.epoch)" && ($0.first...$0.last).contains(row.number) }
        }
    }

    /// A consumer that counted a number as handled has its event, or says that it is lost. Of what it never heard of it can say nothing.
    func silentlyLost(_ rows: [ForgottenRow]) throws -> [String] {
        try disk.read { db in
            try rows.compactMap { row in
                guard let topic = Topic(row.topic), Contract.mayRead(topic, as: identity.address.program) else { return nil }
                let next = try db.first("SELECT next FROM inbox WHERE topic = ? AND epoch = ?", row.topic, row.epoch) { $0.int(0) }
                guard let next, next > row.number else { return nil }
                let isKnown =
                    try db.first("SELECT 1 FROM seen WHERE id = ?", row.id.bytes) { _ in } != nil
                    || db.first(
                        "SELECT 1 FROM lost_range WHERE topic = ? AND epoch = ? AND ? BETWEEN first AND last", row.topic, row.epoch,
                        row.number
                    ) { _ in } != nil
                return isKnown
                    ? nil
                    : "\(name) counts \(row.number) of \(row.epoch) on \(row.topic) as handled, and neither has it nor says that it is lost"
            }
        }
    }

    /// Messages it could not accept.
    func deadLetters() throws -> [String] {
        try disk.read { try $0.all("SELECT topic, reason FROM dead_letter LIMIT 50") { "\($0.text(0)): \($0.text(1))" } }
    }
}
