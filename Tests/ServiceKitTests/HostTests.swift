import Bus
import Contracts
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

/// Writes down what it is told and says one thing for each tap.
struct Scribe: Service {
    static let program: Program = "lock-controller"
    static let migrations = [Migration(1, "CREATE TABLE note (id BLOB NOT NULL, token TEXT NOT NULL)")]

    /// A card this version of the program cannot take.
    var poison: Token?

    var reads: [Reading] {
        [
            on(.taps) { tap, turn in
                try turn.db.run("INSERT INTO note (id, token) VALUES (?, ?)", tap.id.bytes, tap.data.token.text)
                if tap.data.token == poison { throw Unacceptable() }
                try turn.emit(
                    DoorDecided(door: "gym", tap: tap.id, agent: "gate-1", reader: tap.data.reader, verdict: .refuse(.noRight)),
                    on: .doorDecisions,
                    cause: tap.id)
            },
            answer(.changeGroup) { (command, turn) throws -> Reply<GroupSummary> in
                try turn.emit(GroupChanged(change: command.data, by: turn.actor), on: .groups, cause: command.id)
                return .accept(GroupSummary(group: command.data.group, doors: [], tokens: 0))
            },
            answer(.lockOutcomes) { (_, _) throws -> Reply<Done> in .accept(Done()) },
        ]
    }
}

struct Unacceptable: Error, CustomStringConvertible { var description: String { "this card is not accepted" } }
struct PowerCut: Error {}

enum Kit {
    static let roster = Roster([
        .readerAgent: ["gate-1"], .lockController: ["main"], .lock: ["gym"], .desk: ["office"], .operator: ["audit"],
    ])

    static func rig(_ scribe: Scribe = Scribe()) throws -> Rig<Scribe> {
        let rig = try Rig(scribe, as: .lockController, roster: roster)
        try rig.settle()
        return rig
    }
}

extension Rig {
    func notes() throws -> Int { try disk.write { try $0.first("SELECT count(*) FROM note") { Int($0.int(0)) } } ?? 0 }
    func letters() throws -> [String] { try disk.write { try $0.all("SELECT reason FROM dead_letter ORDER BY position") { $0.text(0) } } }
}

@Suite("Commit, then acknowledge")
struct CommitTests {
    @Test("A host that dies at its commit gets the message again, and does it once")
    func diesAtCommit() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        rig.disk.beforeCommit = { throw PowerCut() }
        rig.say(agent.topic, try agent.tap(at: rig.now).json())
        #expect(throws: PowerCut.self) { try rig.settle() }
        rig.disk.beforeCommit = nil
        try rig.start(Scribe())
        #expect(try rig.notes() == 0)
        try rig.settle()
        #expect(try rig.notes() == 1)
        #expect(try rig.said(.doorDecisions).count == 1)
    }

    @Test("A host that dies between commit and flush does nothing twice and says what it had not said")
    func diesBeforeFlush() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        let dying = Dying(InMemoryTransport(rig.broker, client: "lock-controller-main"))
        try rig.start(Scribe(), via: dying)
        try rig.settle()
        rig.say(agent.topic, try agent.tap(at: rig.now).json())
        dying.isDying = true
        _ = try rig.host.step(now: rig.now)
        #expect(try rig.notes() == 1)
        #expect(try rig.said(.doorDecisions).isEmpty)
        try rig.start(Scribe())
        try rig.settle()
        #expect(try rig.notes() == 1)
        #expect(Set(try rig.said(.doorDecisions).map(\.id)).count == 1)
    }

    @Test("A disk that is full: nothing is acknowledged, it is said aloud, and work goes on by itself")
    func diskFull() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        rig.disk.beforeCommit = { throw StoreError(code: 13, path: "scribe.db", message: "full") }
        for number in 1...3 { rig.say(agent.topic, try agent.tap(.card(number), at: rig.now).json()) }
        try rig.settle()
        #expect(!rig.host.isConnected)
        #expect(rig.log.contains { $0.contains("scribe.db: the disk is full") })
        try rig.pass(.seconds(20))
        #expect(try rig.said(.doorDecisions).isEmpty)
        rig.disk.beforeCommit = nil
        try rig.pass(.seconds(40))
        #expect(try rig.notes() == 3)
        #expect(try rig.said(.doorDecisions).count == 3)
        #expect(try rig.life().state == .amber)
    }

    @Test("A hundred restarts say nothing new")
    func restarts() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        rig.say(agent.topic, try agent.tap(at: rig.now).json())
        try rig.pass(.seconds(2))
        rig.forgetWhatWasSaid()
        for _ in 0..<100 {
            rig.now = rig.now + .seconds(1)
            try rig.start(Scribe())
            try rig.pass(.seconds(2))
        }
        // What was acknowledged but not written down as such may be said again; under the same id it is nothing new.
        #expect(Set(try rig.said(.doorDecisions).map(\.id)).count <= 1)
        #expect(try rig.notes() == 1)
        #expect(try rig.heads().segments.values.flatMap { $0 }.map(\.last) == [1])
    }
}

/// A connection whose machine loses power when it would send.
final class Dying: Transport {
    let inner: InMemoryTransport
    var isDying = false
    init(_ inner: InMemoryTransport) { self.inner = inner }
    var isConnected: Bool { inner.isConnected }
    func receive(limit: Int) -> [BusEvent] { inner.receive(limit: limit) }
    func subscribe(_ subscriptions: [Subscription]) { inner.subscribe(subscriptions) }
    func publish(_ outgoing: Outgoing) -> Int32? { inner.publish(outgoing) }
    func flush() { if isDying { inner.flushPartly(0) } else { inner.flush() } }
    func abandon() { inner.abandon() }
    func close() { inner.close() }
}

@Suite("What cannot be accepted")
struct PoisonTests {
    @Test("Poison becomes a dead letter; the rest of its batch is applied; a newer version tries again")
    func poison() throws {
        let rig = try Kit.rig(Scribe(poison: .card(2)))
        var agent = FakeAgent()
        for number in 1...3 { rig.say(agent.topic, try agent.tap(.card(number), at: rig.now).json()) }
        try rig.settle()
        #expect(try rig.notes() == 2)
        #expect(try rig.letters() == ["this card is not accepted"])
        #expect(rig.host.missing == 0)
        try rig.pass(.seconds(11))
        #expect(try rig.life().state == .amber)
        try rig.start(Scribe(poison: .card(2)))
        #expect(try rig.notes() == 2)
        try rig.start(Scribe(), version: "2")
        #expect(try rig.notes() == 3)
        #expect(try rig.letters().isEmpty)
    }

    @Test("A newer version that loses power while it tries again loses no letter")
    func powerCutAtRetry() throws {
        let rig = try Kit.rig(Scribe(poison: .card(2)))
        var agent = FakeAgent()
        rig.say(agent.topic, try agent.tap(.card(2), at: rig.now).json())
        try rig.settle()
        for commit in 1...8 {
            var left = commit
            rig.disk.beforeCommit = {
                left -= 1
                if left == 0 { throw PowerCut() }
            }
            try? rig.start(Scribe(), version: "2")
            rig.disk.beforeCommit = nil
            #expect(try rig.letters().count + rig.notes() >= 1, "after a power cut at commit \(commit)")
        }
        try rig.start(Scribe(), version: "2")
        #expect(try rig.notes() == 1)
        #expect(try rig.letters().isEmpty)
    }

    static let envelope: Envelope<Tapped> = {
        var agent = FakeAgent()
        return agent.tap(at: Instant(milliseconds: 1_795_215_600_000))
    }()

    static func changed(_ old: String, _ new: String) -> [UInt8] {
        Array(String(decoding: (try? envelope.json()) ?? [], as: UTF8.self).replacing(old, with: new).utf8)
    }

    @Test(
        "Bad input of every kind is kept or counted; it ends nothing, moves nothing, and the next tap is taken",
        arguments: [
            changed("jp.kazasu.tap.v1", "jp.kazasu.tap.v9"), changed("gate-1", "gate-2"),
            changed("\"sequence\":\"1\"", "\"sequence\":\"9223372036854775807\""),
            changed("\"sequence\":\"1\"", "\"sequence\":\"-9\""), changed("2026-", "0000-"), changed("2026-", "9999-"),
            changed("\"token\":\"k1", "\"token\":\"k0"), [], [0], [0xff, 0xfe],
            Array("{".utf8), Array("[]".utf8), Array("null".utf8), Array(String(repeating: "[", count: 30_000).utf8),
            Array(repeating: 32, count: 40_000),
        ])
    func badInput(bytes: [UInt8]) throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        rig.say(agent.topic, bytes)
        try rig.settle()
        #expect(try rig.notes() == 0)
        #expect(try rig.letters().count == 1)
        rig.say(agent.topic, try agent.tap(at: rig.now).json())
        try rig.settle()
        #expect(try rig.notes() == 1)
        #expect(rig.host.isConnected)
    }

    @Test("Messages on other people's topics, and hostile heads, asks and batches, are counted and end nothing")
    func hostileTopics() throws {
        let rig = try Kit.rig()
        let long = String(repeating: "a", count: 63)
        let most = Int64.max
        let segments = "[{\"epoch\":\"1795200000000-aaaa\",\"first\":1,\"last\":\(most)}]"
        let said: [(String, String)] = [
            ("nagai/reader-agent/event/gate-9/tap", "{}"), ("other/reader-agent/event/gate-1/tap", "{}"), ("nagai", "{}"), ("", ""),
            (
                "nagai/reader-agent/journal/gate-1/heads",
                "{\"at\":\"2026-11-21T08:00:00Z\",\"segments\":{\"nagai/reader-agent/event/gate-1/tap\":\(segments)}}"
            ),
            (
                "nagai/reader-agent/journal/gate-1/heads",
                "{\"at\":\"2026-11-21T08:00:00Z\",\"segments\":{\"nagai/reader-agent/event/gate-1/tap\":[]}}"
            ),
            (
                "nagai/\(long)/ask/\(long)/lock-controller--main",
                "{\"epoch\":\"1795200000000-aaaa\",\"from\":0,\"to\":\(most),\"topic\":\"x\"}"
            ),
            (
                "nagai/operator/ask/audit/lock-controller--main",
                "{\"epoch\":\"1795200000000-aaaa\",\"from\":-1,\"to\":\(most),\"topic\":\"#\"}"
            ),
            (
                "nagai/reader-agent/batch/gate-1/lock-controller--main",
                "{\"answer\":\"events\",\"epoch\":\"1795200000000-aaaa\",\"events\":[{}],\"from\":0,\"to\":\(most),\"topic\":\"nagai/reader-agent/event/gate-1/tap\"}"
            ),
            ("nagai/lock-controller/command/desk-office/group-change", "{}"), ("nagai/lock/report/gym/outcome", "x"),
        ]
        for (topic, text) in said {
            rig.say(topic, Array(text.utf8))
            try rig.settle()
        }
        var agent = FakeAgent()
        rig.say(agent.topic, try agent.tap(at: rig.now).json())
        try rig.pass(.seconds(3))
        #expect(try rig.notes() == 1)
    }

    @Test("An event of an instance the town does not list is not applied")
    func unlisted() throws {
        let rig = try Kit.rig()
        var stranger = FakeAgent("gate-9")
        rig.say(stranger.topic, try stranger.tap(at: rig.now).json())
        try rig.settle()
        #expect(try rig.notes() == 0)
    }

    @Test("A retained event is not applied")
    func retained() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        rig.broker.restoreRetained(agent.topic, try agent.tap(at: rig.now).json())
        try rig.start(Scribe())
        try rig.settle()
        #expect(try rig.notes() == 0)
        #expect(try rig.letters() == ["an event must not be retained"])
    }

    @Test("The same id with other content: the first saying stands, and health is red")
    func contradiction() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        var tap = agent.tap(at: rig.now)
        rig.say(agent.topic, try tap.json())
        tap.data.token = .card(9)
        tap.position?.number = 2
        rig.say(agent.topic, try tap.json())
        try rig.pass(.seconds(11))
        #expect(try rig.notes() == 1)
        #expect(try rig.letters().count == 1)
        #expect(try rig.life().state == .red)
    }

    @Test("A tap of a machine without the time, whose id is older than the memory of ids, is applied once")
    func oldIdentifier() throws {
        let rig = try Kit.rig()
        var agent = FakeAgent()
        let tap = try agent.tap(at: Instant(milliseconds: 60_000), clock: .boot).json()
        rig.say(agent.topic, tap)
        try rig.pass(.seconds(130), step: .seconds(10))
        rig.say(agent.topic, tap)
        try rig.pass(.seconds(11))
        #expect(try rig.notes() == 1)
        #expect(try rig.life().state == .ready)
    }
}

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
