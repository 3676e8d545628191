import Contracts
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
        // People before tokens: of cards that nobody is known by nothing is given.
        let keys = try turn.db.all(
            "SELECT DISTINCT key FROM tap WHERE key > ? AND key >= 'p-' AND key < 'p.' ORDER BY key LIMIT ?", wish.after ?? "",
            Self.peopleAtOnce + 1
        ) { PersonID($0.text(0)) }
        var tried = RuleTried()
        var rehearsal = Rehearsal(rule)
        for case let person? in keys.prefix(Self.peopleAtOnce) {
            let taps = try kept(under: person.text, from: wish.from, until: wish.until, in: turn.db)
            tried.taps += Int64(taps.count)
            let names = try names(of: person, in: turn.db)
            let occasions = try taps.map { try occasion($0, of: person, for: [rule], in: turn) }
            try rehearsal.add(occasions) { other, days, place in
                try names.reduce(0) { try $0 + times(other, days, at: place, of: $1, in: turn.db) }
            }
        }
        (tried.people, tried.awards, tried.amount) = (Int64(rehearsal.people), Int64(rehearsal.count), rehearsal.amount)
        tried.capped = Int64(rehearsal.capped)
        if keys.count > Self.peopleAtOnce { tried.next = keys[Self.peopleAtOnce - 1]?.text }
        return .accept(tried)
    }
}
