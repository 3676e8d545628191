import Contracts
import Journal
import Store
import Testing

@Suite("A journal of the first version")
struct UpgradeTests {
    @Test("keeps its rows, what the broker refused, its acts and its numbers, and goes on behind them")
    func goesOn() throws {
        let db = try Database.inMemory()
        try db.migrate("journal", [JournalSchema.migrations[0]])
        let me = Address("reader-agent", "gate-1")
        let now = Instant(milliseconds: 1_795_215_600_000)
        let before = Epoch(after: nil, now: now, random: 1)
        let old = EventID(high: 1, low: 1)
        try db.write { db in
            try db.run("INSERT INTO start (epoch) VALUES (?)", before.text)
            try db.run("INSERT INTO stream (topic) VALUES (?)", Producer.topic)
            try db.run("INSERT INTO segment (stream, epoch, first, last) VALUES (1, ?, 7, 8)", before.text)
            for (position, n) in [(4, 7), (5, 8)] as [(Int64, Int64)] {
                try db.run(
                    "INSERT INTO outbox (position, stream, n, id, event) VALUES (?, 1, ?, ?, ?)", position, n,
                    EventID(high: 1, low: UInt64(n)).bytes, Array("{}".utf8))
            }
            try db.run("INSERT INTO refused (position, code, at) VALUES (4, 135, 0)")
            try db.run("INSERT INTO sent (at, through) VALUES (0, 9)")
            try db.run(
                "INSERT INTO act (position, cause, kind, topic, bytes, expires) VALUES (3, ?, 'grant', 't', ?, ?)", old.bytes, [UInt8(1)],
                now.milliseconds)
        }
        try db.migrate("journal", JournalSchema.migrations)
        try db.write { db in
            let epoch = try Outbox.start(town: "nagai", me: me, now: now, random: 2, in: db)
            var outbox = try Outbox(town: "nagai", me: me, offset: .japan, epoch: epoch, in: db)
            #expect(outbox.newest == 9, "positions the broker has acknowledged are not given out again")
            try outbox.emit(
                Producer.tap(1), on: .taps, id: EventID(high: 2, low: 2), subject: nil, time: now, cause: nil, in: db)
            try outbox.save(in: db)
            #expect(try Outbox.rows(after: 0, limit: 9, in: db).map(\.position) == [4, 5, 10])
            #expect(try Outbox.refusedRows(in: db).map(\.position) == [4])
            #expect(try Outbox.heads(watermark: now, in: db).segments[Producer.topic]?.map(\.last) == [8, 9])
            #expect(try Act.due(after: 0, limit: 9, in: db).map(\.cause) == [old])
        }
    }
}
