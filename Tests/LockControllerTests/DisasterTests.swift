import Contracts
import LockController
import Testing

/// The disaster mode as two desks switch it on, over the bus.
@Suite struct DisasterTests {
    let town: TestTown
    static let helper = TestTown.token(3)

    init() throws {
        town = try TestTown()
        let group = ChangeGroup(group: "shelter", addTokens: [Self.helper])
        #expect(try town.ask(.changeGroup, group, for: GroupSummary.self).accepted)
        try town.agentLives()
    }

    private func propose(_ plan: DisasterPlanID = "earthquake", minutes: Int = 30, drill: Bool = false) throws -> Reply<DisasterMode> {
        try town.ask(.proposeDisaster, ProposeDisaster(plan, until: town.minute(minutes), drill: drill), for: DisasterMode.self)
    }

    private func agree(_ id: EventID, as desk: Instance = "second") throws -> Reply<DisasterMode> {
        try town.ask(.agreeToDisaster, AgreeToDisaster(id), for: DisasterMode.self, as: desk)
    }

    private func end(_ id: EventID) throws -> Reply<DisasterMode> { try town.ask(.endDisaster, EndDisaster(id), for: DisasterMode.self) }

    private func begin(_ plan: DisasterPlanID = "earthquake", minutes: Int = 30) throws -> EventID {
        let wish = try #require(try propose(plan, minutes: minutes).answer)
        #expect(try agree(wish.id).answer?.stage == .active)
        return wish.id
    }

    private func hold(_ token: Token = helper, door: DoorID = "gym") throws -> DoorDecided {
        try town.agentLives()
        return try town.hold(door: door, token: token).data
    }

    @Test("Nothing opens by one desk alone; with a second one named groups open named doors, and no others")
    func twoDesks() throws {
        let wish = try #require(try propose().answer)
        #expect(wish.stage == .proposed && wish.proposedBy == "desk-office")
        #expect(try hold().refusal == .noRight)
        #expect(try agree(wish.id, as: "office").refusal == "second-person")
        #expect(try hold().refusal == .noRight)
        let mode = try #require(try agree(wish.id).answer)
        #expect(mode.stage == .active && mode.agreedBy == "desk-second")
        #expect(try hold().right == .disaster(mode.id))
        #expect(try hold(TestTown.token(4)).refusal == .noRight)
        #expect(try hold(door: "hall").refusal == .noRight)
        #expect(try agree(wish.id).refusal == "no-wish")
        #expect(try town.events(.disasterChanges).map(\.data.mode.stage) == [.proposed, .active])
    }

    @Test("It ends by itself at its time, also when nobody was there to see it, and by one desk at any time")
    func ends() throws {
        let first = try begin(minutes: 2)
        town.wait(.seconds(121))
        #expect(try hold().refusal == .noRight)
        let told = try #require(try town.events(.disasterChanges).last).data
        #expect(told.by == nil && told.mode.id == first && told.mode.stage == .over)
        let second = try begin()
        #expect(try hold().verdict == .open)
        #expect(try end(second).answer?.stage == .over && hold().refusal == .noRight && end(second).refusal == "unknown-mode")
        let third = try begin(minutes: 10)
        town.now = town.now + .seconds(3600)
        try town.restart()
        #expect(try hold().refusal == .noRight)
        // What was not acknowledged before the restart was said again, as the same events.
        let said = try town.events(.disasterChanges).filter { $0.data.mode.id == third }
        let stages = Dictionary(said.map { ($0.id, $0.data.mode.stage) }) { first, _ in first }
        #expect(stages.count == 3 && Set(stages.values) == [.proposed, .active, .over], "\(stages)")
    }

    @Test("A wish nobody agrees to in a quarter of an hour is forgotten, and so is one taken back")
    func wishes() throws {
        let wish = try #require(try propose().answer)
        #expect(try propose().refusal == "there-already")
        town.wait(.seconds(901))
        #expect(try agree(wish.id).refusal == "no-wish")
        let other = try #require(try propose(minutes: 40).answer)
        #expect(try end(other.id).answer?.stage == .dropped && agree(other.id).refusal == "no-wish")
        #expect(
            try propose("tsunami").refusal == "unknown-plan" && propose(minutes: 1000).refusal == "bad-times"
                && propose(minutes: -1).refusal == "bad-times")
    }

    @Test("Where the plan says so bookings mean nothing while it holds, elsewhere they do; afterwards they are there again")
    func suspends() throws {
        let booking = try #require(try town.book(0, 60).answer).booking
        _ = try town.book(0, 60, door: "hall")
        #expect(try hold(TestTown.card).right == .booking(booking.id))
        let mode = try begin()
        #expect(try hold(TestTown.card).rule == .disaster && hold(TestTown.card, door: "hall").verdict == .open)
        #expect(try end(mode).accepted && hold(TestTown.card).right == .booking(booking.id))
    }

    @Test("A restart in the midst of it changes nothing, and whoever has no right by it still has none")
    func restart() throws {
        let mode = try begin()
        try town.restart()
        #expect(try hold().right == .disaster(mode) && hold(TestTown.card).refusal == .noRight)
        let state = try #require(town.said(Channel<DisasterState>.disasters.topic(in: TestTown.town, "main")).last)
        #expect(try Envelope<DisasterState>(json: state).data.modes.map(\.id) == [mode])
    }
}
