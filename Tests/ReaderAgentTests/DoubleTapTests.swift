import Contracts
import Testing

@testable import ReaderAgent

/// Which readings are one tap. The window is two seconds of the machine's uptime, from the tap on.
@Suite struct DoubleTapTests {
    @Test("Any burst of readings inside the window is one tap, and the first one after it is another", arguments: 0..<200)
    func bursts(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let agent = try TestAgent()
        let start = Int64(dice.below(1_000_000))
        var uptimes = [start] + (0..<dice.below(12)).map { _ in start + Int64(dice.below(2000)) }
        uptimes.sort()
        while !uptimes.isEmpty {
            let part = uptimes.prefix(1 + dice.below(4))
            uptimes.removeFirst(part.count)
            // The clock on the wall is set now and then, and the process starts anew.
            let wall = TestAgent.start + .seconds(dice.below(7200) - 3600)
            agent.settle(part.map { TestAgent.card(uptime: $0, at: wall) })
            if dice.below(4) == 0 { try agent.restart() }
        }
        #expect(try agent.events(.taps).count == 1)
        agent.settle([TestAgent.card(uptime: start + 2000)])
        #expect(try agent.events(.taps).count == 2)
    }

    @Test("A card held on is one tap each window: a refused reading does not lengthen it")
    func heldOn() throws {
        let agent = try TestAgent()
        for uptime in stride(from: 0 as Int64, to: 6000, by: 500) { agent.settle([TestAgent.card(uptime: uptime)]) }
        #expect(try agent.events(.taps).count == 3)
    }

    @Test("Two cards in turn are two taps, one card at two readers as well")
    func others() throws {
        let agent = try TestAgent()
        for uptime in 0..<10 as Range<Int64> { agent.settle([TestAgent.card(Int(uptime % 2), uptime: 100 + uptime)]) }
        #expect(try agent.events(.taps).count == 2)
        agent.settle([TestAgent.card(0, reader: "reader-2", uptime: 120)])
        #expect(try agent.events(.taps).map(\.data.reader) == ["reader-1", "reader-1", "reader-2"])
    }

    @Test("Setting the clock back or ahead makes no tap and loses none", arguments: [-3600, -1, 1, 3600])
    func clockSet(_ seconds: Int) throws {
        let agent = try TestAgent()
        let other = TestAgent.start + .seconds(seconds)
        agent.settle([TestAgent.card(uptime: 5000)])
        agent.settle([TestAgent.card(uptime: 6999, at: other)])
        #expect(try agent.events(.taps).count == 1)
        agent.settle([TestAgent.card(uptime: 7000, at: other)])
        #expect(try agent.events(.taps).map(\.time) == [TestAgent.start, other])
    }

    @Test("A reading continues a tap only within the window behind it")
    func table() {
        let rows: [(uptime: Int64, last: Int64?, same: Bool)] = [
            (0, nil, false), (0, 0, true), (1999, 0, true), (2000, 0, false),
            // The machine has started anew since.
            (10, 5000, false), (4999, 5000, false),
        ]
        for row in rows { #expect(isSameTap(uptime: row.uptime, last: row.last, window: .seconds(2)) == row.same, "\(row)") }
        #expect(!isSameTap(uptime: 0, last: 0, window: .zero))
    }

    @Test("After the machine has started anew a card is a tap at once")
    func machineRestarted() throws {
        let agent = try TestAgent()
        agent.settle([TestAgent.card(uptime: 5000)])
        try agent.restart()
        agent.settle([TestAgent.card(uptime: 4000), TestAgent.card(uptime: 4100)])
        #expect(try agent.events(.taps).count == 2)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): one seed is one test.
struct Dice {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
