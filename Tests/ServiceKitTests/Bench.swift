import Bus
import Contracts
import ServiceKit
import Store
import Testing

@testable import ServiceKit

let town: TownID = "nagai"
let epoch = Epoch("1795000000000-aaaa")!
let tapTopic = Channel.taps.topic(in: town, "gate-1").description
let decisionTopic = Channel.doorDecisions.topic(in: town, "main").description

/// One host with its disk, its connection and its clock, all in the test's hands.
final class Bench {
    let database: Database
    private(set) var transport = ScriptedTransport()
    private(set) var host: Host<Doorman>
    private(set) var effects: [any Effect] = []
    var now = Instant(milliseconds: 1_795_000_000_000)
    private var drawn: UInt64 = 0

    init() throws {
        database = try Database.inMemory()
        host = try Self.host(database, transport, now, version: "1", eatsPoison: false, random: { 0 }, perform: { _ in })
        try restart()
    }

    /// Drops the host where it stands and starts another one on the same disk, with a connection of its own.
    func restart(version: String = "1", eatsPoison: Bool = false) throws {
        transport = ScriptedTransport()
        host = try Self.host(
            database, transport, now, version: version, eatsPoison: eatsPoison,
            // Multiples of 500: ids differ, and jitter is nothing.
            random: { [unowned self] in
                drawn += 500
                return drawn
            }, perform: { [unowned self] in effects.append($0) })
    }

    private static func host(
        _ database: Database, _ transport: ScriptedTransport, _ now: Instant, version: String, eatsPoison: Bool,
        random: @escaping () -> UInt64, perform: @escaping (any Effect) -> Void
    ) throws -> Host<Doorman> {
        let identity = Identity(
            town: town, role: .lockController, instance: "main", offset: .japan, version: version,
            roster: Roster([.readerAgent: ["gate-1", "gate-2"], .lockController: ["main"], .lock: ["gym"]]))
        return try Host(
            Doorman(eatsPoison: eatsPoison), identity: identity, database: database, transport: transport, now: now, random: random,
            log: { _ in }, perform: perform)
    }

    /// Steps until nothing is left to do at this moment.
    func run(stalled: Bool = false) throws {
        for _ in 0..<100 where try host.step(now: now, stalled: stalled) > now { return }
        Issue.record("the host does not come to rest")
    }

    func connect() throws {
        transport.connect()
        try run()
    }

    func give(_ messages: Message..., stalled: Bool = false) throws {
        transport.deliver(messages)
        try run(stalled: stalled)
    }

    /// Lets time go by, and whatever falls due on the way happen at its own moment.
    func pass(_ time: Duration) throws {
        let end = now + time
        for _ in 0..<10_000 {
            let next = try host.step(now: now)
            guard next > now else { continue }
            guard next <= end else { break }
            now = next
        }
        now = end
        try run()
    }

    func count(_ sql: StaticString) throws -> Int64 { try database.read { try $0.first(sql) { $0.int(0) } ?? 0 } }
    func text(_ sql: StaticString) throws -> [String] { try database.read { try $0.all(sql) { $0.text(0) } } }

    /// The ids of the taps applied, and whether they were live, in their order.
    func heard() throws -> [String] { try text("SELECT id FROM heard ORDER BY id") }
    var life: Life? { try? transport.sent(named: "life").last?.payload.decoded() }
    func problem(_ code: String) -> Problem? { life?.problems?.first { $0.code == code } }
}

/// A started host that is connected.
func connectedBench() throws -> Bench {
    let bench = try Bench()
    try bench.connect()
    return bench
}

// MARK: What others say

/// The id of tap `number`; its time is the number, so that ids sort as numbers do.
func tapID(_ number: Int64) -> EventID { EventID(high: UInt64(1_795_000_000_000 + number) << 16, low: 7) }

func tapEnvelope(_ number: Int64, reader: ReaderID = "r-1") -> Envelope<Tapped> {
    let tapped = Tapped(
        token: Token("k1.aaaaaaaaaaaaaaaaaaaaaaaaaa")!, scheme: .felica, assurance: .read, reader: reader, place: "hall",
        purpose: .door("gym"),
        clock: .synced)
    return Envelope(
        id: tapID(number), source: "/nagai/reader-agent/gate-1", time: tapID(number).time,
        position: StreamPosition(epoch: epoch, number: number), data: tapped)
}

func tap(_ number: Int64, reader: ReaderID = "r-1") throws -> Message {
    Message(topic: tapTopic, payload: try tapEnvelope(number, reader: reader).json())
}

func heads(last: Int64) throws -> Message {
    let heads = Heads(at: tapID(last).time, segments: [tapTopic: [Segment(epoch: epoch, first: 1, last: last)]])
    return Message(topic: "nagai/reader-agent/journal/gate-1/heads", payload: try heads.json(), isRetained: true)
}

func batch(
    _ range: ClosedRange<Int64>, _ answer: BatchHeader.Answer = .events, taps: [Int64] = [], by agent: String = "gate-1"
) throws -> Message {
    let header = BatchHeader(answer, topic: tapTopic, epoch: epoch, from: range.lowerBound, to: range.upperBound)
    return Message(
        topic: "nagai/reader-agent/batch/\(agent)/lock-controller--main",
        payload: try Batch.json(header, events: try taps.map { try tapEnvelope($0).json() }))
}
