import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// Plays the agent and the lock around a running lock-controller.
final class Measure {
    private let agent: Client
    private let lock: Client
    private var number: Int64 = 1
    private var epoch = Epoch(after: nil, now: wallClock(), random: 1)
    private var random = SystemRandomNumberGenerator()
    private var grants = 0
    private var decisions = 0

    init(_ broker: Broker, tls: TLSFiles?) throws {
        agent = Client("agent-gate-1", port: broker.port, tls: tls)
        lock = Client("lock-gym", port: broker.port, tls: tls)
        try lock.connect([Subscription(filter: BenchTown.grants, qos: 1), Subscription(filter: BenchTown.decisions, qos: 1)])
        lock.onMessage = { [unowned self] message in if message.topic == BenchTown.grants { grants += 1 } else { decisions += 1 } }
        try agent.connect()
        try allow()
    }

    /// Gives the one card its right and waits until the door opens for it.
    private func allow() throws {
        let command = Envelope(
            id: EventID(at: wallClock(), random: (random.next(), random.next())), source: "/bench/desk/office", time: wallClock(),
            expires: wallClock() + .seconds(30),
            data: ChangeGroup(group: "members", addTokens: [BenchTown.token(true)], addDoors: [BenchTown.door]))
        let topic = Channel<ChangeGroup>.changeGroup.topic(in: BenchTown.town, "desk-office").description
        let payload = try command.json()
        let end = monotonicMilliseconds() + 10_000
        while grants == 0 {
            guard monotonicMilliseconds() < end else { throw Fatal("lock-controller does not grant anything") }
            agent.publish(topic, payload)
            try live()
            try tap(opens: true)
            usleep(50_000)
            turn(1)
        }
        settle()
    }

    func live() throws { agent.publish(BenchTown.life, try Life(.ready, at: wallClock()).json()) }

    private func tap(opens: Bool) throws {
        agent.publish(BenchTown.taps, try BenchTown.tap(number: number, epoch: epoch, opens: opens, at: wallClock(), random: &random))
        agent.transport.flush()
        number += 1
    }

    private func turn(_ milliseconds: Int32) {
        wait([agent, lock], milliseconds)
        agent.turn()
        lock.turn()
    }

    private func settle() {
        for _ in 0..<20 { turn(20) }
        grants = 0
        decisions = 0
    }

    /// Published by the agent → the signed grant in the lock's hands, milliseconds.
    func latency(count: Int, perSecond: Int) throws -> Percentiles {
        settle()
        var times: [Double] = []
        let pause = 1_000_000_000 / UInt64(perSecond)
        for index in 0..<count {
            if index % perSecond == 0 { try live() }
            let before = grants
            let start = nanoseconds()
            try tap(opens: true)
            while grants == before { turn(100) }
            let end = nanoseconds()
            times.append(Double(end - start) / 1e6)
            while nanoseconds() < start + pause { turn(1) }
        }
        return Percentiles(times)
    }

    /// Decided taps a second, from the first published to the last decision received.
    func throughput(count: Int, opensEvery share: Int) throws -> Double {
        settle()
        try live()
        let taps = try BenchTown.taps(count, from: number, epoch: epoch, opensEvery: share, at: wallClock() + .seconds(4))
        number += Int64(count)
        let start = nanoseconds()
        var sent = 0
        var nextLife = start
        while decisions < count {
            while sent < count, agent.waiting < 256 {
                agent.publish(BenchTown.taps, taps[sent])
                sent += 1
            }
            if nanoseconds() > nextLife {
                try live()
                nextLife += 2_000_000_000
            }
            agent.transport.flush()
            turn(100)
        }
        let end = nanoseconds()
        let expected = (count + share - 1) / share
        let deadline = monotonicMilliseconds() + 5000
        while grants < expected, monotonicMilliseconds() < deadline { turn(10) }
        guard grants == expected else { throw Fatal("\(grants) grants for \(expected) taps with a right") }
        return Double(count) * 1e9 / Double(end - start)
    }
}
