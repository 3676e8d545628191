import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import ReaderAgent

/// reader-agent with two readers and a broker that can be taken away.
final class Gate {
    let rig: Rig<ReaderAgent>
    var desk = FakeAgent(seed: 5)
    var uptime: Int64 = 1_000_000

    /// - Parameter whenOpen: the shelter that the first reader stands for while it is open.
    init(limit: Int64 = 1000, purpose: Purpose = .visit, whenOpen: ShelterID? = nil) throws {
        rig = try Rig(
            Self.agent(limit: limit, purpose: purpose, whenOpen: whenOpen), as: .readerAgent, "gate-1",
            roster: Roster([
                .readerAgent: ["gate-1"], .lockController: ["main"], .shelterRegistry: ["main"], .points: ["main"], .desk: ["office"],
                .till: ["bakery", "books"],
            ]))
        try rig.settle()
        for reader: ReaderID in ["reader-1", "reader-2"] { try rig.settle([.condition(reader, .ready)]) }
        rig.forgetWhatWasSaid()
    }

    static func agent(
        limit: Int64 = 1000, purpose: Purpose = .visit, boot: String = "first", whenOpen: ShelterID? = nil
    ) -> ReaderAgent {
        ReaderAgent(
            readers: ["reader-1", "reader-2"].map {
                AgentReader(id: $0, place: "hall", purpose: purpose, whenOpen: $0 == "reader-1" ? whenOpen : nil)
            }, doubleTap: { _ in .seconds(1) },
            journalLimit: limit, boot: boot)
    }

    func card(
        _ number: Int = 1, at reader: ReaderID = "reader-1", uptime: Int64? = nil, clock: ClockQuality = .synced, token: Token? = nil,
        former: Token? = nil, leases: [LeaseHashes] = []
    ) -> CardInput {
        .identified(
            IdentifiedCard(
                reader: reader, token: token ?? .card(number), former: former, leases: leases, scheme: .cardApp, assurance: .proved,
                at: rig.now, uptime: uptime ?? self.uptime, clock: clock))
    }

    var signals: [Signal.Kind] { rig.effects.compactMap { ($0 as? Signal)?.kind } }
    var taps: [Envelope<Tapped>] { get throws { try rig.said(.taps) } }

    /// What is in the journal, said or not.
    func journaled() throws -> Int { try rig.disk.write { try $0.first("SELECT count(*) FROM outbox") { Int($0.int(0)) } } ?? 0 }

    func setPurpose(_ purpose: Purpose, reader: ReaderID = "reader-1", as user: UserID = "desk-office") throws -> Reply<Done> {
        let command = desk.command(SetPurpose(reader: reader, purpose: purpose), at: rig.now)
        rig.say("nagai/reader-agent/command/\(user)/gate-1--purpose-set", try command.json())
        try rig.settle()
        let replies = rig.published.filter { $0.topic == "nagai/reader-agent/reply/\(user)/gate-1--purpose-set" }
        guard let last = replies.last else { throw Restless() }
        return try Envelope<Reply<Done>>(json: last.payload).data
    }
}

@Suite("One holding of a card is one tap")
struct DoubleTapTests {
    @Test("Any burst within the window is one tap; every reading gets its signal", arguments: 0..<200)
    func bursts(seed: UInt64) throws {
        var chance = Seeded(seed)
        let gate = try Gate()
        var expected = 0
        var readings = 0
        for _ in 0..<4 {
            gate.uptime += 1000 + Int64(chance.below(5000))
            let start = gate.uptime
            expected += 1
            var offset = Int64(0)
            while offset < 1000 {
                try gate.rig.settle([gate.card(uptime: start + offset)])
                readings += 1
                offset += 1 + Int64(chance.below(400))
            }
            gate.uptime = start
        }
        #expect(try gate.taps.count == expected, "seed \(seed)")
        #expect(gate.signals.count == readings)
        #expect(gate.signals.allSatisfy { $0 == .accepted })
    }

    @Test("The window is half open", arguments: [(999, 1), (1000, 2)] as [(Int64, Int)])
    func edge(gap: Int64, taps: Int) throws {
        let gate = try Gate()
        for uptime in [0, gap] { try gate.rig.settle([gate.card(uptime: 5000 + uptime)]) }
        #expect(try gate.taps.count == taps)
    }

    @Test("Two readers and two cards each make taps of their own")
    func different() throws {
        let gate = try Gate()
        try gate.rig.settle([gate.card(), gate.card(2), gate.card(at: "reader-2")])
        #expect(try gate.taps.count == 3)
    }

    @Test("After a restart of the machine a card is a new tap, whatever its uptime", arguments: [500, 1_000_000, 1_000_300] as [Int64])
    func rebooted(uptime: Int64) throws {
        let gate = try Gate()
        try gate.rig.settle([gate.card()])
        try gate.rig.start(Gate.agent(boot: "second"))
        try gate.rig.settle()
        try gate.rig.settle([gate.card(uptime: uptime)])
        try gate.rig.settle([gate.card(uptime: uptime + 100)])
        #expect(Set(try gate.taps.map(\.id)).count == 2)
    }

    @Test("A machine put back to an earlier moment of the same start loses no tap")
    func putBack() throws {
        let gate = try Gate()
        try gate.rig.settle([gate.card()])
        try gate.rig.settle([gate.card(uptime: 500)])
        #expect(try gate.taps.count == 2)
    }

    @Test("A slow reading at one reader does not make a double tap at another a new one")
    func slowNeighbour() throws {
        let gate = try Gate()
        try gate.rig.settle([gate.card(1, uptime: 10_000)])
        // It came earlier and took longer to be read.
        try gate.rig.settle([gate.card(2, at: "reader-2", uptime: 9700)])
        try gate.rig.settle([gate.card(1, uptime: 10_500)])
        #expect(try gate.taps.count == 2)
    }

    @Test("A card held again while the token key is changed is one tap, whichever way the key changes")
    func newKey() throws {
        let gate = try Gate()
        let (first, second) = (Token.card(1), Token("k2.aaaaaaaaaaaaaaaaaaaaaaaaaa")!)
        try gate.rig.settle([gate.card(token: first)])
        try gate.rig.settle([gate.card(uptime: gate.uptime + 300, token: second, former: first)])
        #expect(try gate.taps.map(\.data.token) == [first])
        try gate.rig.settle([gate.card(uptime: gate.uptime + 1100, token: second, former: first)])
        try gate.rig.settle([gate.card(uptime: gate.uptime + 1200, token: second)])
        try gate.rig.settle([gate.card(uptime: gate.uptime + 1300, token: first, former: second)])
        #expect(try gate.taps.map { [$0.data.token, $0.data.former] } == [[first, nil], [second, first]])
    }

    @Test("The same tap over a restart of the agent is one tap")
    func restart() throws {
        let gate = try Gate()
        try gate.rig.settle([gate.card()])
        try gate.rig.start(Gate.agent())
        try gate.rig.settle()
        try gate.rig.settle([gate.card(uptime: gate.uptime + 500)])
        #expect(Set(try gate.taps.map(\.id)).count == 1)
    }
}

@Suite("Working without a network, and saying what happens")
struct SignalTests {
    @Test("Without a broker a tap is written down and the person hears that the town will know later")
    func offline() throws {
        let gate = try Gate()
        gate.rig.transport.isReachable = false
        try gate.rig.settle()
        try gate.rig.settle([gate.card()])
        #expect(gate.signals == [.offline])
        #expect(try gate.taps.isEmpty)
        gate.rig.transport.isReachable = true
        try gate.rig.pass(.seconds(2))
        #expect(try gate.taps.count == 1)
    }

    @Test("At the journal's limit cards are turned away aloud; nothing that was accepted is lost, and it goes on by itself")
    func limit() throws {
        let gate = try Gate(limit: 20)
        gate.rig.transport.isReachable = false
        try gate.rig.settle()
        for number in 0..<30 { try gate.rig.settle([gate.card(number)]) }
        #expect(gate.signals.filter { $0 == .offline }.count == 20)
        #expect(gate.signals.filter { $0 == .failed }.count == 10)
        #expect(try gate.journaled() == 20)
        gate.rig.transport.isReachable = true
        try gate.rig.settle()
        #expect(try gate.rig.life().state == .red)
        try gate.rig.pass(.seconds(12))
        #expect(try gate.taps.count == 20)
        try gate.rig.settle([gate.card(99)])
        #expect(gate.signals.last == .accepted)
        try gate.rig.pass(.seconds(12))
        #expect(try gate.rig.life().state == .ready)
    }

    @Test("A disk that is full turns the card away aloud, and the next one is taken when there is space")
    func diskFull() throws {
        let gate = try Gate()
        gate.rig.disk.beforeCommit = { throw StoreError(code: 13, path: "agent.db", message: "full") }
        try gate.rig.settle([gate.card()])
        #expect(gate.signals == [.failed])
        try gate.rig.settle([gate.card(2)])
        #expect(gate.signals == [.failed, .failed])
        gate.rig.disk.beforeCommit = nil
        try gate.rig.pass(.seconds(60))
        try gate.rig.settle([gate.card(3)])
        #expect(gate.signals.last == .accepted)
        #expect(try gate.taps.map(\.data.token) == [.card(3)])
    }

    @Test("A refused card becomes an event without anything that identifies it", arguments: CardRefused.Reason.allCases)
    func refused(reason: CardRefused.Reason) throws {
        let gate = try Gate()
        try gate.rig.settle([.refused("reader-1", reason, at: gate.rig.now)])
        #expect(gate.signals == [.refused])
        let said = try #require(try gate.rig.said(.refusedCards).first)
        #expect(said.data == CardRefused(place: "hall", purpose: .visit, reader: "reader-1", reason: reason))
        #expect(!String(decoding: try said.json(), as: UTF8.self).contains("k1."))
    }

    @Test("A card that was pulled away is asked for again, and no event is made of it")
    func pulled() throws {
        let gate = try Gate()
        try gate.rig.settle([.unreadable("reader-1")])
        #expect(gate.signals == [.again])
        #expect(try gate.journaled() == 0)
    }

    @Test("What a service says is shown while it is new, and to no reader that is not there")
    func feedback() throws {
        let gate = try Gate()
        let topic = "nagai/lock-controller/feedback/gate-1/tap"
        func say(_ reader: ReaderID, _ signal: Feedback.Signal, _ reason: Refusal? = nil, _ rule: DoorRule? = nil) throws {
            let data = Feedback(tap: gate.desk.newID(at: gate.rig.now), reader: reader, signal: signal, reason: reason, rule: rule)
            gate.rig.say(
                topic,
                try Envelope(id: gate.desk.newID(at: gate.rig.now), source: "/nagai/lock-controller/main", time: gate.rig.now, data: data)
                    .json())
        }
        try say("reader-1", .opened)
        try say("reader-2", .refused, .noRight, .passback)
        try say("reader-9", .opened)
        try gate.rig.settle()
        #expect(gate.signals == [.opened, .refused] && gate.rig.effects.compactMap { ($0 as? Signal)?.reason } == ["passback"])
        try say("reader-1", .opened)
        _ = try gate.rig.host.step(now: gate.rig.now, stalled: true)
        #expect(gate.signals == [.opened, .refused])
        gate.rig.broker.restoreRetained(topic, gate.rig.published.last { $0.topic == topic }?.payload ?? [])
        try gate.rig.start(Gate.agent())
        try gate.rig.settle()
        #expect(gate.signals == [.opened, .refused])
    }

    @Test("A machine that has learnt the time says so once; its taps until then carry their uptime")
    func clock() throws {
        let gate = try Gate()
        try gate.rig.settle([gate.card(clock: .boot)])
        let learned = CardInput.clockLearned(gate.rig.now, uptime: gate.uptime + 50)
        try gate.rig.settle([learned])
        try gate.rig.settle([learned])
        try gate.rig.settle([gate.card(2)])
        #expect(try gate.taps.map(\.data.uptime) == [gate.uptime, nil])
        #expect(try gate.rig.said(.clockCorrections).map(\.data) == [ClockSet(time: gate.rig.now, uptime: gate.uptime + 50)])
    }

    @Test("Ten thousand waiting taps leave in order, with a bounded number on their way")
    func drain() throws {
        let gate = try Gate(limit: 100_000)
        gate.rig.transport.isReachable = false
        try gate.rig.settle()
        for chunk in 0..<20 { try gate.rig.settle((0..<500).map { gate.card(chunk * 500 + $0) }) }
        gate.rig.transport.isReachable = true
        var most = 0
        var steps = 0
        while gate.rig.host.unsent > 0 || !gate.rig.host.isConnected, steps < 2000 {
            _ = try gate.rig.host.step(now: gate.rig.now)
            most = max(most, gate.rig.host.inFlight)
            steps += 1
        }
        let numbers = try gate.taps.map { $0.position?.number }
        #expect(numbers == (1...10_000).map { Int64($0) })
        #expect(most > 0 && most <= 256)
    }
}
