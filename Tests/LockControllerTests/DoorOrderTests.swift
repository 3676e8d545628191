import Contracts
import Testing

/// Doors opened without a card, over the bus.
@Suite("An order for a door without a card")
struct DoorOrderTests {
    private func order(_ door: DoorID) -> OpenDoor { OpenDoor(door: door, origin: .homeAssistant) }

    @Test("is a ruling with who gave it, and one grant that is dead in seconds; the lock's word is told as its outcome")
    func opens() throws {
        let town = try TestTown()
        #expect(try town.ask(.openDoor, order("hall"), for: Done.self, as: "main", of: .lockDriver).accepted)
        let ruling = try #require(try town.events(.doorOrders).first)
        #expect(ruling.data == DoorOrdered(door: "hall", origin: .homeAssistant, by: "lock-driver-main") && ruling.cause != nil)
        let grant = try #require(try town.grants(to: "hall").first)
        #expect(grant.jti == ruling.id && grant.open == 3 && grant.exp == town.now.milliseconds / 1000 + 10)
        _ = try town.report(ruling.id, door: "hall")
        let outcome = try #require(try town.events(.doorOutcomes).last)
        #expect(outcome.data.result == .opened && outcome.data.decision == ruling.id && outcome.cause == ruling.id)
        #expect(try town.events(.doorDecisions).isEmpty)
    }

    @Test("is refused at a door that opens for cards alone, and at none")
    func refused() throws {
        let town = try TestTown()
        #expect(try town.ask(.openDoor, order("gym"), for: Done.self, as: "main", of: .lockDriver).refusal == "not-ordered")
        #expect(try town.ask(.openDoor, order("attic"), for: Done.self, as: "main", of: .lockDriver).refusal == "unknown-door")
        #expect(try town.events(.doorOrders).isEmpty && town.orders(to: "gym").isEmpty && town.orders(to: "hall").isEmpty)
    }

    @Test("is obeyed once, however often it comes, and never after ten seconds, whatever it says of its own life")
    func old() throws {
        let town = try TestTown()
        let command = town.command(order("hall"))
        let topic = Channel<OpenDoor>.openDoor.topic(in: TestTown.town, "lock-driver-main")
        for _ in 0..<3 { town.publish(topic, try command.json()) }
        town.settle()
        #expect(try town.grants(to: "hall").count == 1)
        let held = town.command(order("hall"))
        town.wait(.seconds(10))
        town.publish(topic, try held.json())
        town.settle()
        #expect(try town.grants(to: "hall").count == 1 && town.events(.doorOrders).count == 1)
        let replies = try town.said(Channel<OpenDoor>.openDoor.replyTopic(in: TestTown.town, to: "lock-driver-main"))
            .map { try Envelope<Reply<Done>>(json: $0) }
        #expect(replies.last?.cause == held.id && replies.last?.data.refusal == "too-old")
    }
}
