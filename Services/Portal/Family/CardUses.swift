import Contracts
import Journal
import ServiceKit

/// A card, and while it was somebody's: what was done with it before and after is another's.
struct Holding {
    let token: Token
    let from: Instant
    let until: Instant?

    /// The tap with which it was enrolled came a little before.
    init(_ card: CardFile) {
        (token, from) = (card.token, card.since - .seconds(60))
        until = card.status == .unlinked ? card.until : nil
    }

    /// Of one that was taken away longer ago than journals reach, nothing is kept.
    func isKept(at now: Instant) -> Bool { until.map { now - Retention.journal < $0 } ?? true }
    func covers(_ tap: EventID) -> Bool { tap.time >= from && until.map { tap.time < $0 } ?? true }
}

/// What one process has because of a tap.
struct FoundUse: Hashable, Encodable {
    let process: String
    let use: Use
}

/// Who has used somebody's cards, as far as the processes of the town have told: what is asked of each, and what came of it. It lives as long as whoever waits.
final class CardUses {
    struct Question: Hashable {
        let process: Address
        /// Which card, or which part of the taps.
        let part: Int
        let isAboutTaps: Bool
        let after: Int64?
    }

    /// No town's journals have so many pages of one person; whoever answers on and on is not asked for ever.
    fileprivate static let mostQuestions = 5000
    /// So many are asked at once: a site whose readers are all silent holds up no others, and twenty people who look leave room for everybody else.
    static let mostAtOnce = 100
    /// Whoever has not been asked by then counts as silent: a proxy waits for half a minute.
    private static let patience = Duration.seconds(15)

    fileprivate let until: Instant
    fileprivate var asked: Set<Question> = []
    /// What was told; `nil` by whoever did not answer.
    fileprivate var told: [Question: [Use]?] = [:]
    /// Whoever was asked something else, and did not answer.
    private var others: Set<Address> = []

    fileprivate init(at now: Instant) { until = now + Self.patience }

    fileprivate var open: Int { asked.count - told.count }
    fileprivate var taps: [EventID] {
        Set(told.filter { !$0.key.isAboutTaps }.values.flatMap { ($0 ?? []).map(\.tap) }).sorted()
    }

    /// Those whose part is missing.
    var silent: [Address] {
        others.union(told.filter { $0.value == nil }.keys.map(\.process)).sorted { $0.description < $1.description }
    }

    func hear(nothingOf process: Address) { others.insert(process) }

    /// Newest first; of one tap the reading itself, who took note of it, and then what followed.
    var found: [FoundUse] {
        let all = Set(told.flatMap { question, uses in (uses ?? []).map { FoundUse(process: question.process.description, use: $0) } })
        return all.sorted { $0.order < $1.order }
    }
}

extension FoundUse {
    fileprivate var order: (Int64, EventID, Int, Instant, String) {
        (-use.tap.time.milliseconds, use.tap, use.what == Tapped.type ? 0 : use.what == Use.read ? 1 : 2, use.at, process)
    }
}

extension Portal {
    /// Answers to these, of all who keep a journal.
    var usesReads: [Reading] {
        policy.isForResidents ? town.processes.map { hearAnswers(to: .uses(of: $0), hearAnswer) } : []
    }

    /// Asks agents for the taps of these cards, and then everybody for what they have because of these taps; each to its last page.
    func findUses(
        of holdings: [Holding], in turn: borrowing Turn, then: @escaping (CardUses, borrowing Turn) throws -> Void
    ) throws {
        let (uses, holdings) = (CardUses(at: turn.now), holdings.filter { $0.isKept(at: turn.now) })
        let agents = town.processes.filter { $0.program == "reader-agent" }
        let cards = holdings.indices.flatMap { part in
            agents.map { CardUses.Question(process: $0, part: part, isAboutTaps: false, after: nil) }
        }
        try ask(cards, for: uses, in: turn, wish: { FindUses(tokens: [holdings[$0].token]) }, theirs: { holdings[$0].covers($1) }) {
            turn in
            let taps = uses.taps.parts(of: FindUses.mostTaps)
            let silent = Set(uses.silent)
            let rest = taps.indices.flatMap { part in
                town.processes.filter { !silent.contains($0) }.map {
                    CardUses.Question(process: $0, part: part, isAboutTaps: true, after: nil)
                }
            }
            try ask(rest, for: uses, in: turn, wish: { FindUses(taps: taps[$0]) }, theirs: { taps[$0].contains($1) }) { turn in
                try then(uses, turn)
            }
        }
    }

    /// Asks some at once, and each of the others as soon as one has answered; goes on once each has answered or will not. What is known decides, so that an answer
    /// which comes twice changes nothing.
    private func ask(
        _ questions: [CardUses.Question], for uses: CardUses, in turn: borrowing Turn, wish: @escaping (_ part: Int) -> FindUses,
        theirs: @escaping (_ part: Int, _ tap: EventID) -> Bool, then: @escaping (borrowing Turn) throws -> Void
    ) throws {
        var (rest, isAsking) = (questions[...], false)
        func ask(_ question: CardUses.Question, _ turn: borrowing Turn) throws {
            uses.asked.insert(question)
            var data = wish(question.part)
            data.after = question.after
            try send(data, on: .uses(of: question.process), as: PortalPolicy.residents, in: turn) { outcome, turn in
                guard case .accepted(let page) = outcome else {
                    uses.told[question] = .some(nil)
                    return try goOn(turn)
                }
                uses.told[question] = page.uses.filter { theirs(question.part, $0.tap) }
                if let next = page.next, uses.asked.count < CardUses.mostQuestions {
                    let following = CardUses.Question(
                        process: question.process, part: question.part, isAboutTaps: question.isAboutTaps, after: next)
                    return try ask(following, turn)
                }
                try goOn(turn)
            }
        }
        func goOn(_ turn: borrowing Turn) throws {
            // Whoever cannot be asked is told of at once, from within.
            guard !isAsking else { return }
            isAsking = true
            defer { isAsking = false }
            while uses.open < CardUses.mostAtOnce, let question = rest.first {
                if turn.now <= uses.until {
                    try ask(question, turn)
                } else {
                    uses.asked.insert(question)
                    uses.told[question] = .some(nil)
                }
                rest.removeFirst()
            }
            if rest.isEmpty, uses.open == 0 { try then(turn) }
        }
        try goOn(turn)
    }
}

extension Array {
    /// Pieces of at most `count` elements.
    fileprivate func parts(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
