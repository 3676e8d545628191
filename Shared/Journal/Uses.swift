import Contracts
import Seal
import Store

/// What a tap has left in a journal.
package struct Trace: Sendable {
    /// What decides how long it is kept.
    package enum Kept: Sendable, Equatable {
        /// For as long as journals are, from this moment.
        case asJournal(from: Instant)
        /// For as long as ids are remembered, from this moment.
        case asID(from: Instant)
        /// Nobody can know yet.
        case open
    }

    package let what: String
    package let at: Instant
    package let kept: Kept
    package var place: PlaceID?
    package var purpose: Purpose?
    package var about: String?
}

extension Outbox {
    /// Rows that one answer looks through, for all its cards together: some 30 ms of a small machine.
    package static let mostScanned = 20_000

    /// The taps of some cards on this agent's stream, newest first, and the number below which to go on.
    /// - Parameter limit: taps of one card, at most.
    package static func taps(
        of tokens: [Token], on topic: Topic, below number: Int64, limit: Int, in db: borrowing Transaction
    ) throws -> (found: [(number: Int64, tap: EventID, trace: Trace)], next: Int64?) {
        guard let stream = try db.first("SELECT id FROM stream WHERE topic = ?", topic.description, read: { $0.int(0) }) else {
            return ([], nil)
        }
        // Of what lies below `next` nothing is told this time, because it was not looked at.
        var next = try db.first(
            "SELECT n + 1 FROM outbox WHERE stream = ? AND n < ? ORDER BY n DESC LIMIT 1 OFFSET ?", stream, number,
            mostScanned / tokens.count
        ) { $0.int(0) }
        var found: [Int64: (tap: EventID, trace: Trace)] = [:]
        for token in tokens {
            // In quotes it is a whole text; that it is the card's token and not another text is seen when it is decoded.
            let rows = try db.all(
                """
                SELECT n, position, event FROM outbox WHERE stream = ? AND n < ? AND n >= ? AND instr(event, ?) > 0
                ORDER BY n DESC LIMIT ?
                """, stream, number, next ?? 0, Array("\"\(token)\"".utf8), limit
            ) { (number: $0.int(0), row: try JournalRow($0, position: 1, event: 2)) }
            for (number, row) in rows where found[number] == nil && row.said.data.names(token) {
                found[number] = (row.said.id, try row.trace(in: db))
            }
            if rows.count == limit, let last = rows.last { next = last.number }
        }
        let told = found.filter { $0.key >= next ?? 0 }.sorted { $0.key > $1.key }
        return (told.map { ($0.key, $0.value.tap, $0.value.trace) }, next)
    }

    /// What this process has because of a tap: that it has read it, what it said in the order in which it said it, and what it ordered.
    /// - Parameter types: the types of its events. What was said first may be deleted already when something that followed from it is not.
    package static func aftermath(of tap: EventID, types: [String], in db: borrowing Transaction) throws -> [Trace] {
        var traces = try Seen.trace(of: tap, in: db).map { [$0] } ?? []
        // All that follows from a tap bears its millisecond, so the index of ids finds it. Others' ids of that millisecond are few.
        let (first, last) = (EventID(high: tap.high & ~0xFFFF, low: 0), EventID(high: tap.high | 0xFFFF, low: .max))
        let rows = try db.all(
            "SELECT position, event FROM outbox WHERE id BETWEEN ? AND ? ORDER BY position LIMIT 1000", first.bytes, last.bytes
        ) { try JournalRow($0, position: 0, event: 1) }
        var causes = Set([tap] + types.map { .derived(from: tap, type: $0) })
        // What follows from something was said after it.
        for row in rows {
            guard let cause = row.said.cause, causes.contains(cause) else { continue }
            causes.insert(row.said.id)
            traces.append(try row.trace(in: db))
        }
        let times = Dictionary(rows.map { ($0.said.id, $0.said.time) }) { first, _ in first }
        let acts = try db.all(
            "SELECT cause, kind, topic, expires, state FROM act WHERE cause BETWEEN ? AND ? ORDER BY position LIMIT 1000", first.bytes,
            last.bytes
        ) { row in
            EventID(bytes: row.blob(0)).map { cause in
                let kept: Trace.Kept = row.int(4) == 0 ? .open : .asJournal(from: Instant(milliseconds: row.int(3)))
                return (cause, Trace(what: row.text(1), at: times[cause] ?? tap.time, kept: kept, about: Topic(row.text(2))?.entity.text))
            }
        }
        return traces + acts.compactMap { $0 }.filter { causes.contains($0.0) }.map(\.1)
    }
}

/// A row of the outbox, read: the one place where a question about cards meets the bytes of events.
private struct JournalRow {
    let position: Int64
    let said: Said

    init(_ row: Row, position: Int32, event: Int32) throws {
        self.position = row.int(position)
        said = try row.blob(event).decoded()
    }

    func trace(in db: borrowing Transaction) throws -> Trace {
        let acknowledged = try db.first(
            """
            SELECT at FROM sent WHERE through >= ?1 AND ?1 NOT IN (SELECT position FROM refused)
            AND NOT (SELECT keyed FROM stream JOIN outbox ON outbox.stream = stream.id WHERE position = ?1) ORDER BY at LIMIT 1
            """, position
        ) { Instant(milliseconds: $0.int(0)) }
        return Trace(
            what: Spoken(said.type)?.word ?? said.type, at: said.time, kept: acknowledged.map { .asJournal(from: $0) } ?? .open,
            place: said.data.place, purpose: said.data.purpose, about: said.subject)
    }
}

/// As much of any event as a question about cards needs.
private struct Said: Decodable {
    struct Content: Decodable {
        enum Key: CodingKey { case former, place, purpose, token }

        let place: PlaceID?
        let purpose: Purpose?
        private let tokens: [Token]

        /// Another type may mean something else by these names.
        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            place = try? fields.decodeIfPresent(PlaceID.self, forKey: .place)
            purpose = try? fields.decodeIfPresent(Purpose.self, forKey: .purpose)
            tokens = [Key.token, .former].compactMap { try? fields.decodeIfPresent(Token.self, forKey: $0) }
        }

        func names(_ token: Token) -> Bool { tokens.contains(token) }
    }

    let cause: EventID?
    let data: Content
    let id: EventID
    let subject: String?
    let time: Instant
    let type: String
}

extension Seen {
    /// Whether an event was applied; its id is what is kept of it.
    fileprivate static func trace(of id: EventID, in db: borrowing Transaction) throws -> Trace? {
        guard try db.first("SELECT 1 FROM seen WHERE id = ?", id.bytes, read: { _ in }) != nil else { return nil }
        return Trace(what: Use.read, at: id.time, kept: id.time < oldest ? .open : .asID(from: id.time))
    }
}
