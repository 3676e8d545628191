import Contracts

/// What is told of a month beside its tables. Whatever could be subtracted from a number that is told must be enough people itself, or nobody.
struct SummaryMaking {
    let count: MonthCount
    let tables: [FigureTable.Name: FigureTable]
    let policy: VisitsPolicy
    /// What others have counted, and doors that were opened, of the month.
    let counts: [MonthSummary.FacilityCount]
    let (unlocked, byCard): (Int, Int)
    /// Received without a card, by house; `nil` if they are too few to tell of.
    private let received: [MonthSummary.Received]?
    /// Numbers of people that are told.
    private var told: [PeopleSet] = []

    init(
        _ count: MonthCount, _ tables: [FigureTable.Name: FigureTable], policy: VisitsPolicy, counts: [MonthSummary.FacilityCount],
        unlocked: Int, byCard: Int, received: [ReceptionID: Int]
    ) {
        (self.count, self.tables, self.policy, self.counts, self.unlocked, self.byCard) = (count, tables, policy, counts, unlocked, byCard)
        self.received = Self.houses(of: received, count)
    }

    mutating func summary(odd: [OddTaps]) -> MonthSummary {
        var summary = MonthSummary(
            marks: MonthSummary.Marks(
                visits: tables[.days]?.total ?? 0, assumedEnds: count.assumedEnds, missedEntries: count.missedEntries,
                missedExits: count.missedExits, odd: odd))
        summary.counts = counts.filter { isTellable($0.count) }
        summary.received = received ?? []
        // Without any table the month is too small to tell of at all.
        guard tables[.days]?.rows.isEmpty == false else { return summary }
        let houses = count.houses.sorted { $0.id < $1.id }
        let standing = Set(tables[.days]?.rows ?? [])
        summary.dwell = houses.filter { standing.contains($0.id) }.compactMap(dwell)
        summary.frequency = houses.compactMap { frequency($0) }
        summary.indicators = policy.indicators.map { MonthSummary.IndicatorFigure($0.id, value(of: $0)) }
        summary.funnels = zip(policy.funnels, count.steps.taken).map { funnel, steps in
            MonthSummary.FunnelFigure(funnel.id, steps: steps.map { tell($0) })
        }
        summary.shared = shared(houses.filter { standing.contains($0.id) })
        return summary
    }

    private func isTellable(_ number: Int) -> Bool { number == 0 || number >= count.enough }

    /// Tells how many they are, unless they and another number that is told differ by too few.
    private mutating func tell(_ people: PeopleSet) -> Int? {
        let number = people.count
        guard isTellable(number) else { return nil }
        for other in told {
            let common = people.common(with: other)
            guard common < min(number, other.count) || isTellable(abs(number - other.count)) else { return nil }
        }
        told.append(people)
        return number
    }

    /// To five minutes: the middle of a few people's stays is one of them.
    private func dwell(_ house: MonthCount.House) -> MonthSummary.Dwell? {
        let stays = house.stays
        let visits = stays.counts.reduce(0, +)
        guard stays.crowd.count >= count.enough else { return nil }
        func quantile(_ part: Double) -> Int {
            var left = Int((Double(visits) * part).rounded(.up))
            for (number, count) in stays.counts.enumerated() {
                left -= count
                if left <= 0 { return number * MonthCount.Stays.grain }
            }
            return 0
        }
        return MonthSummary.Dwell(
            FacilityID(house.id)!, quarter: quantile(0.25), median: quantile(0.5), threeQuarters: quantile(0.75), visits: visits)
    }

    /// Where the table of returns tells first visits, it has told how many people there were.
    private mutating func frequency(_ house: MonthCount.House) -> MonthSummary.Frequency? {
        guard let returns = tables[.returns], let row = returns.rows.firstIndex(of: house.id), returns.columns.contains("first"),
            !returns.cells[row].contains(nil), house.comings.count >= count.enough
        else { return nil }
        told.append(house.people)
        let (once, twoToFour) = (
            house.comings.values.count { $0 == 1 }, house.comings.values.count { (2...4).contains($0) }
        )
        let more = house.comings.count - once - twoToFour
        let isTold = [once, twoToFour, more].allSatisfy(isTellable)
        return MonthSummary.Frequency(
            FacilityID(house.id)!, people: house.comings.count, once: isTold ? once : nil, twoToFour: isTold ? twoToFour : nil,
            fiveOrMore: isTold ? more : nil)
    }

    private mutating func shared(_ houses: [MonthCount.House]) -> [MonthSummary.Shared] {
        let people = houses.map(\.people)
        var pairs: [(a: Int, b: Int, count: Int)] = []
        for a in houses.indices {
            for b in houses.indices.dropFirst(a + 1) {
                let number = people[a].common(with: people[b])
                let isTold = [number, people[a].count - number, people[b].count - number].allSatisfy(isTellable)
                if number > 0, isTold { pairs.append((a, b, number)) }
            }
        }
        var shared: [MonthSummary.Shared] = []
        // Each is held against all that is told: of more pairs than these a large town would be long in its turn.
        for pair in pairs.sorted(by: { ($1.count, $0.a, $0.b) < ($0.count, $1.a, $1.b) }).prefix(200) where shared.count < 50 {
            guard let number = tell(people[pair.a].intersection(people[pair.b])) else { continue }
            shared.append(MonthSummary.Shared(FacilityID(houses[pair.a].id)!, FacilityID(houses[pair.b].id)!, people: number))
        }
        return shared
    }

    private mutating func value(of indicator: Indicator) -> Double? {
        switch indicator.measure {
        case .visits: return visits(of: indicator).map(Double.init)
        case .people: return tell(count.steps.counted[indicator.id] ?? PeopleSet()).map(Double.init)
        case .cardShare:
            let paper = counts.filter { $0.source == .paper && (indicator.facility == nil || $0.facility == indicator.facility) }.map(
                \.count)
            guard paper.allSatisfy(isTellable), let cards = visits(of: indicator), let received = received(for: indicator) else {
                return nil
            }
            return percent(cards, of: cards + paper.reduce(0, +) + received)
        case .unlockShare:
            guard isTellable(byCard), isTellable(unlocked - byCard) else { return nil }
            return percent(byCard, of: unlocked)
        }
    }

    /// Receptions are at the house where their cards were held. Houses with too few are told together, so that no sum less its parts is few.
    private static func houses(of receptions: [ReceptionID: Int], _ count: MonthCount) -> [MonthSummary.Received]? {
        var sums: [String: Int] = [:]
        for (reception, received) in receptions {
            let houses = count.houses.filter { $0.receptions.contains(reception) }
            sums[houses.count == 1 ? houses[0].id : Pool.rest, default: 0] += received
        }
        let parts = sums.sorted { $0.key < $1.key }
        let pools = Pool.pools(of: parts.enumerated().map { ($1.key, $0, $1.value) }, standing: nil) { members in
            members.reduce(0) { $0 + parts[$1].value } >= count.enough
        }
        return pools?.map { pool in MonthSummary.Received(FacilityID(pool.key)!, pool.members.reduce(0) { $0 + parts[$1].value }) }
    }

    private func received(for indicator: Indicator) -> Int? {
        guard indicator.purposes.isEmpty || indicator.purposes.contains("event") else { return 0 }
        guard let received else { return nil }
        guard let facility = indicator.facility else { return received.reduce(0) { $0 + $1.count } }
        if let house = received.first(where: { $0.facility == facility }) { return house.count }
        return received.contains { $0.facility.text == Pool.rest } ? nil : 0
    }

    /// To a tenth.
    private func percent(_ part: Int, of whole: Int) -> Double? {
        whole == 0 ? nil : (Double(part) * 1000 / Double(whole)).rounded() / 10
    }

    /// Worked out of what the table of purposes tells, and of nothing else.
    private func visits(of indicator: Indicator) -> Int? {
        guard let table = tables[.purposes], !table.rows.isEmpty else { return nil }
        var row: Int?
        if let facility = indicator.facility {
            row = table.rows.firstIndex(of: facility.text)
            if row == nil { return table.rows.contains(Pool.rest) ? nil : 0 }
        }
        guard !indicator.purposes.isEmpty else { return row.map { table.rowTotals[$0] } ?? table.total }
        var sum = 0
        for kind in indicator.purposes {
            guard let column = table.columns.firstIndex(of: kind.text) else {
                if table.columns.contains(Pool.rest) { return nil }
                continue
            }
            guard let visits = row.map({ table.cells[$0][column] }) ?? table.columnTotals[column] else { return nil }
            sum += visits
        }
        return sum
    }
}
