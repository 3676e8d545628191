import Contracts
import Harness
import Testing

@testable import LockController

/// Zones: whoever is inside does not come in again.
@Suite struct PassbackTests {
    private func town(_ passback: Zone.Passback) throws -> TestTown {
        var plan = PlanTests.plan(nil, for: .everybody)
        plan.zones = [Zone("pool", passback)]
        let town = try TestTown(plans: ["gym": plan])
        try town.agentLives()
        return town
    }

    private func forgive(_ wish: ForgivePassback, in town: TestTown) throws -> Reply<Forgiven> {
        try town.ask(.forgivePassback, wish, for: Forgiven.self)
    }

    @Test("A hard zone lets nobody in twice, whichever card of the person it is, and lets them in again when they have gone out")
    func hard() throws {
        let town = try town(.hard)
        let other = TestTown.token(1)
        try town.learn(LockView(.person(1), tokens: [TestTown.card, other]))
        #expect(try town.hold(direction: .in).data.verdict == .open)
        let second = try town.hold(token: other, direction: .in).data
        #expect(second.rule == .passback && second.refusal == .noRight && second.right == nil)
        #expect(try town.hold(token: TestTown.token(2), direction: .in).data.verdict == .open)
        #expect(try town.hold(direction: .out).data.verdict == .open)
        #expect(try town.hold(token: other, direction: .in).data.verdict == .open)
    }

    @Test("Nobody is kept from going out, and a reader without a direction sees nobody pass")
    func out() throws {
        let town = try town(.hard)
        #expect(try town.hold(direction: .out).data.verdict == .open && town.hold(direction: .out).data.verdict == .open)
        for _ in 0..<3 { #expect(try town.hold().data.verdict == .open) }
        #expect(try town.hold(direction: .in).data.verdict == .open)
    }

    @Test("A soft zone opens, and the decision says that the card is inside")
    func soft() throws {
        let town = try town(.soft)
        #expect(try town.hold(direction: .in).data.rule == nil)
        let second = try town.hold(direction: .in).data
        #expect(second.verdict == .open && second.rule == .passback && second.refusal == nil)
        try town.hold(direction: .out)
        #expect(try town.hold(direction: .in).data.rule == nil)
    }

    @Test("A way out that becomes known late takes its place: it frees who went out after coming in, and not who came in after it")
    func late() throws {
        let town = try town(.hard)
        let early = try town.tap(at: town.now - .seconds(60), direction: .out)
        try town.hold(direction: .in)
        town.publish(TestTown.taps, try early.json())
        town.settle()
        #expect(try town.hold(direction: .in).data.rule == .passback)
        town.wait(.seconds(20))
        try town.agentLives()
        let decided = try town.events(.doorDecisions).count
        let missed = try town.tap(at: town.now - .seconds(15), direction: .out)
        town.publish(TestTown.taps, try missed.json())
        town.settle()
        // It opened nothing, and no decision of before is taken back.
        #expect(try town.events(.doorDecisions).count == decided + 1 && town.events(.doorDecisions).last?.data.refusal == .tapTooOld)
        #expect(try town.hold(direction: .in).data.verdict == .open)
    }

    @Test("Whoever the door did not open for is not inside; a lock that says later that it did is believed")
    func notOpened() throws {
        let town = try town(.hard)
        let decision = try town.hold(direction: .in)
        town.wait(.seconds(45))
        try town.agentLives()
        #expect(try town.events(.doorOutcomes).last?.data.result == .noAnswer)
        let again = try town.hold(direction: .in)
        #expect(again.data.verdict == .open)
        town.wait(.seconds(45))
        try town.agentLives()
        _ = try town.report(decision.id)
        #expect(try town.hold(direction: .in).data.rule == .passback)
    }

    @Test("After its time, or by a clerk, everybody is outside again, and the clerk's word is told")
    func forgiven() throws {
        let town = try town(.hard)
        let cards = (0..<3).map { TestTown.token($0) }
        for card in cards { try town.hold(token: card, direction: .in) }
        town.wait(.seconds(2))
        try town.agentLives()
        #expect(try forgive(ForgivePassback("pool", token: cards[0]), in: town).answer == Forgiven(count: 1))
        #expect(try town.hold(token: cards[0], direction: .in).data.verdict == .open)
        #expect(try town.hold(token: cards[1], direction: .in).data.rule == .passback)
        town.wait(.seconds(2))
        try town.agentLives()
        #expect(try forgive(ForgivePassback("pool"), in: town).answer == Forgiven(count: 3))
        #expect(try forgive(ForgivePassback("pool"), in: town).answer == Forgiven(count: 0))
        #expect(try forgive(ForgivePassback("pol"), in: town).refusal == "unknown-zone")
        #expect(try town.events(.passbackForgiven).map(\.data.by) == ["desk-office", "desk-office", "desk-office"])
        for card in cards { #expect(try town.hold(token: card, direction: .in).data.verdict == .open) }
        town.now = town.now + .seconds(12 * 3600 + 1)
        town.settle()
        try town.agentLives()
        for card in cards { #expect(try town.hold(token: card, direction: .in).data.verdict == .open) }
    }

    @Test("In whichever order passages become known, the same people are inside", arguments: 0..<24)
    func anyOrder(number: Int) throws {
        let town = try town(.soft)
        // in 4 s ago, out 3 s ago, in 2 s ago, out 1 s ago: the last one says outside.
        var ways: [(Int64, Direction)] = [(4, .in), (3, .out), (2, .in), (1, .out)]
        var rest = number
        for index in ways.indices {
            let other = index + rest % (ways.count - index)
            rest /= ways.count - index
            ways.swapAt(index, other)
        }
        for (age, way) in ways { try town.hold(at: town.now - .seconds(age), direction: way) }
        #expect(try town.hold(direction: .in).data.rule == nil)
        town.wait(.milliseconds(500))
        #expect(try town.hold(direction: .in).data.rule == .passback)
    }
}
