import Contracts
import Harness
import Journal
import Store
import Testing

/// A producer's database over several starts.
final class Producer {
    let db: Database
    var outbox: Outbox!
    var now = Instant(milliseconds: 1_795_215_600_000)
    var agent = FakeAgent()
    static let me = Address("reader-agent", "gate-1")
    static let topic = "nagai/reader-agent/event/gate-1/tap"

    init(holding bytes: [UInt8]? = nil) throws {
        db = try bytes.map { try Database.inMemory(holding: $0) } ?? Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        try start()
    }

    func start() throws {
        now = now + .seconds(1)
        outbox = try db.write { db in
            let epoch = try Outbox.start(town: "nagai", me: Self.me, now: now, random: 5, in: db)
            return try Outbox(town: "nagai", me: Self.me, offset: .japan, epoch: epoch, in: db)
        }
    }

    /// Says the payload under a new id, or under `id`.
    @discardableResult
    func say(_ data: Tapped? = nil, as id: EventID? = nil, channel: Channel<Tapped> = .taps) throws -> EventID {
        let id = id ?? agent.newID(at: now)
        try db.write { db in
            try outbox.emit(data ?? Self.tap(1), on: channel, id: id, subject: nil, time: now, cause: nil, in: db)
            try outbox.save(in: db)
        }
        return id
    }

    static func tap(_ number: Int) -> Tapped {
        Tapped(
            token: .card(number), scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "hall", purpose: .visit, clock: .synced)
    }

    var segments: [Segment] { get throws { try db.write { try Outbox.heads(watermark: now, in: $0).segments[Self.topic] ?? [] } } }

    func answer(
        _ from: Int64, _ to: Int64, epoch: Epoch? = nil, topic: String = topic, from consumer: Program = "lock-controller"
    ) throws -> (BatchHeader, [[UInt8]]) {
        try db.write {
            try Batch.read(
                Outbox.answer(Ask(topic: topic, epoch: epoch ?? outbox.epoch, from: from, to: to), from: consumer, me: Self.me, in: $0))
        }
    }
}

@Suite("The producer's journal")
struct OutboxTests {
    @Test("Numbers go on over restarts; each start that says something has a segment of its own")
    func numbering() throws {
        let producer = try Producer()
        for _ in 0..<3 { try producer.say() }
        try producer.start()
        try producer.start()
        for _ in 0..<2 { try producer.say() }
        let segments = try producer.segments
        #expect(segments.map(\.first) == [1, 4])
        #expect(segments.map(\.last) == [3, 5])
        #expect(segments[0].epoch < segments[1].epoch)
        let rows = try producer.db.write { try Outbox.rows(after: 0, limit: 100, in: $0) }
        let positions = try rows.map { try Envelope<Tapped>(json: $0.event).position }
        #expect(positions.map { $0?.number } == [1, 2, 3, 4, 5])
        #expect(positions.map { $0?.epoch } == [0, 0, 0, 1, 1].map { segments[$0].epoch })
    }

    @Test("Said again it is nothing; said otherwise under the same id it rolls the transaction back")
    func again() throws {
        let producer = try Producer()
        let id = try producer.say()
        try producer.start()
        producer.now = Instant(milliseconds: id.time.milliseconds)
        try producer.say(as: id)
        #expect(try producer.segments.map(\.last) == [1])
        #expect(throws: JournalError.self) { try producer.say(Producer.tap(2), as: id) }
        #expect(try producer.segments.map(\.last) == [1])
    }

    @Test("An event of more than 32 KiB is not said")
    func tooLarge() throws {
        let producer = try Producer()
        let subject = String(repeating: "x", count: 33_000)
        #expect(throws: JournalError.self) {
            try producer.db.write { db in
                try producer.outbox.emit(
                    Producer.tap(1), on: .taps, id: producer.agent.newID(at: producer.now), subject: subject, time: producer.now,
                    cause: nil, in: db)
            }
        }
        #expect(try producer.db.write { try Outbox.rows(after: 0, limit: 9, in: $0).count } == 0)
    }

    @Test("A purge takes what was acknowledged long enough ago, and never an unsent or refused row; numbers go on behind it")
    func purge() throws {
        let producer = try Producer()
        for _ in 0..<10 { try producer.say() }
        try producer.db.write { db in
            try Outbox.markSent(through: 6, now: producer.now, in: db)
            try Outbox.markRefused(3, code: 135, now: producer.now, in: db)
            #expect(try Outbox.purge(before: producer.now - .seconds(7200), in: db) == 0)
            #expect(try Outbox.purge(before: producer.now + .seconds(3600), in: db) == 5)
        }
        #expect(try producer.db.write { try Outbox.rows(after: 0, limit: 99, in: $0).map(\.position) } == [3, 7, 8, 9, 10])
        try producer.db.write { db in
            try Outbox.markAccepted(3, in: db)
            try Outbox.markSent(through: 10, now: producer.now, in: db)
            while try Outbox.purge(before: producer.now + .seconds(3600), in: db) > 0 {}
        }
        try producer.start()
        try producer.say()
        #expect(try producer.segments.last?.last == 11)
    }

    @Test("What an earlier life has said is forgotten in time, while what the present one says stays")
    func purgedLife() throws {
        let producer = try Producer()
        for _ in 0..<10 { try producer.say() }
        try producer.db.write { try Outbox.markSent(through: 10, now: producer.now, in: $0) }
        let month = producer.now + .seconds(31 * 86_400)
        producer.now = month
        try producer.start()
        try producer.say()
        try producer.db.write { db in
            try Outbox.markSent(through: 11, now: month, in: db)
            #expect(try Outbox.purge(before: month - .seconds(86_400), in: db) == 10)
        }
        #expect(try producer.segments.map { [$0.first, $0.last] } == [[11, 11]])
    }

    @Test("An answer holds 500 events at most, and covers exactly what it says")
    func limits() throws {
        let producer = try Producer()
        try producer.db.write { db in
            for number in 0..<1200 {
                try producer.outbox.emit(
                    Producer.tap(number), on: .taps, id: producer.agent.newID(at: producer.now), subject: nil, time: producer.now,
                    cause: nil, in: db)
            }
            try producer.outbox.save(in: db)
        }
        var next: Int64 = 0
        var got: [Int64] = []
        while next <= 1200 {
            let (header, events) = try producer.answer(next, 1200)
            #expect(header.answer == .events && header.from == next && header.to >= next)
            #expect(events.count <= BatchHeader.limit)
            #expect(events.reduce(0) { $0 + $1.count + 1 } <= BatchHeader.bytes)
            got += try events.map { try #require(try Envelope<Tapped>(json: $0).position).number }
            next = header.to + 1
        }
        #expect(got == Array(1...1200))
    }

    @Test("A stranger's ask, an unknown segment and a topic of another's are told apart")
    func refusals() throws {
        let producer = try Producer()
        try producer.say()
        #expect(try producer.answer(0, 1).0.answer == .events)
        #expect(try producer.answer(0, 1, epoch: Epoch("1000000000000-aaaa")).0.answer == .gone)
        #expect(try producer.answer(0, 1, topic: "nagai/reader-agent/event/gate-2/tap").0.answer == .gone)
        #expect(try producer.answer(0, 1, topic: "#").0.answer == .gone)
        #expect(try producer.answer(-1, 1).0.answer == .gone)
        #expect(try producer.answer(5, 1).0.answer == .gone)
        #expect(try producer.answer(0, 1, from: "lock").0.answer == .denied)
        #expect(try producer.answer(2, .max).1.isEmpty)
    }

    @Test("The digest of a content leaves out the place in the stream and nothing else")
    func digest() throws {
        var agent = FakeAgent()
        var tap = agent.tap(at: Instant(milliseconds: 1))
        let digest = contentDigest(try tap.json())
        tap.position = StreamPosition(epoch: try #require(Epoch("1895200000000-zzzz")), number: 99)
        #expect(contentDigest(try tap.json()) == digest)
        var digests = [digest]
        for change in [
            { $0.subject = "\"sequence\":\"1\"" }, { $0.data.token = .card(5) }, { $0.time = Instant(milliseconds: 2) },
            { $0.cause = $0.id }, { $0.source += "x" },
        ] as [(inout Envelope<Tapped>) -> Void] {
            var other = tap
            change(&other)
            digests.append(contentDigest(try other.json()))
        }
        #expect(Set(digests).count == digests.count)
    }
}
