import Bus
import Contracts

/// Stands between a town's signed grants and devices that know no signatures, all of them on one connection of its own.
package final class LockDriver {
    package let town: TownID
    let doors: [DrivenDoor]
    private let board: Board?
    private let transport: any Transport
    private let random: () -> UInt64
    private let log: (String) -> Void
    /// Who is spoken of on a topic: one bridge may speak for many doors.
    private let listeners: [String: [Int]]
    private var nextLife = Instant.distantPast
    private var nextLook = Instant.distantPast

    package static let address = Address("lock-driver", "main")
    private static let user = Role.lockDriver.user("main")
    private static let lifePeriod = Duration.seconds(10)
    /// A broker shows what it retains to whoever subscribes, so that is done again now and then.
    private static let lookPeriod = Duration.seconds(60)

    /// - Parameters:
    ///   - transport: with a clean session; not the connection of any of the locks.
    ///   - board: what Home Assistant is shown.
    package init(
        town: TownID, doors: [DrivenDoor], board: Board? = nil, transport: any Transport, random: @escaping () -> UInt64,
        log: @escaping (String) -> Void
    ) {
        self.town = town
        self.board = board
        self.doors = doors
        self.transport = transport
        self.random = random
        self.log = log
        var listeners: [String: [Int]] = [:]
        for (index, door) in doors.enumerated() {
            for topic in door.device.dialect.spokenTopics + door.device.dialect.commandTopics {
                listeners[topic, default: []].append(index)
            }
        }
        self.listeners = listeners
    }

    /// Takes what has arrived and does what is due.
    /// - Returns: how long it may be left alone.
    package func step(now: Instant, uptime: Instant) throws -> Duration {
        for event in transport.receive(limit: 1000) {
            switch event {
            case .connected:
                for door in doors { door.connected(at: uptime) }
                transport.subscribe(doors.flatMap { $0.device.dialect.spokenTopics }.map { Subscription(filter: $0, qos: 1) })
                transport.subscribe((board.map { $0.filters + [answers] } ?? []).map { Subscription(filter: $0, qos: 1) })
                board?.forget()
                look(at: uptime)
                nextLife = .distantPast
            case .disconnected:
                for door in doors { door.disconnected() }
            case .message(let message):
                for index in listeners[message.topic] ?? [] {
                    try perform(doors[index].hear(message, at: uptime), doors[index], now, uptime)
                }
                board?.hear(message, at: now).forEach(say)
                if message.topic == answers, let text = (try? Envelope<Reply<Done>>(json: message.payload))?.data.text {
                    log("home-assistant: \(text)")
                }
            case .acknowledged: break
            case .fatal(let sentence): throw LockDriverError(description: sentence)
            }
        }
        for wish in board?.takeWishes() ?? [] { try ask(for: wish, now) }
        var wait = Self.lifePeriod
        for door in doors {
            let (deeds, next) = try door.step(now: now, uptime: uptime)
            try perform(deeds, door, now, uptime)
            // What was said after the lock's step leaves in the next one.
            wait = try door.tell(at: now) || !deeds.isEmpty ? .zero : min(wait, next)
        }
        if transport.isConnected {
            if nextLook <= uptime { look(at: uptime) }
            board?.news(at: now) { id in doors.first { $0.id == id }?.device }.forEach(say)
            if nextLife <= uptime {
                try sayLife(.ready, now)
                nextLife = uptime + Self.lifePeriod
            }
        }
        transport.flush()
        return wait
    }

    /// Says that it ends on purpose.
    package func leave(now: Instant) throws {
        for door in doors { try door.leave(at: now) }
        guard transport.isConnected else { return }
        try sayLife(.stopped, now)
        transport.close()
    }

    private func perform(_ deeds: [Device.Deed], _ door: DrivenDoor, _ now: Instant, _ uptime: Instant) throws {
        for deed in deeds {
            switch deed {
            case .send(let topic, let payload): say(.order(topic: topic, payload))
            case .clear(let topic): say(.emptiness(topic: topic))
            case .look: look(at: uptime)
            case .conclude(let grant, let result):
                try door.report(grant, result, at: now)
                log("\(door.id): \(result == .opened ? "opened" : "stays shut"), grant \(grant)")
            case .note(let sentence): log("\(door.id): \(sentence)")
            }
        }
    }

    private func look(at uptime: Instant) {
        nextLook = uptime + Self.lookPeriod
        transport.subscribe(doors.flatMap { $0.device.dialect.commandTopics }.map { Subscription(filter: $0, qos: 0) })
    }

    private var answers: String { Channel<OpenDoor>.openDoor.replyTopic(in: town, to: Self.user).description }

    /// Home Assistant's wish goes to lock-controller as a command, and comes back as a grant or not at all. Said once: who still waits presses again.
    private func ask(for door: DoorID, _ now: Instant) throws {
        let command = Envelope(
            id: EventID(at: now, random: (UInt16(truncatingIfNeeded: random()), random())), source: Self.address.source(in: town),
            time: now,
            expires: now + .seconds(Int64(Saying.orderLife)), data: OpenDoor(door: door, origin: .homeAssistant))
        let topic = Channel<OpenDoor>.openDoor.topic(in: town, Self.user.named())
        _ = transport.publish(
            Outgoing(
                topic: topic.description, payload: try command.json(), qos: topic.kind.qos, retain: topic.kind.isRetained,
                expiry: Saying.orderLife))
        log("\(door): home-assistant wants it opened")
    }

    private func sayLife(_ state: Life.State, _ now: Instant) throws {
        let topic = Topic.life(of: Self.address, in: town)
        let away = Int64(doors.count { !$0.device.isPresent })
        let life = Life(state, at: now, counters: ["away": away, "doors": Int64(doors.count)])
        _ = transport.publish(
            Outgoing(topic: topic.description, payload: try life.json(), qos: topic.kind.qos, retain: topic.kind.isRetained))
    }

    private func say(_ saying: Saying) {
        _ = transport.publish(
            Outgoing(topic: saying.topic, payload: saying.payload, qos: saying.qos, retain: saying.isRetained, expiry: saying.expiry))
    }
}

/// Something waiting does not mend, in a sentence.
package struct LockDriverError: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
