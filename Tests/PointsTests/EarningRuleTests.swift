import Contracts
import Harness
import Testing

@testable import Points

/// For what a tap gives, by its own time and by what was given before.
@Suite struct EarningRuleTests {
    @Test("A visit to the gym: each condition stands against another tap, and nothing against the right one", arguments: verdicts)
    func conditions(why: String, tap: Occasion, expected: EarningRule.Verdict) throws {
        #expect(try strict.award(for: tap) { _, _, _ in 0 } == expected, "\(why)")
    }

    @Test("A kind alone stands for all of it, a purpose with a thing for that alone")
    func purposes() throws {
        let marathon = Purpose(kind: "event", thing: "marathon")
        func verdict(on purpose: Purpose, at tapped: Purpose) throws -> EarningRule.Verdict {
            var rule = EarningRule("r", title: "", purse: "points", amount: 10)
            rule.purposes = [purpose]
            return try rule.award(for: tap(purpose: tapped)) { _, _, _ in 0 }
        }
        #expect(try verdict(on: Purpose(kind: "event"), at: marathon) == .pays(10))
        #expect(try verdict(on: marathon, at: marathon) == .pays(10))
        #expect(try verdict(on: marathon, at: Purpose(kind: "event", thing: "festival")) == .otherPurpose)
        #expect(try verdict(on: marathon, at: Purpose(kind: "event")) == .otherPurpose)
        #expect(try verdict(on: Purpose(kind: "marathon"), at: marathon) == .otherPurpose)
    }

    @Test("The first rate that holds counts, by the tap's own time; hours past midnight belong to the evening before")
    func rates() throws {
        var rule = visit
        var night = EarningRule.Rate(30)
        night.schedule = Schedule("night", week: [.saturday: [22 * 60..<26 * 60]])
        var december = EarningRule.Rate(20)
        december.dates = [.yearly(1201, 1231)]
        rule.rates = [night, december]
        func award(_ day: CalendarDate, _ hour: Int) throws -> EarningRule.Verdict {
            try rule.award(for: tap(day, hour: hour)) { _, _, _ in 0 }
        }
        #expect(try award("2026-11-28", 21) == .pays(10))
        #expect(try award("2026-11-28", 22) == .pays(30))
        #expect(try award("2026-11-29", 1) == .pays(30))
        #expect(try award("2026-11-29", 2) == .pays(10))
        #expect(try award("2026-11-28", 1) == .pays(10))
        #expect(try award("2026-12-01", 12) == .pays(20))
        #expect(try award("2026-12-06", 1) == .pays(30))
    }

    @Test("A child that comes before or after its parent is company, one that comes too late or is nobody's child is none")
    func company() throws {
        var rule = visit
        rule.company = EarningRule.Company("child")
        let noon = tap("2026-11-21", hour: 12)
        func verdict(after seconds: Int, _ eligible: Set<ProgrammeID>) throws -> EarningRule.Verdict {
            var tap = noon
            tap.company = [(noon.at + .seconds(seconds), eligible)]
            return try rule.award(for: tap) { _, _, _ in 0 }
        }
        #expect(try verdict(after: -600, ["child"]) == .pays(10))
        #expect(try verdict(after: 600, ["child", "senior"]) == .pays(10))
        #expect(try verdict(after: 601, ["child"]) == .alone("child"))
        #expect(try verdict(after: -601, ["child"]) == .alone("child"))
        #expect(try verdict(after: 0, ["senior"]) == .alone("child"))
        #expect(try rule.award(for: noon) { _, _, _ in 0 } == .alone("child"))
    }

    @Test("Another rule must have given on the same day, anywhere")
    func after() throws {
        var rule = visit
        rule.after = "gym-visit"
        var asked: [(RuleID, ClosedRange<CalendarDate>, PlaceID?)] = []
        let tap = tap("2026-11-21", hour: 12)
        for (times, expected) in [(0, EarningRule.Verdict.notAfter("gym-visit")), (1, .pays(10))] {
            let verdict = try rule.award(for: tap) {
                asked.append(($0, $1, $2))
                return times
            }
            #expect(verdict == expected)
        }
        #expect(asked.allSatisfy { $0.0 == "gym-visit" && $0.1 == "2026-11-21"..."2026-11-21" && $0.2 == nil } && asked.count == 2)
    }

    @Test("A cap asks for the days of its period around the tap's own, and for the place where each counts for itself", arguments: periods)
    func caps(period: EarningRule.Cap.Period, day: CalendarDate, first: CalendarDate, last: CalendarDate) throws {
        for eachPlace in [false, true] {
            var rule = visit
            rule.caps = [EarningRule.Cap(3, per: period, eachPlace: eachPlace)]
            for (times, isCapped) in [(2, false), (3, true), (4, true)] {
                let verdict = try rule.award(for: tap(day, hour: 12)) { asked, days, place in
                    #expect(asked == "visit" && days == first...last && place == (eachPlace ? "gym" : nil))
                    return times
                }
                #expect(verdict == (isCapped ? .capped(rule.caps[0]) : .pays(10)))
            }
        }
    }

    @Test("Of several caps the first that is full is named, and one that is not full does not open another")
    func severalCaps() throws {
        var rule = visit
        rule.caps = [EarningRule.Cap(1, per: .day), EarningRule.Cap(3, per: .week)]
        func verdict(today: Int, thisWeek: Int) throws -> EarningRule.Verdict {
            try rule.award(for: tap("2026-11-21", hour: 12)) { _, days, _ in days.lowerBound == days.upperBound ? today : thisWeek }
        }
        #expect(try verdict(today: 0, thisWeek: 2) == .pays(10))
        #expect(try verdict(today: 1, thisWeek: 3) == .capped(rule.caps[0]))
        #expect(try verdict(today: 0, thisWeek: 3) == .capped(rule.caps[1]))
    }
}

let visit: EarningRule = {
    var rule = EarningRule("visit", title: "体育館に来た", purse: "points", amount: 10)
    rule.purposes = [Purpose(kind: "visit")]
    return rule
}()

func tap(_ day: CalendarDate = "2026-11-21", hour: Int = 12, purpose: Purpose = Purpose(kind: "visit"), place: PlaceID = "gym") -> Occasion
{
    let day = TownDay(day, .japan)
    return Occasion(at: day.start + .seconds(hour * 3600), day: day, purpose: purpose, place: place)
}

/// Everything at once: proved, coming in, a senior's, on a Saturday of November, between nine and twelve.
private let strict: EarningRule = {
    var rule = visit
    (rule.places, rule.direction, rule.proved, rule.eligible) = (["gym", "pool"], .in, true, ["senior", "local"])
    rule.dates = [DateSpan.once("2026-11-01", "2026-11-30"), .yearly(1224, 1224)]
    rule.schedule = Schedule("mornings", week: [.saturday: [9 * 60..<12 * 60], .thursday: [9 * 60..<12 * 60]])
    return rule
}()

private let verdicts: [(why: String, tap: Occasion, expected: EarningRule.Verdict)] = {
    var good = tap("2026-11-21", hour: 9)
    (good.direction, good.assurance, good.eligible) = (.in, .proved, ["senior", "local", "child"])
    func but(_ change: (inout Occasion) -> Void) -> Occasion {
        var tap = good
        change(&tap)
        return tap
    }
    func on(_ day: CalendarDate, hour: Int) -> Occasion {
        but {
            $0.day = TownDay(day, .japan)
            $0.at = $0.day.start + .seconds(hour * 3600)
        }
    }
    return [
        ("the right one", good, .pays(10)),
        ("of two days the other", on("2026-12-24", hour: 11), .pays(10)),
        ("a door", but { $0.purpose = Purpose(kind: "door", thing: "gym") }, .otherPurpose),
        ("the library", but { $0.place = "library" }, .otherPlace),
        ("the pool", but { $0.place = "pool" }, .pays(10)),
        ("going out", but { $0.direction = .out }, .otherDirection),
        ("who knows which way", but { $0.direction = nil }, .otherDirection),
        ("a Saturday of December", on("2026-12-05", hour: 9), .otherDay),
        ("a Sunday", on("2026-11-22", hour: 9), .otherTime),
        ("just before nine", but { $0.at = $0.at - .milliseconds(1) }, .otherTime),
        ("at twelve", on("2026-11-21", hour: 12), .otherTime),
        ("a copy of a card", but { $0.assurance = .read }, .notProved),
        ("no senior", but { $0.eligible = ["local"] }, .notEligible("senior")),
        ("entitled to nothing", but { $0.eligible = [] }, .notEligible("local")),
    ]
}()

private let periods: [(period: EarningRule.Cap.Period, day: CalendarDate, first: CalendarDate, last: CalendarDate)] = [
    (.day, "2026-11-21", "2026-11-21", "2026-11-21"),
    (.week, "2026-11-21", "2026-11-16", "2026-11-22"),
    (.week, "2026-11-16", "2026-11-16", "2026-11-22"),
    (.week, "2026-11-22", "2026-11-16", "2026-11-22"),
    (.week, "2027-01-01", "2026-12-28", "2027-01-03"),
    (.month, "2028-02-10", "2028-02-01", "2028-02-29"),
    (.month, "2026-12-31", "2026-12-01", "2026-12-31"),
    (.year, "2026-04-01", "2026-01-01", "2026-12-31"),
    (.fiscalYear, "2026-03-31", "2025-04-01", "2026-03-31"),
    (.fiscalYear, "2026-04-01", "2026-04-01", "2027-03-31"),
    (.ever, "2026-11-21", "0001-01-01", "9999-12-31"),
]
