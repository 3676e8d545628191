import Contracts
import Journal
import Store

/// One line of a service's page: a channel and the function that takes what comes on it.
package struct Reading {
    let kind: TopicClass
    let owner: Program
    let name: TopicName
    let filter: (TownID, Instance) -> String
    let route: Route
    /// Of a keyed stream: what to do with a key about which nothing is known any more.
    var drop: ((_ key: String, borrowing Turn) throws -> Void)?
    /// Of a question: whether its answer is kept, to be given again. One that changes nothing may as well be found anew.
    package var keepsAnswers = true
    /// What it keeps beside the service's own tables.
    var tables: Tables?
    /// Of a command: the kind of user that may give it. Where names of instances stand in front, the broker cannot tell one command from another.
    var askers: [Role]?

    /// How the host treats a message before and after the service's function has it.
    enum Route {
        /// Journaled: deduplicated, counted, asked for when missing.
        case event(([UInt8]) throws -> DecodedEvent)
        /// Answered once, and with the same answer again.
        case question(isCommand: Bool, ([UInt8]) throws -> DecodedQuestion)
        /// Said for the moment: the newest is all that counts.
        case word(([UInt8], Topic, borrowing Turn) throws -> Void)
    }
}

/// An event that can be applied. The closure holds the typed envelope.
struct DecodedEvent {
    let id: EventID
    let source: String
    let position: StreamPosition?
    let subject: String?
    let apply: (borrowing Turn) throws -> Void
}

struct DecodedQuestion {
    let id: EventID
    let source: String
    let time: Instant
    let expires: Instant?
    /// A command that was obeyed before, given again in case that was forgotten.
    let isAgain: Bool
    let refuse: (_ word: String, _ text: String) throws -> ReplyBody
    let apply: (borrowing Turn) throws -> ReplyBody
}

/// A reply's envelope, waiting for its identity.
struct ReplyBody {
    /// `accepted`, or the word of the refusal.
    let verdict: String
    let envelope: (EventID, _ source: String, Instant, _ cause: EventID) -> Result<[UInt8], any Error>
}

/// Reads events.
package func on<Body: EventBody>(
    _ channel: Channel<Body>, _ take: @escaping (Envelope<Body>, borrowing Turn) throws -> Void
) -> Reading {
    Reading(
        kind: channel.kind, owner: channel.owner, name: channel.name, filter: { town, instance in channel.filter(in: town, at: instance) },
        route: .event { json in
            let envelope = try Envelope<Body>(json: json)
            return DecodedEvent(id: envelope.id, source: envelope.source, position: envelope.position, subject: envelope.subject) { turn in
                try take(envelope, turn)
            }
        })
}

/// Keeps a view of a keyed stream. Of each key, the envelope's subject, the newest event is taken and older ones are not.
/// - Parameters:
///   - drop: the key is unknown from now on, and whoever relies on it must refuse: its newest event cannot be read, or its producer was restored
///     to a time before it.
///   - tables: where a shared module keeps the view.
package func follow<Body: EventBody>(
    _ channel: Channel<Body>, _ take: @escaping (Envelope<Body>, borrowing Turn) throws -> Void,
    drop: @escaping (_ key: String, borrowing Turn) throws -> Void, tables: Tables? = nil
) -> Reading {
    precondition(channel.isKeyed, "\(channel.name) is no keyed stream")
    var reading = on(channel, take)
    reading.drop = drop
    reading.tables = tables
    return reading
}

/// The tables of a shared module in the database of whichever service uses it, counted under a name of their own.
package struct Tables: Sendable {
    let module: String
    let migrations: [Migration]

    package init(_ module: String, _ migrations: [Migration]) { (self.module, self.migrations) = (module, migrations) }
}

/// Answers commands and reports.
package func answer<Body: QuestionBody>(
    _ channel: Channel<Body>, _ decide: @escaping (Envelope<Body>, borrowing Turn) throws -> Reply<Body.Answer>
) -> Reading {
    var reading = Reading(
        kind: channel.kind, owner: channel.owner, name: channel.name, filter: { town, instance in channel.filter(in: town, at: instance) },
        route: .question(isCommand: channel.kind == .command) { json in
            let envelope = try Envelope<Body>(json: json)
            func body(_ reply: Reply<Body.Answer>) -> ReplyBody {
                ReplyBody(verdict: reply.accepted ? AuditEntry.accepted : reply.refusal ?? "refused") { id, source, time, cause in
                    Result { try Envelope(id: id, source: source, time: time, cause: cause, data: reply).json() }
                }
            }
            return DecodedQuestion(
                id: envelope.id, source: envelope.source, time: envelope.time, expires: envelope.expires,
                isAgain: channel.kind == .command && envelope.again,
                refuse: { body(.refuse($0, $1)) }, apply: { turn in body(try decide(envelope, turn)) })
        })
    if channel.kind == .command { reading.askers = Contract.askers(of: channel.name, at: channel.owner) }
    return reading
}

/// Answers what changes nothing: found anew each time rather than kept.
package func look<Body: QuestionBody>(
    _ channel: Channel<Body>, _ find: @escaping (Envelope<Body>, borrowing Turn) throws -> Reply<Body.Answer>
) -> Reading {
    var reading = answer(channel, find)
    reading.keepsAnswers = false
    return reading
}

/// Hears feedback and states: not journaled, not answered.
package func hear<Body: Payload>(
    _ channel: Channel<Body>, _ take: @escaping (Envelope<Body>, Topic, borrowing Turn) throws -> Void
) -> Reading {
    Reading(
        kind: channel.kind, owner: channel.owner, name: channel.name,
        // Feedback is addressed to one instance; a state may be about anything.
        filter: { town, instance in
            channel.kind == .feedback ? channel.topic(in: town, instance.named()).description : channel.filter(in: town)
        },
        route: .word { json, topic, turn in try take(Envelope<Body>(json: json), topic, turn) })
}

/// Hears feedback for all readers: of a screen that stands beside some of them.
package func overhear<Body: FeedbackBody>(
    _ channel: Channel<Body>, _ take: @escaping (Envelope<Body>, Topic, borrowing Turn) throws -> Void
) -> Reading {
    Reading(
        kind: channel.kind, owner: channel.owner, name: channel.name, filter: { town, _ in channel.filter(in: town) },
        route: .word { json, topic, turn in try take(Envelope<Body>(json: json), topic, turn) })
}

/// Hears what is answered to commands that this process gave for people at stations (`Turn.command`).
package func hearAnswers(to command: ContractRow, _ take: @escaping (_ json: [UInt8], borrowing Turn) throws -> Void) -> Reading {
    precondition(command.kind == .command && !command.namesInstance, "\(command.name) has no reply topic of its own")
    return hearReplies(command.owner, command.name, take)
}

/// The same of a question that every process answers (`Contract.askedOfAll`), of one of them.
package func hearAnswers<Body: CommandBody>(
    to channel: Channel<Body>, _ take: @escaping (_ json: [UInt8], borrowing Turn) throws -> Void
) -> Reading {
    hearReplies(channel.owner, channel.name, take)
}

private func hearReplies(_ owner: Program, _ name: TopicName, _ take: @escaping (_ json: [UInt8], borrowing Turn) throws -> Void) -> Reading
{
    Reading(
        kind: .reply, owner: owner, name: name, filter: { town, _ in "\(town)/\(owner)/reply/+/\(name)" },
        route: .word { json, _, turn in try take(json, turn) })
}

/// Hears how the processes of one program are.
/// - Parameter tables: where a shared module keeps what it hears.
package func hearLives(
    of program: Program, tables: Tables? = nil, _ take: @escaping (Life, Topic, borrowing Turn) throws -> Void
) -> Reading {
    var reading = Reading(
        kind: .health, owner: program, name: "life", filter: { town, _ in "\(town)/\(program)/health/+/life" },
        route: .word { json, topic, turn in try take(json.decoded(), topic, turn) })
    reading.tables = tables
    return reading
}
