import Bus
import Contracts
import LockController
import Seal
import Store
import Testing

/// From a tap to the order a lock obeys.
@Suite struct OrderTests {
    private func booked() throws -> TestTown {
        let town = try TestTown()
        #expect(try town.book(-10, 600).accepted)
        try town.agentLives()
        return town
    }

    @Test("A granted tap puts one signed order on the door's topic, good for ten seconds")
    func oneOrder() throws {
        let town = try booked()
        let decision = try town.hold()
        let grant = try #require(try town.grants().first)
        #expect(try town.grants().count == 1 && town.orders(to: "hall").isEmpty)
        #expect(grant.aud == "gym" && grant.jti == decision.id && grant.iss == "nagai/lock-controller" && grant.open == 5)
        #expect(grant.exp - grant.nbf == 12 && grant.exp == town.now.milliseconds / 1000 + 10)
        let said = try #require(town.said(Channel<Feedback>.doorFeedback.topic(in: TestTown.town, "gate-1")).last)
        #expect(try Envelope<Feedback>(json: said).data.signal == .opened)
    }

    @Test("The counter grows, also within a millisecond and after an older copy of the database was put back")
    func counter() throws {
        let town = try booked()
        try town.hold()
        // Until the acknowledgement is written down, the copy would send the first order again.
        town.wait(.seconds(2))
        let backup = try town.disk.serialized()
        for _ in 0..<3 { try town.hold() }
        town.now = town.now + .seconds(1)
        try town.restart(from: backup)
        try town.agentLives()
        try town.hold()
        let counters = try town.grants().map(\.cnt)
        #expect(counters.count == 5)
        #expect(zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 }, "\(counters)")
    }

    @Test("A tap that comes again is decided and granted once")
    func redelivered() throws {
        let town = try booked()
        let tap = try town.tap().json()
        for _ in 0..<3 {
            town.publish(TestTown.taps, tap)
            town.wait(.seconds(1))
        }
        try town.restart()
        town.publish(TestTown.taps, tap)
        town.settle()
        #expect(town.orders().count == 1)
        #expect(try town.events(.doorDecisions).count == 1)
    }

    @Test("An order whose acknowledgement was lost is sent again as the same bytes")
    func resent() throws {
        let town = try booked()
        town.publish(TestTown.taps, try town.tap().json())
        town.stepOnce()
        town.transport.isReachable = false
        town.now = town.now + .seconds(1)
        town.settle()
        town.transport.isReachable = true
        town.settle()
        #expect(town.orders().count == 2 && Set(town.orders()).count == 1)
    }

    @Test("A tap that waited eleven seconds, or comes from the future, opens nothing")
    func moments() throws {
        let town = try booked()
        #expect(try town.hold(at: town.now - .seconds(11)).data.refusal == .tapTooOld)
        #expect(try town.hold(at: town.now + .seconds(11)).data.refusal == .tapFromFuture)
        #expect(try town.hold(at: town.now - .seconds(10)).data.refusal == .tapTooOld)
        #expect(town.orders().isEmpty)
    }

    @Test("An order ends ten seconds after its tap, whatever held up the tap")
    func orderEndsWithTap() throws {
        let town = try booked()
        let moment = town.now - .seconds(7)
        #expect(try town.hold(at: moment).data.verdict == .open)
        #expect(try town.grants().map(\.exp) == [(moment.milliseconds + 10_000) / 1000])
    }

    @Test("Without a fresh sign of life the agent's clock is not known")
    func noLife() throws {
        let town = try TestTown()
        _ = try town.book(-10, 600)
        #expect(try town.hold().data.refusal == .clock)
        try town.agentLives()
        town.wait(.seconds(35))
        #expect(try town.hold().data.verdict == .open)
        town.wait(.seconds(1))
        #expect(try town.hold().data.refusal == .clock)
        #expect(town.orders().count == 1)
    }

    @Test("The broker's memory of a life, its last will and a goodbye say nothing about the clock")
    func lifeless() throws {
        let town = try TestTown()
        _ = try town.book(-10, 600)
        let life = Topic.life(of: Address("reader-agent", "gate-1"), in: TestTown.town)
        for state in [Life.State.lost, .stopped] {
            town.publish(life, try Life(state, at: town.now).json())
            #expect(try town.hold().data.refusal == .clock)
        }
        town.transport.isReachable = false
        town.publish(life, try Life(.ready, at: town.now).json())
        town.broker.expireSession(of: "lock-controller-main")
        try town.restart()
        #expect(try town.hold().data.refusal == .clock)
    }

    @Test("A sign of life that was held up does not make an old tap fresh")
    func delayedLife() throws {
        let town = try booked()
        town.wait(.seconds(11))
        try town.agentLives(at: town.now - .seconds(11))
        #expect(try town.hold(at: town.now - .seconds(11)).data.refusal == .tapTooOld)
        #expect(try town.hold().data.verdict == .open)
    }

    @Test("An agent whose clock is a year off opens doors while its signs of life are fresh", arguments: [-365, 365])
    func yearOff(_ days: Int) throws {
        let town = try TestTown()
        _ = try town.book(-10, 600)
        let offset = Duration.seconds(days * 86_400)
        try town.agentLives(at: town.now + offset)
        #expect(try town.hold(at: town.now + offset).data.verdict == .open)
        #expect(try town.hold(at: town.now + offset - .seconds(11)).data.refusal == .tapTooOld)
    }

    @Test("An agent whose clock was set is measured anew")
    func clockSet() throws {
        let town = try booked()
        try town.agentLives(at: town.now + .seconds(3600))
        #expect(try town.hold(at: town.now + .seconds(3600)).data.verdict == .open)
        try town.agentLives()
        #expect(try town.hold().data.verdict == .open)
    }

    @Test("A tap from a journal opens nothing and moves nobody's light")
    func replayed() throws {
        let town = try booked()
        let tap = try town.tap()
        let batch = try Batch.json(
            BatchHeader(.events, topic: TestTown.taps.description, epoch: town.agentEpoch, from: 1, to: 1), events: [tap.json()])
        town.publish(.batch(from: Address("reader-agent", "gate-1"), to: Address("lock-controller", "main"), in: TestTown.town), batch)
        town.settle()
        #expect(try town.events(.doorDecisions).map(\.data.refusal) == [.notLive])
        #expect(town.orders().isEmpty)
        #expect(town.said(Channel<Feedback>.doorFeedback.topic(in: TestTown.town, "gate-1")).isEmpty)
    }

    @Test("A tap that is overtaken by a newer one of its stream is not live")
    func overtaken() throws {
        let town = try booked()
        let older = try town.tap()
        #expect(try town.hold().data.verdict == .open)
        town.publish(TestTown.taps, try older.json())
        town.settle()
        #expect(try town.events(.doorDecisions).last?.data.refusal == .notLive)
    }

    @Test("A tap that was read after the process had stood still opens nothing")
    func stalled() throws {
        let town = try booked()
        town.publish(TestTown.taps, try town.tap().json())
        town.stepOnce(stalled: true)
        town.settle()
        #expect(try town.events(.doorDecisions).map(\.data.refusal) == [.notLive])
        #expect(town.orders().isEmpty)
    }
}
