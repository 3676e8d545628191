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
    /// - Parameters:
    ///   - patience: how long after its moment it may be obeyed.
    ///   - id: of the same command, if it was given before. It is then the same to the byte, so that whoever has obeyed it says again what was said.
    package borrowing func command<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, as station: Address, of user: UserID, within patience: Duration, again id: EventID? = nil
    ) throws -> Command {
        let id = id ?? work.newID(at: now)
        let envelope = Envelope(
            id: id, source: station.source(in: identity.town), time: id.time, expires: id.time + patience, data: data)
        return Command(
            id: id, topic: channel.topic(in: identity.town, user.named()), bytes: try envelope.json(identity.offset),
            expires: now + patience)
    }

    /// Sends it after the commit. Sent again under its id it is obeyed once; the broker drops it when its time is over.
    package borrowing func give(_ command: Command) {
        guard command.expires > now else { return }
        work.say(command.topic, command.bytes, expiry: UInt32(clamping: (command.expires - now).milliseconds / 1000 + 1))
    }
}
