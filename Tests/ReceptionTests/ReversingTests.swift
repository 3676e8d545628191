import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Reception

/// What was wrong is taken back by two.
@Suite struct ReversingTests {
    private func reverse(
        _ town: TestReception, _ step: ReverseReceived.Step, as desk: Instance = "north", _ number: Int = 1
    ) throws -> Reply<ReversalChanged> {
        try town.ask(.reverseReceived, ReverseReceived(step, number, in: "ballot", why: step == .propose ? "wrong-person" : nil), as: desk)
    }

    @Test("One desk proposes, another agrees, and the person may be received again")
    func twoDesks() throws {
        let town = try TestReception()
        try town.expect()
        try town.hold(1)
        #expect(try reverse(town, .agree, as: "south").refusal == "not-proposed")
        #expect(try reverse(town, .propose).answer?.stage == .proposed)
        #expect(try town.count().accepted == 1)
        #expect(try reverse(town, .agree).refusal == "second-person")
        let done = try #require(try reverse(town, .agree, as: "south").answer)
        #expect(done.stage == .reversed && done.agreedBy == "reception-desk-south" && done.proposedBy == "reception-desk-north")
        #expect(try town.count().accepted == 0 && town.count().reversed == 1 && town.count().byCard == 0)
        #expect(try town.rig.said(.receptionReversals).map(\.data.stage) == [.proposed, .reversed])
        #expect(try reverse(town, .propose).refusal == "already-reversed")
        try town.pass(.seconds(60))
        try town.hold(1, at: "gate-2")
        #expect(try town.rulings().map(\.outcome) == [.accepted, .accepted] && town.rulings().last?.number == 2)
    }

    @Test("A proposal that is withdrawn takes nothing back, and may be made again")
    func withdrawn() throws {
        let town = try TestReception()
        try town.expect()
        try town.hold(1)
        #expect(try reverse(town, .propose).accepted && reverse(town, .withdraw, as: "south").accepted)
        #expect(try reverse(town, .agree, as: "south").refusal == "not-proposed")
        #expect(try town.count().accepted == 1)
        #expect(try reverse(town, .propose).accepted)
        #expect(try reverse(town, .propose, 9).refusal == "unknown-number")
    }
}
