import Bus
import Contracts
import Harness
import Journal
import Store
import Testing

@testable import ServiceKit

@Suite("What is taken back is taken back whole")
struct RollbackTests {
    @Test("What a message had said before it was refused does not leave, and the numbers go on without a hole")
    func nothingLeaves() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2, reader: "poison"), try tap(3))
        try bench.pass(.seconds(2))
        #expect(bench.transport.sent(on: decisionTopic).count == 2)
        #expect(try bench.text("SELECT n FROM outbox ORDER BY n") == ["1", "2"])
        #expect(try bench.count("SELECT count(*) FROM act") == 2)
        #expect(bench.host.missing == 0)
        let heads = try #require(bench.transport.sent(on: WordsTests.headsTopic).last).payload.decoded(as: Heads.self)
        #expect(heads.segments == [decisionTopic: [Segment(epoch: bench.host.epoch, first: 1, last: 2)]])
        try bench.give(try tap(4))
        #expect(try bench.text("SELECT n FROM outbox ORDER BY n") == ["1", "2", "3"])
    }

    @Test("A command whose event would be too large is refused with a sentence, and nothing of it is written")
    func tooLarge() throws {
        let rig = try Kit.rig()
        var desk = FakeAgent()
        let topic = "nagai/lock-controller/command/desk-office/group-change"
        let doors = (0..<494).map { DoorID(String(repeating: "d", count: 60) + "\($0)")! }
        let command = try desk.command(ChangeGroup(group: "staff", addDoors: doors), at: rig.now).json()
        #expect((32_500...32_768).contains(command.count), "\(command.count)")
        rig.say(topic, command)
        rig.say(topic, try desk.command(ChangeGroup(group: "cleaners"), at: rig.now).json())
        try rig.settle()
        rig.say(topic, command)
        try rig.settle()
        let said = rig.published.filter { $0.topic == "nagai/lock-controller/reply/desk-office/group-change" }.map(\.payload)
        let answers = try said.map { try Envelope<Reply<GroupSummary>>(json: $0).data }
        #expect(answers.map(\.refusal) == ["too-large", nil, "too-large"])
        #expect(answers.first?.text?.hasPrefix("What would be written down of this is 32") ?? false)
        #expect(said.first == said.last, "asked again, the answer is the same")
        #expect(try rig.letters() == [])
        #expect(try rig.said(.groups).map(\.data.change.group) == ["cleaners"])
        #expect(try rig.said(.groups).map(\.position?.number) == [1])
    }

    @Test("A turn that the disk refuses postpones nothing: what was due then is due again")
    func schedule() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(5))
        bench.transport.disconnect()
        try bench.run()
        bench.now = bench.now + .seconds(61)
        let (before, asks) = (bench.host.schedule, bench.host.asks.next)
        var tried = 0
        bench.database.beforeCommit = {
            tried += 1
            throw StoreError(code: 13, path: "here", message: "database or disk is full")
        }
        _ = try bench.host.step(now: bench.now)
        bench.database.beforeCommit = nil
        let after = bench.host.schedule
        #expect(tried == 1)
        #expect(
            [before.life, before.heads, before.housekeeping, before.lastHeads] == [
                after.life, after.heads, after.housekeeping, after.lastHeads,
            ])
        #expect(before.acts == after.acts && before.service == after.service && asks == bench.host.asks.next)
        #expect(before.life < bench.now && before.housekeeping < bench.now)
    }
}
