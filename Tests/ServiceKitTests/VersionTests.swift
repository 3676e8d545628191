import Bus
import Contracts
import Testing

@testable import ServiceKit

/// What a process does about others that write in a version it cannot read.
struct VersionTests {
    private func life(_ bench: Bench, of agent: Instance = "gate-1", speaks: [String]?) throws -> Message {
        let topic = Topic.life(of: Address("reader-agent", agent), in: town)
        return Message(
            topic: topic.description, payload: try Life(.ready, at: bench.now, version: "9.9.9", speaks: speaks).json(), isRetained: true)
    }

    @Test("A life says what its program writes, with versions")
    func speaks() throws {
        let bench = try connectedBench()
        #expect(
            bench.life?.speaks == [
                "alarm-taken.v1", "audit-line.v1", "booking.v1", "booking-code.v1", "booking-view.v1", "disaster.v1", "disasters.v1",
                "door.v1", "door-admission.v1", "door-alarm.v1", "door-decision.v1", "door-exception.v1", "door-life.v1", "door-order.v1",
                "door-outcome.v1", "feedback.v1",
                "group.v1", "group-view.v1", "lease.v1", "locker-item.v1", "passback-forgiven.v1", "unlock-asked.v1",
            ])
    }

    @Test("Whoever cannot read what is on the bus refuses to start, with one sentence")
    func refusal() throws {
        let bench = try connectedBench()
        let refused = #expect(throws: Fatal.self) { try bench.give(try life(bench, speaks: ["card-refused.v1", "tap.v2"])) }
        #expect(
            refused?.description
                == "reader-agent--gate-1 writes tap.v2, and this lock-controller 1 reads tap.v1: their versions do not match. Replace this program by the newer version."
        )
    }

    @Test("While it runs it goes on for the others, red, until the versions match again")
    func running() throws {
        let bench = try connectedBench()
        try bench.pass(.seconds(11))
        try bench.give(try life(bench, speaks: ["tap.v2"]))
        try bench.pass(.seconds(1))
        #expect(bench.life?.problems?.map(\.code) == ["version"])
        #expect(bench.life?.state == .red)
        try bench.give(try tap(1))
        #expect(bench.transport.sent(on: decisionTopic).count == 1)

        try bench.give(try life(bench, speaks: ["tap.v1", "tap.v2"]))
        try bench.pass(.seconds(1))
        #expect(bench.life?.state == .ready)
    }

    @Test("A reconnect is no start")
    func reconnect() throws {
        let bench = try connectedBench()
        try bench.pass(.seconds(11))
        bench.transport.disconnect()
        try bench.run()
        try bench.connect()
        try bench.give(try life(bench, speaks: ["tap.v2"]))
        try bench.pass(.seconds(1))
        #expect(bench.life?.state == .red)
    }

    @Test(
        "A device says nothing of versions, and that is no clash",
        arguments: [nil, [], ["card-refused.v3"], ["tap.v1"], ["tap", "tap.vx", ""]])
    func quiet(_ speaks: [String]?) throws {
        let bench = try connectedBench()
        try bench.give(try life(bench, speaks: speaks))
        #expect(bench.life?.state == .ready)
    }

    @Test("What an agent says that the town does not list is nobody's business")
    func unlisted() throws {
        let bench = try connectedBench()
        try bench.give(try life(bench, of: "gate-9", speaks: ["tap.v2"]))
        #expect(bench.life?.state == .ready)
    }
}
