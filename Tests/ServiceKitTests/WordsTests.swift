import Bus
import Contracts
import Testing

@testable import ServiceKit

/// What a host says of itself and of its journal.
struct WordsTests {
    static let headsTopic = "nagai/lock-controller/journal/main/heads"

    @Test("Heads are said at every connect and at most once a second on a change, with a watermark that lags")
    func heads() throws {
        let bench = try connectedBench()
        let said = { bench.transport.sent(on: Self.headsTopic) }
        #expect(said().count == 1)
        for number in 1...5 {
            try bench.give(try tap(Int64(number)))
            try bench.pass(.milliseconds(150))
        }
        #expect(said().count == 1)
        try bench.pass(.milliseconds(250))
        #expect(said().count == 2)
        let heads = try said()[1].payload.decoded(as: Heads.self)
        #expect(heads.segments == [decisionTopic: [Segment(epoch: bench.host.epoch, first: 1, last: 5)]])
        #expect(heads.at == bench.now - .seconds(2))
        #expect(said().allSatisfy { $0.retain && $0.qos == 1 })

        bench.transport.disconnect()
        try bench.run()
        try bench.connect()
        #expect(said().count == 3)
    }

    @Test("Life is retained and certain, and the last will says lost at the time of the connection")
    func life() throws {
        let bench = try connectedBench()
        let life = try #require(bench.transport.sent(named: "life").last)
        #expect(life.topic == "nagai/lock-controller/health/main/life" && life.retain && life.qos == 1)
        #expect(bench.life?.state == .ready && bench.life?.at == bench.now && bench.life?.version == "1")

        let will = Outgoing.lastWill(of: bench.host.identity.address, in: town, connectedAt: bench.now)
        #expect(will.topic == life.topic && will.retain && will.qos == 1)
        #expect(try will.payload.decoded(as: Life.self) == Life(.lost, at: bench.now))

        bench.host.stop(now: bench.now)
        #expect(bench.life?.state == .stopped)
    }

    /// A station asks for numbers of our decisions; the batches it gets.
    private func replay(
        _ bench: Bench, by asker: Address, _ numbers: ClosedRange<Int64>
    ) throws -> [(header: BatchHeader, events: [[UInt8]])] {
        let ask = Ask(topic: decisionTopic, epoch: bench.host.epoch, from: numbers.lowerBound, to: numbers.upperBound)
        let topic = Topic.ask(from: asker, to: bench.host.identity.address, in: town).description
        try bench.give(Message(topic: topic, payload: try ask.json()))
        return try bench.transport.sent(on: "nagai/lock-controller/batch/main/\(asker)").map { try Batch.read($0.payload) }
    }

    @Test("An ask is answered with one batch, holding the very bytes that were said, on the asker's own topic")
    func ask() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2), try tap(3))
        let batches = try replay(bench, by: Address("operator", "office"), 2...3)
        #expect(batches.map(\.header) == [BatchHeader(.events, topic: decisionTopic, epoch: bench.host.epoch, from: 2, to: 3)])
        #expect(batches.first?.events == Array(bench.transport.sent(on: decisionTopic).map(\.payload)[1...]))
    }

    @Test("A program that may not read a stream is not given it from the journal either")
    func denied() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1))
        let batches = try replay(bench, by: Address("reader-agent", "gate-1"), 1...1)
        #expect(batches.map(\.header.answer) == [.denied])
        #expect(batches.flatMap(\.events).isEmpty)
    }
}
