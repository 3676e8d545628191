import Bus
import Contracts
import Store
import Testing

@testable import ServiceKit

struct OrderTests {
    @Test("Nothing is acknowledged and nothing leaves before the commit")
    func commitFirst() throws {
        let bench = try connectedBench()
        let (flushes, sent) = (bench.transport.flushes, bench.transport.sent.count)
        var atCommit: [[Int]] = []
        bench.database.beforeCommit = { atCommit.append([bench.transport.flushes, bench.transport.sent.count]) }
        bench.transport.deliver([try tap(1)])
        _ = try bench.host.step(now: bench.now)
        #expect(atCommit == [[flushes, sent]])
        #expect(bench.transport.flushes == flushes + 1)
        #expect(bench.transport.sent(on: decisionTopic).count == 1)
    }

    @Test("A full disk: not acknowledged, inputs refused aloud, and later the same message is applied exactly once")
    func fullDisk() throws {
        let bench = try connectedBench()
        let flushes = bench.transport.flushes
        bench.database.beforeCommit = { throw StoreError(code: 13, path: "a.db", message: "full") }
        bench.transport.deliver([try tap(1)])
        let until = try bench.host.step(now: bench.now, inputs: ["card"])
        #expect(until == bench.now + .milliseconds(500))
        #expect(bench.transport.abandons == 1)
        #expect(bench.transport.flushes == flushes)
        #expect(try bench.heard() == [])
        #expect(bench.effects.map { $0 as? Doorman.Missed } == [.init(input: "card")])

        _ = try bench.host.step(now: bench.now, inputs: ["another"])
        #expect(bench.effects.last as? Doorman.Missed == .init(input: "another"))
        bench.now = until
        #expect(try bench.host.step(now: until) == until + .seconds(1), "still full: the wait doubles")

        bench.database.beforeCommit = nil
        bench.now = until + .seconds(1)
        try bench.connect()
        try bench.give(try tap(1), try tap(1))
        #expect(try bench.heard() == ["\(tapID(1))"])
        #expect(bench.transport.sent(on: decisionTopic).count == 1)
        try bench.pass(.seconds(10))
        #expect(bench.problem("store")?.weight == .amber)
    }

    @Test("Killed between commit and flush: the message changes nothing when it comes again, and its decision leaves after all")
    func killedBeforeFlush() throws {
        let bench = try connectedBench()
        bench.transport.isDead = true
        try bench.give(try tap(1))
        #expect(bench.transport.sent(on: decisionTopic).isEmpty)
        let written = try bench.database.read { try $0.first("SELECT event FROM outbox") { $0.blob(0) } }

        try bench.restart()
        try bench.connect()
        try bench.give(try tap(1))
        #expect(try bench.heard().count == 1)
        #expect(bench.transport.sent(on: decisionTopic).map(\.payload) == [try #require(written)])
        #expect(bench.host.counts.repeats == 1)
    }

    @Test("Fifty restarts with the old message delivered again say nothing new")
    func restarts() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1))
        try bench.pass(.seconds(2))
        for _ in 0..<50 {
            try bench.restart()
            try bench.connect()
            try bench.give(try tap(1))
            try bench.pass(.seconds(2))
            #expect(bench.transport.sent(on: decisionTopic).isEmpty)
        }
        #expect(try bench.count("SELECT count(*) FROM outbox") == 1)
        #expect(try bench.heard().count == 1)
    }
}
