import Bus
import Contracts
import Journal
import ServiceKit
import Town

/// What became of a command.
enum Outcome<Answer> {
    case accepted(Answer)
    case refused(word: String, text: String)
    /// Its time ran out without an answer: it was obeyed or it was not.
    case unknown
}

/// What became of a command that was given again.
enum GivenAnswer {
    /// Now, at the moment of the answer.
    case obeyed(at: Instant)
    /// It had been obeyed, and still is.
    case known
    case refused(String)
    case unknown
}

/// A clerk's or a technician's station that commands: sends the same bytes every two seconds until they are answered or their time is over.
struct Desk {
    let session: Session
    /// Where it is kept what was commanded; `nil` for nowhere.
    var book: GivenBook?
    /// How long a command may be obeyed after it was given.
    var life = Duration.seconds(30)
    /// Milliseconds between two sendings.
    var interval: Int64 = 2000

    /// The answer, or the failure a person is told.
    func ask<Body: Payload, Answer>(
        _ data: Body, on channel: Channel<Body>, at instance: Instance? = nil, for answer: Answer.Type
    ) throws -> Answer
    where Answer: Codable & Sendable & Equatable {
        try settled(outcome(of: data, on: channel, at: instance, for: answer), on: channel, at: instance)
    }

    /// Asks several questions side by side, and after each answer the one that follows from it: whoever answers has the next one when this is done.
    /// - Parameter next: takes an answer in the chain of that question of `first`; `nil` ends the chain.
    func ask<Body: Payload, Answer>(
        _ first: [Body], on channel: Channel<Body>, for _: Answer.Type, next: (_ chain: Int, Answer) throws -> Body?
    ) throws where Answer: Codable & Sendable & Equatable {
        try exchange(first, on: channel, at: nil) { chain, outcome in try next(chain, try settled(outcome, on: channel, at: nil)) }
    }

    func outcome<Body: Payload, Answer>(
        of data: Body, on channel: Channel<Body>, at instance: Instance? = nil, for _: Answer.Type
    ) throws -> Outcome<Answer> where Answer: Codable & Sendable & Equatable {
        var found = Outcome<Answer>.unknown
        try exchange([data], on: channel, at: instance) { _, outcome in
            found = outcome
            return nil
        }
        return found
    }

    private func settled<Body, Answer>(_ outcome: Outcome<Answer>, on channel: Channel<Body>, at instance: Instance?) throws -> Answer {
        switch outcome {
        case .accepted(let answer): return answer
        case .refused(_, let text): throw Failure.refused(text)
        case .unknown:
            throw Failure.unknown(
                "\(Self.addressee(channel))\(instance.map { " \($0)" } ?? "") has not answered in \(life.milliseconds / 1000) s. The command may have been obeyed or not: look before giving it again, and see kazasu health."
            )
        }
    }

    /// - Parameter answered: takes what became of a question, and gives the one to ask in its place.
    private func exchange<Body: Payload, Answer>(
        _ first: [Body], on channel: Channel<Body>, at instance: Instance?, answered: (Int, Outcome<Answer>) throws -> Body?
    ) throws where Answer: Codable & Sendable & Equatable {
        let topic = channel.topic(in: session.town.name, session.user.named(), at: instance)
        let answers = Self.answers(to: topic)
        let service = book?.service(of: channel)
        if let service { book?.catchUp(service, by: self) }
        var open: [(chain: Int, asking: Asking)] = []
        for (chain, data) in first.enumerated() { open.append((chain, try asking(data, on: topic))) }
        session.listen(to: answers)

        func settle(_ place: Int, _ outcome: Outcome<Answer>) throws {
            session.console.progress("")
            if let next = try answered(open[place].chain, outcome) {
                open[place].asking = try asking(next, on: topic)
            } else {
                open.remove(at: place)
            }
        }
        while let wake = open.indices.map({ open[$0].asking.send(over: session, every: interval) }).min() {
            if let message = try session.next(until: wake), message.topic == answers,
                let reply = try? Envelope<Reply<Answer>>(json: message.payload),
                let place = open.firstIndex(where: { $0.asking.id == reply.cause })
            {
                if let service, reply.data.accepted {
                    let asking = open[place].asking
                    let given = GivenCommand(id: asking.id, to: service, by: session.user, on: topic, bytes: asking.bytes)
                    book?.keep(given, obeyed: reply.time)
                }
                try settle(place, Self.outcome(reply.data))
                continue
            }
            let now = monotonicMilliseconds()
            if let over = open.firstIndex(where: { $0.asking.end <= now }) {
                try settle(over, .unknown)
                continue
            }
            if let code = open.lazy.compactMap({ $0.asking.refusal(session) }).first {
                throw brokerRefusal(code)
            }
            if let oldest = open.map(\.asking.start).min(), now - oldest > 1900 {
                let left = max(0, oldest + life.milliseconds - now) / 1000
                session.console.progress("waiting for \(Self.addressee(channel)): \(left) s left")
            }
        }
    }

    /// Gives a command once more, as one that was obeyed before.
    func giveAgain(_ command: GivenCommand) throws -> GivenAnswer {
        let answers = Self.answers(to: command.topic)
        session.listen(to: answers)
        var asking = Asking(
            id: command.id, topic: command.topic.description, bytes: GivenAgain.marked(command.bytes), life: life.milliseconds)
        while asking.end > monotonicMilliseconds() {
            let wake = asking.send(over: session, every: interval)
            if let code = asking.refusal(session) { throw brokerRefusal(code) }
            // Whatever its answer says beside yes or no, nobody waits for it.
            guard let message = try session.next(until: wake), message.topic == answers,
                let reply = try? Envelope<Reply<Done>>(json: message.payload), reply.cause == command.id
            else { continue }
            if reply.data.accepted { return reply.time == command.obeyed ? .known : .obeyed(at: reply.time) }
            return reply.data.refusal == "known" ? .known : .refused(reply.data.text ?? reply.data.refusal ?? "no reason given")
        }
        return .unknown
    }

    private func brokerRefusal(_ code: UInt8) -> Failure {
        .refused(
            "the broker does not let \(session.user) send this (reason code \(code)). Does the running town know it, in this role? Start the town again: kazasu up"
        )
    }

    private static func answers(to topic: Topic) -> String {
        Topic(town: topic.town, owner: topic.owner, kind: .reply, entity: topic.entity, name: topic.name).description
    }

    private func asking<Body: Payload>(_ data: Body, on topic: Topic) throws -> Asking {
        let console = session.console
        let now = console.now()
        let command = Envelope(
            id: console.newID(), source: session.address.source(in: session.town.name), time: now, expires: now + life, data: data)
        let bytes = try command.json(session.town.offset)
        guard GivenAgain.marked(bytes).count <= Envelope<Body>.limit else {
            throw Failure.refused("the command is too long to be sent. Give it in several parts.")
        }
        return Asking(id: command.id, topic: topic.description, bytes: bytes, life: life.milliseconds)
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

/// A command on its way: the same bytes again and again, until they are answered or their time is over.
private struct Asking {
    let id: EventID
    let topic: String
    let bytes: [UInt8]
    let start = monotonicMilliseconds()
    /// The last moment at which it may be obeyed; milliseconds as `start`.
    private let deadline: Int64
    private var nextSend: Int64
    private var sent: [Int32] = []

    init(id: EventID, topic: String, bytes: [UInt8], life: Int64) {
        (self.id, self.topic, self.bytes) = (id, topic, bytes)
        (deadline, nextSend) = (start + life, start)
    }

    /// An answer given at the last moment is still on its way for a moment.
    var end: Int64 { deadline + 1000 }

    /// Sends it if it is time to.
    /// - Returns: when to look at it again.
    mutating func send(over session: Session, every interval: Int64) -> Int64 {
        let now = monotonicMilliseconds()
        guard now < deadline else { return end }
        if now >= nextSend {
            // The broker drops what it could not hand over before it is dead.
            let expiry = UInt32(max(1, (deadline - now) / 1000))
            if let id = session.publish(Outgoing(topic: topic, payload: bytes, qos: 1, retain: false, expiry: expiry)) { sent.append(id) }
            nextSend += interval
        }
        return min(nextSend, end)
    }

    /// The broker's word that it does not take it.
    func refusal(_ session: Session) -> UInt8? { sent.lazy.compactMap(session.refusal).first }
}
