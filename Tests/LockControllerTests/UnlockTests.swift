import Bus
import Contracts
import ServiceKit
import Store
import Testing

@testable import LockController

/// Doors that somebody at a desk opens from afar.
@Suite("A door opened from a desk")
struct UnlockTests {
    private static let reason = "配送 \"3号\" \\ kitchen"

    private func unlock(_ door: DoorID = "gym", _ reason: String = reason, in town: TestTown) throws -> Reply<UnlockAnswer> {
        try town.ask(.unlockDoor, UnlockDoor(door: door, reason: reason), for: UnlockAnswer.self)
    }

    private func audit(_ town: TestTown, _ door: DoorID = "gym") throws -> [AuditLine] {
        let wish = ListAudit(door: door, from: TestTown.start, to: town.now + .seconds(60))
        return try #require(try town.ask(.listAudit, wish, for: AuditPage.self).answer).lines
    }

    @Test("is one grant that is dead in seconds, a ruling with who gave it, and a line of the audit with why; it is nobody's visit")
    func opens() throws {
        let town = try TestTown()
        let order = try #require(try unlock(in: town).answer)
        let ruling = try #require(try town.events(.doorOrders).first)
        #expect(ruling.id == order.decision && ruling.data == DoorOrdered(door: "gym", origin: .desk, by: "desk-office"))
        let grant = try #require(try town.grants().first)
        #expect(try town.grants().count == 1 && grant.jti == order.decision && grant.open == 5)
        #expect(grant.exp == town.now.milliseconds / 1000 + 10 && grant.aud == "gym")
        #expect(try audit(town).first?.outcome == nil)
        _ = try town.report(order.decision)
        let line = try #require(try audit(town).first)
        #expect(try audit(town).count == 1 && line.what == .open && line.outcome == .opened && line.by == "desk-office" && line.who == nil)
        #expect(line.why == "order: \(Self.reason)" && line.id == order.decision)
        let state = try town.state()
        #expect(state.lastDecision == order.decision && state.lastOutcome == .opened)
        // Visits are counted of decisions about taps.
        #expect(try town.events(.doorDecisions).isEmpty)
        let events = town.heard.filter { $0.topic.contains("/event/") }
        #expect(!events.isEmpty && events.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains("配送") })
    }

    @Test("opens once, however often the command comes, also after a restart; and never once it is over")
    func once() throws {
        let town = try TestTown()
        let command = town.command(UnlockDoor(door: "gym", reason: Self.reason))
        let topic = Channel.unlockDoor.topic(in: TestTown.town, "desk-office")
        for _ in 0..<3 { town.publish(topic, try command.json()) }
        town.settle()
        try town.restart()
        town.publish(topic, try command.json())
        town.settle()
        // What the restart has sent again is the same event and the same grant.
        #expect(try Set(town.events(.doorOrders).map(\.id)).count == 1 && Set(town.grants().map(\.jti)).count == 1)
        // Held up for longer than somebody waits before a door, though it would live for thirty seconds by its own word.
        let held = town.command(UnlockDoor(door: "gym", reason: Self.reason))
        town.wait(.seconds(10))
        town.publish(topic, try held.json())
        town.settle()
        let expired = town.command(UnlockDoor(door: "gym", reason: Self.reason))
        town.wait(.seconds(31))
        town.publish(topic, try expired.json())
        town.settle()
        let replies = try town.said(Channel.unlockDoor.replyTopic(in: TestTown.town, to: "desk-office"))
            .map { try Envelope<Reply<UnlockAnswer>>(json: $0) }
        #expect(replies.last { $0.cause == held.id }?.data.refusal == "too-old")
        #expect(replies.last { $0.cause == expired.id }?.data.refusal == "expired")
        #expect(try Set(town.events(.doorOrders).map(\.id)).count == 1)
    }

    @Test("is refused at a door that is none, at a compartment, and without a reason of one line")
    func refused() throws {
        let town = try TestTown()
        #expect(try unlock("attic", in: town).refusal == "unknown-door")
        #expect(try unlock("c1", in: town).refusal == "compartment")
        for reason in ["", " \u{3000}", "two\nlines", String(repeating: "x", count: 201)] {
            #expect(try unlock("gym", reason, in: town).refusal == "bad-reason")
        }
        #expect(try unlock("gym", String(repeating: "理", count: 200), in: town).accepted)
        #expect(try town.events(.doorOrders).count == 1)
    }

    @Test("is refused while a clerk keeps the door closed, and not on a day of closure")
    func closed() throws {
        var plan = DoorPlan()
        plan.closures = [DoorPlan.Closure("works", [.once("2026-11-01", "2026-12-01")])]
        let town = try TestTown(plans: ["gym": plan])
        #expect(try unlock(in: town).accepted)
        func close(_ groups: [GroupID] = []) throws -> EventID {
            let wish = AddException(.close, "gym", from: town.now, to: town.now + .seconds(3600), groups: groups)
            return try #require(try town.ask(.addException, wish, for: ExceptionNote.self).answer).exception.id
        }
        for groups in [[], ["staff"]] as [[GroupID]] {
            let exception = try close(groups)
            let refusal = try unlock(in: town)
            #expect(refusal.refusal == "kept-closed" && refusal.text?.contains("kazasu door undo \(exception)") == true)
            #expect(try unlock("hall", in: town).accepted)
            _ = try town.ask(.undoException, UndoException(exception: exception), for: ExceptionNote.self)
            #expect(try unlock(in: town).accepted)
        }
    }

    @Test("is refused while the lock is not heard of, and says so")
    func offline() throws {
        let town = try TestTown()
        try town.lockLives(.ready)
        #expect(try unlock(in: town).accepted)
        try town.lockLives(.lost)
        #expect(try unlock(in: town).refusal == "lock-lost")
        try town.lockLives(.ready)
        #expect(try unlock(in: town).accepted)
    }

    @Test("is asked for by stations that may do what weighs more, and means the moment in which it is given")
    func stations() {
        func may(_ capabilities: Set<Capability>) -> Bool {
            let town = Capabilities(["desk-office": capabilities])
            return Contract.access(of: .desk, "office", in: "nagai", town)
                .contains(AccessLine(.write, "nagai/lock-controller/command/desk-office/door-unlock"))
        }
        #expect(may([.lead]) && !may([.clerk, .approve]) && !may([]))
        #expect(Capability.momentary.contains(Channel.unlockDoor.name))
    }

    @Test("does not make a page of the audit too long for its envelope, whatever was typed")
    func pages() throws {
        let town = try TestTown()
        for _ in 0..<120 {
            #expect(try unlock("gym", String(repeating: "\"", count: 200), in: town).accepted)
            town.now = town.now + .milliseconds(5)
        }
        let first = try audit(town)
        #expect((1..<120).contains(first.count))
    }
}
