import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// Plays the agent and the lock around a running lock-controller.
final class Measure {
    private let agent: Client
    private let lock: Client
    private let watch: Client
    private let desk: Client
    private var number: Int64 = 1
    private let epoch = Epoch(after: nil, now: wallClock(), random: 1)
    private var random = SystemRandomNumberGenerator()
    private var grants = 0
    private var decisions = 0

    init(_ broker: Broker) throws {
        agent = try broker.client("agent-gate-1").connect()
        lock = try broker.client("lock-gym").connect([BenchTown.grants])
        watch = try broker.client("operator-watch").connect([BenchTown.decisions])
        desk = try broker.client("desk-office").connect()
        lock.onMessage = { [unowned self] _ in grants += 1 }
        watch.onMessage = { [unowned self] _ in decisions += 1 }
        try allow()
    }

    /// Gives the one card its right and waits until the door opens for it.
    private func allow() throws {
        let command = Envelope(
            id: EventID(at: wallClock(), random: (random.next(), random.next())), source: "/bench/desk/office", time: wallClock(),
            expires: wallClock() + .seconds(60),
            data: ChangeGroup(group: "members", addTokens: [BenchTown.token(true)], addDoors: [BenchTown.door]))
        let topic = Channel<ChangeGroup>.changeGroup.topic(in: BenchTown.town, "desk-office").description
        let payload = try command.json()
        let end = monotonicMilliseconds() + 20_000
        while grants == 0 {
            guard monotonicMilliseconds() < end else { throw Fatal("lock-controller does not grant anything") }
            desk.publish(topic, payload)
            try live()
            try tap(opens: true)
            let until = monotonicMilliseconds() + 100
            while monotonicMilliseconds() < until { turn(10) }
        }
        settle()
    }

    private func live() throws { agent.publish(BenchTown.life, try Life(.ready, at: wallClock()).json()) }

    private func tap(opens: Bool) throws {
        agent.publish(BenchTown.taps, try BenchTown.tap(number: number, epoch: epoch, opens: opens, at: wallClock(), random: &random))
        agent.transport.flush()
        number += 1
    }

    private func turn(_ milliseconds: Int32) {
        wait([agent, lock, watch], milliseconds)
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

    /// Published by the agent → the signed grant in the lock's hands, milliseconds.
    func latency(count: Int, perSecond: Int) throws -> Percentiles {
        settle()
        var times: [Double] = []
        for index in 0..<count {
            if index % perSecond == 0 { try live() }
            let before = grants
            let payload = try BenchTown.tap(number: number, epoch: epoch, opens: true, at: wallClock(), random: &random)
            number += 1
            let start = nanoseconds()
            agent.publish(BenchTown.taps, payload)
            agent.transport.flush()
            while grants == before { turn(100) }
            let end = nanoseconds()
            times.append(Double(end - start) / 1e6)
            while nanoseconds() < start + 1_000_000_000 / UInt64(perSecond) { turn(1) }
        }
        return Percentiles(times)
    }

    /// Decided taps a second, from the first published to the last decision received. Made beforehand, in parts small enough to stay fresh.
    func throughput(count: Int, opensEvery share: Int) throws -> Double {
        settle()
        var elapsed: UInt64 = 0
        let part = 10_000
        for first in stride(from: 0, to: count, by: part) {
            let size = min(part, count - first)
            let taps = try BenchTown.taps(size, from: number, epoch: epoch, opensEvery: share, at: wallClock() + .seconds(2))
            number += Int64(size)
            try live()
            for _ in 0..<5 { turn(5) }
            let before = decisions
            let start = nanoseconds()
            var sent = 0
            while decisions < before + size {
                while sent < size, agent.waiting < 256 {
                    agent.publish(BenchTown.taps, taps[sent])
                    sent += 1
                }
                agent.transport.flush()
                turn(100)
            }
            elapsed += nanoseconds() - start
        }
        let expected = (count + share - 1) / share
        let deadline = monotonicMilliseconds() + 10_000
        while grants < expected, monotonicMilliseconds() < deadline { turn(10) }
        guard grants == expected else { throw Fatal("\(grants) grants for \(expected) taps with a right") }
        return Double(count) * 1e9 / Double(elapsed)
    }

    func close() { for client in [agent, lock, watch, desk] { client.close() } }
}
