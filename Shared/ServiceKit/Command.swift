import Contracts

/// What is asked of a service, as it goes over the bus.
package struct Command: Sendable {
    package let id: EventID
    package let topic: Topic
    package let bytes: [UInt8]
    package let expires: Instant

    package init(id: EventID, topic: Topic, bytes: [UInt8], expires: Instant) {
        (self.id, self.topic, self.bytes, self.expires) = (id, topic, bytes, expires)
    }
}

extension Turn {
    /// A command in the name of somebody at a station for whom this process may speak.
    package borrowing func command<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, as station: Address, of user: UserID, expires: Instant
    ) throws -> Command {
        let id = work.newID(at: now)
        let envelope = Envelope(id: id, source: station.source(in: identity.town), time: now, expires: expires, data: data)
        return Command(
            id: id, topic: channel.topic(in: identity.town, user.named()), bytes: try envelope.json(identity.offset), expires: expires)
    }

    /// Sends it after the commit. Sent again under its id it is obeyed once; the broker drops it when its time is over.
    package borrowing func give(_ command: Command) {
        guard command.expires > now else { return }
        work.say(command.topic, command.bytes, expiry: UInt32(clamping: (command.expires - now).milliseconds / 1000 + 1))
    }
}
