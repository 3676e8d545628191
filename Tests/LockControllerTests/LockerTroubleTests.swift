import Bus
import Contracts
import Harness
import LockController
import Store
import Testing

/// Locks that do not answer, power that goes, commands that come late.
extension LockerTests {
    @Test("A lock without an answer at a put: nothing counts as put in, staff are told, and what the lock says later counts")
    func silentAtPut() throws {
        #expect(try put().accepted)
        let decision = try lastDecision()
        town.wait(.seconds(41))
        #expect(try inside() == ["c1 reserved"] && told() == [.reserved, .stuck])
        town.wait(.seconds(10))
        #expect(try problems().contains { $0.code == "locker-stuck" && $0.text.contains("c1") })
        _ = try town.report(decision, door: "c1")
        pass(.seconds(20))
        #expect(try inside().contains("c1 filled"))
        town.wait(.seconds(10))
        #expect(try !problems().contains { $0.code == "locker-stuck" && $0.text.contains("c1") })
    }

    @Test("A compartment whose lock did not answer is passed over until it has opened again, unless staff name it")
    func doubtful() throws {
        _ = try put()
        town.wait(.seconds(41))
        #expect(try change(.release, "c1").accepted)
        #expect(try put().answer?.item.compartment == "c2")
        #expect(try put([ben]).refusal == "full")
        #expect(try put([ben], in: "c1").answer?.item.compartment == "c1")
    }

    @Test("A compartment that jams keeps its item: it is told as stuck, and the next tap tries again")
    func jammed() throws {
        try filled()
        _ = try tap()
        _ = try town.report(lastDecision(), door: "c1", .refused, .jammed)
        #expect(try inside() == ["c1 filled"] && told().last == .stuck)
        #expect(try town.events(.lockerItems).last?.data.item.trouble == .refused)
        #expect(try tap().verdict == .open)
    }

    @Test("A put whose door nobody opened is told, and its compartment is free when staff say so")
    func nothingPutIn() throws {
        _ = try put()
        let decision = try lastDecision()
        _ = try town.report(decision, door: "c1")
        _ = try town.report(decision, door: "c1", .stayedShut)
        pass(.seconds(60))
        #expect(try inside() == ["c1 reserved"] && told() == [.reserved, .stuck])
        #expect(try change(.release, "c1").accepted && inside() == [])
    }

    @Test("Power is cut between the decision and the order: the same order leaves once, or the item is told as stuck")
    func powerCut() throws {
        for delay in [Duration.seconds(1), .seconds(30)] {
            let town = try TestTown()
            let command = town.command(PutLockerItem(locker: "library", tokens: [ami]))
            town.publish(Channel<PutLockerItem>.putLockerItem.topic(in: TestTown.town, "desk-office"), try command.json())
            town.stepOnce()
            town.transport.isReachable = false
            town.stepOnce()
            town.now = town.now + delay
            try town.restart()
            town.publish(Channel<PutLockerItem>.putLockerItem.topic(in: TestTown.town, "desk-office"), try command.json())
            town.settle()
            #expect(Set(town.orders(to: "c1")).count == 1 && town.orders(to: "c1").count <= 2)
            #expect(try Set(town.events(.doorDecisions).map(\.id)).count == 1)
            town.wait(.seconds(60))
            #expect(try Set(town.events(.lockerItems).map(\.id)).count == 2)
            #expect(try town.events(.lockerItems).last?.data.status == .stuck)
        }
    }

    @Test("A clerk's command that is not fresh opens nothing")
    func stale() throws {
        let wish = PutLockerItem(locker: "library", tokens: [ami])
        let command = Envelope(
            id: town.newID(), source: "/nagai/desk/office", time: town.now - .seconds(10), expires: town.now + .seconds(60), data: wish)
        town.publish(Channel<PutLockerItem>.putLockerItem.topic(in: TestTown.town, "desk-office"), try command.json())
        town.settle()
        #expect(try inside() == [] && town.orders(to: "c1").isEmpty)
        try filled()
        let orders = town.orders(to: "c1").count
        town.publish(
            Channel<ChangeLockerItem>.changeLockerItem.topic(in: TestTown.town, "desk-office"),
            try Envelope(
                id: town.newID(), source: "/nagai/desk/office", time: town.now - .seconds(10), expires: town.now + .seconds(60),
                data: ChangeLockerItem(.takeBack, compartment: "c1")
            ).json())
        town.settle()
        #expect(town.orders(to: "c1").count == orders)
    }

    @Test("A tap from a journal collects nothing, and neither does a card that proves nothing")
    func freshness() throws {
        try filled()
        try town.agentLives()
        #expect(try town.hold(at: town.now - .seconds(11), locker: "library", token: ami).data.refusal == .tapTooOld)
        let copied = try town.tap(locker: "library", token: ami, assurance: .read)
        town.publish(TestTown.taps, try copied.json())
        town.settle()
        #expect(try town.events(.doorDecisions).last?.data.refusal == .notProved)
        #expect(try tap(TestTown.token(3)).rule == .noItem)
        #expect(try town.hold(locker: "elsewhere", token: ami).data.refusal == .unknownDoor)
    }

    @Test("A compartment is booked by nobody and opened by no group")
    func notADoor() throws {
        #expect(try town.book(0, 30, door: "c1").refusal == "compartment")
        let group = try town.ask(.changeGroup, ChangeGroup(group: "staff", addDoors: ["c2"]), for: GroupSummary.self)
        #expect(group.refusal == "compartment")
    }

    @Test("Three months after its end nothing is kept of an item")
    func purged() throws {
        try filled(until: town.now + .seconds(3600))
        #expect(try change(.release, "c1").accepted)
        pass(.seconds(91 * 86_400))
        town.wait(.seconds(120))
        let rows = try town.disk.read { db in
            [
                try db.first("SELECT count(*) FROM locker_item") { $0.int(0) },
                try db.first("SELECT count(*) FROM locker_token") { $0.int(0) },
            ]
        }
        #expect(rows == [0, 0])
    }
}
