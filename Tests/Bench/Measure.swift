import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// Plays the agents, the desk and the lock around a running lock-controller, or around what stands in its place.
final class Measure {
    private let agent: Client
    private let lock: Client
    private let watch: Client
    private let desk: Client
    private let residents: Int
    private var gates: [Gate]
    private var next = 0
    private let epoch = Epoch(after: nil, now: wallClock(), random: 1)
    private var random = SystemRandomNumberGenerator()
    private var livedAt: Int64 = 0
    private var grants = 0
    private var decisions = 0

    private struct Gate {
        let instance: Instance
        let taps: String
        let life: String
        var number: Int64 = 0
    }

    /// - Parameter residents: cards that open the door; more than one and each of them has a booking for another day as well.
    init(_ broker: Broker, agents: Int = 1, residents: Int = 1) throws {
        self.residents = residents
        gates = (1...agents).map {
            let instance = BenchTown.gate($0)
            return Gate(instance: instance, taps: BenchTown.taps(of: instance), life: BenchTown.life(of: instance))
        }
        agent = try broker.client("agent-gate-1").connect()
        lock = try broker.client("lock-gym").connect([BenchTown.grants])
        watch = try broker.client("operator-watch").connect([BenchTown.decisions])
        desk = try broker.client("desk-office").connect()
        lock.onMessage = { [unowned self] _ in grants += 1 }
        watch.onMessage = { [unowned self] _ in decisions += 1 }
        try allow()
    }

    /// Gives the residents their rights and waits until they have them.
    private func allow() throws {
        // Before the service has subscribed nobody hears the desk.
        try admit(BenchTown.strangers - 1)
        for first in stride(from: 0, to: residents, by: ChangeGroup.limit) {
            let tokens = (first..<min(first + ChangeGroup.limit, residents)).map(BenchTown.token)
            if residents > 1 {
                let from = wallClock() + .seconds(3600 + first * 4)
                try command(AddBooking(door: BenchTown.door, from: from, to: from + .seconds(1800), tokens: tokens), on: .addBooking)
            }
            try command(group(first, tokens), on: .changeGroup)
        }
        // Commands are obeyed in order: when the last of them shows, so do all.
        try admit(BenchTown.strangers - 2)
        settle()
    }

    /// Gives one card its right, and waits until the door opens for it.
    private func admit(_ card: Int) throws {
        grants = 0
        let end = monotonicMilliseconds() + 30_000
        while grants == 0 {
            guard monotonicMilliseconds() < end else { throw Fatal("nothing is granted: is the service there?") }
            try command(group(card, [BenchTown.token(card)]), on: .changeGroup)
            try live(atOnce: true)
            let (topic, payload) = try tap(token: BenchTown.token(card), at: wallClock())
            agent.publish(topic, payload)
            agent.transport.flush()
            let until = monotonicMilliseconds() + 100
            while monotonicMilliseconds() < until { turn(10) }
        }
    }

    private func group(_ first: Int, _ tokens: [Token]) -> ChangeGroup {
        ChangeGroup(group: GroupID("club-\(first)")!, addTokens: tokens, addDoors: [BenchTown.door])
    }

    private func command<Body: Payload>(_ data: Body, on channel: Channel<Body>) throws {
        let id = EventID(at: wallClock(), random: (random.next(), random.next()))
        let envelope = Envelope(id: id, source: "/bench/desk/office", time: wallClock(), expires: wallClock() + .seconds(60), data: data)
        desk.publish(channel.topic(in: BenchTown.town, "desk-office").description, try envelope.json())
        while desk.waiting >= 64 { turn(10, also: desk) }
    }

    /// Signs of life, for the clocks: a measurement is good for 35 s.
    private func live(atOnce: Bool = false) throws {
        guard atOnce || monotonicMilliseconds() > livedAt + 10_000 else { return }
        livedAt = monotonicMilliseconds()
        for gate in gates {
            agent.publish(gate.life, try Life(.ready, at: wallClock()).json())
            while agent.waiting >= 256 { turn(10) }
        }
    }

    /// The next tap, the agents taking turns.
    private func tap(token: Token, at time: Instant) throws -> (topic: String, payload: [UInt8]) {
        let place = next % gates.count
        next += 1
        gates[place].number += 1
        let gate = gates[place]
        return (
            gate.taps,
            try BenchTown.tap(by: gate.instance, number: gate.number, epoch: epoch, token: token, at: time, random: &random).json()
        )
    }

    private func turn(_ milliseconds: Int32, also other: Client? = nil) {
        wait([agent, lock, watch] + (other.map { [$0] } ?? []), milliseconds)
        for client in [agent, lock, watch, desk] { client.turn() }
    }

    private func settle() {
        var before = -1
        while before != decisions + grants {
            before = decisions + grants
            for _ in 0..<20 { turn(20) }
        }
        grants = 0
        decisions = 0
    }

    /// Turns until it is so; a service that has stopped answering ends the run.
    private func turn(until done: () -> Bool, _ work: () -> Void = {}) throws {
        var last = (decisions, grants)
        var since = monotonicMilliseconds()
        while !done() {
            work()
            turn(100)
            if last != (decisions, grants) {
                last = (decisions, grants)
                since = monotonicMilliseconds()
            }
            guard monotonicMilliseconds() < since + 20_000 else { throw Fatal("no decision for 20 s") }
        }
    }

    /// Published by the agent → the signed grant in the lock's hands, milliseconds.
    func latency(count: Int, perSecond: Int) throws -> Percentiles {
        settle()
        var times: [Double] = []
        for index in 0..<count {
            try live()
            let before = grants
            let (topic, payload) = try tap(token: BenchTown.token(index % residents), at: wallClock())
            let start = nanoseconds()
            agent.publish(topic, payload)
            agent.transport.flush()
            try turn(until: { grants > before })
            let end = nanoseconds()
            times.append(Double(end - start) / 1e6)
            while nanoseconds() < start + 1_000_000_000 / UInt64(perSecond) { turn(1) }
        }
        return Percentiles(times)
    }

    /// Decided taps a second, from the first published to the last decision received. Made beforehand, in parts of about a second, so that they are
    /// fresh when they are decided.
    /// - Parameter longest: seconds after which no further part is begun.
    /// - Returns: the rate, and how many taps were decided.
    func throughput(count: Int, opensEvery share: Int, longest: Double = 30) throws -> (rate: Double, count: Int) {
        settle()
        var elapsed = 0.0
        var done = 0
        var part = 100
        while done < count, elapsed < longest {
            let size = min(part, count - done)
            let taps = try self.taps(size, from: done, opensEvery: share, at: wallClock() + .seconds(2))
            try live()
            for _ in 0..<5 { turn(5) }
            let before = decisions
            let start = nanoseconds()
            var sent = 0
            try turn(until: { decisions >= before + size }) {
                while sent < size, agent.waiting < 256 {
                    agent.publish(taps[sent].topic, taps[sent].payload)
                    sent += 1
                }
                agent.transport.flush()
            }
            let seconds = Double(nanoseconds() - start) / 1e9
            elapsed += seconds
            done += size
            part = min(10_000, max(100, Int(Double(size) / seconds)))
        }
        let expected = (done + share - 1) / share
        let deadline = monotonicMilliseconds() + 10_000
        while grants < expected, monotonicMilliseconds() < deadline { turn(10) }
        guard grants == expected else {
            throw Fatal(
                "\(grants) grants for \(expected) taps with a right. Taps older than ten seconds open nothing: is the machine busy with other things?"
            )
        }
        return (Double(done) / elapsed, done)
    }

    private func taps(_ count: Int, from first: Int, opensEvery share: Int, at time: Instant) throws -> [(topic: String, payload: [UInt8])]
    {
        try (first..<first + count).map { index in
            // Any resident, not one after the other: 7919 is a prime.
            let card = index % share == 0 ? index * 7919 % residents : BenchTown.strangers + index
            return try tap(token: BenchTown.token(card), at: time)
        }
    }

    /// Taps that were made a minute ago, into the session of a service that is away; `start` brings it back. Decided a second, for
    /// ten seconds at most.
    func catchUp(count: Int, start: () throws -> Void) throws -> Double {
        settle()
        for (topic, payload) in try taps(count, from: 0, opensEvery: 10, at: wallClock() - .seconds(60)) {
            agent.publish(topic, payload)
            while agent.waiting >= 256 { turn(10) }
        }
        while agent.waiting > 0 { turn(10) }
        try start()
        try turn(until: { decisions > 0 })
        let first = decisions
        let begin = nanoseconds()
        let end = monotonicMilliseconds() + 10_000
        try turn(until: { decisions >= count || monotonicMilliseconds() > end })
        return Double(decisions - first) * 1e9 / Double(nanoseconds() - begin)
    }

    func close() { for client in [agent, lock, watch, desk] { client.close() } }
}
