import Contracts
import Harness
import Journal
import Store
import Testing

@Suite("A producer that starts more often than its heads have room for")
struct ManyStartsTests {
    private let starts = 3 * Outbox.mostSegments

    /// A consumer that hears heads, asks, and takes the batches, as a host does.
    private func catchUp(
        _ inbox: inout Inbox, from producer: Producer, at most: Int = 10_000
    ) throws -> (ids: [EventID], lost: Int, asks: Int) {
        #expect(inbox.learn(try producer.segments, on: Producer.topic).isEmpty)
        var (ids, lost, asks): ([EventID], Int, Int) = ([], 0, 0)
        while let gap = inbox.gaps(of: Producer.topic), asks < most {
            asks += 1
            let (header, events) = try producer.answer(gap.range.lowerBound, gap.range.upperBound, epoch: gap.epoch)
            for event in events {
                let envelope = try Envelope<Tapped>(json: event)
                if inbox.handle(try #require(envelope.position), askedAs: header.epoch, on: Producer.topic) { ids.append(envelope.id) }
            }
            lost += inbox.close(header.from...header.to, of: header.epoch, on: Producer.topic).count
        }
        return (ids, lost, asks)
    }

    @Test("The heads stay small; who never heard of it gets every event, and who knows it all asks for nothing")
    func folded() throws {
        let producer = try Producer()
        var old = try producer.db.write { try Inbox(in: $0) }
        var said: [EventID] = []
        for start in 0..<starts {
            said.append(try producer.say())
            // Somebody who was there for the first part of the time, and missed one event of it.
            if start == Outbox.mostSegments / 2 {
                _ = try catchUp(&old, from: producer)
                #expect(old.missing == 0)
            }
            try producer.start()
        }
        said.append(try producer.say())
        let segments = try producer.segments
        #expect(segments.count == Outbox.mostSegments + 1)
        #expect(segments.first?.first == 1 && segments.last?.last == Int64(said.count))
        #expect(segments.first?.since != nil)
        let heads = try producer.db.write { try Outbox.heads(watermark: producer.now, in: $0) }
        #expect(try heads.json().count * 4 < 128 * 1024)

        var fresh = try producer.db.write { db in
            try db.run("DELETE FROM inbox")
            return try Inbox(in: db)
        }
        let all = try catchUp(&fresh, from: producer)
        #expect(all.ids == said && all.lost == 0)
        #expect(all.asks < 2 * Outbox.mostSegments, "\(all.asks)")
        let rest = try catchUp(&old, from: producer)
        #expect(Set(rest.ids).isSuperset(of: said[(Outbox.mostSegments / 2 + 1)...]) && rest.lost == 0)
        for var known in [fresh, old] { #expect(try catchUp(&known, from: producer).asks == 0) }
    }

    @Test("A number that was missing before the fold is still found behind it")
    func foldedGap() throws {
        let producer = try Producer()
        for _ in 0..<4 { try producer.say() }
        let first = producer.outbox.epoch
        var inbox = try producer.db.write { try Inbox(in: $0) }
        _ = inbox.learn(try producer.segments, on: Producer.topic)
        for number: Int64 in [1, 2, 4] { inbox.handle(StreamPosition(epoch: first, number: number), on: Producer.topic) }
        for _ in 0..<starts {
            try producer.start()
            try producer.say()
        }
        #expect(try producer.segments.first?.since == first)
        let (header, events) = try producer.answer(3, 3, epoch: first)
        #expect(header.answer == .events && events.count == 1)
        #expect(try Envelope<Tapped>(json: events[0]).position == StreamPosition(epoch: first, number: 3))
        let got = try catchUp(&inbox, from: producer)
        #expect(got.lost == 0 && inbox.missing == 0)
    }

    @Test("Segments that ended longer ago than ids are remembered, and that their producer lists no more, are forgotten, the rest is not")
    func forgotten() throws {
        let db = try Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        let day: Int64 = 86_400_000
        func epoch(_ days: Int64) -> Epoch { Epoch("\(1_700_000_000_000 + days * day)-aaaa")! }
        func segment(_ days: Int64) -> Segment { Segment(epoch: epoch(days), first: days + 1, last: days + 1) }
        let limit = Instant(milliseconds: 1_700_000_000_000 + 100 * day)
        var inbox = try db.write { try Inbox(in: $0) }
        for days: Int64 in [0, 10, 20, 30, 99, 101] {
            inbox.handle(StreamPosition(epoch: epoch(days), number: days + 1), on: Producer.topic)
            _ = inbox.close(0...days, of: epoch(days), on: Producer.topic)
        }
        // 10 waits for an event; 30 is listed still; 99 ended when 101 began, which is not long enough ago.
        inbox.handle(StreamPosition(epoch: epoch(10), number: 13), on: Producer.topic)
        func stored() throws -> [Int64] {
            try db.write { db in
                try db.all("SELECT DISTINCT epoch FROM inbox ORDER BY epoch") { (Int64($0.text(0).prefix(13))! - 1_700_000_000_000) / day }
            }
        }
        try db.write { try inbox.save(in: $0) }
        try db.write { try inbox.forget(before: limit, listed: [segment(30), segment(101)], on: Producer.topic, in: $0) }
        try db.write { try inbox.save(in: $0) }
        #expect(try stored() == [10, 30, 99, 101])
        try db.write { try inbox.forget(before: limit, listed: [segment(101)], on: Producer.topic, in: $0) }
        try db.write { try inbox.save(in: $0) }
        #expect(try stored() == [10, 99, 101])
        try db.write { try inbox.forget(before: limit + .milliseconds(2 * day), listed: [segment(101)], on: Producer.topic, in: $0) }
        #expect(try stored() == [10, 101], "the newest of its topic stays, and what waits for an event")
        #expect(inbox.missing == 1)
    }
}
