import Contracts
import Harness
import Journal
import Store
import Testing

@Suite("A producer's keyed stream")
struct KeyedStreamTests {
    private static let channel = Channel<Tapped>(of: "reader-agent", named: "tap", keyed: true)

    private func put(_ number: Int, key: String, as id: EventID, on producer: Producer) throws {
        try producer.db.write { db in
            try producer.outbox.emit(
                Producer.tap(number), on: Self.channel, id: id, subject: key, time: producer.now, cause: nil, in: db)
            try producer.outbox.save(in: db)
        }
    }

    private func numbers(_ producer: Producer) throws -> [Int64] {
        try producer.answer(0, 99).1.map { try EnvelopeHeader(json: $0).position?.number ?? 0 }
    }

    @Test("Of each key the newest row is left, and age does not take it")
    func compaction() throws {
        let producer = try Producer()
        let ids = (0..<4).map { _ in producer.agent.newID(at: producer.now) }
        try put(1, key: "a", as: ids[0], on: producer)
        try put(2, key: "b", as: ids[1], on: producer)
        try producer.db.write { try Outbox.markRefused(1, code: 135, now: producer.now, in: $0) }
        try put(3, key: "a", as: ids[2], on: producer)
        #expect(try numbers(producer) == [2, 3])
        #expect(try producer.db.read { try Outbox.refusedRows(in: $0).count } == 0)
        try producer.db.write { db in
            try Outbox.markSent(through: 3, now: producer.now, in: db)
            #expect(try Outbox.purge(before: producer.now + .seconds(7200), in: db) == 0)
        }
        #expect(try numbers(producer) == [2, 3])
        #expect(try producer.segments.map(\.first) == [1], "a segment does not shrink: its numbers tell a lost tail")
    }

    @Test("Saying the same again is nothing, also when it is about another key by mistake")
    func again() throws {
        let producer = try Producer()
        let ids = (0..<2).map { _ in producer.agent.newID(at: producer.now) }
        try put(1, key: "a", as: ids[0], on: producer)
        try put(2, key: "b", as: ids[1], on: producer)
        try put(2, key: "b", as: ids[1], on: producer)
        #expect(try numbers(producer) == [1, 2])
        #expect(throws: JournalError.self) { try put(2, key: "a", as: ids[1], on: producer) }
        #expect(try numbers(producer) == [1, 2])
    }
}
