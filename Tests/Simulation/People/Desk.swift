import Bus
import Contracts
import ServiceKit

/// A clerk's station: gives one command after the other, and repeats each until it is answered or nobody waits for it any more.
final class Desk {
    let name: Instance
    private let role: Role
    /// Where it stands; the town's if absent.
    private let broker: InMemoryBroker?
    var user: UserID { role.user(name) }
    private var asking: Asking?

    private struct Asking {
        let message: Message
        let replyTopic: String
        let until: Instant
        var last: Instant
        /// - Returns: whether it is the answer to this command.
        let hear: ([UInt8]) -> Bool
    }

    init(_ name: Instance, as role: Role = .desk, at broker: InMemoryBroker? = nil) {
        (self.name, self.role, self.broker) = (name, role, broker)
    }

    var isIdle: Bool { asking == nil }

    /// - Parameters:
    ///   - time: by the desk's clock.
    ///   - answered: not called if no answer comes.
    /// - Returns: the command's id.
    @discardableResult
    func give<Body: CommandBody>(
        _ body: Body, on channel: Channel<Body>, at time: Instant, to instance: Instance? = nil, in world: World,
        answered: @escaping (Reply<Body.Answer>) -> Void = { _ in }
    ) -> EventID {
        let (town, id) = (world.layout.town, world.newID(at: time))
        let source = Address(role.program, name).source(in: town)
        let command = Envelope(id: id, source: source, time: time, expires: time + .seconds(30), data: body)
        guard let bytes = try? command.json() else { preconditionFailure("a command can be written") }
        let message = Message(topic: channel.topic(in: town, user.named(), at: instance).description, payload: bytes)
        asking = Asking(
            message: message, replyTopic: channel.replyTopic(in: town, to: user, at: instance).description, until: world.now + .seconds(35),
            last: world.now
        ) { reply in
            guard let reply = try? Envelope<Reply<Body.Answer>>(json: reply), reply.cause == id else { return false }
            answered(reply.data)
            return true
        }
        (broker ?? world.broker).inject(message)
        return id
    }

    /// Goes on waiting, or gives up.
    func wait(in world: World) {
        guard let asking else { return }
        guard world.now < asking.until else { return self.asking = nil }
        guard world.now - asking.last >= .seconds(3) else { return }
        self.asking?.last = world.now
        (broker ?? world.broker).inject(asking.message)
    }

    func hear(_ outgoing: Outgoing) {
        if let asking, outgoing.topic == asking.replyTopic, asking.hear(outgoing.payload) { self.asking = nil }
    }
}
