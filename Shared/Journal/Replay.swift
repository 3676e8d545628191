import Contracts
import Store

/// The producer's answers to consumers: heads, and the numbers they ask for.
extension Outbox {
    /// - Parameter watermark: every event with `time` up to here is numbered already.
    package static func heads(watermark: Instant, in db: borrowing Transaction) throws -> Heads {
        let rows = try db.all(
            "SELECT topic, epoch, first, last, since FROM segment JOIN stream ON stream.id = segment.stream ORDER BY stream, epoch"
        ) {
            ($0.text(0), $0.text(1), $0.int(2), $0.int(3), $0.textIfPresent(4))
        }
        var segments: [String: [Segment]] = [:]
        for (topic, epoch, first, last, since) in rows {
            guard let epoch = Epoch(epoch) else { continue }
            segments[topic, default: []].append(Segment(epoch: epoch, first: first, last: last, since: since.flatMap { Epoch($0) }))
        }
        let life = try db.first("SELECT max(epoch) FROM start") { $0.textIfPresent(0).flatMap { Epoch($0) } }
        return Heads(at: watermark, epoch: life ?? nil, segments: segments)
    }

    /// A stream's segments in the heads, at most: four streams of so many stay below 128 KiB, which AWS IoT Core carries.
    package static let mostSegments = 400

    /// Keeps the oldest segments of a stream as one, under the newest epoch of them, when there are more than fit. Each row stays as it was said.
    static func foldSegments(in db: borrowing Transaction) throws {
        let streams = try db.all("SELECT stream FROM segment GROUP BY stream HAVING count(*) > ?", mostSegments) { $0.int(0) }
        for stream in streams {
            let edge = try db.first(
                "SELECT epoch FROM segment WHERE stream = ? ORDER BY epoch DESC LIMIT 1 OFFSET ?", stream, mostSegments - 1
            ) { $0.text(0) }
            guard let edge else { continue }
            try db.run(
                """
                UPDATE segment SET since = (SELECT min(coalesce(since, epoch)) FROM segment WHERE stream = ?1),
                    first = (SELECT min(first) FROM segment WHERE stream = ?1)
                WHERE stream = ?1 AND epoch = ?2
                """, stream, edge)
            try db.run("DELETE FROM segment WHERE stream = ? AND epoch < ?", stream, edge)
        }
    }

    /// Exactly one batch for an ask, covering as much of it as fits; the consumer asks for the rest.
    package static func answer(_ ask: Ask, from consumer: Program, me: Address, in db: borrowing Transaction) throws -> [UInt8] {
        guard let topic = Topic(ask.topic), topic.kind == .event, topic.owner == me.program, topic.entity.text == me.instance.text,
            ask.from >= 0, ask.to >= ask.from
        else { return try Batch.json(BatchHeader(.gone, topic: ask.topic, epoch: ask.epoch, from: ask.from, to: ask.to), events: []) }
        guard Contract.mayRead(topic, as: consumer) else {
            return try Batch.json(BatchHeader(.denied, topic: ask.topic, epoch: ask.epoch, from: ask.from, to: ask.to), events: [])
        }
        let segment = try db.first(
            """
            SELECT stream, first, last FROM segment JOIN stream ON stream.id = segment.stream
            WHERE topic = ?1 AND ?2 BETWEEN coalesce(since, epoch) AND epoch ORDER BY epoch LIMIT 1
            """, ask.topic, ask.epoch.text
        ) { (stream: $0.int(0), first: $0.int(1), last: $0.int(2)) }
        guard let segment else {
            return try Batch.json(BatchHeader(.gone, topic: ask.topic, epoch: ask.epoch, from: ask.from, to: ask.to), events: [])
        }
        let from = max(ask.from, segment.first)
        let to = min(ask.to, segment.last)
        var events: [[UInt8]] = []
        var bytes = 0
        var covered = ask.to
        let rows = try db.all(
            "SELECT n, event, position FROM outbox WHERE stream = ? AND n BETWEEN ? AND ? ORDER BY n LIMIT ?", segment.stream, from, to,
            BatchHeader.limit + 1
        ) { (n: $0.int(0), kept: $0.blob(1), position: $0.int(2)) }
        for row in rows {
            // Opened one by one: of long events far fewer fit than were found.
            let event = try event(row.kept, at: row.position, in: db)
            guard events.count < BatchHeader.limit, bytes + event.count + 1 <= BatchHeader.bytes || events.isEmpty else {
                covered = row.n - 1
                break
            }
            events.append(event)
            bytes += event.count + 1
        }
        return try Batch.json(BatchHeader(.events, topic: ask.topic, epoch: ask.epoch, from: ask.from, to: covered), events: events)
    }
}
