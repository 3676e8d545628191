import Contracts
import Harness
import Testing

@testable import Analytics

/// What stands in the tables and beside them.
@Suite struct FiguresTests {
    private static func inhabitants(_ count: Int, isAgreed: Bool = true) -> [FiguresTown.Inhabitant] {
        (0..<count).map { _ in FiguresTown.Inhabitant(isAgreed: isAgreed, age: 40, district: "西町", residency: "resident") }
    }

    private static func coming(
        _ person: Int, _ house: String = "gym", day: Int, hour: Int = 10, _ purpose: String = "visit"
    )
        -> FiguresTown.Coming
    {
        FiguresTown.Coming(person: person, house: house, day: day, hour: hour, purpose: purpose)
    }

    private static func summary(
        _ town: FiguresTown, counts: [MonthSummary.FacilityCount] = [], unlocked: (Int, Int) = (0, 0),
        received: [ReceptionID: Int] = [:]
    ) -> MonthSummary {
        var making = SummaryMaking(
            town.count(), town.tables(), policy: town.policy, counts: counts, unlocked: unlocked.0, byCard: unlocked.1,
            received: received)
        return making.summary(odd: [])
    }

    @Test("All tables of a month tell the same visits: houses, days and hours have one total wherever they stand")
    func totals() {
        for seed in 0..<UInt64(6) {
            let tables = FiguresTown(seed: seed, people: 40, houses: 4, comings: 700).tables()
            let (days, hours, week) = (tables[.days]!, tables[.hours]!, tables[.weekHours]!)
            #expect(days.rowTotals == hours.rowTotals && days.rowTotals == tables[.purposes]!.rowTotals && days.total == 700)
            for (row, total) in zip(week.rows, week.rowTotals) {
                let days = zip(days.columns, days.columnTotals).filter { (CalendarDate($0.0)?.weekday.short ?? "other") == row }
                #expect(total == days.reduce(0) { $0 + $1.1 })
            }
            for (column, total) in zip(week.columns, week.columnTotals) where column != "other" {
                #expect(total == hours.columnTotals[hours.columns.firstIndex(of: column)!])
            }
        }
    }

    @Test("Twenty visits of one man are one man's, whether he agreed to be counted or not", arguments: [true, false])
    func oneMan(isAgreed: Bool) {
        var people = Self.inhabitants(30)
        people[0].isAgreed = isAgreed
        // He comes at eight; thirty others at ten, on each day and to both houses.
        var comings = (0..<20).map { Self.coming(0, day: $0, hour: 8) }
        for person in 0..<30 {
            for day in 0..<20 { for house in ["gym", "hall"] { comings.append(Self.coming(person, house, day: day)) } }
        }
        comings += (1..<8).map { Self.coming($0, "hall", day: 3, hour: 8) }
        let hours = FiguresTown(comings, people: people).tables()[.hours]!
        #expect(hours.rows == ["gym", "hall"] && (hours.columns == ["other"] || hours.cells[0][0] == nil))
    }

    @Test("Five who came to a house at five hours are enough for its total; in a table of one column nothing is sought to hide it behind")
    func oneColumn() {
        let comings = (0..<6).map { Self.coming($0, day: 3) } + (0..<5).map { Self.coming($0, "hall", day: 3, hour: 11 + $0) }
        let tables = FiguresTown(comings, people: Self.inhabitants(6, isAgreed: false)).tables()
        #expect(tables.count == FigureTable.Name.allCases.count)
        #expect(tables[.hours].map { $0.rows == ["gym", "hall"] && $0.columns == ["other"] && $0.cells == [[6], [5]] } == true)
    }

    @Test("A month of four people has no figures but its name")
    func four() {
        let town = FiguresTown((0..<40).map { Self.coming($0 % 4, day: $0 / 4) }, people: Self.inhabitants(4))
        #expect(town.tables().values.allSatisfy { $0.rows.isEmpty && $0.total == 0 })
        let summary = Self.summary(town)
        #expect(summary.marks.visits == 0 && summary.dwell.isEmpty && summary.frequency.isEmpty)
    }

    @Test("How often people came is told all or not at all, and only where first visits are told")
    func frequency() {
        // Six came once, six twice.
        let plain = (0..<12).flatMap { person in (0...(person / 6)).map { Self.coming(person, day: $0) } }
        #expect(
            Self.summary(FiguresTown(plain, people: Self.inhabitants(12))).frequency == [
                .init("gym", people: 12, once: 6, twoToFour: 6, fiveOrMore: 0)
            ])
        // One more came seven times.
        let regular = plain + (0..<7).map { Self.coming(12, day: $0) }
        #expect(
            Self.summary(FiguresTown(regular, people: Self.inhabitants(13))).frequency
                == [.init("gym", people: 13, once: nil, twoToFour: nil, fiveOrMore: nil)])
        // Of nine, three came again: who knows that there were nine could tell.
        let few = (0..<9).map { Self.coming($0, day: 0) } + (0..<3).map { Self.coming($0, day: 1) }
        let town = FiguresTown(few, people: Self.inhabitants(9))
        #expect(Self.summary(town).frequency.isEmpty && town.tables()[.returns]!.columns == ["other"])
    }

    @Test("A house that shares all but three of its people with another does not tell how many it shares")
    func shared() {
        func town(both: Int, gymOnly: Int, hallOnly: Int) -> FiguresTown {
            let people = both + gymOnly + hallOnly
            let comings = (0..<people).flatMap { person in
                (person < both + gymOnly ? [Self.coming(person, day: 1)] : [])
                    + (person < both || person >= both + gymOnly ? [Self.coming(person, "hall", day: 2)] : [])
            }
            return FiguresTown(comings, people: Self.inhabitants(people))
        }
        #expect(Self.summary(town(both: 8, gymOnly: 6, hallOnly: 5)).shared == [.init("gym", "hall", people: 8)])
        #expect(Self.summary(town(both: 8, gymOnly: 3, hallOnly: 5)).shared.isEmpty)
        #expect(Self.summary(town(both: 4, gymOnly: 6, hallOnly: 6)).shared.isEmpty)
        #expect(Self.summary(town(both: 8, gymOnly: 0, hallOnly: 5)).shared == [.init("gym", "hall", people: 8)])
    }

    @Test("Steps count in the order of time, across houses, and tell neither few who went on nor few who stopped")
    func funnels() {
        var policy = VisitsPolicy()
        let steps = ["health", "class", "visit"].map { Purpose($0)! }
        policy.funnels = [Funnel("fit", title: "健康", steps: steps)]
        func told(_ last: [Int]) -> [Int?] {
            // So many people took one step, two, three; one more took them the wrong way round, on one day.
            var comings = [Self.coming(0, "hall", day: 2, hour: 9, "class"), Self.coming(0, "hall", day: 2, hour: 11, "health")]
            var person = 1
            for (index, number) in last.enumerated() {
                for _ in 0..<number {
                    for step in 0...index {
                        comings.append(Self.coming(person, step == 1 ? "gym" : "hall", day: 3, hour: 9 + step, steps[step].description))
                    }
                    person += 1
                }
            }
            var town = FiguresTown(comings, people: Self.inhabitants(person))
            town.policy = policy
            return Self.summary(town).funnels[0].steps
        }
        #expect(told([5, 6, 7]) == [19, 13, 7])
        #expect(told([5, 6, 4]) == [16, 10, nil])
        // That sixteen and thirteen people came to the two houses is told already, and three of them would be too few.
        #expect(told([2, 6, 7]) == [nil, nil, 7])
        #expect(told([2, 1, 2]) == [6, nil, nil])
    }

    @Test("An indicator says nothing that the tables withhold, and a share nothing of few names on paper")
    func indicators() {
        var policy = VisitsPolicy()
        var card = Indicator("card", title: "受付", .cardShare)
        card.purposes = ["event"]
        var rare = Indicator("rare", title: "相談", .visits)
        rare.purposes = ["desk"]
        var people = Indicator("people", title: "参加者", .people)
        people.facility = "gym"
        policy.indicators = [Indicator("all", title: "利用", .visits), card, rare, people, Indicator("doors", title: "解錠", .unlockShare)]
        var comings = (0..<30).map { Self.coming($0, day: $0 % 5, "event") } + (0..<30).map { Self.coming($0, day: $0 % 7 + 8) }
        comings += (0..<3).map { Self.coming($0, day: 20, "desk") }
        var town = FiguresTown(comings, people: Self.inhabitants(30))
        town.policy = policy
        let values = Self.summary(town, counts: [.init("gym", .paper, 10)], unlocked: (80, 60)).indicators.map(\.value)
        // "desk" is told together with the smallest other purpose.
        #expect(values[0] == 63 && values[2] == nil && values[4] == 75)
        let few = Self.summary(town, counts: [.init("gym", .paper, 3)], unlocked: (80, 77))
        #expect(few.counts.isEmpty && few.indicators[1].value == nil && few.indicators[4].value == nil)
    }

    @Test(
        "Who was received without a card is in the card share of their house and of the town; too few are told with others, or keep the share back"
    )
    func received() {
        var (town, gym, everywhere) = (Indicator("t", title: "町", .cardShare), Indicator("g", title: "体育館", .cardShare), VisitsPolicy())
        (town.purposes, gym.purposes, gym.facility) = (["event"], ["event"], "gym")
        var classes = Indicator("c", title: "講座", .cardShare)
        classes.purposes = ["visit"]
        everywhere.indicators = [town, gym, classes]
        var comings = (0..<30).map { Self.coming($0, day: $0 % 5, "event:go") } + (0..<30).map { Self.coming($0, day: $0 % 7 + 8) }
        comings += (0..<10).map { Self.coming($0, "hall", day: 3, "event:talk") }
        var month = FiguresTown(comings, people: Self.inhabitants(30))
        month.policy = everywhere
        func said(_ received: [ReceptionID: Int]) -> (told: [MonthSummary.Received]?, values: [Double?]) {
            let summary = Self.summary(month, received: received)
            return (summary.received, summary.indicators.map(\.value))
        }
        var (told, values) = said(["go": 10, "talk": 5])
        #expect(told == [.init("gym", 10), .init("hall", 5)] && values == [72.7, 75, 100])
        (told, values) = said([:])
        #expect(told == [] && values == [100, 100, 100])
        // Three of the hall would be known from the town's share and the gym's: so the gym is told with it.
        (told, values) = said(["go": 10, "talk": 3])
        #expect(told == [.init("other", 13)] && values == [75.5, nil, 100])
        (told, values) = said(["go": 3])
        #expect(told == [] && values == [nil, nil, 100])
        // No card was held there: nobody knows in which house it was.
        (told, values) = said(["go": 10, "by-post": 20])
        #expect(told == [.init("gym", 10), .init("other", 20)] && values == [57.1, 75, 100])
    }

    @Test(
        "Rides are told by line, hour and weekday, of five people or more; forty rides of two people, or of cards nobody knows, are told with others"
    )
    func rides() {
        func ridings(_ line: String, _ people: Range<Int>, hour: Int, days: Int = 14) -> [FiguresTown.Riding] {
            people.flatMap { person in (0..<days).map { FiguresTown.Riding(person: person, line: line, day: $0, hour: hour) } }
        }
        let town = FiguresTown(
            (0..<12).map { Self.coming($0, day: 1) }, people: Self.inhabitants(12),
            ridings: ridings("loop", 0..<6, hour: 7) + ridings("loop", 0..<6, hour: 16) + ridings("river", 0..<6, hour: 7)
                + ridings("school", 6..<8, hour: 7, days: 20) + ridings("school", 8..<11, hour: 16, days: 20))
        let (rides, days) = (town.tables()[.rides]!, town.tables()[.rideDays]!)
        #expect(rides.rows == ["loop", "river", "school"] && rides.rowTotals == [168, 84, 100] && days.rowTotals == rides.rowTotals)
        // Two children in the morning, three in the afternoon.
        #expect(rides.columns == ["07", "16"] && rides.cells[2] == [nil, nil] && rides.columnTotals == [208, 144])
        #expect(days.columns.count == 7 && days.columnTotals.reduce(0, +) == days.total && days.total == 352)
        #expect(town.tables()[.days]!.total == 12)
        var unknown = town
        unknown.ridings = ridings("loop", 0..<6, hour: 7) + ridings("school", 6..<8, hour: 7)
        #expect(unknown.tables()[.rides]!.rows == ["other"])
        var count = MonthCount(of: FiguresTown.month, policy: town.policy, offset: .japan)
        for ride in town.rides() {
            count.take(.init(day: ride.day, line: ride.line, hour: ride.hour, who: nil, isAgreed: false), words: town.words)
        }
        var tables = MonthTables(count)
        while tables.makeNext() {}
        #expect(tables.made[.rides]!.rows.isEmpty)
        // Four people and many cards that nobody knows: still four.
        let few = FiguresTown(
            (0..<12).map { Self.coming($0, day: 1) }, people: Self.inhabitants(12), ridings: ridings("loop", 0..<4, hour: 7))
        count = MonthCount(of: FiguresTown.month, policy: few.policy, offset: .japan)
        for ride in few.rides() {
            count.take(.init(day: ride.day, line: ride.line, hour: ride.hour, who: nil, isAgreed: false), words: few.words)
            count.take(ride, words: few.words)
        }
        tables = MonthTables(count)
        while tables.makeNext() {}
        #expect(tables.made[.rides]!.rows.isEmpty)
    }

    @Test("How long people stay is told to five minutes, of five people or more")
    func dwell() {
        let town = FiguresTown((0..<9).map { Self.coming($0, day: 1) }, people: Self.inhabitants(9))
        #expect(Self.summary(town).dwell == [.init("gym", quarter: 45, median: 45, threeQuarters: 45, visits: 9)])
    }
}
