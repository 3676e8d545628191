import Contracts
import People
import Seal
import ServiceKit
import Store

/// Taps earn by the town's rules: each by its own time, each rule once.
extension Points {
    /// - Returns: what was given of one purse, the first one of which something was.
    @discardableResult
    func earn(_ tap: KeptTap, by person: PersonID, in turn: borrowing Turn) throws -> Int64 {
        guard let rules = rules[tap.purpose.kind] else { return 0 }
        let names = try names(of: person, in: turn.db)
        let occasion = try occasion(tap, of: person, for: rules, in: turn)
        var given: (purse: PurseID, amount: Int64)?
        for rule in rules {
            let amount = try apply(rule, to: tap, occasion, by: person, known: names, in: turn)
            if amount > 0, given == nil || given?.purse == rule.purse { given = (rule.purse, (given?.amount ?? 0) + amount) }
        }
        try rejoin(tap, by: person, rules, in: turn)
        return given?.amount ?? 0
    }

    private func apply(
        _ rule: EarningRule, to tap: KeptTap, _ occasion: Occasion, by person: PersonID, known names: [PersonID], in turn: borrowing Turn
    ) throws -> Int64 {
        let verdict = try rule.award(for: occasion) { rule, days, place in
            try names.reduce(0) { try $0 + times(rule, days, at: place, of: $1, in: turn.db) }
        }
        guard case .pays(let amount) = verdict, let purse = policy.purse(rule.purse) else { return 0 }
        let day = occasion.day.date
        let id = EventID.derived(from: tap.id, type: "award", discriminator: rule.id.text)
        let (from, to) = (issue(rule.purse), account(of: person, purse, on: day))
        let move: Transfer.Move =
            rule.needsConfirmation
            ? .pending(from: from, to: to, amount, timeout: policy.keepsTaps) : .single(from: from, to: to, amount)
        let result = try make(Transfer(id, move, for: rule.id.named(), cause: tap.id, moment: tap.at), in: turn)
        guard result == .created else { return 0 }
        try turn.db.run(
            "INSERT OR IGNORE INTO earned (person, rule, day, tap, place) VALUES (?, ?, ?, ?, ?)", person.text, rule.id.text,
            day.description, tap.id.bytes, tap.place.text)
        guard !rule.needsConfirmation else {
            try turn.db.run(
                "INSERT INTO unconfirmed (rule, at, transfer, person, amount) VALUES (?, ?, ?, ?, ?)", rule.id.text, tap.at.milliseconds,
                id.bytes, person.text, amount)
            return 0
        }
        // Of the award and not of the tap, by which another rule may have filled the same purse.
        try exchangeWhatIsFull(rule.purse, of: person, cause: id, at: tap.at, in: turn)
        return amount
    }

    /// How often a rule has given to somebody.
    func times(
        _ rule: RuleID, _ days: ClosedRange<CalendarDate>, at place: PlaceID?, of person: PersonID, in db: borrowing Transaction
    ) throws -> Int {
        try db.first(
            "SELECT count(*) FROM earned WHERE person = ? AND rule = ? AND day BETWEEN ? AND ? AND (?5 IS NULL OR place = ?5)", person.text,
            rule.text, days.lowerBound.description, days.upperBound.description, place?.text
        ) { Int($0.int(0)) } ?? 0
    }

    // MARK: Who came along

    /// Somebody else's tap may have waited for this one: parent and child come in either order.
    private func rejoin(_ tap: KeptTap, by person: PersonID, _ rules: [EarningRule], in turn: borrowing Turn) throws {
        guard let reach = reach(of: rules) else { return }
        try turn.db.run(
            "INSERT OR IGNORE INTO company (place, at, id, person) VALUES (?, ?, ?, ?)", tap.place.text, tap.at.milliseconds, tap.id.bytes,
            person.text)
        for other in try company(of: tap, within: reach, in: turn.db) where other.person != person {
            let taps = try kept(under: other.person.text, from: other.at, until: other.at + .milliseconds(1), in: turn.db)
            guard let theirs = taps.first(where: { $0.id == other.tap }) else { continue }
            let names = try names(of: other.person, in: turn.db)
            let occasion = try occasion(theirs, of: other.person, for: rules, in: turn)
            for rule in rules where rule.company != nil {
                _ = try apply(rule, to: theirs, occasion, by: other.person, known: names, in: turn)
            }
        }
    }

    private func reach(of rules: [EarningRule]) -> Duration? { rules.compactMap { $0.company?.within }.max() }

    private func company(
        of tap: KeptTap, within reach: Duration, in db: borrowing Transaction
    ) throws -> [(person: PersonID, at: Instant, tap: EventID)] {
        try db.all(
            "SELECT person, at, id FROM company WHERE place = ? AND at BETWEEN ? AND ? ORDER BY at, id LIMIT 50", tap.place.text,
            (tap.at - reach).milliseconds, (tap.at + reach).milliseconds
        ) { (PersonID($0.text(0)), Instant(milliseconds: $0.int(1)), EventID(bytes: $0.blob(2))) }
        .compactMap { person, at, tap in person.flatMap { person in tap.map { (person, at, $0) } } }
    }

    func occasion(
        _ tap: KeptTap, of person: PersonID, for rules: [EarningRule], in turn: borrowing Turn
    ) throws -> Occasion {
        let asksWho = rules.contains { !$0.eligible.isEmpty }
        let day = TownDay(tap.at.date(turn.identity.offset), turn.identity.offset)
        var occasion = Occasion(
            at: tap.at, day: day, purpose: tap.purpose, place: tap.place, direction: tap.direction, assurance: tap.assurance,
            eligible: asksWho ? try eligible(person, on: day.date, in: turn.db) : [], company: [])
        guard let reach = reach(of: rules) else { return occasion }
        occasion.company = try company(of: tap, within: reach, in: turn.db).filter { $0.person != person }.map {
            (at: $0.at, eligible: try eligible($0.person, on: day.date, in: turn.db))
        }
        return occasion
    }

    /// What a person is entitled to on a day. Nobody asks why.
    func eligible(_ person: PersonID, on day: CalendarDate, in db: borrowing Transaction) throws -> Set<ProgrammeID> {
        let all = try People<PointsView>.view(of: person, in: db)?.eligible ?? []
        return Set(all.filter { $0.from <= day && $0.to.map { day < $0 } ?? true }.map(\.programme))
    }
}
