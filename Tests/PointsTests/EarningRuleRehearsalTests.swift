import Contracts
import Harness
import Testing

@testable import Points

/// What a rule would have given, before it gives anything.
@Suite struct EarningRuleRehearsalTests {
    private func nothing(_: RuleID, _: ClosedRange<CalendarDate>, _: PlaceID?) -> Int { 0 }

    @Test("Three visits on two days, two persons, once a day: two awards each, by day and by place, and one that was too many")
    func sums() throws {
        var rule = visit
        rule.caps = [EarningRule.Cap(1, per: .day)]
        var rehearsal = Rehearsal(rule)
        let taps = [tap("2026-11-20", place: "gym"), tap("2026-11-20", hour: 15, place: "pool"), tap("2026-11-21", place: "pool")]
        try rehearsal.add(taps, given: nothing)
        try rehearsal.add(taps, given: nothing)
        try rehearsal.add([tap(purpose: Purpose(kind: "door", thing: "gym"))], given: nothing)
        #expect(rehearsal.people == 2 && rehearsal.count == 4 && rehearsal.amount == 40 && rehearsal.capped == 2)
        #expect(rehearsal.byDay == ["2026-11-20": 20, "2026-11-21": 20] && rehearsal.byPlace == ["gym": 20, "pool": 20])
    }

    @Test("The first time at each place, ever: what one person was given does not count for another")
    func firstVisits() throws {
        var rule = visit
        rule.caps = [EarningRule.Cap(1, per: .ever, eachPlace: true)]
        var rehearsal = Rehearsal(rule)
        for _ in 0..<2 {
            try rehearsal.add(
                [tap("2026-11-01"), tap("2026-11-02", place: "pool"), tap("2026-11-03"), tap("2026-11-04", place: "pool")], given: nothing)
        }
        #expect(rehearsal.count == 4 && rehearsal.capped == 4 && rehearsal.byPlace == ["gym": 20, "pool": 20])
    }

    @Test("Of other rules it asks what they really gave; of itself it forgets that")
    func others() throws {
        var rule = visit
        rule.after = "gym-visit"
        rule.caps = [EarningRule.Cap(1, per: .ever)]
        var rehearsal = Rehearsal(rule)
        try rehearsal.add([tap("2026-11-20"), tap("2026-11-21"), tap("2026-11-22")]) { asked, days, _ in
            asked == "visit" || days.contains("2026-11-21") || days.contains("2026-11-22") ? 1 : 0
        }
        #expect(rehearsal.count == 1 && rehearsal.byDay == ["2026-11-21": 10] && rehearsal.capped == 1)
    }

    @Test("In whatever order the taps of some days come, the sum is the same, and what a simple count says", arguments: 0..<40)
    func anyOrder(seed: UInt64) throws {
        var random = Seeded(seed)
        let days = (1...20).map { CalendarDate(year: 2026, month: 11, day: $0)! }
        let places: [PlaceID] = ["gym", "pool", "library"]
        var rule = visit
        let perDay = Int.random(in: 1...3, using: &random)
        rule.caps = [EarningRule.Cap(perDay, per: .day), EarningRule.Cap(1000, per: .month, eachPlace: true)]
        let taps = (0..<60).map { _ in
            tap(
                days.randomElement(using: &random)!, hour: Int.random(in: 0..<24, using: &random),
                place: places.randomElement(using: &random)!)
        }
        let expected = Dictionary(grouping: taps, by: \.day.date).mapValues { Int64(min($0.count, perDay)) * 10 }
        for _ in 0..<5 {
            var rehearsal = Rehearsal(rule)
            try rehearsal.add(taps.shuffled(using: &random), given: nothing)
            #expect(rehearsal.byDay == expected && rehearsal.amount == expected.values.reduce(0, +))
            #expect(rehearsal.count + rehearsal.capped == taps.count)
        }
    }
}
