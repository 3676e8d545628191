import Contracts
import Harness
import Testing

@testable import LockController

/// Doors that open by schedules, and do not on days of closure. The test begins on Saturday, 2026-11-21 at 11:26:26.
@Suite struct PlanTests {
    private let friend = TestTown.token(1)
    private let stranger = TestTown.token(2)

    static func plan(_ schedule: Schedule? = nil, for whom: DoorPlan.Whom = .group("club")) -> DoorPlan {
        var plan = DoorPlan()
        plan.openings = [DoorPlan.Opening(whom, schedule)]
        return plan
    }

    /// 11:00 to 12:00 on Saturdays, 12:00 to 13:00 after it.
    static let saturdays = Schedule("saturdays", week: [.saturday: [660..<720, 720..<780]])

    private func town(_ plan: DoorPlan) throws -> TestTown {
        let town = try TestTown(plans: ["gym": plan])
        try town.agentLives()
        for token in [TestTown.card, friend] {
            let change = ChangeGroup(group: "club", addTokens: [token])
            #expect(try town.ask(.changeGroup, change, for: GroupSummary.self).accepted)
        }
        return town
    }

    private func later(_ minutes: Int, _ town: TestTown) throws {
        town.now = town.minute(minutes)
        town.settle()
        try town.agentLives()
    }

    @Test("A group comes in during its schedule, by its name, and nobody else does")
    func schedule() throws {
        let town = try town(Self.plan(Self.saturdays))
        #expect(try town.hold().data.right == .schedule("saturdays", of: "club"))
        #expect(try town.hold(token: stranger).data.refusal == .noRight)
        #expect(try town.hold(door: "hall").data.refusal == .noRight)
        try later(100, town)
        #expect(try town.hold().data.refusal == .tooLate)
    }

    @Test("A door for everybody opens for a card nobody knows, one for residents only for those the directory knows, none for a lost card")
    func everybody() throws {
        let open = try town(Self.plan(Self.saturdays, for: .everybody))
        #expect(try open.hold(token: stranger).data.right == .schedule("saturdays"))
        try open.learn(LockView(.person(1), tokens: [], barred: [stranger]))
        #expect(try open.hold(token: stranger).data.refusal == .noRight)
        let known = try town(Self.plan(nil, for: .known))
        #expect(try known.hold(token: stranger).data.refusal == .noRight)
        try known.learn(LockView(.person(1), tokens: [stranger]))
        #expect(try known.hold(token: stranger).data.right == .schedule("always"))
    }

    @Test("An order ends with its right, two seconds for the lock's clock")
    func window() throws {
        let town = try town(Self.plan(Self.saturdays))
        town.now = Instant(startOf: "2026-11-21") + .seconds(13 * 3600 - 3)
        town.settle()
        try town.agentLives()
        try town.hold()
        let end = Instant(startOf: "2026-11-21") + .seconds(13 * 3600)
        #expect(try town.grants().map(\.exp) == [end.milliseconds / 1000 + 2])
        let slot = try #require(try town.book(100, 130).answer).booking
        town.now = slot.from
        town.settle()
        try town.agentLives()
        #expect(try town.hold().data.right == .booking(slot.id))
        #expect(try town.grants().last.map { Instant(milliseconds: $0.nbf * 1000) >= slot.from - .seconds(2) } ?? false)
    }

    @Test("On a day of closure a booking is not made, and one that was made opens nothing; who may come in at any time does")
    func closure() throws {
        var plan = Self.plan(Self.saturdays)
        plan.closures = [DoorPlan.Closure("works", [.once("2026-11-22", "2026-11-22")])]
        plan.openings.append(DoorPlan.Opening(.group("staff"), nil))
        let town = try town(plan)
        let booked = try town.book(0, 60 * 10)
        #expect(booked.accepted)
        #expect(try town.book(60 * 20, 60 * 21).refusal == "closed")
        #expect(try town.book(60 * 12, 60 * 13).refusal == "closed")
        let extended = ExtendBooking(booking: try #require(booked.answer).booking.id, to: town.minute(60 * 20))
        #expect(try town.ask(.extendBooking, extended, for: BookingAnswer.self).refusal == "closed")
        _ = try town.ask(.changeGroup, ChangeGroup(group: "staff", addTokens: [stranger]), for: GroupSummary.self)
        #expect(try town.hold().data.right?.booking != nil)
        try later(60 * 20, town)
        #expect(try town.hold(token: stranger).data.right == .schedule("always", of: "staff"))
        #expect(try town.hold(token: friend).data.refusal == .noRight)
    }

    @Test("A booking of a day that was closed afterwards says closed")
    func closedAfterwards() throws {
        let slot = Rights.Slot(booking: EventID(high: 1, low: 1), from: TestTown.start - .seconds(60), to: TestTown.start + .seconds(60))
        var plan = DoorPlan()
        plan.closures = [DoorPlan.Closure("works", [.once("2026-11-21", "2026-11-21")])]
        let door = Door(id: "gym", accepts: .proved, openFor: .seconds(5), plan: plan)
        let ruling = ruling(on: Attempt(at: TestTown.start, in: .japan), at: door, rights: Rights(slots: [slot], group: nil))
        #expect(ruling == .refuse(.noRight, .closed))
    }

    @Test("Nobody comes in by schedule before somebody of the first group has, in this opening or in the hour before it")
    func firstPerson() throws {
        var plan = Self.plan(Self.saturdays)
        plan.firstPerson = "keys"
        let town = try town(plan)
        _ = try town.ask(.changeGroup, ChangeGroup(group: "keys", addTokens: [stranger], addDoors: ["gym"]), for: GroupSummary.self)
        #expect(try town.hold().data.rule == .notFirst)
        _ = try town.report(town.hold(token: stranger).id)
        #expect(try town.hold().data.verdict == .open)
        try later(40, town)
        #expect(try town.hold().data.verdict == .open)
        try later(60 * 24 * 7, town)
        let decision = try town.hold().data
        #expect(decision.rule == .notFirst && decision.refusal == .noRight)
    }

    @Test("As many as may come in come in, once or several times, in each opening anew; bookings and staff do not count")
    func limit() throws {
        var plan = Self.plan(Self.saturdays, for: .everybody)
        plan.limit = 1
        let town = try town(plan)
        _ = try town.ask(.changeGroup, ChangeGroup(group: "staff", addTokens: [stranger], addDoors: ["gym"]), for: GroupSummary.self)
        #expect(try town.hold(token: stranger).data.verdict == .open)
        #expect(try town.hold().data.verdict == .open && town.hold().data.verdict == .open)
        #expect(try town.hold(token: friend).data.rule == .full)
        #expect(try town.hold(token: stranger).data.verdict == .open)
        try later(40, town)
        #expect(try town.hold(token: friend).data.verdict == .open && town.hold().data.rule == .full)
    }

    @Test("Two cards of one person are one guest")
    func onePerson() throws {
        var plan = Self.plan(Self.saturdays, for: .known)
        plan.limit = 1
        let town = try town(plan)
        try town.learn(LockView(.person(1), tokens: [friend, stranger]))
        try town.learn(LockView(.person(2), tokens: [TestTown.card]))
        #expect(try town.hold(token: friend).data.verdict == .open && town.hold(token: stranger).data.verdict == .open)
        #expect(try town.hold().data.rule == .full)
    }
}
