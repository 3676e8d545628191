import Contracts

/// A tap as a rule sees it.
package struct Occasion: Sendable {
    package var at: Instant
    /// The tap's own day.
    package var day: TownDay
    package var purpose: Purpose
    package var place: PlaceID
    package var direction: Direction?
    package var assurance: Assurance
    /// What the person is entitled to.
    package var eligible: Set<ProgrammeID>
    /// Others at the same place: what they are entitled to, and when they held their cards.
    package var company: [(at: Instant, eligible: Set<ProgrammeID>)]

    package init(
        at: Instant, day: TownDay, purpose: Purpose, place: PlaceID, direction: Direction? = nil, assurance: Assurance = .read,
        eligible: Set<ProgrammeID> = [], company: [(at: Instant, eligible: Set<ProgrammeID>)] = []
    ) {
        (self.at, self.day, self.purpose, self.place, self.direction) = (at, day, purpose, place, direction)
        (self.assurance, self.eligible, self.company) = (assurance, eligible, company)
    }
}

/// How often a rule has given to the person on some days, at one place or anywhere.
package typealias Given = (RuleID, ClosedRange<CalendarDate>, PlaceID?) throws -> Int

extension EarningRule {
    /// What a rule says to a tap: so much, or the first thing that stands against it.
    package enum Verdict: Hashable, Sendable {
        /// At once, or once staff have confirmed the attendance where the rule wants that.
        case pays(Int64)
        case otherPurpose, otherPlace, otherDirection, otherDay, otherTime
        case notProved
        case notEligible(ProgrammeID)
        /// Nobody of that programme was there at about the same time.
        case alone(ProgrammeID)
        /// The other rule has not given on that day.
        case notAfter(RuleID)
        /// It has given so often already.
        case capped(Cap)
    }

    /// What the rule gives for a tap, by the tap's own time, whatever the hour is now. Whether it is a draft is not asked.
    package func award(for tap: Occasion, given: Given) throws -> Verdict {
        if let objection = objection(to: tap) { return objection }
        if let after, try given(after, tap.day.date...tap.day.date, nil) == 0 { return .notAfter(after) }
        for cap in caps where try given(id, cap.period.days(around: tap.day.date), cap.eachPlace ? tap.place : nil) >= cap.times {
            return .capped(cap)
        }
        return .pays(rates.first { $0.holds(at: tap) }?.amount ?? amount)
    }

    /// What the tap itself lacks.
    private func objection(to tap: Occasion) -> Verdict? {
        guard purposes.contains(where: { $0.covers(tap.purpose) }) else { return .otherPurpose }
        guard places.isEmpty || places.contains(tap.place) else { return .otherPlace }
        guard direction == nil || direction == tap.direction else { return .otherDirection }
        guard dates.isEmpty || dates.contains(where: { $0.contains(tap.day.date) }) else { return .otherDay }
        guard schedule?.isOpen(at: tap.at, on: tap.day) ?? true else { return .otherTime }
        guard !proved || tap.assurance == .proved else { return .notProved }
        if let lacking = eligible.subtracting(tap.eligible).min() { return .notEligible(lacking) }
        if let company, !company.isThere(at: tap) { return .alone(company.eligible) }
        return nil
    }
}

extension EarningRule.Rate {
    fileprivate func holds(at tap: Occasion) -> Bool {
        (dates.isEmpty || dates.contains { $0.contains(tap.day.date) }) && schedule?.isOpen(at: tap.at, on: tap.day) ?? true
    }
}

extension EarningRule.Company {
    /// Whoever comes first.
    fileprivate func isThere(at tap: Occasion) -> Bool {
        tap.company.contains { other in
            other.eligible.contains(eligible) && max(other.at, tap.at) - min(other.at, tap.at) <= within
        }
    }
}

extension EarningRule.Cap.Period {
    /// The days that count together with one of them.
    package func days(around day: CalendarDate) -> ClosedRange<CalendarDate> {
        func span(_ from: (year: Int, month: Int), _ to: (year: Int, month: Int)) -> ClosedRange<CalendarDate> {
            let first = CalendarDate(year: from.year, month: from.month, day: 1) ?? "0001-01-01"
            return first...(CalendarDate(year: to.year, month: to.month, day: 1)?.lastOfMonth ?? "9999-12-31")
        }
        switch self {
        case .day: return day...day
        case .week:
            let monday = day.adding(-day.weekday.rawValue) ?? "0001-01-01"
            return monday...(day.adding(6 - day.weekday.rawValue) ?? "9999-12-31")
        case .month: return span((day.year, day.month), (day.year, day.month))
        case .year: return span((day.year, 1), (day.year, 12))
        case .fiscalYear:
            let year = day.month < 4 ? day.year - 1 : day.year
            return span((year, 4), (year + 1, 3))
        case .ever: return "0001-01-01"..."9999-12-31"
        }
    }
}
