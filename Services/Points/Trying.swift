import Contracts
import People
import ServiceKit
import Store

/// A rule is tried on the taps of the last weeks before it is paid: what would it have cost?
extension Points {
    private static let peopleAtOnce = 100

    func rehearse(_ command: Envelope<TryRule>, in turn: borrowing Turn) throws -> Reply<RuleTried> {
        let wish = command.data
        guard let rule = policy.rule(wish.rule) else {
            let known = policy.rules.map(\.id.text).joined(separator: ", ")
            return .refuse("unknown-rule", "There is no rule \(wish.rule). There are: \(known.isEmpty ? "none" : known).")
        }
        let people = try People<PointsView>.ids(after: wish.after ?? "", limit: Self.peopleAtOnce, in: turn.db)
        var tried = RuleTried()
        var rehearsal = Rehearsal(rule)
        // Whoever was merged into another one is tried as that one.
        for person in people where try People<PointsView>.successor(of: person, in: turn.db) == nil {
            tried.taps += Int64(try rehearse(&rehearsal, by: person, from: wish.from, until: wish.until, in: turn))
        }
        (tried.people, tried.awards, tried.amount) = (Int64(rehearsal.people), Int64(rehearsal.count), rehearsal.amount)
        tried.capped = Int64(rehearsal.capped)
        if people.count == Self.peopleAtOnce { tried.next = people.last?.text }
        return .accept(tried)
    }

    func rehearsal(
        of rule: EarningRule, by person: PersonID, from: Instant, until: Instant, in turn: borrowing Turn
    ) throws -> Rehearsal {
        var rehearsal = Rehearsal(rule)
        _ = try rehearse(&rehearsal, by: person, from: from, until: until, in: turn)
        return rehearsal
    }

    /// - Returns: how many taps were looked at.
    private func rehearse(
        _ rehearsal: inout Rehearsal, by person: PersonID, from: Instant, until: Instant, in turn: borrowing Turn
    ) throws -> Int {
        let names = try names(of: person, in: turn.db)
        let taps = try names.flatMap { try kept(under: $0.text, from: from, until: until, in: turn.db) }.sorted {
            ($0.at, $0.id) < ($1.at, $1.id)
        }
        let occasions = try taps.map { try occasion($0, of: person, for: [rehearsal.rule], in: turn) }
        try rehearsal.add(occasions) { other, days, place in
            try names.reduce(0) { try $0 + times(other, days, at: place, of: $1, in: turn.db) }
        }
        return taps.count
    }
}
