import Bus
import Contracts
import Harness
import ServiceKit
import Store

/// What the disk of the statistics must hold when all is quiet.
extension AnalyticsInSimulation {
    /// A tap as it is counted.
    private struct CountedTap {
        let id: EventID
        let key: Key
        let at: Instant
        let direction: Int64
        let purpose: String
    }

    /// One person, as the statistics call them, at one house on one day.
    private struct Key: Hashable {
        let day: Int64
        let house: String
        let who: Int64
    }

    private func rows() throws -> [CountedTap] {
        try analytics.disk.read { db in
            try db.all(
                """
                SELECT tap.id, day, house.text, who, at, direction, aim.text FROM tap JOIN word AS house ON house.id = facility
                JOIN word AS aim ON aim.id = purpose
                """
            ) { row in
                CountedTap(
                    id: EventID(bytes: row.blob(0))!, key: Key(day: row.int(1), house: row.text(2), who: row.int(3)),
                    at: Instant(milliseconds: row.int(4)), direction: row.int(5), purpose: row.text(6))
            }
        }
    }

    private func ids(_ sql: StaticString) throws -> Set<EventID> {
        Set(try analytics.disk.read { try $0.all(sql) { EventID(bytes: $0.blob(0)) } }.compactMap(\.self))
    }

    private func sum(_ sql: StaticString) throws -> Int { try analytics.disk.read { try $0.first(sql) { Int($0.int(0)) } } ?? 0 }

    // MARK: Taps

    /// Each tap in a house stands in one number or is put aside, once.
    func taps(_ reckoning: VisitReckoning, _ world: World) throws -> [String] {
        let rows = try rows()
        let counted = Dictionary(grouping: rows, by: \.id)
        let waiting = try ids("SELECT id FROM unplaced")
        var wrong = counted.filter { $0.value.count > 1 }.map { "tap \($0.key) is counted \($0.value.count) times" }
        for row in rows { if let sentence = difference(row, reckoning, world) { wrong.append(sentence) } }
        var missing: [(tap: VisitReckoning.Tap, at: Instant)] = []
        var possible = 0
        for tap in reckoning.taps.values {
            switch reckoning.fate(of: tap) {
            case .none where waiting.contains(tap.id): wrong.append("tap \(tap.id) at \(tap.purpose) waits to be counted")
            case .none: break
            case .waits where !waiting.contains(tap.id): wrong.append("tap \(tap.id) of a machine without the time is forgotten")
            case .waits: break
            case .counts where waiting.contains(tap.id): wrong.append("tap \(tap.id) waits for a time that is known")
            case .counts(let at) where counted[tap.id] == nil: missing.append((tap, at))
            case .counts: break
            case .unknown where counted[tap.id] == nil && !waiting.contains(tap.id): possible += 1
            case .unknown: break
            }
        }
        let aside = try sum("SELECT sum(count) FROM odd WHERE reason <> 'no-clock'")
        if !(missing.count...missing.count + possible).contains(aside) {
            wrong.append("\(missing.count) taps are in no number, \(possible) more may be in none, and \(aside) are put aside")
        }
        let unplaced = try sum("SELECT sum(count) FROM odd WHERE reason = 'no-clock'")
        if unplaced != waiting.count { wrong.append("\(waiting.count) taps wait for a time, and \(unplaced) are put aside for it") }
        let held = try world.participant(ReaderAgentsInSimulation.self).cardsByTap()
        for (tap, at) in missing where !isOdd(at, heldAt: held[tap.id]?.at, world) {
            wrong.append("tap \(tap.id) of \(at.rfc3339()) at \(tap.tap.data.place) is in no number")
        }
        return wrong
    }

    private func difference(_ row: CountedTap, _ reckoning: VisitReckoning, _ world: World) -> String? {
        guard let tap = reckoning.taps[row.id] else { return "tap \(row.id) is counted, and nobody made it" }
        switch reckoning.fate(of: tap) {
        case .none: return "tap \(row.id) at \(tap.purpose) is counted, and is no visit"
        case .waits: return "tap \(row.id) is counted, and nobody knows its time"
        case .counts(let at) where at != row.at: return "tap \(row.id) of \(at.rfc3339()) is counted at \(row.at.rfc3339())"
        case .counts, .unknown: break
        }
        // A clock that was set, and a moment for a tap to come.
        let latest = analytics.clock(at: world.now) + .seconds(60) + world.faultsAtStart.doubt
        if row.at > latest { return "tap \(row.id) of \(row.at.rfc3339()) is counted, which is to come" }
        let data = tap.tap.data
        let direction: Int64 = data.direction == .in ? 1 : data.direction == .out ? 2 : 0
        let isRight =
            row.key.house == house(of: data.place, world).id.text && row.key.day == VisitReckoning.day(of: row.at)
            && row.direction == direction && row.purpose == data.purpose.description
        return isRight ? nil : "tap \(row.id) at \(data.place) for \(data.purpose) is counted as \(row)"
    }

    private func house(of place: PlaceID, _ world: World) -> Facility {
        let known = Self.policy(world.layout).facilities.first { $0.places.contains(place) || $0.id.text == place.text }
        return known ?? Facility(place.named(), title: "", places: [place])
    }

    /// Whether no visit can be made of a card of this time: by a clock that is ahead, or more than forty days behind.
    private func isOdd(_ at: Instant, heldAt: Instant?, _ world: World) -> Bool {
        guard let heldAt else { return false }
        let isAhead = at > heldAt + analytics.skew + .seconds(60) - world.faultsAtStart.doubt
        return isAhead || at < analytics.clock(at: world.now) - .seconds(39 * 86_400)
    }

    // MARK: Visits

    /// The visits are those that follow from the taps, and nobody is two people, or two people one.
    func visits(_ reckoning: VisitReckoning, _ world: World) throws -> [String] {
        let rows = try rows()
        let people = Dictionary(grouping: rows, by: \.key)
        let found = try analytics.disk.read { db in
            try db.all(
                """
                SELECT day, text, who, came, CASE WHEN marks & 2 THEN NULL ELSE "left" END FROM visit JOIN word ON word.id = facility
                ORDER BY day, facility, who, n
                """
            ) { row in
                let seen = VisitReckoning.Seen(
                    came: row.intIfPresent(3).map { Instant(milliseconds: $0) }, left: row.intIfPresent(4).map { Instant(milliseconds: $0) }
                )
                return (Key(day: row.int(0), house: row.text(1), who: row.int(2)), seen)
            }
        }
        let kept = Dictionary(grouping: found, by: \.0).mapValues { $0.map(\.1) }
        var wrong = kept.keys.filter { people[$0] == nil }.map { "a visit to \($0.house) is made of no tap" }
        let again = Self.policy(world.layout).repeatWithin
        for (key, taps) in people {
            guard let place = PlaceID(key.house) else { continue }
            let cards = taps.map { VisitReckoning.Card(at: $0.at, id: $0.id, direction: reckoning.taps[$0.id]?.tap.data.direction) }
            let expected = VisitReckoning.visits(cards, to: house(of: place, world), repeatWithin: again)
            if kept[key] ?? [] != expected { wrong.append("\(key.house) has \(kept[key] ?? []), and \(expected) follow from \(cards)") }
        }
        return wrong + strangers(rows, reckoning) + regulars(rows, reckoning, world)
    }

    private func number(_ id: EventID, _ reckoning: VisitReckoning) -> Int {
        reckoning.taps[id].map { World.number($0.tap.data.token) } ?? -1
    }

    /// Whoever never agreed is one person a card, a house and a day; nobody else is called the same.
    private func strangers(_ rows: [CountedTap], _ reckoning: VisitReckoning) -> [String] {
        let ever = visitors.values.map(Self.numbers)
        let people = Dictionary(grouping: rows, by: \.key).mapValues { Set($0.map { number($0.id, reckoning) }) }
        var wrong = people.values.filter { cards in cards.count > 1 && !ever.contains { $0.isSuperset(of: cards) } }
            .map { "cards \($0.sorted()) are of one person, and nobody ever said so" }
        struct Day: Hashable {
            let day: Int64
            let house: String
            let card: Int
        }
        let names = people.reduce(into: [Day: Int]()) { names, person in
            for card in person.value { names[Day(day: person.key.day, house: person.key.house, card: card), default: 0] += 1 }
        }
        for (day, count) in names where count > 1 && !ever.contains(where: { $0.contains(day.card) }) {
            wrong.append("card \(day.card) is \(count) people at \(day.house)")
        }
        return wrong
    }

    /// Of all cards that one visitor ever had.
    private static func numbers(_ told: Set<Set<Token>>) -> Set<Int> {
        told.reduce(into: []) { $0.formUnion($1.map { World.number($0) }) }
    }

    /// Whoever agreed and kept to it is one person with all their cards, those held before among them. A card that was given to somebody after the token key
    /// was changed is known by its new token alone: nobody can say whose it was before.
    private func regulars(_ rows: [CountedTap], _ reckoning: VisitReckoning, _ world: World) -> [String] {
        guard directory.isWhole else { return [] }
        let today = VisitReckoning.day(of: analytics.clock(at: world.now))
        return visitors.sorted { $0.key < $1.key }.flatMap { visitor, told -> [String] in
            guard told.count == 1, let cards = told.first, !cards.isEmpty,
                !visitors.contains(where: { $0.key != visitor && !Self.numbers($0.value).isDisjoint(with: Self.numbers(told)) })
            else { return [] }
            let own = rows.filter { row in
                guard row.key.day == today, let tap = reckoning.taps[row.id]?.tap.data else { return false }
                return cards.isSuperset(of: [tap.token] + (tap.former.map { [$0] } ?? []))
            }
            let names = Dictionary(grouping: own, by: \.key.house).mapValues { Set($0.map(\.key.who)).count }
            return names.filter { $0.value > 1 }.map { "\(visitor) with cards \(cards.sorted()) is \($0.value) people at \($0.key)" }
        }
    }

    // MARK: Doors, and what others have counted

    func doors(_ reckoning: VisitReckoning, _ world: World) throws -> [String] {
        let waiting = try ids("SELECT tap FROM at_door WHERE row IS NOT NULL")
        var wrong = waiting.filter(reckoning.certain.contains).sorted().map { "tap \($0) waits for a verdict that was given" }
        let early = try ids("SELECT tap FROM at_door WHERE row IS NULL")
        wrong += early.filter { reckoning.taps[$0].map { !$0.isForgotten && $0.purpose.door != nil } ?? false }.sorted().map {
            "the verdict on tap \($0) waits for a tap that was said"
        }
        guard world.participant(LockControllerInSimulation.self).areWhole else { return wrong }
        let said = Dictionary(grouping: reckoning.opened.values) { "\($0.means) on \(VisitReckoning.day(of: $0.at))" }.mapValues(\.count)
        let found = try analytics.disk.read {
            try $0.all("SELECT means, day, count FROM unlocked") { ("\($0.text(0)) on \($0.int(1))", Int($0.int(2))) }
        }
        if Dictionary(uniqueKeysWithValues: found) != said { wrong.append("doors were opened \(said), and the statistics have \(found)") }
        return wrong
    }

    /// Of each day, hour, house and source what was said last, and nothing else.
    func counted() throws -> [String] {
        var said: [String: Int] = [:]
        for row in try analytics.journal() where row.topic.hasSuffix("/counts") {
            for count in try Envelope<CountsPut>(json: row.event).data.counts {
                said["\(count.source) at \(count.facility) in \(count.hour ?? -1)"] = count.count
            }
        }
        let found = try analytics.disk.read { db in
            try db.all("SELECT source, text, hour, count FROM counted JOIN word ON word.id = facility") {
                ("\($0.text(0)) at \($0.text(1)) in \($0.int(2))", Int($0.int(3)))
            }
        }
        return Dictionary(uniqueKeysWithValues: found) == said ? [] : ["others have counted \(said), and the statistics have \(found)"]
    }

    // MARK: What everybody sees, and nobody

    /// Whoever looks at the broker sees as many people as there are.
    func today(_ world: World) throws -> [String] {
        let now = analytics.clock(at: world.now)
        let today = VisitReckoning.day(of: now)
        return try Self.policy(world.layout).facilities.compactMap { facility in
            guard let retained = world.broker.retained["nagai/analytics/state/\(facility.id)/facility-today"] else {
                return "nothing is said of \(facility.id)"
            }
            let said = try Envelope<FacilityToday>(json: retained).data
            let (visits, inside) = try analytics.disk.read { db in
                try db.first(
                    """
                    SELECT count(*), coalesce(sum(marks & 2 AND "left" > ?3), 0) FROM visit WHERE day = ?1
                    AND facility = (SELECT id FROM word WHERE text = ?2)
                    """, today, facility.id.text, now.milliseconds
                ) { (Int($0.int(0)), Int($0.int(1))) } ?? (0, 0)
            }
            let isRight =
                said.visits == visits && said.inside == (facility.counting == .arrivals ? nil : inside) && said.day == now.date()
            return isRight ? nil : "of \(facility.id) is said \(said), and there are \(visits) visits and \(inside) inside"
        }
    }

    /// Neither a card nor a person stands anywhere on its disk.
    func nobody(_ world: World) throws -> [String] {
        let tokens = world.participant(ReaderAgentsInSimulation.self).held.map(\.token.text)
        let persons = world.participant(ResidentDirectoryInSimulation.self).clerks.known.map(\.text)
        return Sniffer(Set(tokens + persons).sorted()).found(in: try analytics.bytesOnDisk()).map {
            "\($0) lies on the disk of the statistics"
        }
    }
}
