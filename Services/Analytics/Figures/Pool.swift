/// Rows or columns that are told together, under one key.
struct Pool: Equatable {
    static let rest = "other"
    var key: String
    /// By their numbers in what was counted.
    var members: [Int]

    /// Which of them can stand alone. The others are put together, with the smallest of those that could until they are enough; those without visits stand
    /// alone, as nothing.
    /// - Parameters:
    ///   - parts: key, number, visits; in the order in which they are told.
    ///   - standing: what stood alone in an earlier revision, if not all did: nothing else may now.
    /// - Returns: `nil` if all together are not enough.
    static func pools(
        of parts: [(key: String, number: Int, visits: Int)], standing: Set<String>?, isEnough: ([Int]) -> Bool
    ) -> [Pool]? {
        var alone = parts
        var rest: [Int] = []
        for part in parts where part.visits > 0 {
            let mayStand = part.key != Pool.rest && standing.map { $0.contains(part.key) } ?? true
            guard !mayStand || !isEnough([part.number]) else { continue }
            rest.append(part.number)
            alone.removeAll { $0.number == part.number }
        }
        while !rest.isEmpty, !isEnough(rest) {
            guard let next = alone.filter({ $0.visits > 0 }).min(by: { ($0.visits, $0.key) < ($1.visits, $1.key) }) else { return nil }
            rest.append(next.number)
            alone.removeAll { $0.number == next.number }
        }
        return alone.map { Pool(key: $0.key, members: [$0.number]) } + (rest.isEmpty ? [] : [Pool(key: Pool.rest, members: rest)])
    }

    /// A column in which something has nowhere to hide is told together with the rest, or with the smallest other one.
    static func merge(_ column: Int, of columns: [Pool], totals: [Int]) -> [Pool] {
        let others = columns.indices.filter { $0 != column }
        let rest = others.first { columns[$0].key == Pool.rest }
        guard let partner = rest ?? others.min(by: { (totals[$0], $0) < (totals[$1], $1) }) else { return columns }
        let merged = Pool(key: Pool.rest, members: columns[partner].members + columns[column].members)
        return columns.indices.filter { $0 != column && $0 != partner }.map { columns[$0] } + [merged]
    }
}
