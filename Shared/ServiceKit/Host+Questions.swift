import Bus
import Contracts
import Journal
import Seal
import Store

extension Host {
    func reply(
        to message: Message, on topic: Topic, isCommand: Bool, _ decode: ([UInt8]) throws -> DecodedQuestion, for reading: Reading,
        in turn: borrowing Turn, carefully: Bool
    ) throws {
        turn.work.actor = topic.entity.named()
        turn.work.isAwaited = true
        turn.work.isLive = !isStalled
        guard message.payload.count <= 32 * 1024, let question = try? decode(message.payload) else {
            return try bury(message, "not a readable \(isCommand ? "command" : "report")", in: turn)
        }
        // Devices are users of their own: the answer goes to `lock-gym`.
        let asker: Entity = isCommand ? topic.entity : Entity("\(topic.owner)-\(topic.entity)") ?? topic.entity
        let answerer = isCommand ? topic.owner : identity.address.program
        let answer = Topic(town: topic.town, owner: answerer, kind: .reply, entity: asker, name: topic.name)
        let digest = turn.db.mask(contentDigest(GivenAgain.unmarked(message.payload)))
        func place() -> String { "reply/\(Hex.text(question.id.bytes))" }
        let stored = try turn.db.first("SELECT digest, bytes FROM reply WHERE id = ?", question.id.bytes) {
            (digest: $0.int(0), bytes: try turn.db.open($0.blob(1), place()))
        }
        let isObeyed = try question.isAgain && Audit.hasAccepted(question.id, in: turn.db)
        // A refusal does not outlast what it rested on: what a command lacked may have been given again by another desk since.
        if let (before, bytes) = stored, before == digest, isObeyed || !question.isAgain {
            counts.repeats += 1
            return turn.work.say(answer, bytes)
        }
        var verdict = ""
        func seal(_ body: ReplyBody) throws -> [UInt8] {
            verdict = body.verdict
            return try body.envelope(turn.work.newID(at: turn.now), identity.source, turn.now, question.id).get()
        }
        func obey() throws -> [UInt8] { try seal(try question.apply(turn)) }
        if let stored, stored.digest != digest {
            return turn.work.say(
                answer, try seal(try question.refuse("same-id", "This id was used before for something else. Send it under a new id.")))
        }
        let bytes: [UInt8]
        if let askers = reading.askers, !askers.contains(where: { turn.actor.text.hasPrefix("\($0.rawValue)-") }) {
            let own = askers.map(\.rawValue).joined(separator: " or a ")
            bytes = try seal(try question.refuse("not-yours", "Only a \(own) may ask for that, and \(turn.actor) is none."))
        } else if isObeyed {
            bytes = try seal(try question.refuse("known", "This command was obeyed before; what was answered then is not kept any more."))
        } else if isCommand, !isTimely(question, at: turn.now) {
            bytes = try seal(try question.refuse("expired", "The command came after its time and was not obeyed. Send it again."))
        } else {
            do {
                bytes = try carefully ? turn.attempt(obey) : obey()
            } catch let error where isPoison(error) {
                guard carefully else { throw Poisoned() }
                guard case JournalError.tooLarge(_, let size) = error else { return try bury(message, describe(error), in: turn) }
                bytes = try seal(
                    try question.refuse(
                        "too-large",
                        "What would be written down of this is \(size) bytes long, and 32,768 is the most. Nothing was done. Give it in several parts."
                    ))
            }
        }
        if reading.keepsAnswers {
            try turn.db.run(
                "INSERT OR REPLACE INTO reply (id, digest, topic, bytes) VALUES (?, ?, ?, ?)", question.id.bytes, digest,
                answer.description,
                turn.db.close(bytes, place()))
        }
        if isCommand, reading.keepsAnswers || vault != nil || topic.owner == "uses" {
            try Audit.note(topic.name, by: turn.actor, id: question.id, verdict: verdict, now: turn.now, in: turn.db)
        }
        turn.work.say(answer, bytes)
    }

    /// A command that is given again was obeyed in its time: for as long as desks keep it, and a day for their clocks.
    private func isTimely(_ command: DecodedQuestion, at now: Instant) -> Bool {
        let day = Retention.personalAnswers.milliseconds
        let age = (now - command.id.time).milliseconds
        if command.isAgain { return (-day...Retention.given.milliseconds + day).contains(age) }
        return (command.expires ?? command.time + .seconds(30)) >= now && (vault == nil || (-day...day).contains(age))
    }
}
