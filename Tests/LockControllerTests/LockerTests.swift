import Bus
import Contracts
import Harness
import LockController
import Store
import Testing

/// A town with a locker of two compartments, c1 and c2.
@Suite struct LockerTests {
    let town: TestTown
    let ami = TestTown.token(1)
    let ben = TestTown.token(2)

    init() throws {
        town = try TestTown()
        try town.agentLives()
    }

    // MARK: Parts

    func put(
        _ tokens: [Token] = [TestTown.token(1)], persons: [PersonID]? = nil, in compartment: DoorID? = nil, until: Instant? = nil
    ) throws -> Reply<LockerItemAnswer> {
        let wish = PutLockerItem(
            locker: "library", tokens: tokens, persons: persons, compartment: compartment, number: ItemNumber("4-1234"), until: until)
        return try town.ask(.putLockerItem, wish, for: LockerItemAnswer.self)
    }

    func change(_ action: ChangeLockerItem.Action, _ compartment: DoorID, until: Instant? = nil) throws -> Reply<LockerItemAnswer> {
        try town.ask(
            .changeLockerItem, ChangeLockerItem(action, compartment: compartment, until: until), for: LockerItemAnswer.self)
    }

    func lastDecision() throws -> EventID { try #require(try town.events(.doorDecisions).last).id }

    /// Put in by staff, with the door shut again.
    @discardableResult
    func filled(_ token: Token = TestTown.token(1), until: Instant? = nil) throws -> LockerItem {
        let item = try #require(try put([token], until: until).answer?.item)
        _ = try town.report(lastDecision(), door: item.compartment)
        pass(.seconds(20))
        return item
    }

    func tap(_ token: Token = TestTown.token(1)) throws -> DoorDecided {
        try town.agentLives()
        return try town.hold(locker: "library", token: token).data
    }

    /// Long spans in few steps.
    func pass(_ span: Duration) {
        town.now = town.now + span
        town.settle()
    }

    func inside() throws -> [String] {
        let list = try town.ask(.listLockerItems, ListLockerItems(), for: LockerItemList.self)
        return try #require(list.answer).items.map { "\($0.compartment) \($0.state)" }
    }

    func told() throws -> [LockerItemChanged.Status] { try town.events(.lockerItems).map(\.data.status) }

    func problems() throws -> [Problem] {
        let life = try #require(town.said(.life(of: Address("lock-controller", "main"), in: TestTown.town)).last)
        return try life.decoded(as: Life.self).problems ?? []
    }

    // MARK: The way of an item

    @Test(
        "A book is put in, waits, is collected by its reader's card alone, and its compartment is free again when the door has had time to stay shut"
    )
    func whole() throws {
        let item = try #require(try put().answer?.item)
        #expect(item.state == .reserved && item.compartment == "c1" && item.number == ItemNumber("4-1234"))
        #expect(item.until == town.now + .seconds(72 * 3600))
        let staff = try #require(try town.events(.doorDecisions).last?.data)
        #expect(staff.means == .desk && staff.agent == "desk-office" && staff.right == .item(item.id) && town.orders(to: "c1").count == 1)
        #expect(try tap().rule == .noItem, "not before it is in")
        _ = try town.report(lastStaffDecision(), door: "c1")
        pass(.seconds(20))
        #expect(try inside() == ["c1 filled"])
        #expect(try tap(ben).rule == .noItem)
        let opened = try tap()
        #expect(opened.right == .item(item.id) && opened.door == "c1" && town.orders(to: "c1").count == 2)
        _ = try town.report(lastDecision(), door: "c1")
        pass(.seconds(599))
        #expect(try inside() == ["c1 filled"], "its door may still be said to have stayed shut")
        pass(.seconds(1))
        #expect(try inside() == [])
        #expect(try told() == [.reserved, .filled, .collected])
        #expect(try tap().rule == .noItem)
        #expect(try put([ben]).answer?.item.compartment == "c1")
    }

    func lastStaffDecision() throws -> EventID {
        try #require(try town.events(.doorDecisions).last { $0.data.means == .desk }).id
    }

    @Test("Two taps bring two items, the older first, and a third opens the first again for somebody who was too slow")
    func twoItems() throws {
        let first = try filled()
        let second = try filled()
        #expect([first, second].map(\.compartment) == ["c1", "c2"])
        #expect(try [tap().door, tap().door, tap().door] == ["c1", "c2", "c1"])
    }

    @Test("A compartment that holds something is given to nobody else, not while its door may have stayed shut either")
    func occupied() throws {
        try filled()
        try filled(ben)
        #expect(try put([TestTown.token(3)]).refusal == "full")
        #expect(try put([TestTown.token(3)], in: "c1").refusal == "full")
        _ = try tap()
        _ = try town.report(lastDecision(), door: "c1")
        #expect(try put([TestTown.token(3)]).refusal == "full")
    }

    @Test("Whoever opened and did not take it finds it there: a door that stayed shut leaves the item where it is")
    func stayedShut() throws {
        try filled()
        _ = try tap()
        let decision = try lastDecision()
        _ = try town.report(decision, door: "c1")
        _ = try town.report(decision, door: "c1", .stayedShut)
        pass(.seconds(3600))
        #expect(try inside() == ["c1 filled"])
        #expect(try tap().verdict == .open)
    }

    @Test("While its lock is cut off nothing counts as collected: the word that its door stayed shut may be on its way")
    func cutOff() throws {
        try filled()
        _ = try tap()
        let decision = try lastDecision()
        _ = try town.report(decision, door: "c1")
        let life = Topic.life(of: Address("lock", "c1"), in: TestTown.town)
        town.publish(life, try Life(.lost, at: town.now).json())
        pass(.seconds(3600))
        #expect(try inside() == ["c1 filled"])
        town.publish(life, try Life(.ready, at: town.now).json())
        _ = try town.report(decision, door: "c1", .stayedShut)
        pass(.seconds(3600))
        #expect(try inside() == ["c1 filled"] && told() == [.reserved, .filled])
    }

    @Test("A person's item is for each of their cards, and for none that was reported lost")
    func persons() throws {
        let person = PersonID.person(1)
        try town.learn(LockView(person, tokens: [ami], barred: [ben]))
        _ = try put([ben], persons: [person])
        _ = try town.report(lastDecision(), door: "c1")
        pass(.seconds(20))
        #expect(try tap(ben).rule == .noItem)
        #expect(try tap(ami).verdict == .open)
    }

    // MARK: Time

    @Test("It is reminded of once, a day before its end, and expires at it; then staff alone open it")
    func expiry() throws {
        try filled()
        pass(.seconds(48 * 3600 - 30))
        #expect(try told() == [.reserved, .filled])
        pass(.seconds(10))
        pass(.seconds(3600))
        #expect(try told() == [.reserved, .filled, .reminder])
        pass(.seconds(23 * 3600))
        #expect(try told() == [.reserved, .filled, .reminder, .expired])
        #expect(try tap().rule == .itemExpired)
        #expect(try change(.takeBack, "c1").accepted)
        #expect(try tap().rule == .itemExpired, "staff stand in front of it")
        _ = try town.report(lastStaffDecision(), door: "c1")
        pass(.seconds(20))
        #expect(try inside() == [] && told().last == .returned)
    }

    @Test("Somebody who opened in time and was too slow opens again after the end, for ten minutes")
    func expiresWhileSomebodyStandsThere() throws {
        try filled(until: town.now + .seconds(120))
        pass(.seconds(98))
        #expect(try tap().verdict == .open)
        _ = try town.report(lastDecision(), door: "c1")
        pass(.seconds(5))
        #expect(try tap().verdict == .open)
        _ = try town.report(lastDecision(), door: "c1")
        pass(.seconds(600))
        #expect(try told().last == .collected)
    }

    @Test("A tap is judged by the time it was held: one of before the end opens, one of after it does not")
    func end() throws {
        let item = try filled(until: town.now + .seconds(100))
        town.now = item.until + .seconds(1)
        try town.agentLives()
        #expect(try town.hold(at: item.until - .seconds(1), locker: "library", token: ami).data.verdict == .open)
        #expect(try town.hold(at: item.until, locker: "library", token: ami).data.rule == .itemExpired)
    }

    @Test("An item that has expired waits again when it is extended, and is reminded of again")
    func extended() throws {
        try filled(until: town.now + .seconds(3600))
        pass(.seconds(3600))
        #expect(try tap().rule == .itemExpired)
        #expect(try change(.extend, "c1", until: town.now + .seconds(48 * 3600)).answer?.item.state == .filled)
        #expect(try tap().verdict == .open)
        pass(.seconds(60))
        pass(.seconds(24 * 3600))
        #expect(try told().suffix(2) == [.stuck, .reminder], "the lock had not answered the tap")
    }
}
