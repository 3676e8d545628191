import Bus
import Contracts
import ServiceKit
import Town

/// What became of a command.
enum Outcome<Answer> {
    case accepted(Answer)
    case refused(word: String, text: String)
    /// Its time ran out without an answer: it was obeyed or it was not.
    case unknown
}

/// A clerk's or a technician's station that commands: sends the same bytes every two seconds until they are answered or their time is over.
struct Desk {
    let session: Session
    /// How long a command may be obeyed after it was given.
    var life = Duration.seconds(30)
    /// Milliseconds between two sendings.
    var interval: Int64 = 2000

    /// The answer, or the failure a person is told.
    func ask<Body: Payload, Answer>(
        _ data: Body, on channel: Channel<Body>, at instance: Instance? = nil, for answer: Answer.Type
    ) throws -> Answer
    where Answer: Codable & Sendable & Equatable {
        switch try outcome(of: data, on: channel, at: instance, for: answer) {
        case .accepted(let answer): return answer
        case .refused(_, let text): throw Failure.refused(text)
        case .unknown:
            throw Failure.unknown(
                "\(Self.addressee(channel))\(instance.map { " \($0)" } ?? "") has not answered in \(life.milliseconds / 1000) s. The command may have been obeyed or not: look before giving it again, and see kazasu health."
            )
        }
    }

    func outcome<Body: Payload, Answer>(
        of data: Body, on channel: Channel<Body>, at instance: Instance? = nil, for _: Answer.Type
    ) throws -> Outcome<Answer> where Answer: Codable & Sendable & Equatable {
        let console = session.console
        let now = console.now()
        let command = Envelope(
            id: console.newID(), source: session.address.source(in: session.town.name), time: now, expires: now + life, data: data)
        let topic = channel.topic(in: session.town.name, session.user.named(), at: instance)
        let answers = Topic(town: topic.town, owner: topic.owner, kind: .reply, entity: topic.entity, name: topic.name).description
        let bytes = try command.json(session.town.offset)
        guard bytes.count <= Envelope<Body>.limit else {
            throw Failure.refused("the command is too long to be sent. Give it in several parts.")
        }
        session.listen(to: answers)

        let start = monotonicMilliseconds()
        // An answer given at the last moment is still on its way for a moment.
        let end = start + life.milliseconds + 1000
        var sent: [Int32] = []
        var nextSend = start
        while monotonicMilliseconds() < end {
            let left = start + life.milliseconds - monotonicMilliseconds()
            if monotonicMilliseconds() >= nextSend, left > 0 {
                // The broker drops what it could not hand over before it is dead.
                let expiry = UInt32(max(1, left / 1000))
                if let id = session.publish(Outgoing(topic: topic.description, payload: bytes, qos: 1, retain: false, expiry: expiry)) {
                    sent.append(id)
                }
                nextSend += interval
            }
            if let message = try session.next(until: left > 0 ? min(nextSend, end) : end), message.topic == answers,
                let reply = try? Envelope<Reply<Answer>>(json: message.payload), reply.cause == command.id
            {
                console.progress("")
                return Self.outcome(reply.data)
            }
            if let code = sent.lazy.compactMap(session.refusal).first {
                throw Failure.refused(
                    "the broker does not let \(session.user) send this (reason code \(code)). Does the running town know it, in this role? Start the town again: kazasu up"
                )
            }
            if monotonicMilliseconds() - start > 1900 {
                console.progress("waiting for \(Self.addressee(channel)): \(max(0, left / 1000)) s left")
            }
        }
        console.progress("")
        return .unknown
    }

    /// What everybody answers has a topic's name that says who.
    private static func addressee<Body>(_ channel: Channel<Body>) -> String {
        Contract.askedOfAll.contains { $0.owner == channel.owner } ? channel.name.text : channel.owner.text
    }

    private static func outcome<Answer>(_ reply: Reply<Answer>) -> Outcome<Answer> {
        if reply.accepted, let answer = reply.answer { return .accepted(answer) }
        return .refused(
            word: reply.refusal ?? "refused", text: reply.text ?? "The command was refused (\(reply.refusal ?? "no reason given")).")
    }
}
