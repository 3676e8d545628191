import Contracts
import Testing

@testable import Kazasu

/// A town that counts visits, and a month of it.
enum FigureSample {
    static let file = """
        desks: [office]
        visits:
          facilities:
            gym: { title: 市民体育館, places: [town-hall] }
            library: { title: 図書館, places: [library] }
          indicators:
            loans: { title: 図書館の来館, measure: visits, facility: library, baseline: 900, goal: 1200 }
            doors: { title: カードでの解錠, measure: unlock-share, goal: 80 }
          funnels: { health: { title: 健診から体操へ, steps: ["event:checkup", visit] } }
        """

    static func clerk() -> Clerk { Clerk(more: file, users: ["desk-office"]) }

    static func figures(_ month: Month = "2026-10", revision: Int = 1, late: Int = 0) -> FiguresOfMonth {
        FiguresOfMonth(month, revision: revision, at: Sample.at, visits: 1410, late: late)
    }

    static func table(_ name: FigureTable.Name) -> FigureTable {
        let (rows, columns): ([String], [String]) =
            switch name {
            case .weekHours: (["mon", "sat"], ["08", "09"])
            case .days: (["gym", "library"], ["2026-10-01", "2026-10-02"])
            case .hours: (["gym", "library"], ["08", "other"])
            case .purposes: (["gym", "library"], ["visit", "event:festival"])
            case .ages: (["gym", "library"], ["40", "unknown"])
            case .districts: (["gym", "library"], ["西町", "other"])
            case .residencies: (["gym", "library"], ["resident", "visitor"])
            case .returns: (["gym", "library"], ["first", "again"])
            case .rides: (["town-loop", "other"], ["08", "other"])
            case .rideDays: (["town-loop", "other"], ["mon", "sat"])
            }
        return FigureTable(
            name, rows: rows, columns: columns, cells: [[1200, nil], [0, nil]], rowTotals: [1300, 110], columnTotals: [1200, 210],
            total: 1410)
    }

    static var summary: MonthSummary {
        var marks = MonthSummary.Marks(visits: 1410, assumedEnds: 20, missedEntries: 0, missedExits: 6, odd: [])
        marks.odd = [OddTaps(.noClock, "gate-1", 3)]
        var summary = MonthSummary(marks: marks)
        summary.dwell = [.init("gym", quarter: 40, median: 65, threeQuarters: 90, visits: 800)]
        summary.frequency = [.init("gym", people: 300, once: 200, twoToFour: 92, fiveOrMore: nil)]
        summary.counts = [.init("gym", .paper, 84)]
        summary.received = [.init("gym", 17), .init("other", 8)]
        summary.shared = [.init("gym", "library", people: 14)]
        summary.funnels = [.init("health", steps: [30, nil])]
        summary.indicators = [.init("loans", 1210), .init("doors", nil)]
        return summary
    }

    static var day: VisitsOfDay {
        var hours = [Int](repeating: 0, count: 24)
        (hours[5], hours[6], hours[7]) = (12, 48, 3)
        var gym = FacilityDay("gym", hours: hours)
        (gym.inside, gym.peak, gym.medianStay, gym.missedExits) = (7, 22, 65, 1)
        gym.counts = [.init(.sensor, 84)]
        gym.purposes = [.init(Purpose("visit")!, 63)]
        return VisitsOfDay("2026-11-21", [gym, FacilityDay("library", hours: [Int](repeating: 0, count: 24))], more: false, odd: [])
    }
}

extension WordsTests {
    /// What operators read of visits.
    static func figureSamples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope<Body: Payload>(_ data: Body) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/analytics/main", time: at, data: data).json()
        }
        return [
            (
                "analytics/event/main/counts", try envelope(CountsPut([Counted("gym", "2026-11-21", .hand, 84)], by: "desk-office")),
                "main  1 counts entered by desk-office", "main  計数1件を入力(desk-office)"
            ),
            (
                "analytics/event/main/figures", try envelope(FiguresMade(FigureSample.figures(revision: 2, late: 12))),
                "main  2026-10, revision 2 of 2026-11-21 08:15: 1,410 visits, 12 of them heard late",
                "main  2026-10 第2版(2026-11-21 08:15作成):来館1,410回、うち遅着12回"
            ),
            (
                "analytics/state/gym/facility-today",
                try envelope(FacilityToday(at: at, day: "2026-11-21", visits: 1200, inside: 7, maxAge: 3600)),
                "gym  1,200 visits today, 7 inside", "gym  本日の来館1,200回、在館7人"
            ),
        ]
    }
}
