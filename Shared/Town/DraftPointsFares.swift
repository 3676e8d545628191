import Contracts

private enum FareKey: String, Setting { case stops, yen, distance }

extension Draft {
    static let mostStops = 200
    static let mostSteps = 200

    /// One fare, a triangle of them, or steps of distance.
    func fare(_ value: Value, _ names: PointsNames) -> Line.Fare? {
        let advice =
            "yen, as 200; from stop to stop, as { stops: [station, school], yen: [[200]] }; or by distance, as { distance: { 2km: 200, 5km: 300 } }."
        switch value.node.content {
        case .scalar: return value.amount(from: 0).map { .flat($0) }
        case .mapping: break
        case .sequence, .refused:
            value.isWrong(advice)
            return nil
        }
        guard let settings = value.section(FareKey.self) else { return nil }
        let stops = settings.optional(.stops).map { self.stops($0, names) }
        let table = settings.optional(.yen)
        if let value = settings.optional(.distance), stops == nil, table == nil { return steps(value).map { .distance($0) } }
        guard let stops, let table, settings.optional(.distance) == nil else {
            value.isWrong(advice)
            return nil
        }
        return fares(table, between: stops).map { .stops(stops, yen: $0) }
    }

    /// Names of places, alone or with their positions.
    private func stops(_ value: Value, _ names: PointsNames) -> [Line.Stop] {
        var stops: [Line.Stop] = []
        func add(_ key: Value, _ position: Position?) {
            guard let place = key.name(PlaceID.self) else { return }
            if stops.contains(where: { $0.place == place }) { key.isWrong("each stop once.") }
            stops.append(Line.Stop(place, position))
            guard position == nil, !names.readers.contains(where: { $0.place == place }) else { return }
            findings.warn(
                key.mark,
                "no reader stands at stop \"\(place)\" and it has no position, so nobody is seen there. Give it one: { \(place): [38.1077, 140.0408] }"
            )
        }
        if case .mapping = value.node.content {
            for (key, value) in value.members("stop") ?? [] {
                // {} for none.
                let isGiven = if case .mapping(let entries) = value.node.content { !entries.isEmpty } else { true }
                add(key, isGiven ? position(value) : nil)
            }
        } else {
            for item in value.list(of: "this stop", example: "[station, school]") ?? [] { add(item, nil) }
        }
        if !(2...Self.mostStops).contains(stops.count) {
            findings.fault(value.mark, "\(value.subject) has \(stops.count) stops. A line has 2 to \(Self.mostStops).")
        }
        return stops
    }

    /// As it hangs in the bus (三角表): a row for each stop after the first, with the fare to each of the stops before it. Where people got on they pay the
    /// least that is paid from there.
    /// - Returns: as many rows and columns as there are stops.
    private func fares(_ value: Value, between stops: [Line.Stop]) -> [[Int64]]? {
        guard let rows = value.list(of: "this row", example: "[[200], [250, 200]]") else { return nil }
        guard rows.count == stops.count - 1 else {
            findings.fault(
                value.mark,
                "\(value.subject) has the wrong number of rows, \(rows.count). Write \(max(stops.count - 1, 0)): one for each stop after the first."
            )
            return nil
        }
        var table = stops.map { _ in stops.map { _ in Int64.max } }
        for (row, value) in rows.enumerated().map({ ($0 + 1, $1) }) {
            guard let fares = value.list(of: "this fare", example: "[250, 200]") else { continue }
            if fares.count != row {
                findings.fault(
                    value.mark,
                    "the row of stop \"\(stops[row].place)\" has the wrong number of fares, \(fares.count). Write \(row): to \(listed(stops[..<row].map(\.place.text)))."
                )
            }
            for (column, fare) in fares.prefix(row).enumerated() {
                guard let yen = fare.amount(from: 0) else { continue }
                (table[row][column], table[column][row]) = (yen, yen)
            }
        }
        for stop in table.indices { table[stop][stop] = table[stop].min() ?? 0 }
        return table
    }

    private func steps(_ value: Value) -> [Line.Fare.Step]? {
        guard let members = value.members("distance") else { return nil }
        if !(1...Self.mostSteps).contains(members.count) {
            findings.fault(value.mark, "\(value.subject) has \(members.count) steps. Write 1 to \(Self.mostSteps), for example 2km: 200.")
        }
        var steps: [Line.Fare.Step] = []
        for (key, value) in members {
            let metres = key.parsed("a distance as 500m, 2km or 1.5km, at most 1000km.", by: metres)
            let yen = value.amount(from: 0)
            guard let metres, let yen else { continue }
            if metres <= steps.last?.metres ?? 0 { key.isWrong("distances in order, each longer than the one before.") }
            steps.append(Line.Fare.Step(upTo: metres, yen))
        }
        return steps
    }
}

/// `500m`, `2km`, `1.5km`.
private func metres(_ text: String) -> Int? {
    let metres =
        text.hasSuffix("km") ? scaled(text.dropLast(2), decimals: 3) : text.hasSuffix("m") ? scaled(text.dropLast(), decimals: 0) : nil
    return metres.flatMap { (1...1_000_000).contains($0) ? $0 : nil }
}
