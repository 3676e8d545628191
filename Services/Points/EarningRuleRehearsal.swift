import Contracts

/// What a rule would have given for past taps: one person after the other, as if it had never given before.
package struct Rehearsal: Sendable {
    package let rule: EarningRule
    /// Persons who would have got something.
    package private(set) var people = 0
    package private(set) var count = 0
    package private(set) var amount: Int64 = 0
    package private(set) var byDay: [CalendarDate: Int64] = [:]
    package private(set) var byPlace: [PlaceID: Int64] = [:]
    /// Taps it would have given for, had it not given so often already.
    package private(set) var capped = 0

    package init(_ rule: EarningRule) { self.rule = rule }

    /// - Parameters: all taps of one person, in order; what other rules have given to that person.
    package mutating func add(_ taps: [Occasion], given others: Given) throws {
        var own: [(day: CalendarDate, place: PlaceID)] = []
        for tap in taps {
            let verdict = try rule.award(for: tap) { other, days, place in
                guard other == rule.id else { return try others(other, days, place) }
                return own.count { days.contains($0.day) && (place == nil || place == $0.place) }
            }
            switch verdict {
            case .pays(let award):
                own.append((tap.day.date, tap.place))
                amount += award
                byDay[tap.day.date, default: 0] += award
                byPlace[tap.place, default: 0] += award
            case .capped: capped += 1
            default: break
            }
        }
        count += own.count
        if !own.isEmpty { people += 1 }
    }
}
