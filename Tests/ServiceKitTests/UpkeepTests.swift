import Bus
import Contracts
import Store
import Testing

@testable import ServiceKit

@Suite("What a process keeps until a person has looked")
struct UpkeepTests {
    static let replies = "nagai/upkeep/reply/operator-it-1/lock-controller--main"

    private func ask(_ bench: Bench, _ wish: Upkeep, as user: Entity = "operator-it-1") throws -> Reply<UpkeepAnswer> {
        let number = UInt64(bench.transport.sent(on: Self.replies).count)
        let command = Envelope(
            id: EventID(at: bench.now, random: (7, number)), source: "/nagai/operator/it-1", time: bench.now,
            expires: bench.now + .seconds(30),
            data: wish)
        let topic = Channel.upkeep(of: bench.host.identity.address).topic(in: town, user).description
        #expect(topic == "nagai/upkeep/command/\(user)/lock-controller--main")
        try bench.give(Message(topic: topic, payload: try command.json()))
        let replies = bench.transport.sent(on: Self.replies)
        #expect(replies.count == Int(number) + 1)
        #expect(replies.allSatisfy { $0.payload.count <= 32 * 1024 })
        return try Envelope<Reply<UpkeepAnswer>>(json: try #require(replies.last).payload).data
    }

    private func troubles(_ bench: Bench, _ kept: Upkeep.Kept) throws -> [Trouble] {
        try #require(try ask(bench, Upkeep(.list, kept)).answer?.troubles)
    }

    /// One tap that was taken and two that were not.
    private func poisonedBench() throws -> Bench {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2, reader: "poison"), try tap(3, reader: "poison"))
        try bench.pass(.seconds(10))
        #expect(bench.problem("dead-letters") != nil)
        return bench
    }

    @Test("Letters are listed with their place, reason, time and size, and without what they say")
    func listLetters() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2, reader: "poison"))
        #expect(
            try troubles(bench, .letters) == [
                Trouble(
                    .letter, on: tapTopic, epoch: epoch, first: 2, last: 2, number: 1, reason: "this reader gives me a stomach ache",
                    bytes: try tap(2, reader: "poison").payload.count, at: bench.now)
            ])
        let said = try #require(bench.transport.sent(on: Self.replies).last)
        #expect(!String(decoding: said.payload, as: UTF8.self).contains("k1."))
    }

    @Test("A letter that is accepted at another try is applied once, is not live, and health is clear at once")
    func retry() throws {
        let bench = try poisonedBench()
        #expect(try ask(bench, Upkeep(.retry, .letters)).answer == UpkeepAnswer(settled: 0, kept: 2))
        #expect(try bench.count("SELECT count(*) FROM dead_letter") == 2)
        bench.host.service.eatsPoison = true
        #expect(try ask(bench, Upkeep(.retry, .letters, letters: [1, 99])).answer == UpkeepAnswer(settled: 1, kept: 0))
        #expect(bench.problem("dead-letters") != nil)
        #expect(try ask(bench, Upkeep(.retry, .letters)).answer == UpkeepAnswer(settled: 1, kept: 0))
        #expect(bench.life?.state == .ready)
        #expect(try bench.heard() == [1, 2, 3].map { tapID($0).description })
        #expect(try bench.text("SELECT id FROM heard WHERE live") == [tapID(1).description])
        #expect(bench.transport.sent(on: decisionTopic).count == 3)
        let settled = try troubles(bench, .settled)
        #expect(settled.map(\.number) == [1, 2])
        #expect(settled.allSatisfy { $0.by == "operator-it-1" && $0.why == "accepted at another try" })
        try bench.give(try tap(2, reader: "poison"))
        #expect(try bench.heard().count == 3, "said again, it is a repeat")
        #expect(bench.problem("conflict") == nil)
    }

    @Test("A dismissed letter is gone with a reason, and nothing is dismissed without one")
    func dismiss() throws {
        let bench = try poisonedBench()
        #expect(try ask(bench, Upkeep(.dismiss, .letters)).refusal == "no-reason")
        #expect(try ask(bench, Upkeep(.dismiss, .letters, why: String(repeating: "a", count: 201))).refusal == "no-reason")
        #expect(try ask(bench, Upkeep(.dismiss, .letters, letters: [2], why: "a test")).answer?.settled == 1)
        #expect(try troubles(bench, .letters).map(\.number) == [1])
        #expect(try ask(bench, Upkeep(.dismiss, .letters, why: "another")).answer?.settled == 1)
        #expect(bench.life?.state == .ready)
        #expect(try troubles(bench, .settled).map { "\($0.number ?? 0) \($0.why ?? "")" } == ["2 a test", "1 another"])
        bench.host.service.eatsPoison = true
        try bench.give(try tap(3, reader: "poison"))
        try bench.pass(.seconds(10))
        #expect(try bench.heard().count == 2, "what its producer says again is taken")
        #expect(bench.problem("conflict") == nil)
        #expect(try ask(bench, Upkeep(.dismiss, .settled, why: "no")).refusal == "not-possible")
        #expect(try ask(bench, Upkeep(.retry, .gaps)).refusal == "not-possible")
    }

    @Test("A letter that would settle letters is not obeyed while letters are settled")
    func recursion() throws {
        let bench = try poisonedBench()
        let wish = Envelope(
            id: tapID(900), source: "/nagai/operator/it-1", time: bench.now, expires: bench.now + .seconds(9999),
            data: Upkeep(.retry, .letters))
        let topic = "nagai/upkeep/command/operator-it-1/lock-controller--main"
        try bench.give(Message(topic: topic, payload: try wish.json(), isRetained: true))
        #expect(try ask(bench, Upkeep(.retry, .letters)).answer == UpkeepAnswer(settled: 0, kept: 3))
    }

    @Test("A gap whose producer never returns is closed: it is asked for no more, and what comes after all is applied without alarm")
    func closeGap() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2), try tap(5))
        #expect(
            try troubles(bench, .gaps) == [Trouble(.waiting, on: tapTopic, epoch: epoch, first: 3, last: 4)])
        #expect(try ask(bench, Upkeep(.dismiss, .gaps, topic: decisionTopic, why: "x")).answer?.settled == 0)
        #expect(try ask(bench, Upkeep(.dismiss, .gaps, what: .gone, why: "x")).answer?.settled == 0)
        #expect(bench.host.missing == 2)
        #expect(try ask(bench, Upkeep(.dismiss, .gaps, topic: tapTopic, why: "gate-1 was scrapped")).answer?.settled == 1)
        #expect(bench.host.missing == 0)
        let asks = bench.transport.sent(on: GapTests.asks).count
        try bench.restart()
        try bench.connect()
        try bench.give(try heads(last: 5))
        try bench.pass(.seconds(120))
        #expect(bench.host.missing == 0 && bench.transport.sent(on: GapTests.asks).isEmpty && asks == 0)
        try bench.give(try tap(4))
        try bench.pass(.seconds(10))
        #expect(try bench.heard().count == 4)
        #expect(bench.life?.state == .ready)
    }

    @Test("Lost, denied and orphaned ranges are warned of until somebody has taken note", arguments: [BatchHeader.Answer.gone, .denied])
    func lost(_ answer: BatchHeader.Answer) throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2), try tap(5))
        try bench.give(try batch(3...4, answer))
        // The producer was restored: its segment ends below what was applied.
        let later = Epoch("1795000009000-bbbb")!
        let heads = Heads(
            at: bench.now,
            segments: [tapTopic: [Segment(epoch: epoch, first: 1, last: 3), Segment(epoch: later, first: 4, last: 4)]])
        try bench.give(Message(topic: "nagai/reader-agent/journal/gate-1/heads", payload: try heads.json(), isRetained: true))
        try bench.give(
            Message(
                topic: "nagai/reader-agent/batch/gate-1/lock-controller--main",
                payload: try Batch.json(BatchHeader(.gone, topic: tapTopic, epoch: later, from: 4, to: 4), events: [])))
        try bench.pass(.seconds(10))
        let code = answer == .gone ? "lost" : "denied"
        #expect(bench.problem(code) != nil && bench.problem("orphaned") != nil)
        let kinds = try troubles(bench, .gaps).map { "\($0.what.rawValue) \($0.first ?? 0)…\($0.last ?? 0)" }
        #expect(kinds == ["\(answer.rawValue) 3…4", "orphaned 4…5", "gone 4…4"])
        #expect(try ask(bench, Upkeep(.dismiss, .gaps, what: .orphaned, why: "restored on Monday")).answer?.settled == 1)
        #expect(bench.problem(code) != nil && bench.problem("orphaned") == nil)
        #expect(try ask(bench, Upkeep(.dismiss, .gaps, why: "restored on Monday")).answer?.settled == 2)
        #expect(bench.life?.state == .ready)
        #expect(try troubles(bench, .settled).count == 3)
    }

    @Test("However many letters there are, they come in pages that fit, and a page at a time is settled")
    func pages() throws {
        let bench = try connectedBench()
        try bench.database.write {
            for number in 1...250 {
                try $0.run(
                    "INSERT INTO dead_letter (topic, bytes, digest, reason, program, at) VALUES (?, ?, ?, ?, '1', 0)", tapTopic,
                    Array("{}".utf8), Int64(number), String(repeating: "\u{1}", count: 300))
            }
        }
        var seen: [Int64] = []
        var after: Int64?
        repeat {
            let answer = try #require(try ask(bench, Upkeep(.list, .letters, after: after)).answer)
            seen += (answer.troubles ?? []).compactMap(\.number)
            after = answer.next
        } while after != nil
        #expect(seen == Array(1...250))
        var settled: [Int] = []
        repeat {
            let answer = try #require(try ask(bench, Upkeep(.dismiss, .letters, after: after, why: "a flood")).answer)
            settled.append(answer.settled ?? 0)
            after = answer.next
        } while after != nil
        #expect(settled == [100, 100, 50])
        #expect(try bench.count("SELECT count(*) FROM settled") == 250)
    }

    @Test("Orders of other messages in the same batch survive a letter that is refused again")
    func neighbours() throws {
        let bench = try poisonedBench()
        let command = Envelope(
            id: tapID(901), source: "/nagai/operator/it-1", time: bench.now, expires: bench.now + .seconds(30),
            data: Upkeep(.retry, .letters))
        let decisions = bench.transport.sent(on: decisionTopic).count
        try bench.give(
            try tap(4), Message(topic: "nagai/upkeep/command/operator-it-1/lock-controller--main", payload: try command.json()), try tap(5))
        #expect(bench.transport.sent(on: decisionTopic).count == decisions + 2)
        #expect(try bench.count("SELECT count(*) FROM act") == 3)
    }
}
