import Bus
import Contracts
import LockController
import Seal
import ServiceKit
import Store

/// One lock-controller without a broker: its own work alone, and the same work each time. For a profiler, and for counting instructions, which no
/// other process of the machine disturbs: `valgrind --tool=callgrind bench decide DATABASE 20000`.
enum Decide {
    /// Taps a turn: what a busy controller finds when it looks.
    private static let batch = 100

    /// Decides `count` taps, one in ten of which opens.
    static func run(database path: String, count: Int) throws {
        let hand = Hand()
        let key = try SigningKey(seed: Array(repeating: 1, count: 32))
        let service = LockController(doors: [Door(id: BenchTown.door, accepts: .proved, openFor: .seconds(5))], seal: GrantSeal(key))
        let identity = Identity(
            town: BenchTown.town, role: .lockController, instance: "main", offset: .japan, version: "bench", roster: BenchTown.roster())
        var random = Counted()
        var now = wallClock()
        let host = try Host(
            service, identity: identity, database: Database(path: path), transport: hand, now: now, random: { random.next() }, log: { _ in }
        )
        let epoch = Epoch(after: nil, now: now, random: 1)
        let group = ChangeGroup(group: "club", addTokens: [BenchTown.token(0)], addDoors: [BenchTown.door])
        let command = Envelope(
            id: EventID(at: now, random: (1, random.next())), source: "/bench/desk/office", time: now, expires: now + .seconds(60),
            data: group)
        hand.give(Channel.changeGroup.topic(in: BenchTown.town, "desk-office").description, try command.json())
        _ = try host.step(now: now)
        for first in stride(from: 0, to: count, by: batch) {
            now = now + .milliseconds(10)
            if first % 100_000 < batch { hand.give(BenchTown.life, try Life(.ready, at: now).json()) }
            for number in first..<min(first + batch, count) {
                let card = number % 10 == 0 ? 0 : BenchTown.strangers + number
                let tap = BenchTown.tap(
                    by: BenchTown.agent, number: Int64(number + 1), epoch: epoch, token: BenchTown.token(card), at: now,
                    random: &random)
                hand.give(BenchTown.taps, try tap.json())
            }
            _ = try host.step(now: now)
        }
        print("\(hand.published) published for \(count) taps")
    }
}

/// The same chance each time (Knuth's MMIX generator, The Art of Computer Programming 2, 3.3.4).
struct Counted: RandomNumberGenerator {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

/// A connection that delivers what it is given and acknowledges what it takes.
final class Hand: Transport {
    private var events: [BusEvent] = [.connected(session: true)]
    private var acknowledgements: [BusEvent] = []
    private(set) var published = 0
    /// The newest of each topic.
    private(set) var last: [String: [UInt8]] = [:]
    let isConnected = true

    func give(_ topic: String, _ payload: [UInt8]) { events.append(.message(Message(topic: topic, payload: payload))) }

    func receive(limit: Int) -> [BusEvent] {
        defer { events = [] }
        return events
    }

    func publish(_ outgoing: Outgoing) -> Int32? {
        published += 1
        last[outgoing.topic] = outgoing.payload
        let id = Int32(published % 60_000 + 1)
        if outgoing.qos > 0 { acknowledgements.append(.acknowledged(id: id, code: 0)) }
        return id
    }

    func flush() {
        events += acknowledgements
        acknowledgements = []
    }

    func subscribe(_ subscriptions: [Subscription]) {}
    func abandon() {}
    func close() {}
}
