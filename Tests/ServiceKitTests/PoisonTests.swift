import Bus
import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

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
        try rig.start(Scribe(poison: .card(2)), version: "2")
        #expect(try rig.letters() == ["this card is not accepted"], "a newer version that cannot take it either keeps it")
        try rig.start(Scribe(), version: "3")
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
