import Bus
import Contracts
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

@Suite("A command that is given again")
struct AgainTests {
    private let topic = "nagai/lock-controller/command/desk-office/group-change"

    private func rig(_ vault: Vault?) throws -> Rig<Fussy> {
        let rig = try Rig(Fussy(), as: .lockController, roster: Kit.roster, vault: vault)
        try rig.settle()
        return rig
    }

    private func ask(_ rig: Rig<Fussy>, _ command: [UInt8]) throws -> Envelope<Reply<GroupSummary>> {
        rig.say(topic, command)
        try rig.settle()
        let reply = rig.published.last { $0.topic == "nagai/lock-controller/reply/desk-office/group-change" }
        return try Envelope(json: try #require(reply).payload)
    }

    private func command(_ group: GroupID, at time: Instant) throws -> [UInt8] {
        var desk = FakeAgent()
        return try desk.command(ChangeGroup(group: group), at: time).json()
    }

    private func verdicts(_ rig: Rig<Fussy>) throws -> [String] {
        try rig.disk.read { try Audit.page(after: 0, limit: 100, in: $0) }.map(\.verdict)
    }

    @Test("comes long after its time and is obeyed, once, if it never was; without the mark it is refused", arguments: [true, false])
    func late(underVault: Bool) throws {
        let rig = try rig(underVault ? .forTests() : nil)
        let given = try command("staff", at: rig.now)
        try rig.pass(.seconds(25 * 86_400), step: .seconds(86_400))
        let first = try ask(rig, GivenAgain.marked(given))
        #expect(first.data.accepted)
        #expect(try ask(rig, GivenAgain.marked(given)) == first, "the same answer")
        #expect(try rig.said(.groups).count == 1)
        #expect(try verdicts(rig) == ["accepted"])
        var desk = FakeAgent(seed: 9)
        let late = try desk.command(ChangeGroup(group: "late"), at: rig.now - .seconds(86_000)).json()
        #expect(try ask(rig, late).data.refusal == "expired")
    }

    @Test("that was obeyed is the same command with the mark and without, and with another content under its id is refused")
    func same() throws {
        let rig = try rig(nil)
        let given = try command("staff", at: rig.now)
        let first = try ask(rig, given)
        #expect(first.data.accepted)
        #expect(try ask(rig, GivenAgain.marked(given)) == first)
        #expect(try ask(rig, GivenAgain.marked(command("thieves", at: rig.now))).data.refusal == "same-id")
        #expect(try rig.said(.groups).map(\.data.change.group) == ["staff"])
    }

    @Test("whose answer is not kept any more is known, and done no second time")
    func known() throws {
        let rig = try rig(.forTests())
        let given = try command("staff", at: rig.now)
        #expect(try ask(rig, given).data.accepted)
        try rig.pass(.seconds(29 * 86_400), step: .seconds(86_400))
        try rig.pass(.seconds(120))
        #expect(try rig.disk.read { try $0.first("SELECT count(*) FROM reply") { $0.int(0) } } == 0)
        for _ in 0..<2 { #expect(try ask(rig, GivenAgain.marked(given)).data.refusal == "known") }
        #expect(try rig.said(.groups).count == 1)
        #expect(try verdicts(rig) == ["accepted", "known"])
    }

    @Test("and refused may be given once more: what it lacked may be there by then")
    func refused() throws {
        let rig = try rig(nil)
        let given = try command("staff", at: rig.now)
        rig.now = rig.now + .seconds(3600)
        try rig.start(Fussy(refuses: true))
        for _ in 0..<2 { #expect(try ask(rig, GivenAgain.marked(given)).data.refusal == "not-yet") }
        try rig.start(Fussy())
        #expect(try ask(rig, GivenAgain.marked(given)).data.accepted)
        #expect(try ask(rig, given).data.accepted, "and then that is its answer")
        #expect(try rig.said(.groups).count == 1)
    }

    @Test("is obeyed no longer than desks keep it, nor before its time")
    func age() throws {
        for days in [32, -2] {
            let rig = try rig(nil)
            let given = try command("staff", at: rig.now - .seconds(days * 86_400))
            #expect(try ask(rig, GivenAgain.marked(given)).data.refusal == "expired")
        }
    }

    @Test("is judged as every other one: by who asks")
    func asker() throws {
        let rig = try rig(nil)
        let given = try command("staff", at: rig.now)
        rig.say("nagai/lock-controller/command/till-bakery/group-change", GivenAgain.marked(given))
        try rig.settle()
        #expect(try rig.said(.groups).isEmpty)
        #expect(try verdicts(rig) == ["not-yours"])
    }

    @Test("has its event said of another moment; who had applied the first one is not alarmed, and keeps it")
    func heard() throws {
        let bench = try Rig(Doorman(eatsPoison: true), as: .lockController, roster: Kit.roster)
        try bench.settle()
        var agent = FakeAgent()
        let taps = (0..<3).map { _ in agent.tap(at: bench.now) }
        for tap in taps { bench.say(agent.topic, try tap.json()) }
        try bench.settle()
        // Put back to a time before the third, and in a later life.
        let later = Epoch("1795300000000-bbbb")!
        let heads = Heads(at: bench.now, epoch: later, segments: [agent.topic: [Segment(epoch: agent.epoch, first: 1, last: 2)]])
        bench.say("nagai/reader-agent/journal/gate-1/heads", try heads.json())
        try bench.settle()
        var again = taps[2]
        (again.time, again.position) = (again.time + .seconds(60), StreamPosition(epoch: later, number: 3))
        bench.say(agent.topic, try again.json())
        try bench.settle()
        #expect(try bench.life().problems?.contains { $0.code == "conflict" } != true)
        #expect(try bench.said(.doorDecisions).count == 3)
    }
}

/// Changes groups, or finds that it cannot yet.
private struct Fussy: Service {
    static let program: Program = "lock-controller"
    static let migrations: [Migration] = []

    var refuses = false

    var reads: [Reading] {
        [
            answer(.changeGroup) { (command, turn) throws -> Reply<GroupSummary> in
                if refuses { return .refuse("not-yet", "Something else has to be there first.") }
                try turn.emit(GroupChanged(change: command.data, by: turn.actor), on: .groups, cause: command.id)
                return .accept(GroupSummary(group: command.data.group, doors: [], tokens: 0))
            }
        ]
    }
}
