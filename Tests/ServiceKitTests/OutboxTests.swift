import Bus
import Contracts
import Journal
import Testing

@testable import ServiceKit

struct OutboxTests {
    @Test("An event the broker refuses is kept, shown, and sent again at the next connect until it is taken")
    func refused() throws {
        let bench = try connectedBench()
        bench.transport.answer = { $0.topic == decisionTopic ? 135 : 0 }
        try bench.give(try tap(1))
        try bench.pass(.seconds(1))
        #expect(try bench.text("SELECT code FROM refused") == ["135"])
        #expect(bench.life?.state == .red)
        #expect(bench.problem("refused")?.weight == .red)
        #expect(bench.host.unsent == 0, "it holds nothing up")

        bench.transport.disconnect()
        try bench.connect()
        try bench.pass(.seconds(1))
        #expect(bench.transport.sent(on: decisionTopic).count == 2)
        #expect(try bench.count("SELECT count(*) FROM refused") == 1, "still refused")

        try bench.restart()
        bench.transport.answer = { $0.topic == decisionTopic ? 135 : 0 }
        try bench.connect()
        try bench.pass(.seconds(1))
        #expect(bench.problem("refused")?.weight == .red, "a restart does not make it well")

        bench.transport.disconnect()
        bench.transport.answer = { _ in 0 }
        try bench.connect()
        try bench.pass(.seconds(1))
        #expect(Set(bench.transport.sent(on: decisionTopic).map(\.payload)).count == 1)
        #expect(try bench.count("SELECT count(*) FROM refused") == 0)
        #expect(bench.problem("refused") == nil, "what was mended is not shown as broken")
    }

    @Test("Five thousand waiting events leave in order, never more than the window at once")
    func backlog() throws {
        let bench = try Bench()
        _ = try bench.host.step(now: bench.now, inputs: ["5000"])
        bench.transport.answer = { _ in nil }
        try bench.connect()
        var acknowledged = 0
        for round in 0..<200 where acknowledged < 5000 {
            let rows = bench.transport.sent.filter { $0.outgoing.topic == decisionTopic }
            #expect(rows.count - acknowledged <= SendWindow<OutboxRow>.limit)
            // Now all, now a few.
            let some = rows[acknowledged...].prefix(round.isMultiple(of: 2) ? 500 : 100)
            for row in some { bench.transport.acknowledge(row.id) }
            acknowledged += some.count
            try bench.run()
        }
        let numbers = try bench.transport.sent(on: decisionTopic).map { try EnvelopeHeader(json: $0.payload).position?.number }
        #expect(numbers == (1...5000).map { $0 })
        #expect(bench.host.unsent == 0)
        #expect(bench.transport.sent.allSatisfy { $0.outgoing.topic != decisionTopic || $0.outgoing.qos == 1 && !$0.outgoing.retain })
    }

    @Test("At a connect life and heads leave before what has waited, so that nobody judges its age by an older measure of our clock")
    func birthFirst() throws {
        let bench = try Bench()
        _ = try bench.host.step(now: bench.now, inputs: ["3"])
        try bench.connect()
        let names = bench.transport.sent.compactMap { $0.outgoing.topic.split(separator: "/").last }.filter {
            ["life", "heads", "door-decision"].contains($0)
        }
        #expect(names == ["life", "heads", "door-decision", "door-decision", "door-decision"])
    }

    @Test("How far all is acknowledged does not run ahead of the one acknowledgement that is late")
    func outOfOrder() {
        var window = SendWindow<OutboxRow>()
        for row in 1...5 { window.sent(Int64(row * 10), as: Int32(row)) }
        var through: [Int64] = []
        for id in [3, 2, 1, 5, 4] as [Int32] {
            #expect(window.acknowledge(id) == Int64(id * 10))
            through.append(window.through)
        }
        #expect(through == [0, 0, 30, 30, 50])
        #expect(window.acknowledge(4) == nil, "acknowledged once")
        #expect(window.count == 0)
    }

    @Test("After a restart everything behind the late acknowledgement leaves again")
    func resend() throws {
        let bench = try connectedBench()
        bench.transport.answer = { $0.topic == decisionTopic ? nil : 0 }
        _ = try bench.host.step(now: bench.now, inputs: ["4"])
        let rows = bench.transport.sent.filter { $0.outgoing.topic == decisionTopic }
        for row in [rows[0], rows[2], rows[3]] { bench.transport.acknowledge(row.id) }
        try bench.pass(.seconds(2))
        try bench.restart()
        try bench.connect()
        #expect(bench.transport.sent(on: decisionTopic).map(\.payload) == rows[1...].map(\.outgoing.payload))
    }
}
