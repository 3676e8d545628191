import Contracts
import Testing

@testable import ServiceKit

@Suite("When the clock of a machine is set")
struct ClockTests {
    @Test("Set back by an hour, a process goes on saying that it lives and what it has written")
    func setBack() throws {
        let bench = try connectedBench()
        try bench.pass(.seconds(30))
        bench.now = bench.now - .seconds(3600)
        let before = bench.transport.sent(named: "life").count + bench.transport.sent(named: "heads").count
        try bench.pass(.seconds(30))
        #expect(bench.transport.sent(named: "life").count + bench.transport.sent(named: "heads").count >= before + 6)
        #expect(try #require(bench.life).at > bench.now - .seconds(11))
    }

    @Test("Set back by an hour, a process goes on asking for what it misses")
    func asksOn() throws {
        let bench = try connectedBench()
        try bench.give(try tap(5))
        try bench.pass(.seconds(5))
        bench.now = bench.now - .seconds(3600)
        let before = bench.transport.sent(on: GapTests.asks).count
        try bench.pass(.seconds(10))
        #expect(bench.transport.sent(on: GapTests.asks).count > before)
    }

    @Test(
        "What a machine without the time said and the broker took is kept for 30 days from when it was told the time",
        arguments: [true, false])
    func leap(restarts: Bool) throws {
        let bench = try Bench()
        bench.now = Instant(milliseconds: 1_000_000_000_000)
        try bench.restart()
        try bench.connect()
        bench.transport.answer = { _ in 0 }
        _ = try bench.host.step(now: bench.now, inputs: ["3"])
        try bench.pass(.seconds(20))
        #expect(try bench.count("SELECT count(*) FROM sent") == 1)
        // One more, whose acknowledgement is written down by the new time.
        _ = try bench.host.step(now: bench.now, inputs: ["4"])
        bench.now = Instant(milliseconds: 1_795_000_000_000)
        if restarts {
            try bench.restart()
            try bench.connect()
        }
        try passHalfDays(58, bench)
        #expect(try bench.count("SELECT count(*) FROM outbox") == 4)
        try passHalfDays(4, bench)
        #expect(try bench.count("SELECT count(*) FROM outbox") == 0)
    }

    /// With a look at what is kept in each.
    private func passHalfDays(_ count: Int, _ bench: Bench) throws {
        for _ in 0..<count {
            bench.now = bench.now + .seconds(43_200)
            try bench.pass(.seconds(61))
        }
    }
}
