import Bus
import Contracts
import Seal

/// A keypad without keys: whoever holds it enters codes. It runs on any transport, and keeps nothing through a power cut: a report older than ten
/// seconds opens nothing anyway.
package final class VirtualKeypad {
    package enum Outcome: Equatable, Sendable {
        case answered(CodeAnswer)
        /// The town did not take it for a code of this keypad; its sentence.
        case refused(String)
        /// Nobody has answered in time.
        case silence
    }

    package let town: TownID
    package let door: DoorID
    private let key: KeypadKey
    private let transport: any Transport
    private let random: () -> UInt64
    private var pending: (id: EventID, bytes: [UInt8], entered: Instant)?
    private var nextReport = Instant.distantPast
    private var nextLife = Instant.distantPast

    private static let life = Duration.seconds(10)
    private static let interval = Duration.seconds(2)

    /// - Parameter transport: with a clean session.
    package init(town: TownID, door: DoorID, key: KeypadKey, transport: any Transport, random: @escaping () -> UInt64) {
        self.town = town
        self.door = door
        self.key = key
        self.transport = transport
        self.random = random
    }

    private var address: Address { Address("keypad", door.named()) }
    private var answers: String {
        Channel<CodeEntered>.codes.replyTopic(in: town, to: Role.keypad.user(door.named())).description
    }

    /// A new code takes the place of one that is not answered yet.
    package func enter(_ code: String, now: Instant) throws {
        let id = EventID(at: now, random: (UInt16(truncatingIfNeeded: random()), random()))
        let report = Envelope(
            id: id, source: address.source(in: town), time: now, data: CodeEntered(proof: key.proof(of: code, id: id, at: now)))
        pending = (id, try report.json(), now)
        nextReport = now
    }

    /// Takes what has arrived and repeats what is not answered.
    /// - Returns: what became of the code that was entered, once.
    package func step(now: Instant) throws -> Outcome? {
        var outcome: Outcome?
        for event in transport.receive(limit: 100) {
            switch event {
            case .connected:
                transport.subscribe([Subscription(filter: answers, qos: 1)])
                (nextLife, nextReport) = (now, now)
            case .message(let message) where message.topic == answers && !message.isRetained:
                guard let reply = try? Envelope<Reply<CodeAnswer>>(json: message.payload), let pending, reply.cause == pending.id else {
                    continue
                }
                outcome = reply.data.answer.map { .answered($0) } ?? .refused(reply.data.text ?? "")
                self.pending = nil
            case .message, .acknowledged, .disconnected: break
            case .fatal(let sentence): throw LockError(description: sentence)
            }
        }
        if let entered = pending?.entered, now - entered >= Self.life {
            pending = nil
            outcome = .silence
        }
        if transport.isConnected {
            if nextLife <= now {
                say(.life(of: address, in: town), try Life(.ready, at: now).json())
                nextLife = now + .seconds(10)
            }
            if let pending, nextReport <= now {
                say(Channel<CodeEntered>.codes.topic(in: town, door.named()), pending.bytes)
                nextReport = now + Self.interval
            }
        }
        transport.flush()
        return outcome
    }

    /// Says that it ends on purpose.
    package func leave(now: Instant) throws {
        guard transport.isConnected else { return }
        say(.life(of: address, in: town), try Life(.stopped, at: now).json())
        transport.close()
    }

    private func say(_ topic: Topic, _ payload: [UInt8]) {
        _ = transport.publish(Outgoing(topic: topic.description, payload: payload, qos: topic.kind.qos, retain: topic.kind.isRetained))
    }
}
