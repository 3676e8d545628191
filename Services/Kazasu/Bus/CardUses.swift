import Contracts
import Town

/// Cards, and while they were somebody's: what was done with them before and after is another's.
struct Holding {
    let tokens: [Token]
    var from = Instant.distantPast
    var to: Instant?

    func covers(_ tap: EventID) -> Bool { tap.time >= from && to.map { tap.time < $0 } ?? true }
}

/// Who has used some cards, as far as the processes of the town have told.
struct CardUses {
    /// What one process has because of a tap.
    struct Found: Hashable {
        let process: Address
        let use: Use
    }

    /// In the order of time.
    fileprivate(set) var found: [Found] = []
    /// Those who have not answered: their part is missing.
    fileprivate(set) var silent: [Address] = []

    /// The taps themselves.
    var taps: [Use] { found.map(\.use).filter { $0.what == Tapped.type } }
}

extension Desk {
    /// Asks every process of the town: first for the taps of these cards, then for what it has because of these taps.
    func uses(of holdings: [Holding]) throws -> CardUses {
        let town = session.town
        var desk = self
        // Nothing is obeyed here, so nothing is lost by not waiting longer.
        desk.life = min(life, .seconds(10))
        var uses = CardUses()
        var answering: [Address] = []
        for vitals in town.vitals(try session.look(at: town.lifeFilters), now: session.console.now())
        where Contract.producers.contains(vitals.role) {
            let process = Address(vitals.role.program, vitals.instance)
            if vitals.answers { answering.append(process) } else { uses.silent.append(process) }
        }
        var found: Set<CardUses.Found> = []
        func ask(_ question: FindUses, among theirs: (EventID) -> Bool) throws {
            for process in answering where !uses.silent.contains(process) {
                let isComplete = try desk.pages(of: question, to: process) { page in
                    found.formUnion(page.filter { theirs($0.tap) }.map { CardUses.Found(process: process, use: $0) })
                }
                if !isComplete { uses.silent.append(process) }
            }
        }
        for holding in holdings {
            for some in holding.tokens.parts(of: FindUses.mostTokens) { try ask(FindUses(tokens: some), among: holding.covers) }
        }
        let taps = Set(found.map(\.use.tap)).sorted()
        for some in taps.parts(of: FindUses.mostTaps) { try ask(FindUses(taps: some), among: some.contains) }
        uses.found = found.sorted { $0.order < $1.order }
        return uses
    }

    func uses(of tokens: [Token]) throws -> CardUses { try uses(of: [Holding(tokens: tokens)]) }

    /// Asks until there is no next page.
    /// - Returns: whether all of them came.
    private func pages(of question: FindUses, to process: Address, _ take: ([Use]) -> Void) throws -> Bool {
        var question = question
        repeat {
            switch try outcome(of: question, on: .uses(of: process), for: Uses.self) {
            case .accepted(let answer):
                take(answer.uses)
                question.after = answer.next
            case .refused(_, let text): throw Failure.refused(text)
            case .unknown: return false
            }
        } while question.after != nil
        return true
    }
}

extension CardUses.Found {
    /// A tap before its readings, and these before what followed at the same moment.
    fileprivate var order: (Instant, EventID, Int, String, String) {
        (use.at, use.tap, use.what == Tapped.type ? 0 : use.what == Use.read ? 1 : 2, process.description, use.what)
    }
}

extension Array {
    /// Pieces of at most `count` elements.
    fileprivate func parts(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
