import Contracts
import Testing

@testable import Town

@Suite("Visits of a town's file")
struct VisitsFileTests {
    static let file =
        small + """
            schedules: { gym-hours: { hours: { mon-fri: "09:00-21:00" } } }
            desks: [office]
            visits:
              day-starts: "03:30"
              repeat-within: 90s
              smallest: 10
              closes-after: 5
              uncounted: [enrol, shelter]
              facilities:
                gym: { title: 市民体育館, places: [p], counting: turns, schedule: gym-hours, longest-stay: 3h }
                library: { title: 図書館, places: [desk] }
              indicators:
                loans: { title: 図書館の来館, measure: visits, facility: library, purposes: [visit], baseline: 900, goal: 1200 }
                doors: { title: カードでの解錠, measure: unlock-share, goal: 80 }
              funnels:
                health: { title: 健診から体操へ, steps: ["event:checkup", visit] }

            """

    @Test("All that a town can decide of visits")
    func whole() throws {
        let town = try Town.read(Array(Self.file.utf8), path: "town.yaml")
        let policy = try #require(town.visits)
        #expect(policy.dayStarts == 210 && policy.repeatWithin == .seconds(90) && policy.smallest == 10 && policy.closesAfter == 5)
        #expect(policy.uncounted == ["enrol", "shelter"])
        let gym = policy.facility(of: "p")
        #expect(gym.id == "gym" && gym.counting == .turns && gym.longestStay == .seconds(3 * 3600) && gym.schedule?.id == "gym-hours")
        #expect(policy.facility("library")?.counting == .arrivals)
        #expect(policy.facility(of: "somewhere").id == "somewhere", "a place that belongs to no house is one")
        #expect(policy.indicators.map(\.measure) == [.visits, .unlockShare] && policy.indicators.map(\.goal) == [1200, 80])
        #expect(policy.indicators.first?.facility == "library" && policy.indicators.first?.purposes == ["visit"])
        #expect(policy.funnels.map(\.steps) == [[Purpose("event:checkup")!, Purpose("visit")!]])
        #expect(town.warnings.map(\.text).count == 1, "no reader stands at the library's desk")
    }

    @Test("A town that says nothing of visits counts nobody")
    func without() throws { #expect(try Town.read(Array(small.utf8), path: "town.yaml").visits == nil) }

    @Test("Each mistake with its place and what to do", arguments: mistakes)
    func mistake(text: String, expected: [String]) { #expect(sentences(small + "visits:\n" + text + "\n") == expected) }

    @Test("Whoever gives no reader a direction, or has no desk, is warned")
    func warnings() throws {
        let text = "visits: { facilities: { gym: { title: 体育館, places: [p], counting: directions } } }\n"
        let warnings = try Town.read(Array((small + text).utf8), path: "town.yaml").warnings.map(\.text)
        #expect(
            warnings.count == 2 && warnings.contains { $0.contains("in or out") } && warnings.contains { $0.contains("desks: [office]") })
    }
}

/// What follows stands from line 7 on.
private let mistakes: [(text: String, expected: [String])] = [
    (
        "  day-starts: \"25:00\"",
        ["7:15 \"day-starts\" of \"visits\" of the town is \"25:00\". Write an hour of the night, from \"00:00\" to \"12:00\"."]
    ),
    ("  smallest: 2", ["7:13 \"smallest\" of \"visits\" of the town is \"2\". Write a whole number from 3 to 100."]),
    (
        "  facilities: { gym: { title: 体育館, places: [p] }, hall: { title: 会館, places: [p] } }",
        ["6:1 the place \"p\" belongs to \"gym\" and to \"hall\". Leave it with one of them."]
    ),
    (
        "  facilities: { gym: { title: 体育館, places: [p], counting: turn } }",
        [
            "7:59 \"counting\" of facility \"gym\" is \"turn\". Write arrivals or directions or turns. Did you mean \"turns\"?"
        ]
    ),
    (
        "  indicators: { x: { title: X, measure: unlock-share, purposes: [visit] } }",
        [
            "7:20 indicator \"x\" is a mapping. Write neither facility nor purposes for unlock-share: it is of all doors."
        ]
    ),
    ("  funnels: { f: { title: F, steps: [visit] } }", ["7:36 \"steps\" of funnel \"f\" is a list. Write two to six steps."]),
]
