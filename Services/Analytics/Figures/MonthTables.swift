import Contracts

/// Makes a month's tables that can be told, one after the other and each a little at a time: what is pooled and withheld in one is known in the next.
///
/// All tables tell the same visits. By day, hour and purpose they share the totals of houses; the week is told by the days that stand alone and by the
/// pooled ones, so that its totals are sums of what the other two tell. Days, hours and weeks are more than tables with common totals: they are three sides
/// of one cube. So a number of one is hidden only where it can move while the other two sides stay as they are (`Counts.families`). Rides are no visits:
/// their two tables share the totals of lines and nothing else.
struct MonthTables {
    typealias Cell = MonthCount.Cell
    let count: MonthCount
    private(set) var made: [FigureTable.Name: FigureTable] = [:]
    private let before: [FigureTable.Name: FigureTable]
    private let houses: [Pool]?
    /// Where those who agreed and those who have not are enough each.
    private let households: [Pool]?
    private var days: [Pool] = []
    private var hours: [Pool] = []
    private let lines: [Pool]?
    private var inHand: TableMaking?
    /// Made in the last step.
    private(set) var newest: FigureTable?

    /// - Parameter before: the tables of the revision before this one.
    init(_ count: MonthCount, before: [FigureTable.Name: FigureTable] = [:]) {
        (self.count, self.before) = (count, before)
        let enough = count.enough
        let order = count.houses.indices.sorted { count.houses[$0].id < count.houses[$1].id }
        let wholes = count.houses.map(\.whole)
        let houses = Pool.pools(
            of: order.map { (count.houses[$0].id, $0, wholes[$0].visits) }, standing: Self.standing(before[.days]?.rows)
        ) { $0.reduce(into: Crowd()) { $0.join(wholes[$1].crowd) }.count >= enough }
        self.houses = houses
        let lineOrder = count.lines.indices.sorted { count.lines[$0].id < count.lines[$1].id }
        lines = Pool.pools(
            of: lineOrder.map { (count.lines[$0].id, $0, count.lines[$0].whole.visits) }, standing: Self.standing(before[.rides]?.rows)
        ) { $0.reduce(into: Crowd()) { $0.join(count.lines[$1].whole.crowd) }.count >= enough }
        guard let houses else {
            households = nil
            return
        }
        let people = count.houses.map(\.people)
        let pools = Pool.pools(
            of: houses.enumerated().map { ($1.key, $0, $1.members.reduce(0) { $0 + wholes[$1].visits }) },
            standing: Self.standing(before[.ages]?.rows)
        ) { pools in
            let members = pools.flatMap { houses[$0].members }
            let known = members.reduce(into: PeopleSet()) { $0 = $0.union(people[$1]) }.count
            let unknown = members.reduce(into: Cell()) { $0.join(count.houses[$1].unknown) }
            return (known == 0 || known >= enough) && (unknown.visits == 0 || unknown.crowd.count >= enough)
        }
        households = pools?.map { Pool(key: $0.key, members: $0.members.flatMap { houses[$0].members }) }
    }

    /// Goes on with the table in hand, or begins the next one.
    /// - Returns: whether there was something left to do.
    mutating func makeNext() -> Bool {
        newest = nil
        if var making = inHand {
            // Nothing else may hold it, or each step copies it.
            inHand = nil
            guard let table = making.step() else {
                inHand = making
                return true
            }
            (made[table.name], newest) = (table, table)
            if table.name == .days { days = making.columns }
            if table.name == .hours { hours = making.columns }
            return true
        }
        guard let name = FigureTable.Name.allCases.first(where: { made[$0] == nil }) else { return false }
        inHand = rows(of: name).flatMap { make(name, $0) }
        if inHand == nil {
            newest = FigureTable(name, rows: [], columns: [], cells: [], rowTotals: [], columnTotals: [], total: 0)
            made[name] = newest
        }
        return true
    }

    private func rows(of name: FigureTable.Name) -> [Pool]? {
        switch name {
        case .rides, .rideDays: lines
        case _ where name.isOfPeople: households
        default: houses
        }
    }

    /// - Returns: `nil` if there are too few people in all of it.
    private func make(_ name: FigureTable.Name, _ rows: [Pool]) -> TableMaking? {
        let all = count.houses
        func keyed(_ columns: MonthCount.Columns, by earlier: (String, String) -> Bool = { $0 < $1 }) -> [(key: String, number: Int)] {
            columns.keys.enumerated().map { ($1, $0) }.sorted { earlier($0.key, $1.key) }
        }
        switch name {
        case .days:
            let columns = count.days.enumerated().map { (key: $1.description, number: $0) }
            return draft(name, rows, columns) { all[$0].days[$1] }.map { making($0) { daySheets(rows, $0) } }
        case .hours:
            let columns = (0..<24).filter { hour in all.contains { $0.hours[hour].visits > 0 } }
            return draft(name, rows, columns.map { ($0 < 10 ? "0\($0)" : "\($0)", $0) }) { all[$0].hours[$1] }
                .map { making($0) { hourSheets(rows, $0) } }
        case .weekHours:
            return hours.isEmpty ? nil : making(week(rows)) { weekSheets(rows, $0) }
        case .purposes:
            return draft(name, rows, keyed(count.purposes)) { all[$0].purposes[at: $1] }.map { making($0) }
        case .ages:
            let columns = keyed(count.ages) { (Int($0) ?? .max) < (Int($1) ?? .max) }
            return draft(name, rows, columns) { all[$0].ages[at: $1] }.map { making($0) }
        case .districts:
            return draft(name, rows, keyed(count.districts)) { all[$0].districts[at: $1] }.map { making($0) }
        case .residencies:
            return draft(name, rows, keyed(count.residencies)) { all[$0].residencies[at: $1] }.map { making($0) }
        case .returns:
            let comings = all.map { $0.firstAndAgain(enough: count.enough) }
            return draft(name, rows, [("first", 0), ("again", 1)]) { comings[$0][$1] }.map { making($0) }
        case .rides:
            let lines = count.lines
            let columns = (0..<24).filter { hour in lines.contains { $0.hours[hour].visits > 0 } }
            return draft(name, rows, columns.map { ($0 < 10 ? "0\($0)" : "\($0)", $0) }, of: lines.count) { lines[$0].hours[$1] }.map {
                making($0)
            }
        case .rideDays:
            let lines = count.lines
            let columns = Weekday.allCases.map { ($0.short, $0.rawValue) }
            return draft(name, rows, columns, of: lines.count) { lines[$0].weekdays[$1] }.map { making($0) }
        }
    }

    /// - Parameter number: how many houses there are, or lines.
    private func draft(
        _ name: FigureTable.Name, _ rows: [Pool], _ columns: [(key: String, number: Int)], of number: Int? = nil,
        _ cell: @escaping (Int, Int) -> Cell
    ) -> TableMaking.Draft? {
        let wholes = Dictionary(
            uniqueKeysWithValues: columns.map { column in
                (column.number, (0..<(number ?? count.houses.count)).reduce(into: Cell()) { $0.join(cell($1, column.number)) })
            })
        let pools = Pool.pools(
            of: columns.map { ($0.key, $0.number, wholes[$0.number]!.visits) }, standing: Self.standing(before[name]?.columns)
        ) { $0.reduce(into: Crowd()) { $0.join(wholes[$1]!.crowd) }.count >= count.enough }
        let unknown = name.isOfPeople ? rows.map { $0.members.reduce(0) { $0 + count.houses[$1].unknown.visits } } : []
        let isWithUnknown = unknown.contains { $0 > 0 }
        return pools.map { TableMaking.Draft(name: name, rows: rows, columns: $0, cell: cell, unknown: isWithUnknown ? unknown : nil) }
    }

    /// The whole town's week: weekdays of the days that stand alone, and the pooled days.
    private func week(_ houses: [Pool]) -> TableMaking.Draft {
        let (all, hours24) = (count.houses, count.days24)
        return TableMaking.Draft(
            name: .weekHours, rows: weekdays, columns: hours,
            cell: { day, hour in
                let visits = houses.reduce(0) { $1.members.reduce($0) { $0 + Int(all[$1].dayHours[day * 24 + hour]) } }
                return Cell(visits: visits, crowd: hours24[day * 24 + hour])
            })
    }

    var weekdays: [Pool] {
        let keys = Weekday.allCases.map(\.short) + [Pool.rest]
        return keys.map { key in Pool(key: key, members: days.filter { weekday(of: $0) == key }.flatMap(\.members)) }
            .filter { $0.key != Pool.rest || !$0.members.isEmpty }
    }

    private func weekday(of day: Pool) -> String { CalendarDate(day.key)?.weekday.short ?? Pool.rest }

    /// What stood alone, if something did not.
    private static func standing(_ keys: [String]?) -> Set<String>? {
        keys.flatMap { $0.contains(Pool.rest) ? Set($0).subtracting([Pool.rest]) : nil }
    }

    private func making(_ draft: TableMaking.Draft, in families: (([Pool]) -> [[Counts.Sheet]])? = nil) -> TableMaking {
        TableMaking(draft, withheldBefore: withheldBefore(draft.name), enough: count.enough, families: families)
    }

    private func withheldBefore(_ name: FigureTable.Name) -> Set<[String]> {
        guard let table = before[name] else { return [] }
        var keys: Set<[String]> = []
        for (row, cells) in zip(table.rows, table.cells) {
            for (column, cell) in zip(table.columns, cells) where cell == nil { keys.insert([row, column]) }
        }
        return keys
    }

    /// Days hide behind days of the same weekday, or, hour by hour, behind any others.
    private func daySheets(_ rows: [Pool], _ columns: [Pool]) -> [[Counts.Sheet]] {
        let ofWeekdays = Set(columns.map(weekday)).sorted().map { weekday in
            rows.map { row in columns.map { self.weekday(of: $0) == weekday ? visits(row, days: $0.members, hours: 0..<24) : 0 } }
        }
        let ofHours = (0..<24).map { hour in rows.map { row in columns.map { visits(row, days: $0.members, hours: [hour]) } } }
        return [ofWeekdays, ofHours]
    }

    /// Hours hide within one weekday.
    private func hourSheets(_ rows: [Pool], _ columns: [Pool]) -> [[Counts.Sheet]] {
        [weekdays.map { weekday in rows.map { row in columns.map { visits(row, days: weekday.members, hours: $0.members) } } }]
    }

    /// Hours of the week hide within one house.
    private func weekSheets(_ rows: [Pool], _ columns: [Pool]) -> [[Counts.Sheet]] {
        [rows.map { row in weekdays.map { weekday in columns.map { visits(row, days: weekday.members, hours: $0.members) } } }]
    }

    private func visits(_ row: Pool, days: [Int], hours: some Sequence<Int>) -> Int {
        var sum = 0
        for house in row.members {
            for hour in hours { for day in days { sum += Int(count.houses[house].dayHours[day * 24 + hour]) } }
        }
        return sum
    }
}

extension FigureTable.Name {
    /// Told of those who agreed to be counted.
    var isOfPeople: Bool { [.ages, .districts, .residencies, .returns].contains(self) }
}

extension [MonthCount.Cell] {
    /// Columns are numbered as they come, so a house may not know the later ones.
    fileprivate subscript(at column: Int) -> MonthCount.Cell { column < count ? self[column] : MonthCount.Cell() }
}

extension MonthCount.House {
    /// First visits of the month, of each person one, and all others.
    func firstAndAgain(enough: Int) -> [MonthCount.Cell] {
        var cells = [MonthCount.Cell](repeating: MonthCount.Cell(), count: 2)
        for (person, count) in comings {
            cells[0].visits += 1
            cells[0].crowd.meet(person, who: 0, at: 0, enough: enough)
            guard count > 1 else { continue }
            cells[1].visits += count - 1
            cells[1].crowd.meet(person, who: 0, at: 0, enough: enough)
        }
        return cells
    }
}
