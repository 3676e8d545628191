import Contracts
import Harness
import Testing

@testable import ReaderAgent

@Suite("What a reader is for")
struct PurposeTests {
    @Test("Set by command it holds over a restart, until the configuration says something new")
    func remembered() throws {
        let gate = try Gate()
        #expect(try gate.setPurpose(.door("gym")).accepted)
        try gate.rig.settle([gate.card()])
        try gate.rig.start(Gate.agent())
        try gate.rig.settle()
        try gate.rig.settle([gate.card(2), gate.card(3, at: "reader-2")])
        try gate.rig.start(Gate.agent(purpose: .door("hall")))
        try gate.rig.settle()
        try gate.rig.settle([gate.card(4)])
        var seen: Set<EventID> = []
        let purposes = try gate.taps.filter { seen.insert($0.id).inserted }.map(\.data.purpose)
        #expect(purposes == [.door("gym"), .door("gym"), .visit, .door("hall")])
        #expect(try gate.rig.said(.purposes).first?.data == PurposeChanged(reader: "reader-1", purpose: .door("gym"), by: "desk-office"))
    }

    @Test("A till may ask an agent for payments, and the broker cannot tell that from a desk's command: the agent does")
    func till() throws {
        let gate = try Gate()
        #expect(try gate.setPurpose(.door("gym"), as: "till-bakery").refusal == "not-yours")
        #expect(try gate.rig.said(.purposes).isEmpty)
    }

    @Test("An unknown reader is refused with the names of the known ones")
    func unknown() throws {
        let answer = try Gate().setPurpose(.visit, reader: "reader-9")
        #expect(answer.refusal == "unknown-reader")
        #expect(answer.text?.contains("reader-1, reader-2") == true)
    }
}
