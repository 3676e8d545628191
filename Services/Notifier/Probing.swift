import Contracts
import People
import Seal
import ServiceKit
import Store

/// Once a month each address gets a test message, spread over the first 28 days: what does not arrive is known before it matters.
extension Notifier {
    private static let atOnce = 100

    func sendProbes(in turn: borrowing Turn) throws -> Instant? {
        guard policy.probes else { return nil }
        let today = turn.now.date(turn.identity.offset)
        let month = String(today.description.prefix(7))
        let round = try turn.db.first("SELECT month, cursor, due FROM probe_round") { ($0.text(0), $0.text(1), $0.int(2)) }
        if let round, round.0 == month, Instant(milliseconds: round.2) > turn.now { return Instant(milliseconds: round.2) }
        let cursor = round?.0 == month ? round?.1 ?? "" : ""
        // Persons in the order of their ids, which are drawn: one 28th of them a day.
        let people = try People<NoticeView>.ids(after: cursor, limit: Self.atOnce, in: turn.db)
        let start = Instant(startOf: today, turn.identity.offset)
        for person in people {
            guard dayOfProbe(of: person) <= today.day else { continue }
            try probe(person, month: month, in: turn)
        }
        // On the next day from the beginning again: everybody has a day of their own.
        let isOver = people.count < Self.atOnce
        let due = isOver ? start + .seconds(86_400 + 9 * 3600) : turn.now + .seconds(1)
        try turn.db.run("DELETE FROM probe_round")
        try turn.db.run(
            "INSERT INTO probe_round (month, cursor, due) VALUES (?, ?, ?)", month, isOver ? "" : people.last?.text ?? "", due.milliseconds)
        return due
    }

    /// 1 to 28.
    private func dayOfProbe(of person: PersonID) -> Int { Int(vault.blindIndex(Array(person.text.utf8), for: "day of probe")[0]) % 28 + 1 }

    @discardableResult
    private func probe(_ person: PersonID, month: String, in turn: borrowing Turn) throws -> Bool {
        guard try !routes(to: .person(person), in: turn.db).isEmpty else { return false }
        let about = EventID.derived(ofType: "probe", identity: "\(person) \(month)", at: .distantPast)
        var values = News.Values()
        values.month = Int(month.suffix(2))
        try tell(
            News(word: .probe, kind: nil, about: about, subject: person, at: turn.now, urgency: .bulk, values: values), to: .person(person),
            in: turn)
        return true
    }

    func probe(_ command: Envelope<ProbeAddresses>, in turn: borrowing Turn) throws -> Reply<ProbeAnswer> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let month = String(turn.now.date(turn.identity.offset).description.prefix(7))
            guard let person = command.data.person else {
                throw Objection("name-one", "Name a person. All addresses are tried in the course of each month: notices: probes: yes")
            }
            // Asked for by hand it is another one than this month's.
            let sent = try probe(person, month: "\(command.id) \(month)", in: turn)
            guard sent else { throw Objection("no-address", "\(person) has no address here.") }
            return .accept(ProbeAnswer(1))
        }
    }
}
