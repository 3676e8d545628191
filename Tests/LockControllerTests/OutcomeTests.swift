import Bus
import Contracts
import LockController
import Seal
import Testing

/// What became of a decision to open.
@Suite struct OutcomeTests {
    private let town: TestTown

    init() throws {
        town = try TestTown()
        _ = try town.book(-10, 600)
        try town.agentLives()
    }

    private func outcomes() throws -> [DoorOutcome.Result] { try town.events(.doorOutcomes).map(\.data.result) }

    @Test("A lock's report is answered, and told under the decision it is about")
    func report() throws {
        let decision = try town.hold()
        let report = try town.report(decision.id)
        let reply = try #require(town.said(Channel<LockOutcome>.lockOutcomes.replyTopic(in: TestTown.town, to: "lock-gym")).last)
        let answer = try Envelope<Reply<Done>>(json: reply)
        #expect(answer.data.accepted && answer.cause == report.id)
        let outcome = try #require(try town.events(.doorOutcomes).last)
        #expect(outcome.cause == decision.id && outcome.data.decision == decision.id && outcome.data.tap == decision.cause)
        #expect(outcome.data.result == .opened)
        town.wait(.seconds(60))
        #expect(try outcomes() == [.opened])
    }

    @Test("A report repeated under its id is answered each time and told once")
    func repeated() throws {
        let decision = try town.hold()
        let first = try town.report(decision.id)
        town.publish(Channel<LockOutcome>.lockOutcomes.topic(in: TestTown.town, "gym"), try first.json())
        town.settle()
        let replies = town.said(Channel<LockOutcome>.lockOutcomes.replyTopic(in: TestTown.town, to: "lock-gym"))
        #expect(replies.count == 2 && Set(replies).count == 1)
        #expect(try outcomes() == [.opened])
    }

    @Test("A report of a decision made at another door is told without the decision")
    func wrongDoor() throws {
        let decision = try town.hold()
        let report = try town.report(decision.id, door: "hall")
        let outcome = try #require(try town.events(.doorOutcomes).last)
        #expect(outcome.data.decision == nil && outcome.cause == report.id)
        #expect(try town.report(decision.id, door: "hall").id != report.id)
    }

    @Test("A silent lock is one no-answer after forty seconds; a late report is added to it")
    func silent() throws {
        let decision = try town.hold()
        town.wait(.milliseconds(39_999))
        #expect(try outcomes().isEmpty)
        town.wait(.milliseconds(1))
        #expect(try outcomes() == [.noAnswer])
        town.wait(.seconds(60))
        #expect(try outcomes() == [.noAnswer])
        _ = try town.report(decision.id)
        #expect(try outcomes() == [.noAnswer, .opened])
        #expect(try town.events(.doorOutcomes).allSatisfy { $0.cause == decision.id })
        #expect(try town.events(.doorDecisions).count == 1)
    }

    @Test("An order that the broker never acknowledged is not-sent at its end, and nothing else later")
    func notSent() throws {
        town.publish(TestTown.taps, try town.tap().json())
        town.stepOnce()
        // The connection breaks before the acknowledgement is read.
        town.transport.isReachable = false
        town.wait(.seconds(11))
        town.transport.isReachable = true
        town.settle()
        #expect(try outcomes() == [.notSent])
        #expect(town.orders().count == 1)
        town.wait(.seconds(60))
        #expect(try outcomes() == [.notSent])
    }

    @Test("A lock that has reported had its order: the acknowledgement was lost, and nothing is called not-sent")
    func reportedUnacknowledged() throws {
        let tap = try town.tap()
        town.publish(TestTown.taps, try tap.json())
        town.stepOnce()
        town.transport.isReachable = false
        town.stepOnce()
        town.now = town.now + .seconds(11)
        town.transport.isReachable = true
        _ = try town.report(.derived(from: tap.id, type: Envelope<DoorDecided>.type))
        town.wait(.seconds(60))
        #expect(try outcomes() == [.opened])
    }
}
