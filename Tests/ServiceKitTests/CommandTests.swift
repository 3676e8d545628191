import Bus
import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@Suite("Commands")
struct CommandTests {
    let topic = "nagai/lock-controller/command/desk-office/group-change"
    let reply = "nagai/lock-controller/reply/desk-office/group-change"

    func replies(_ rig: Rig<Scribe>) -> [[UInt8]] { rig.published.filter { $0.topic == reply }.map(\.payload) }

    @Test("Asked again under the same id, the same answer is given byte for byte and nothing is done again, also after a restart")
    func again() throws {
        let rig = try Kit.rig()
        var desk = FakeAgent()
        let command = try desk.command(ChangeGroup(group: "staff"), at: rig.now).json()
        rig.say(topic, command)
        try rig.settle()
        rig.say(topic, command)
        try rig.settle()
        try rig.start(Scribe())
        rig.now = rig.now + .seconds(3600)
        rig.say(topic, command)
        try rig.settle()
        #expect(replies(rig).count == 3)
        #expect(Set(replies(rig)).count == 1)
        let rulings = try rig.said(.groups)
        #expect(Set(rulings.map(\.id)).count == 1)
        #expect(rulings.first?.data.by == "desk-office")
        #expect(try Envelope<Reply<GroupSummary>>(json: replies(rig)[0]).data.accepted)
    }

    @Test("A command that came after its time is refused, and stays refused", arguments: [(30, true), (31, false)])
    func late(seconds: Int, accepted: Bool) throws {
        let rig = try Kit.rig()
        var desk = FakeAgent()
        let command = try desk.command(ChangeGroup(group: "staff"), at: rig.now).json()
        rig.now = rig.now + .seconds(seconds)
        rig.say(topic, command)
        try rig.settle()
        let answer = try Envelope<Reply<GroupSummary>>(json: try #require(replies(rig).first)).data
        #expect(answer.accepted == accepted)
        if !accepted { #expect(answer.refusal == "expired") }
        #expect(try rig.said(.groups).count == (accepted ? 1 : 0))
    }

    @Test("The same id for something else is refused, and the first answer stays")
    func sameID() throws {
        let rig = try Kit.rig()
        var desk = FakeAgent()
        var command = desk.command(ChangeGroup(group: "staff"), at: rig.now)
        rig.say(topic, try command.json())
        command.data.group = "thieves"
        rig.say(topic, try command.json())
        try rig.settle()
        let answers = try replies(rig).map { try Envelope<Reply<GroupSummary>>(json: $0).data }
        #expect(answers.map(\.accepted) == [true, false])
        #expect(answers.last?.refusal == "same-id")
        #expect(try rig.said(.groups).map(\.data.change.group) == ["staff"])
    }

    @Test("A lock's report is answered to the lock's own user")
    func report() throws {
        let rig = try Kit.rig()
        var lock = FakeAgent()
        rig.say("nagai/lock/report/gym/outcome", try lock.command(LockOutcome(grant: nil, result: .opened), at: rig.now).json())
        try rig.settle()
        #expect(rig.published.contains { $0.topic == "nagai/lock-controller/reply/lock-gym/outcome" })
    }
}
