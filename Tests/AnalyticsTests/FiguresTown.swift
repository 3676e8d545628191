import Contracts
import Harness

@testable import Analytics

/// A town of which everything is known: who came where, and who they are.
struct FiguresTown {
    struct Coming {
        var person: Int
        var house: String
        var day: Int
        var hour: Int
        var purpose: String
    }

    struct Riding {
        var person: Int
        var line: String
        var day: Int
        var hour: Int
    }

    struct Inhabitant {
        var isAgreed: Bool
        var age: Int64
        var district: String
        var residency: String
    }

    static let month: Month = "2026-11"
    static var firstDay: Int { MonthCount.number(of: month.first) }
    var people: [Inhabitant] = []
    var comings: [Coming] = []
    var ridings: [Riding] = []
    var policy = VisitsPolicy()
    private(set) var words: [Int64: String] = [:]
    private var numbers: [String: Int64] = [:]

    init(seed: UInt64, people count: Int, houses: Int, comings: Int) {
        var chance = Seeded(seed)
        for _ in 0..<count {
            people.append(
                Inhabitant(
                    isAgreed: chance.below(10) < [10, 7, 4][Int(seed % 3)], age: Int64(chance.below(9) * 10),
                    district: ["西町", "東町", "本町", "川原"][chance.below(4)],
                    residency: chance.oneIn(8) ? "commuter" : "resident"))
        }
        // Some houses, days and hours are busier than others, and each person has a house they like.
        let favourites = (0..<count).map { _ in chance.below(houses) }
        for _ in 0..<comings {
            let person = chance.below(count)
            let house = chance.oneIn(2) ? favourites[person] : min(chance.below(houses), chance.below(houses))
            self.comings.append(
                Coming(
                    person: person, house: "h\(house)", day: chance.below(30), hour: 9 + min(chance.below(9), chance.below(9)),
                    purpose: ["visit", "visit", "visit", "event:yoga", "class:go", "desk"][chance.below(6)]))
        }
        for _ in 0..<comings / 2 {
            ridings.append(
                Riding(
                    person: min(chance.below(count), chance.below(count)), line: "line-\(min(chance.below(3), chance.below(3)))",
                    day: chance.below(30), hour: [7, 7, 8, 12, 16, 17][chance.below(6)]))
        }
        number()
    }

    init(_ comings: [Coming], people: [Inhabitant], ridings: [Riding] = []) {
        (self.comings, self.people, self.ridings) = (comings, people, ridings)
        number()
    }

    private mutating func number() {
        let texts = comings.flatMap { [$0.house, $0.purpose] } + ridings.map(\.line) + people.flatMap { [$0.district, $0.residency] }
        for text in Set(texts).sorted() {
            numbers[text] = Int64(numbers.count + 1)
            words[Int64(numbers.count)] = text
        }
    }

    func number(of word: String) -> Int64 { numbers[word]! }

    /// As their rows lie in the table, in its order.
    /// - Parameter salt: what pseudonyms are made with.
    func visits(salt: UInt64 = 0) -> [MonthCount.Visit] {
        comings.map { coming in
            let person = people[coming.person]
            let day = Self.firstDay + coming.day
            let came = Int64(day) * 86_400_000 + Int64(coming.hour - 9) * 3_600_000
            return MonthCount.Visit(
                day: day, house: number(of: coming.house), who: pseudonym(coming.person, day: day, at: coming.house, salt), came: came,
                left: came + 2_700_000,
                marks: person.isAgreed ? 1 : 0, purpose: number(of: coming.purpose), age: person.isAgreed ? person.age : nil,
                district: person.isAgreed ? number(of: person.district) : nil,
                residency: person.isAgreed ? number(of: person.residency) : nil)
        }
        .sorted { ($0.day, $0.house, $0.who, $0.came!) < ($1.day, $1.house, $1.who, $1.came!) }
    }

    private func pseudonym(_ person: Int, day: Int, at place: String, _ salt: UInt64) -> Int64 {
        let name =
            UInt64(person + 1) &* 1_000_003
            &+ (people[person].isAgreed ? 0 : UInt64(day) &* 31 &+ UInt64(number(of: place)) &* 977)
        var who = Seeded(name &+ salt &* 7_777_777)
        return Int64(bitPattern: who.next())
    }

    func rides(salt: UInt64 = 0) -> [MonthCount.Ride] {
        ridings.map { riding in
            let day = Self.firstDay + riding.day
            return MonthCount.Ride(
                day: day, line: number(of: riding.line), hour: riding.hour, who: pseudonym(riding.person, day: day, at: riding.line, salt),
                isAgreed: people[riding.person].isAgreed)
        }
        .sorted { ($0.day, $0.line, $0.who!) < ($1.day, $1.line, $1.who!) }
    }

    func count(salt: UInt64 = 0) -> MonthCount {
        var count = MonthCount(of: Self.month, policy: policy, offset: .japan)
        for visit in visits(salt: salt) { count.take(visit, words: words) }
        count.steps.endDay()
        for ride in rides(salt: salt) { count.take(ride, words: words) }
        return count
    }

    func tables(before: [FigureTable.Name: FigureTable] = [:], salt: UInt64 = 0) -> [FigureTable.Name: FigureTable] {
        var tables = MonthTables(count(salt: salt), before: before)
        // As many steps as no town needs: one that is never done is seen as tables that are missing.
        for _ in 0..<10_000 where !tables.makeNext() { break }
        return tables.made
    }

    /// What a cell of a table is, counted by somebody who knows everybody.
    struct Truth {
        var visits = 0
        var people: Set<Int> = []
    }

    /// - Parameter days: the table of days of the same month: the week is told by the days that stand alone there.
    func truth(_ table: FigureTable, days: FigureTable) -> [[Truth]] {
        var truth = table.rows.map { _ in table.columns.map { _ in Truth() } }
        var firsts: Set<[Int]> = []
        for coming in comings.sorted(by: { ($0.day, $0.hour) < ($1.day, $1.hour) }) {
            let person = people[coming.person]
            let day = Self.month.days[coming.day]
            let weekday = days.columns.contains(day.description) ? day.weekday.short : "other"
            let isFirst = firsts.insert([coming.person, Int(number(of: coming.house))]).inserted
            func known(_ key: String) -> String { person.isAgreed ? key : "unknown" }
            let hour = coming.hour < 10 ? "0\(coming.hour)" : "\(coming.hour)"
            var row = coming.house
            let column: String
            switch table.name {
            case .days: column = day.description
            case .hours: column = hour
            case .purposes: column = Purpose(coming.purpose)!.kind.text
            case .ages: column = known("\(person.age)")
            case .districts: column = known(person.district)
            case .residencies: column = known(person.residency)
            case .returns: column = known(isFirst ? "first" : "again")
            case .weekHours: (row, column) = (weekday, hour)
            case .rides, .rideDays: continue
            }
            guard let r = table.rows.firstIndex(of: row) ?? table.rows.firstIndex(of: "other"),
                let c = table.columns.firstIndex(of: column) ?? table.columns.firstIndex(of: "other")
            else { continue }
            truth[r][c].visits += 1
            truth[r][c].people.insert(coming.person)
        }
        for riding in ridings where [.rides, .rideDays].contains(table.name) {
            let hour = riding.hour < 10 ? "0\(riding.hour)" : "\(riding.hour)"
            let column = table.name == .rides ? hour : Self.month.days[riding.day].weekday.short
            guard let r = table.rows.firstIndex(of: riding.line) ?? table.rows.firstIndex(of: "other"),
                let c = table.columns.firstIndex(of: column) ?? table.columns.firstIndex(of: "other")
            else { continue }
            truth[r][c].visits += 1
            truth[r][c].people.insert(riding.person)
        }
        return truth
    }
}
