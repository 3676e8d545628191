import Bus
import Contracts
import ReaderAgent
import Testing

/// What a reader is for, set by command.
@Suite struct PurposeTests {
    private static let enrol = Purpose(kind: "enrol")
    private static let gym = Purpose(kind: "door", thing: "gym")

    @Test("A purpose set by command is accepted, told, and carried by the next tap of that reader alone")
    func set() throws {
        let agent = try TestAgent()
        agent.settle([TestAgent.card(0, uptime: 0)])
        #expect(try agent.setPurpose(Self.enrol).accepted)
        let ruling = try #require(try agent.events(.purposes).last).data
        #expect(ruling == PurposeChanged(reader: "reader-1", purpose: Self.enrol, by: "desk-office"))
        agent.settle([TestAgent.card(1, uptime: 1), TestAgent.card(1, reader: "reader-2", uptime: 1)])
        #expect(try agent.events(.taps).map(\.data.purpose) == [Self.gym, Self.enrol, Self.gym])
        let state = try #require(agent.broker.retained["nagai/reader-agent/state/gate-1/reader-1--reader"])
        #expect(try Envelope<ReaderState>(json: state).data.purpose == Self.enrol)
    }

    @Test("It survives a restart and ends when the configuration says something new")
    func restarts() throws {
        let agent = try TestAgent()
        #expect(try agent.setPurpose(Self.enrol).accepted)
        try agent.restart()
        agent.settle([TestAgent.card(0, uptime: 0)])
        try agent.restart(configured: "visit")
        agent.settle([TestAgent.card(1, uptime: 1)])
        #expect(try agent.events(.taps).map(\.data.purpose) == [Self.enrol, Purpose(kind: "visit")])
    }

    @Test("An unknown reader is refused with the names of those there are")
    func unknown() throws {
        let agent = try TestAgent()
        let reply = try agent.setPurpose(Self.enrol, of: "reader-9")
        #expect(!reply.accepted && reply.refusal == "unknown-reader")
        #expect(reply.text?.contains("reader-9") == true && reply.text?.contains("reader-1, reader-2") == true)
        #expect(try agent.events(.purposes).isEmpty)
    }
}
