import Bus
import Contracts
import Testing

@testable import ServiceKit

private let viewTopic = Channel.views.topic(in: town, "gate-1").description
private let later = Epoch("1795000000900-bbbb")!

private func row(
    _ number: Int64, _ key: String?, _ purpose: Name<Purpose>, in epoch: Epoch = epoch, reader: ReaderID = "r-1"
) throws -> [UInt8] {
    try Envelope(
        id: EventID(high: UInt64(epoch.milliseconds + number) << 16, low: 9), source: "/nagai/reader-agent/gate-1", subject: key,
        time: tapID(number).time, position: StreamPosition(epoch: epoch, number: number),
        data: PurposeChanged(reader: reader, purpose: Purpose(kind: purpose), by: "desk-office")
    ).json()
}

private func message(_ bytes: [UInt8]) -> Message { Message(topic: viewTopic, payload: bytes) }

private func heads(_ segments: [Segment]) throws -> Message {
    let heads = Heads(at: tapID(1).time, segments: [viewTopic: segments])
    return Message(topic: "nagai/reader-agent/journal/gate-1/heads", payload: try heads.json(), isRetained: true)
}

private func batch(_ range: ClosedRange<Int64>, _ events: [[UInt8]]) throws -> Message {
    let header = BatchHeader(.events, topic: viewTopic, epoch: epoch, from: range.lowerBound, to: range.upperBound)
    return Message(topic: "nagai/reader-agent/batch/gate-1/lock-controller--main", payload: try Batch.json(header, events: events))
}

@Suite("A view of a keyed stream")
struct KeyedTests {
    private func viewed(_ bench: Bench) throws -> [String] { try bench.text("SELECT key || ' ' || purpose FROM viewed ORDER BY key") }

    @Test("In every order of its rows the newest of each key is what stays", arguments: 0..<24)
    func order(_ permutation: Int) throws {
        let bench = try connectedBench()
        var rest = [
            try row(1, "a", "visit"), try row(2, "b", "visit"), try row(3, "a", "enrol"), try row(4, "a", "shop"),
        ]
        var rank = permutation
        for left in (1...4).reversed() {
            try bench.give(message(rest.remove(at: rank % left)))
            rank /= left
        }
        #expect(try viewed(bench) == ["a shop", "b visit"])
    }

    @Test("What a batch has no more was replaced, and is no loss")
    func compacted() throws {
        let bench = try connectedBench()
        try bench.give(heads([Segment(epoch: epoch, first: 1, last: 4)]))
        try bench.pass(.seconds(2))
        try bench.give(batch(1...4, [try row(2, "b", "visit"), try row(4, "a", "shop")]))
        #expect(try viewed(bench) == ["a shop", "b visit"])
        #expect(bench.host.missing == 0)
        #expect(try bench.count("SELECT count(*) FROM lost_range") == 0)
    }

    @Test("A key of a lost tail is unknown until it is written anew; an older row does not bring back what was withdrawn")
    func lostTail() throws {
        let bench = try connectedBench()
        let granted = try row(1, "a", "shop")
        try bench.give(message(granted), message(try row(2, "b", "visit")), message(try row(3, "a", "visit")))
        try bench.give(heads([Segment(epoch: epoch, first: 1, last: 2), Segment(epoch: later, first: 3, last: 3)]))
        #expect(try viewed(bench) == ["b visit"])
        try bench.give(message(granted), message(try row(3, "c", "visit", in: later)))
        #expect(try viewed(bench) == ["b visit", "c visit"])
        try bench.pass(.seconds(11))
        #expect(bench.problem("unknown") != nil)
        try bench.give(message(try row(4, "a", "enrol", in: later)))
        #expect(try viewed(bench) == ["a enrol", "b visit", "c visit"])
        try bench.pass(.seconds(11))
        #expect(bench.problem("unknown") == nil)
    }

    @Test("When the newest row of a key cannot be taken nothing is known of it; an older unreadable one changes nothing")
    func unreadable() throws {
        let bench = try connectedBench()
        try bench.give(message(try row(2, "a", "visit")), message(try row(5, "b", "visit")), message(try row(6, "c", "visit")))
        try bench.give(message(try row(7, "a", "shop", reader: "poison")), message(try row(4, "b", "shop", reader: "poison")))
        let broken = String(decoding: try row(8, "c", "shop"), as: UTF8.self).replacing("shop", with: "s h o p")
        try bench.give(message(Array(broken.utf8)))
        #expect(try viewed(bench) == ["b visit"])
        try bench.give(message(try row(3, "a", "enrol")))
        #expect(try viewed(bench) == ["b visit"])
        try bench.give(message(try row(9, "a", "enrol")))
        #expect(try viewed(bench) == ["a enrol", "b visit"])
    }

    @Test("A row that does not say what it is about is a dead letter")
    func unkeyed() throws {
        let bench = try connectedBench()
        try bench.give(message(try row(1, nil, "visit")))
        #expect(try bench.text("SELECT reason FROM dead_letter") == ["an event of a keyed stream without a subject"])
        #expect(try viewed(bench) == [])
    }
}
