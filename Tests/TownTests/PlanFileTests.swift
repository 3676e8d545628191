import Contracts
import Testing

@testable import Town

@Suite("Hours, closures and zones of a town's file")
struct PlanFileTests {
    private let town = """
        town: nagai
        agents:
          gate-1:
            readers:
              r-1: { device: S, place: p, purpose: "door:gym", direction: in }
              r-2: { device: S, place: p, purpose: "door:gym", direction: out }
              r-3: { device: S, place: p, purpose: "door:hall" }
        terms: { first-term: 2026-04-08..2026-07-20, every-summer: 07-21..08-31 }
        schedules:
          evenings:
            hours: { mon-fri: "18:00-22:00", "sat, sun": "09:00-12:00 13:00-02:00" }
            on-holidays: like-sunday
            in-terms: [first-term, every-summer]
          nights: { hours: { sat-mon: "22:00-24:00" }, on-holidays: closed, on-closures: open }
        closures:
          new-year: { dates: 12-29..01-03 }
          works: { dates: [2026-12-01..2026-12-14, 2026-12-20], doors: [gym] }
        doors:
          gym: { opens-for: { public: nights, known: nights, badminton: evenings, staff: always }, first-person: keys, limit: 30 }
          hall: {}
        zones:
          pool: { doors: [gym], passback: hard, forgive-after: 720m }

        """

    @Test("A whole plan is read as it is written, groups before whoever is known before everybody")
    func whole() throws {
        let town = try Town.read(Array(town.utf8), path: "town.yaml")
        #expect(town.warnings == [])
        let plan = try #require(town.door("gym")?.plan)
        #expect(plan.openings.map(\.whom) == [.group("badminton"), .group("staff"), .known, .everybody])
        #expect(plan.openings.map { $0.schedule?.id.text } == ["evenings", nil, "nights", "nights"])
        #expect(plan.firstPerson == "keys" && plan.limit == 30)
        #expect(plan.zones == [Zone("pool", .hard, forgiveAfter: .seconds(12 * 3600))])
        #expect(plan.closures.map(\.id) == ["new-year", "works"] && town.door("hall")?.plan.closures.map(\.id) == ["new-year"])
        #expect(
            plan.closure(on: "2026-12-20") == "works" && plan.closure(on: "2027-01-01") == "new-year"
                && plan.closure(on: "2026-12-15") == nil)
        let evenings = try #require(plan.openings[0].schedule)
        #expect(evenings.week[0] == [1080..<1320] && evenings.week[6] == [540..<720, 780..<1560])
        #expect(evenings.onHolidays == .likeSunday && !evenings.ignoresClosures && evenings.terms.count == 2)
        let nights = try #require(plan.openings[2].schedule)
        #expect(nights.week.map { !$0.isEmpty } == [true, false, false, false, false, true, true])
        #expect(nights.onHolidays == .closed && nights.ignoresClosures && nights.week[0] == [1320..<1440])
    }

    @Test("A zone whose readers never see anybody go one way is warned of")
    func oneWay() throws {
        let text = town.replacing("direction: out", with: "direction: in")
        #expect(
            try Town.read(Array(text.utf8), path: "town.yaml").warnings.map(\.text) == [
                "no reader at the doors of zone \"pool\" has direction out, so nobody is ever seen going that way. Give one the direction."
            ])
    }

    @Test("Each mistake with its place and what to do", arguments: mistakes)
    func mistake(text: String, expected: [String]) { #expect(sentences(small + text + "\n") == expected) }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
    }
}

private let hoursAdvice = "Write hours as \"18:00-22:00\", or several in order: \"09:00-12:00 13:00-22:00\"."
private let dayAdvice = "Write days: mon to sun, as mon, sat-sun or \"mon, wed\"."
private let datesAdvice = "Write days as 2026-12-01..2026-12-14, as 12-29..01-03 for every year, or one day of either form."

/// Stands from line 6 on.
private let mistakes: [(text: String, expected: [String])] = [
    ("schedules: { a: {} }", ["6:14 schedule \"a\" lacks \"hours\". Add it, for example hours: { mon-fri: \"18:00-22:00\" }"]),
    (
        "schedules: { a: { hours: { mon: \"18-22\", tues: \"09:00-10:00\", wed: \"12:00-13:00 12:30-14:00\" } } }",
        [
            "6:33 day \"mon\" in \"hours\" of schedule \"a\" is \"18-22\". \(hoursAdvice)",
            "6:42 the name of this day is \"tues\". \(dayAdvice)",
            "6:68 day \"wed\" in \"hours\" of schedule \"a\" is \"12:00-13:00 12:30-14:00\". \(hoursAdvice)",
        ]
    ),
    (
        "schedules: { a: { hours: { mon-wed: \"09:00-10:00\", tue: \"09:00-10:00\" } } }",
        ["6:52 the name of this day is \"tue\". Write each day once: tue has hours already."]
    ),
    (
        "terms: { one: 04-31 }\nschedules: { a: { hours: { mon: \"09:00-10:00\" }, in-terms: [on], on-holidays: sunday } }",
        [
            "6:15 term \"one\" is \"04-31\". \(datesAdvice)",
            "7:61 this term is \"on\". Write one of the terms: one. Did you mean \"one\"?",
            "7:79 \"on-holidays\" of schedule \"a\" is \"sunday\". Write open or closed or like-sunday.",
        ]
    ),
    (
        "closures: { a: { dates: 2026-12-02..2026-12-01, doors: [gim] } }\ndoors: { gym: { opens-for: { staff: alway }, limit: 0 } }",
        [
            "6:25 \"dates\" of closure \"a\" is \"2026-12-02..2026-12-01\". \(datesAdvice)",
            "6:57 this door is \"gim\". Write one of the doors: gym. Did you mean \"gym\"?",
            "7:37 group \"staff\" in \"opens-for\" of door \"gym\" is \"alway\". Write one of the schedules: always. Did you mean \"always\"?",
            "7:53 \"limit\" of door \"gym\" is \"0\". Write a whole number from 1 to 10000.",
        ]
    ),
    (
        "zones: { pool: { doors: [gym], passback: strict } }\ndoors: { hall: {} }",
        [
            "6:26 this door is \"gym\". Write one of the doors: hall.",
            "6:42 \"passback\" of zone \"pool\" is \"strict\". Write soft or hard.",
        ]
    ),
    (
        "schedules: { always: { hours: { mon: \"09:00-10:00\" } } }",
        ["6:14 the name of this schedule is \"always\". Write another name: always is the schedule without hours."]
    ),
]
