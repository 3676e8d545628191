import Contracts
import HTTP
import Journal
import ServiceKit

/// Commands on their way, for somebody who waits for their page. They live as long as the connections that wait for them, and so in memory.
final class Errands {
    struct Errand {
        let command: Command
        var nextSend: Instant
        /// Makes of the reply what is shown. Throws what the reply's bytes may be wrong with.
        let take: (_ json: [UInt8], borrowing Turn) throws -> Void
        /// Shows that nobody has answered.
        let giveUp: (borrowing Turn) throws -> Void
        /// In which order they were begun.
        var number = 0
        /// Of those who have sent the same form meanwhile, and wait for the same answer.
        var others: [Errand] = []

        /// It and the others.
        var all: [Errand] { [self] + others }
    }

    var open: [EventID: Errand] = [:]
    /// How many have been begun.
    var begun = 0
    /// Commands that are being given again.
    var rounds: Set<Round> = []
}

/// Those who waited for it do so no more, once what was shown has been committed; a turn that is done again finds them still there.
package struct ErrandDone: Effect {
    package let command: EventID
    /// The number of the last of them. Whoever has sent the same form since then still waits.
    let last: Int

    init(_ errand: Errands.Errand) { (command, last) = (errand.command.id, errand.all.map(\.number).max() ?? 0) }
}

extension Portal {
    package func finish(_ done: ErrandDone) {
        let rest = errands.open[done.command]?.all.filter { $0.number > done.last } ?? []
        errands.open[done.command] = rest.first
        errands.open[done.command]?.others = Array(rest.dropFirst())
    }

    /// How long a service may take: whoever waits before a screen for longer should rather be told.
    static let patience = Duration.seconds(10)
    static let mostErrands = 2000
    /// So many may wait for one answer beside the first.
    private static let mostOthers = 20

    /// Gives a command as the station that somebody has for a role.
    /// - Parameters:
    ///   - refused: what is shown where the service says no, beside what was typed; a page of its own if absent.
    ///   - page: what is shown of the answer.
    func ask<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, as role: Role, for call: Call, in turn: borrowing Turn,
        refused: ((_ sentence: HTML, borrowing Turn) throws -> Answer)? = nil,
        page: @escaping (Body.Answer, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard let station = try account(of: call).station(role) else { throw Page.notYours }
        return try ask(data, on: channel, by: station, for: call, in: turn, refused: refused, page: page)
    }

    /// Gives a command about whoever has come in to their own page: it is made of the session's person, so it can be about nobody else.
    func askOwn<Body: CommandBody>(
        _ data: (PersonID) -> Body, on channel: Channel<Body>, for call: Call, in turn: borrowing Turn,
        refused: ((_ sentence: HTML, borrowing Turn) throws -> Answer)? = nil,
        page: @escaping (Body.Answer, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try ask(data(try person(of: call)), on: channel, by: PortalPolicy.residents, for: call, in: turn, refused: refused, page: page)
    }

    private func ask<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, by station: PortalPolicy.Station, for call: Call, in turn: borrowing Turn,
        refused: ((_ sentence: HTML, borrowing Turn) throws -> Answer)?,
        page: @escaping (Body.Answer, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        let show = refused ?? { sentence, _ in .page(frame.refused(sentence, call)) }
        try send(data, on: channel, as: station, for: call, in: turn) { outcome, turn in
            let shown: Answer
            do {
                shown =
                    switch outcome {
                    case .accepted(let answer): try page(answer, turn)
                    case .refused(let word, let text):
                        try show(Phrase(refusal: word, of: channel.owner, text)[call.tongue], turn)
                    case .unknown: .page(frame.unanswered(by: channel.owner, call))
                    }
            } catch let end as Page {
                shown = .page(frame.refusal(end, call))
            }
            self.answer(call, shown, in: turn)
        }
        return .later
    }

    /// Asks page after page, and goes on with all of it.
    func askAll<Body: CommandBody>(
        _ first: Body, on channel: Channel<Body>, as role: Role, for call: Call, in turn: borrowing Turn, atMost limit: Int = 100,
        next: @escaping (Body.Answer) -> Body?, page: @escaping ([Body.Answer], borrowing Turn) throws -> Answer
    ) throws -> Answer {
        func more(_ body: Body, _ before: [Body.Answer], _ turn: borrowing Turn) throws -> Answer {
            try ask(body, on: channel, as: role, for: call, in: turn) { answer, turn in
                let all = before + [answer]
                guard all.count < limit, let following = next(answer) else { return try page(all, turn) }
                return try more(following, all, turn)
            }
        }
        return try more(first, [], turn)
    }

    enum Outcome<Answer> {
        case accepted(Answer)
        case refused(word: String, text: String)
        /// Nobody answered in time: it was obeyed or it was not.
        case unknown
    }

    /// - Parameter call: of whoever waits for it. Their form gives one command, however often it is sent.
    func send<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, as station: PortalPolicy.Station, for call: Call? = nil, in turn: borrowing Turn,
        then: @escaping (Outcome<Body.Answer>, borrowing Turn) throws -> Void
    ) throws {
        func busy(_ turn: borrowing Turn) throws {
            try then(.refused(word: "busy", text: "Too much at once. Try again in a moment."), turn)
        }
        guard errands.open.count < Self.mostErrands else { return try busy(turn) }
        let form = try call.flatMap { try SentForm($0, gives: data, on: channel, as: station.user) }
        let command = try turn.command(
            data, on: channel, as: Address(station.role.program, station.instance), of: station.user, within: Self.patience,
            again: form?.command(in: turn))
        let errand = Errands.Errand(
            command: command, nextSend: turn.now + .seconds(2),
            take: { json, turn in
                let reply = try Envelope<Reply<Body.Answer>>(json: json).data
                if reply.accepted, let answer = reply.answer {
                    try then(.accepted(answer), turn)
                } else {
                    try form?.forget(in: turn.db)
                    try then(.refused(word: reply.refusal ?? "refused", text: reply.text ?? ""), turn)
                }
            }, giveUp: { turn in try then(.unknown, turn) }, number: errands.begun + 1)
        errands.begun += 1
        if let others = errands.open[command.id]?.others {
            guard others.count < Self.mostOthers else { return try busy(turn) }
            errands.open[command.id]?.others.append(errand)
            return
        }
        try form?.note(command.id, in: turn.db)
        try keep(command, by: station.user, on: channel.name, of: channel.owner, in: turn)
        turn.give(command)
        errands.open[command.id] = errand
    }

    /// A service has answered one of them.
    func hearAnswer(_ json: [UInt8], in turn: borrowing Turn) throws {
        // Whatever it says beside yes or no, whoever waits for it reads.
        let said = try Envelope<Reply<Done>>(json: json)
        guard let cause = said.cause else { return }
        try Given.answered(cause, accepted: said.data.accepted, at: said.time, in: turn.db)
        guard let errand = errands.open[cause] else { return }
        for each in errand.all { try each.take(json, turn) }
        turn.perform(ErrandDone(errand))
    }

    /// Sends again what was not answered, and gives up what has waited for too long.
    /// - Returns: when to look again.
    func runErrands(in turn: borrowing Turn) throws -> Instant? {
        for (id, errand) in errands.open.sorted(by: { $0.key < $1.key }) {
            if errand.command.expires <= turn.now {
                for each in errand.all { try each.giveUp(turn) }
                turn.perform(ErrandDone(errand))
            } else if errand.nextSend <= turn.now {
                turn.give(errand.command)
                errands.open[id]?.nextSend = turn.now + .seconds(2)
            }
        }
        return errands.open.values.filter { $0.command.expires > turn.now }.map { min($0.nextSend, $0.command.expires) }.min()
    }
}
