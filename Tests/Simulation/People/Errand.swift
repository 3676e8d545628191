import Bus
import Contracts

/// Something a clerk does: cards are held, then one command is given, and its answer means something.
struct Errand {
    let what: String
    /// Held one after the other at the counter's reader.
    let cards: [Int]
    let by: Instance
    /// Of whom nobody can tell what holds if no answer comes.
    let about: [PersonID]
    let rule: Rule?
    /// A ceremony uses up the taps it rests on; whoever looks for somebody by a card has only looked.
    let usesTaps: Bool
    let command: (_ taps: [Tap], EventID, Instant) throws -> Message
    let replyTopic: String
    /// - Returns: `nil` if it is the answer to another command.
    let hear: (_ reply: [UInt8], EventID, _ taps: [Tap]) throws -> Heard?

    enum Heard: Equatable {
        case obeyed
        case refused(String)
    }

    /// A card held at the counter.
    struct Tap {
        let id: EventID
        let token: Token
    }

    /// Why the command must be refused.
    struct Rule {
        let sentence: String
        /// Whether a directory that has forgotten something may obey.
        var restsOnState = false
    }

    init<Body: CommandBody>(
        _ what: String, _ channel: Channel<Body>, cards: [Int] = [], by: Instance = "civil", about: [PersonID] = [],
        never rule: Rule? = nil, in town: TownID, _ data: @escaping ([Tap]) -> Body,
        done: @escaping (Body.Answer, [Tap]) -> Void = { _, _ in }
    ) {
        (self.what, self.cards, self.by, self.about, self.rule) = (what, cards, by, about, rule)
        usesTaps = Body.self != FindPersons.self
        let user = Role.registrar.user(by)
        command = { taps, id, now in
            let envelope = Envelope(
                id: id, source: Address("registrar", by).source(in: town), time: now, expires: now + .seconds(30), data: data(taps))
            return Message(topic: channel.topic(in: town, user.named()).description, payload: try envelope.json())
        }
        replyTopic = channel.replyTopic(in: town, to: user).description
        hear = { reply, id, taps in
            let envelope = try Envelope<Reply<Body.Answer>>(json: reply)
            guard envelope.cause == id else { return nil }
            if let answer = envelope.data.answer { done(answer, taps) }
            return envelope.data.accepted ? .obeyed : .refused(envelope.data.refusal ?? "")
        }
    }
}
