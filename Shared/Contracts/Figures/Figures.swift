// Figures are made once, when a month is over, and again only when what was heard late is enough to hide in. Nobody can ask for another cut of the same
// visits, so nothing can be found by subtracting one answer from another.

/// A table of a month: how often people came, house by house, or rode, line by line. What would tell of too few people is withheld, and enough beside it that it cannot be
/// worked out.
package struct FigureTable: Codable, Sendable, Equatable {
    package enum Name: String, Codable, Sendable, CaseIterable {
        /// By day.
        case days
        /// By hour of the day.
        case hours
        /// By what the card was held for.
        case purposes
        /// By age, ten years each, of those who agreed to be counted.
        case ages
        /// By the district in which they live.
        case districts
        /// By kind of resident.
        case residencies
        /// First of the month, or one more.
        case returns
        /// Of the whole town: weekdays by hours.
        case weekHours = "week-hours"
        /// Rides by line and the hour at which they began.
        case rides
        /// Rides by line and weekday.
        case rideDays = "ride-days"
    }

    /// `nil` is withheld.
    package var cells: [[Int?]]
    package var columnTotals: [Int]
    /// Their keys: `2026-11-03`, `08`, `event`, `40`, `西町`, `resident`, `first`; `other` for those too small to stand alone, `unknown` for visits of people who
    /// have not agreed to be told apart.
    package var columns: [String]
    package var name: Name
    package var rowTotals: [Int]
    /// Houses, lines, or weekdays from `mon` to `sun`; `other` for those too small to stand alone.
    package var rows: [String]
    package var total: Int

    package init(
        _ name: Name, rows: [String], columns: [String], cells: [[Int?]], rowTotals: [Int], columnTotals: [Int], total: Int
    ) {
        (self.name, self.rows, self.columns, self.cells) = (name, rows, columns, cells)
        (self.rowTotals, self.columnTotals, self.total) = (rowTotals, columnTotals, total)
    }
}

/// What else there is to say of a month. Numbers of people are of those who agreed to be counted; `nil` is withheld.
package struct MonthSummary: Codable, Sendable, Equatable {
    package var counts: [FacilityCount]
    package var dwell: [Dwell]
    package var frequency: [Frequency]
    package var funnels: [FunnelFigure]
    package var indicators: [IndicatorFigure]
    /// What the visits rest on: ends that were assumed, taps that no visit was made of.
    package var marks: Marks
    /// Received without a card, at receptions; what clerks have typed of paper is in `counts`. Absent in figures of before this was counted.
    package var received: [Received]?
    /// Pairs of houses that share people, the most shared first, at most fifty.
    package var shared: [Shared]

    package init(marks: Marks) {
        self.marks = marks
        (counts, dwell, frequency, funnels, indicators, shared) = ([], [], [], [], [], [])
    }

    package struct FacilityCount: Codable, Sendable, Equatable {
        package var count: Int
        package var facility: FacilityID
        package var source: CountSource

        package init(_ facility: FacilityID, _ source: CountSource, _ count: Int) {
            (self.facility, self.source, self.count) = (facility, source, count)
        }
    }

    /// By name, by ticket or on paper.
    package struct Received: Codable, Sendable, Equatable {
        package var count: Int
        /// `other` for those too small to stand alone, and for receptions that were not in one house.
        package var facility: FacilityID

        package init(_ facility: FacilityID, _ count: Int) { (self.facility, self.count) = (facility, count) }
    }

    /// How long people stayed, in minutes, of the visits whose both ends were seen.
    package struct Dwell: Codable, Sendable, Equatable {
        package var facility: FacilityID
        package var median: Int
        package var quarter: Int
        package var threeQuarters: Int
        package var visits: Int

        package init(_ facility: FacilityID, quarter: Int, median: Int, threeQuarters: Int, visits: Int) {
            (self.facility, self.quarter, self.median, self.threeQuarters, self.visits) = (facility, quarter, median, threeQuarters, visits)
        }
    }

    /// How many people came once, two to four times, more often.
    package struct Frequency: Codable, Sendable, Equatable {
        package var facility: FacilityID
        package var fiveOrMore: Int?
        package var once: Int?
        package var people: Int
        package var twoToFour: Int?

        package init(_ facility: FacilityID, people: Int, once: Int?, twoToFour: Int?, fiveOrMore: Int?) {
            (self.facility, self.people, self.once, self.twoToFour, self.fiveOrMore) = (facility, people, once, twoToFour, fiveOrMore)
        }
    }

    package struct Shared: Codable, Sendable, Equatable {
        package var a: FacilityID
        package var b: FacilityID
        package var people: Int

        package init(_ a: FacilityID, _ b: FacilityID, people: Int) { (self.a, self.b, self.people) = (a, b, people) }
    }

    package struct FunnelFigure: Codable, Sendable, Equatable {
        package var funnel: FunnelID
        /// People who took each step, having taken those before it.
        package var steps: [Int?]

        package init(_ funnel: FunnelID, steps: [Int?]) { (self.funnel, self.steps) = (funnel, steps) }
    }

    package struct IndicatorFigure: Codable, Sendable, Equatable {
        package var indicator: IndicatorID
        /// `nil`: withheld, or nothing to make it of.
        package var value: Double?

        package init(_ indicator: IndicatorID, _ value: Double?) { (self.indicator, self.value) = (indicator, value) }
    }

    package struct Marks: Codable, Sendable, Equatable {
        package var assumedEnds: Int
        package var missedEntries: Int
        package var missedExits: Int
        package var odd: [OddTaps]
        package var visits: Int

        package init(visits: Int, assumedEnds: Int, missedEntries: Int, missedExits: Int, odd: [OddTaps]) {
            (self.visits, self.assumedEnds, self.missedEntries) = (visits, assumedEnds, missedEntries)
            (self.missedExits, self.odd) = (missedExits, odd)
        }
    }
}

/// The figures of a month were made, or made anew.
package struct FiguresMade: EventBody {
    package static let type = "figures"

    package var figures: FiguresOfMonth

    package init(_ figures: FiguresOfMonth) { self.figures = figures }
}

package struct FiguresOfMonth: Codable, Sendable, Equatable {
    package var at: Instant
    /// Visits that were heard of late and are in no revision before this one.
    package var late: Int
    package var month: Month
    /// 1 and so on; a later one takes the place of those before it.
    package var revision: Int
    package var visits: Int

    package init(_ month: Month, revision: Int, at moment: Instant, visits: Int, late: Int) {
        (self.month, self.revision, at, self.visits, self.late) = (month, revision, moment, visits, late)
    }
}

/// Asks which months have figures, the newest first.
package struct ListFigures: CommandBody {
    package typealias Answer = FiguresList
    package static let type = "figures-list"

    package init() {}
}

package struct FiguresList: Codable, Sendable, Equatable {
    /// All revisions of at most 60 months.
    package var figures: [FiguresOfMonth]
    /// Visits heard late of months that have figures, too few to tell of yet.
    package var waiting: [Waiting]

    package init(_ figures: [FiguresOfMonth], waiting: [Waiting]) { (self.figures, self.waiting) = (figures, waiting) }

    package struct Waiting: Codable, Sendable, Equatable {
        package var month: Month
        package var visits: Int

        package init(_ month: Month, _ visits: Int) { (self.month, self.visits) = (month, visits) }
    }
}

/// Asks for a table of a month, as it was made.
package struct ShowTable: CommandBody {
    package typealias Answer = TableAnswer
    package static let type = "table-show"

    /// How many of its rows are there already.
    package var after: Int?
    package var month: Month
    /// The newest if absent.
    package var revision: Int?
    package var table: FigureTable.Name

    package init(_ table: FigureTable.Name, _ month: Month, revision: Int? = nil, after: Int? = nil) {
        (self.table, self.month, self.revision, self.after) = (table, month, revision, after)
    }
}

package struct TableAnswer: Codable, Sendable, Equatable {
    package var figures: FiguresOfMonth
    package var more: Bool
    /// Some of its rows.
    package var table: FigureTable

    package init(_ table: FigureTable, _ figures: FiguresOfMonth, more: Bool) {
        (self.table, self.figures, self.more) = (table, figures, more)
    }
}

/// Asks what else there is to say of a month.
package struct ShowSummary: CommandBody {
    package typealias Answer = SummaryAnswer
    package static let type = "summary-show"

    /// Of the houses behind this one, in the order of their ids; what is of no house stands on the first page.
    package var after: FacilityID?
    package var month: Month
    package var revision: Int?

    package init(_ month: Month, revision: Int? = nil, after: FacilityID? = nil) {
        (self.month, self.revision, self.after) = (month, revision, after)
    }
}

package struct SummaryAnswer: Codable, Sendable, Equatable {
    package var figures: FiguresOfMonth
    /// The last house on this page, if there are others behind it.
    package var next: FacilityID?
    package var summary: MonthSummary

    package init(_ summary: MonthSummary, _ figures: FiguresOfMonth, next: FacilityID?) {
        (self.summary, self.figures, self.next) = (summary, figures, next)
    }
}

extension Channel where Body == FiguresMade {
    package static var figures: Self { Self(of: "analytics", named: "figures") }
}

extension Channel where Body == ListFigures {
    package static var listFigures: Self { Self(of: "analytics", named: "figures-list") }
}

extension Channel where Body == ShowTable {
    package static var showTable: Self { Self(of: "analytics", named: "table-show") }
}

extension Channel where Body == ShowSummary {
    package static var showSummary: Self { Self(of: "analytics", named: "summary-show") }
}
