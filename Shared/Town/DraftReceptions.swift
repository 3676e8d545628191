import Contracts

private enum ReceptionKey: String, Setting {
    case title, from, until, capacity, list, stations, keep
    case walkIns = "walk-ins"
    case onceOnly = "once-only"
    case whenCutOff = "when-cut-off"
}

private enum StationKey: String, Setting { case agents, desks }

extension Draft {
    static let mostReceptions = 500
    static let mostReceptionStations = 200

    /// What people are received for, and on which terms.
    func receptions(_ value: Value, of town: Town) -> [ReceptionTerms] {
        let agents = Known(town.agents.map(\.id), "agent")
        let desks = Known(town.receptions.desks, "reception desk")
        let terms = parts(value, "reception", atMost: Self.mostReceptions, ReceptionID.self).compactMap {
            reception($0.id, $0.value, town, agents, desks)
        }
        if town.receptions.desks.isEmpty {
            findings.warn(value.keyMark, "nobody may open a reception or look at who came. Add a station: reception-desks: [school]")
        }
        return terms
    }

    private func reception(
        _ id: ReceptionID, _ value: Value, _ town: Town, _ agents: Known<AgentKind>, _ desks: Known<ReceptionDeskKind>
    ) -> ReceptionTerms? {
        guard let settings = value.section(ReceptionKey.self) else { return nil }
        var terms = ReceptionTerms(id, title: settings.required(.title, example: "健康講座")?.title() ?? "")
        terms.from = settings.optional(.from).flatMap { moment($0, town.offset) }
        terms.until = settings.optional(.until).flatMap { moment($0, town.offset) }
        if let from = terms.from, let until = terms.until, from >= until { value.isWrong("an until that is later than its from.") }
        terms.capacity = settings.optional(.capacity)?.number(in: 1...ReceptionTerms.mostRows)
        terms.hasList = settings.optional(.list)?.flag() ?? terms.hasList
        // Without a list there is nobody to be told apart from those who walk in.
        terms.takesWalkIns = settings.optional(.walkIns)?.flag() ?? !terms.hasList
        if !terms.hasList, !terms.takesWalkIns { value.isWrong("list: true, or walk-ins: true: otherwise nobody is received.") }
        terms.isOnceOnly = settings.optional(.onceOnly)?.flag() ?? terms.isOnceOnly
        terms.keeps = settings.optional(.keep)?.duration(in: .seconds(86_400)...(.seconds(3650 * 86_400))) ?? terms.keeps
        terms.stations = parts(settings.optional(.stations), "station", atMost: Self.mostReceptionStations, ReceptionStationID.self)
            .compactMap { station($0.id, $0.value, agents, desks) }
        terms.whenCutOff = settings.optional(.whenCutOff)?.choice() ?? terms.whenCutOff
        check(terms, value)
        checkPlaces(of: terms, in: town, value)
        return terms
    }

    private func station(
        _ id: ReceptionStationID, _ value: Value, _ agents: Known<AgentKind>, _ desks: Known<ReceptionDeskKind>
    ) -> ReceptionTerms.Station? {
        guard let settings = value.section(StationKey.self) else { return nil }
        return ReceptionTerms.Station(
            id, agents: settings.optional(.agents).map { some($0, "agent", example: "[gate-1]", agents.one) } ?? [],
            desks: settings.optional(.desks).map { some($0, "reception desk", example: "[school]", desks.one) } ?? [])
    }

    private func check(_ terms: ReceptionTerms, _ value: Value) {
        for (noun, names) in [
            ("agent", terms.stations.flatMap { $0.agents.map(\.text) }), ("desk", terms.stations.flatMap { $0.desks.map(\.text) }),
        ] {
            for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 {
                value.isWrong("each \(noun) at one station; \"\(name)\" stands at two.")
            }
        }
        switch terms.whenCutOff {
        case .central: break
        case .partition where !terms.hasList || !terms.isOnceOnly || terms.stations.isEmpty:
            value.isWrong(
                "list: true, once-only: true and stations, since when-cut-off: partition gives each row of the list to a station.")
        case .conflict where !terms.isOnceOnly:
            value.isWrong("once-only: true with when-cut-off: conflict; whoever may come twice is in no conflict.")
        case .partition, .conflict: break
        }
    }

    /// What a site rules on it rules on for whole stations: of one that stands in two places each would receive the same rows.
    private func checkPlaces(of terms: ReceptionTerms, in town: Town, _ value: Value) {
        guard terms.whenCutOff != .central else { return }
        for station in terms.stations {
            let places = Set(station.agents.map { town.reception(of: $0) } + station.desks.map { town.site(of: $0) })
            guard places.count > 1 else { continue }
            let names = places.map { $0.map { "site \"\($0)\"" } ?? "the town" }.sorted().joined(separator: " and ")
            value.isWrong("each station in one place; \"\(station.id)\" has agents or desks at \(names). Make a station for each place.")
        }
    }

    /// `2027-04-18 08:30`, by the town's clock.
    private func moment(_ value: Value, _ offset: UTCOffset) -> Instant? {
        value.parsed("a day and a time, such as \"2027-04-18 08:30\".") { text in
            let parts = text.split(separator: " ")
            guard parts.count == 2, let date = CalendarDate(parts[0]) else { return nil }
            let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
            guard clock.count == 2, clock.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isDigit) }), let hour = Int(clock[0]),
                let minute = Int(clock[1]), hour < 24, minute < 60
            else { return nil }
            return Instant(startOf: date, offset) + .seconds(Int64(hour * 3600 + minute * 60))
        }
    }
}
