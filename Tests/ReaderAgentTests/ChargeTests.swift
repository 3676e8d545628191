import Bus
import Contracts
import Harness
import ServiceKit
import Testing

@testable import ReaderAgent

/// What a till asks for goes with the next card, and with that one alone.
@Suite("A card pays what its reader showed")
struct ChargeTests {
    private static let shop = Purpose("shop:bakery")!

    private func charge(_ gate: Gate, _ amount: Int64, hold: Bool = false, by till: UserID = "till-bakery") throws -> Reply<Done> {
        var command = gate.desk.command(Charge(amount, at: "reader-1", hold: hold), at: gate.rig.now)
        command.source = "/nagai/till/bakery"
        gate.rig.say("nagai/reader-agent/command/\(till)/gate-1--charge", try command.json())
        try gate.rig.settle()
        let replies = gate.rig.published.filter { $0.topic == "nagai/reader-agent/reply/\(till)/gate-1--charge" }
        return try Envelope<Reply<Done>>(json: #require(replies.last).payload).data
    }

    private func hold(_ number: Int, at gate: Gate) throws -> TapCharge? {
        gate.uptime += 5000
        try gate.rig.settle([gate.card(number)])
        return try gate.taps.last?.data.charge
    }

    @Test("One card pays once; the next one pays nothing until the till asks again")
    func once() throws {
        let gate = try Gate(purpose: Self.shop)
        #expect(try hold(1, at: gate) == nil)
        #expect(try charge(gate, 850, hold: true).accepted)
        #expect(try hold(2, at: gate) == TapCharge(850, hold: true))
        #expect(try hold(3, at: gate) == nil)
    }

    @Test("Who changes their mind and types another amount asks for that one; after a minute for nothing")
    func newest() throws {
        let gate = try Gate(purpose: Self.shop)
        _ = try charge(gate, 850)
        _ = try charge(gate, 580)
        #expect(try hold(1, at: gate)?.amount == 580)
        _ = try charge(gate, 580)
        gate.rig.now = gate.rig.now + .seconds(61)
        #expect(try hold(1, at: gate) == nil)
    }

    @Test("The amount is remembered when the machine loses its power")
    func remembered() throws {
        let gate = try Gate(purpose: Self.shop)
        _ = try charge(gate, 850)
        try gate.rig.start(Gate.agent(purpose: Self.shop))
        try gate.rig.settle()
        #expect(try hold(1, at: gate)?.amount == 850)
    }

    @Test("A till asks at the readers of its own shop alone, for an amount a card may pay")
    func ownReaders() throws {
        #expect(try charge(Gate(purpose: Self.shop), 850, by: "till-books").refusal == "not-yours")
        #expect(try charge(Gate(purpose: .visit), 850).refusal == "not-yours")
        for amount in [0, -1, 10_000_001] as [Int64] {
            #expect(try charge(Gate(purpose: Self.shop), amount).refusal == "bad-amount")
        }
    }

    @Test("The lamp tells how much was given or paid while somebody stands there", arguments: PointsFeedback.Signal.allCases)
    func told(signal: PointsFeedback.Signal) throws {
        let gate = try Gate(purpose: Self.shop)
        _ = try hold(1, at: gate)
        let tap = try #require(try gate.taps.last)
        func say(_ id: EventID) throws {
            let feedback = PointsFeedback(tap: id, reader: "reader-1", signal: signal, amount: 120)
            let envelope = Envelope(id: gate.desk.newID(at: gate.rig.now), source: "/nagai/points/main", time: gate.rig.now, data: feedback)
            gate.rig.say("nagai/points/feedback/gate-1/tap", try envelope.json())
            try gate.rig.settle()
        }
        try say(tap.id)
        let shown = try #require(gate.rig.effects.last as? Signal)
        #expect(shown.kind.rawValue == signal.rawValue && shown.reason == "120")
        let count = gate.rig.effects.count
        try say(gate.desk.newID(at: gate.rig.now - .seconds(11)))
        #expect(gate.rig.effects.count == count)
    }

    @Test("The lamp tells whether somebody was received, before or at all", arguments: ReceptionRuling.Outcome.allCases)
    func received(outcome: ReceptionRuling.Outcome) throws {
        let gate = try Gate(purpose: .visit)
        _ = try hold(1, at: gate)
        let tap = try #require(try gate.taps.last)
        let feedback = ReceptionFeedback(tap: tap.id, reader: "reader-1", outcome)
        let envelope = Envelope(id: gate.desk.newID(at: gate.rig.now), source: "/nagai/reception/main", time: gate.rig.now, data: feedback)
        gate.rig.say("nagai/reception/feedback/gate-1/tap", try envelope.json())
        try gate.rig.settle()
        let shown = try #require(gate.rig.effects.last as? Signal)
        switch outcome {
        case .accepted: #expect(shown.kind == .received && shown.reason == nil)
        case .repeated: #expect(shown.kind == .receivedBefore)
        default: #expect(shown.kind == .refused && shown.reason == outcome.rawValue)
        }
    }
}
