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
