import Bus
import Contracts
import ReaderAgent
import Testing

/// What the person at the reader sees and hears, and what is written down with it.
@Suite struct SignalTests {
    private func hold(_ agent: TestAgent, _ number: Int) -> [Signal.Kind] {
        agent.signals { agent.settle([TestAgent.card(number, uptime: Int64(number))]) }
    }

    @Test("Without a broker a tap is written down, shown as offline and told later")
    func offline() throws {
        let agent = try TestAgent(isReachable: false)
        #expect(hold(agent, 0) == [.offline])
        #expect(hold(agent, 0) == [.offline])
        #expect(try agent.events(.taps).isEmpty)
        agent.transport.isReachable = true
        agent.settle()
        #expect(try agent.events(.taps).count == 1)
        #expect(hold(agent, 1) == [.accepted])
    }

    @Test("A full journal turns cards away, and takes them again when it has drained")
    func journalLimit() throws {
        let agent = try TestAgent(limit: 3, isReachable: false)
        #expect((0..<5).map { hold(agent, $0) } == [[.offline], [.offline], [.offline], [.failed], [.failed]])
        let refused = agent.signals { agent.settle([.refused("reader-1", .unknown, at: agent.now)]) }
        #expect(refused == [.refused])
        agent.transport.isReachable = true
        agent.settle()
        #expect(hold(agent, 3) == [.accepted])
        #expect(try agent.events(.taps).count == 4)
        #expect(try agent.events(.refusedCards).isEmpty)
    }

    @Test("The limit counts within one step as well")
    func limitInOneStep() throws {
        let agent = try TestAgent(limit: 3, isReachable: false)
        let signals = agent.signals { agent.settle((0..<5).map { TestAgent.card($0, uptime: Int64($0)) }) }
        #expect(signals == [.offline, .offline, .offline, .failed, .failed])
    }

    @Test(
        "A service's word is shown to the person who stands there now",
        arguments: [
            (Feedback.Signal.opened, Signal.Kind.opened), (.refused, .refused),
        ])
    func feedback(_ said: Feedback.Signal, _ shown: Signal.Kind) throws {
        let agent = try TestAgent()
        let topic = Channel<Feedback>.doorFeedback.topic(in: TestAgent.town, "gate-1")
        func word(_ reader: ReaderID) throws -> [UInt8] {
            try Envelope(
                id: agent.newID(), source: "/nagai/lock-controller/main", time: agent.now,
                data: Feedback(tap: agent.newID(), reader: reader, signal: said)
            ).json()
        }
        #expect(try agent.signals { agent.publish(topic, try word("reader-1")) } == [shown])
        #expect(try agent.signals { agent.publish(topic, try word("reader-9")) } == [])
        // Kept by a broker against the contract: whoever it was for has gone.
        agent.broker.restoreRetained(topic.description, try word("reader-1"))
        #expect(try agent.signals { try agent.restart() } == [])
    }

    @Test("A refused card is told with its reason and nothing else of it", arguments: CardRefused.Reason.allCases)
    func refused(_ reason: CardRefused.Reason) throws {
        let agent = try TestAgent()
        #expect(agent.signals { agent.settle([.refused("reader-1", reason, at: agent.now)]) } == [.refused])
        let event = try #require(try agent.events(.refusedCards).first)
        #expect(event.data == CardRefused(place: "hall", purpose: .door("gym"), reader: "reader-1", reason: reason))
        #expect(event.subject == "reader-1" && event.cause == nil)
        let keys = String(decoding: try event.data.json(), as: UTF8.self)
        #expect(keys == #"{"place":"hall","purpose":"door:gym","reader":"reader-1","reason":"\#(reason.rawValue)"}"#)
        #expect(try agent.events(.taps).isEmpty)
    }

    @Test("A card that was pulled away is asked for again and told to nobody")
    func unreadable() throws {
        let agent = try TestAgent()
        let before = agent.heard.count
        #expect(agent.signals { agent.settle([.unreadable("reader-1")]) } == [.again])
        #expect(!agent.heard.dropFirst(before).contains { $0.topic.contains("/event/") })
    }

    @Test("The time that was learnt is told once for one moment")
    func clockLearned() throws {
        let agent = try TestAgent()
        let moment = TestAgent.start + .seconds(5)
        agent.settle([.clockLearned(moment, uptime: 42_000), .clockLearned(moment, uptime: 42_000)])
        #expect(try agent.events(.clockCorrections).map(\.data) == [ClockSet(time: moment, uptime: 42_000)])
        agent.settle([.clockLearned(moment + .seconds(1), uptime: 43_000)])
        #expect(try agent.events(.clockCorrections).count == 2)
    }
}
