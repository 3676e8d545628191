import Contracts

/// Makes a month's tables that can be told, one after the other: what is pooled and withheld in one is known in the next.
///
/// All tables tell the same visits. By day, hour and purpose they share the totals of houses; the week is told by the days that stand alone and by the
/// pooled ones, so that its totals are sums of what the other two tell. Days, hours and weeks are more than tables with common totals: they are three sides
/// of one cube. So a number of one is hidden only where it can move while the other two sides stay as they are (`Counts.families`).
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

    /// - Returns: whether there was one left to make.
    mutating func makeNext() -> Bool {
        guard let name = FigureTable.Name.allCases.first(where: { made[$0] == nil }) else { return false }
        let rows = name.isOfPeople ? households : houses
        guard let rows, let told = make(name, rows) else {
            made[name] = FigureTable(name, rows: [], columns: [], cells: [], rowTotals: [], columnTotals: [], total: 0)
            return true
        }
        made[name] = told.table
        if name == .days { days = told.columns }
        if name == .hours { hours = told.columns }
        return true
    }

    /// - Returns: `nil` if there are too few people in all of it.
    private func make(_ name: FigureTable.Name, _ rows: [Pool]) -> (table: FigureTable, columns: [Pool])? {
        let all = count.houses
        func keyed(_ columns: MonthCount.Columns, by earlier: (String, String) -> Bool = { $0 < $1 }) -> [(key: String, number: Int)] {
            columns.keys.enumerated().map { ($1, $0) }.sorted { earlier($0.key, $1.key) }
        }
        switch name {
        case .days:
            let columns = count.days.enumerated().map { (key: $1.description, number: $0) }
            return draft(name, rows, columns) { all[$0].days[$1] }.map { withhold($0) { daySheets(rows, $0) } }
        case .hours:
            let columns = (0..<24).filter { hour in all.contains { $0.hours[hour].visits > 0 } }
            return draft(name, rows, columns.map { ($0 < 10 ? "0\($0)" : "\($0)", $0) }) { all[$0].hours[$1] }
                .map { withhold($0) { hourSheets(rows, $0) } }
        case .weekHours:
            return hours.isEmpty ? nil : withhold(week(rows)) { weekSheets(rows, $0) }
        case .purposes:
            return draft(name, rows, keyed(count.purposes)) { all[$0].purposes[at: $1] }.map { withhold($0) }
        case .ages:
            let columns = keyed(count.ages) { (Int($0) ?? .max) < (Int($1) ?? .max) }
            return draft(name, rows, columns) { all[$0].ages[at: $1] }.map { withhold($0) }
        case .districts:
            return draft(name, rows, keyed(count.districts)) { all[$0].districts[at: $1] }.map { withhold($0) }
        case .residencies:
            return draft(name, rows, keyed(count.residencies)) { all[$0].residencies[at: $1] }.map { withhold($0) }
        case .returns:
            let comings = all.map { $0.firstAndAgain(enough: count.enough) }
            return draft(name, rows, [("first", 0), ("again", 1)]) { comings[$0][$1] }.map { withhold($0) }
        }
    }

    /// A table with its rows and columns settled, and nothing withheld yet.
    struct Draft {
        var name: FigureTable.Name
        var rows: [Pool]
        var columns: [Pool]
        var cell: (_ row: Int, _ column: Int) -> Cell
        /// Visits of people who are in no other column.
        var unknown: [Int]?
    }

    private func draft(
        _ name: FigureTable.Name, _ rows: [Pool], _ columns: [(key: String, number: Int)], _ cell: @escaping (Int, Int) -> Cell
    ) -> Draft? {
        let wholes = Dictionary(
            uniqueKeysWithValues: columns.map { column in
                (column.number, count.houses.indices.reduce(into: Cell()) { $0.join(cell($1, column.number)) })
            })
        let pools = Pool.pools(
            of: columns.map { ($0.key, $0.number, wholes[$0.number]!.visits) }, standing: Self.standing(before[name]?.columns)
        ) { $0.reduce(into: Crowd()) { $0.join(wholes[$1]!.crowd) }.count >= count.enough }
        let unknown = rows.map { $0.members.reduce(0) { $0 + count.houses[$1].unknown.visits } }
        let isWithUnknown = name.isOfPeople && unknown.contains { $0 > 0 }
        return pools.map { Draft(name: name, rows: rows, columns: $0, cell: cell, unknown: isWithUnknown ? unknown : nil) }
    }

    /// The whole town's week: weekdays of the days that stand alone, and the pooled days.
    private func week(_ houses: [Pool]) -> Draft {
        let (all, hours24) = (count.houses, count.days24)
        return Draft(
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

    /// Withholds what must be; columns in which that is not possible are put together.
    private func withhold(_ draft: Draft, in families: (([Pool]) -> [[Counts.Sheet]])? = nil) -> (table: FigureTable, columns: [Pool]) {
        var columns = draft.columns
        while true {
            let cells = draft.rows.map { row in
                columns.map { column in
                    row.members.reduce(into: Cell()) { whole, r in column.members.forEach { whole.join(draft.cell(r, $0)) } }
                }
            }
            let values = cells.map { $0.map(\.visits) }
            let totals = columns.indices.map { column in values.reduce(0) { $0 + $1[column] } }
            let earlier = withheldBefore(draft.name)
            let counts = Counts(
                rows: draft.rows.map(\.key), columns: columns.map(\.key), values: values,
                isSmall: cells.map { $0.map { $0.visits > 0 && $0.crowd.count < count.enough } },
                wasWithheld: draft.rows.map { row in columns.map { earlier.contains([row.key, $0.key]) } },
                families: families?(columns))
            switch Withholding.of(counts, enough: count.enough) {
            case .withheld(let isWithheld): return (FigureTable(draft.name, counts, isWithheld, unknown: draft.unknown), columns)
            case .bare(let column): columns = Pool.merge(column, of: columns, totals: totals)
            }
        }
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

extension FigureTable {
    /// - Parameter unknown: one more column, of which nothing is withheld.
    init(_ name: Name, _ counts: Counts, _ isWithheld: [[Bool]], unknown: [Int]?) {
        var cells = zip(counts.values, isWithheld).map { zip($0, $1).map { $1 ? nil : Optional($0) } }
        var (values, columns) = (counts.values, counts.columns)
        if let unknown {
            columns.append("unknown")
            for row in values.indices {
                values[row].append(unknown[row])
                cells[row].append(unknown[row])
            }
        }
        self.init(
            name, rows: counts.rows, columns: columns, cells: cells, rowTotals: values.map { $0.reduce(0, +) },
            columnTotals: columns.indices.map { column in values.reduce(0) { $0 + $1[column] } },
            total: values.reduce(0) { $0 + $1.reduce(0, +) })
    }
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
