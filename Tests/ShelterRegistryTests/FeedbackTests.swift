import Bus
import Contracts
import Harness
import ServiceKit
import Testing

@testable import ShelterRegistry

/// What whoever holds a card at a shelter is told there and then.
@Suite struct FeedbackTests {
    /// What the readers of an agent were told since the last look.
    private func told(_ town: TestShelters) throws -> [ShelterFeedback.Signal] {
        defer { town.rig.forgetWhatWasSaid() }
        return try town.rig.said(.shelterFeedback).map(\.data.signal)
    }

    @Test("A tap is answered at its reader: here, out for a while, or so already")
    func signals() throws {
        let town = try TestShelters()
        try town.add("s01")
        try town.add("s02")
        let tap = try town.hold(1, at: "s01")
        let said = try #require(town.rig.published.last { $0.topic == "nagai/shelter-registry/feedback/gate-1/tap" })
        #expect(!said.retain && said.qos == 0)
        #expect(try Envelope<ShelterFeedback>(json: said.payload).data == ShelterFeedback(tap: tap.id, reader: "reader-1", signal: .in))
        town.rig.forgetWhatWasSaid()
        for (shelter, direction) in [("s01", nil), ("s01", .out), ("s01", .out), ("s01", .in), ("s02", nil)] as [(ShelterID, Direction?)] {
            try town.pass(.seconds(1))
            try town.hold(1, at: shelter, direction)
        }
        #expect(try told(town) == [.already, .out, .already, .in, .in])
    }

    @Test("At a closed shelter and in a rehearsal too, each card is taken")
    func taken() throws {
        let town = try TestShelters()
        try town.add("s01", drill: true)
        try town.add("s02", opens: false)
        try town.hold(1, at: "s01")
        try town.hold(1, at: "s02")
        #expect(try told(town) == [.in, .in])
    }

    @Test("Where something is handed out the reader says who receives it, and who has received it before")
    func received() throws {
        let town = try TestShelters()
        try town.add("s01")
        var supply = PutSupply("bento", at: "s01")
        supply.stock = 10
        #expect(try town.ask(.putSupply, supply).accepted)
        let handOut = HandOut("bento", at: "s01", each: 1, household: false, agent: "gate-1", reader: "reader-1")
        #expect(try town.ask(.runHandOut, RunHandOut(handOut)).accepted)
        for card in [1, 2, 1] { try town.hold(card, at: "s01") }
        #expect(try told(town) == [.received, .received, .receivedBefore])
    }

    @Test("Nobody is told of a tap that is heard again, or by a registry that lags behind, or of one at a shelter that is kept elsewhere")
    func late() throws {
        let town = try TestShelters()
        try town.add("s01")
        let tap = try town.hold(1, at: "s01")
        town.rig.forgetWhatWasSaid()
        town.rig.say(town.agent.topic, try tap.json())
        try town.hold(2, at: "h1")
        #expect(try town.rig.said(.shelterFeedback).isEmpty)
        var waiting = town.agent
        town.rig.say(waiting.topic, try waiting.tap(.card(3), at: town.now, purpose: .shelter("s01")).json())
        _ = try town.rig.host.step(now: town.now, stalled: true)
        #expect(try town.headcount("s01") == 2 && town.rig.said(.shelterFeedback).isEmpty)
    }
}
