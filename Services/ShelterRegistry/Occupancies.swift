import Contracts
import ServiceKit
import Store

/// How full each shelter is, told to everybody at most once a second; and that nothing is heard of one, which is not the same as empty.
extension ShelterRegistry {
    /// So that with its way a number is no more than a second old.
    private static let quickest = Duration.milliseconds(800)
    private static let slowest = Duration.seconds(30)
    private static let maxAge = 90

    struct Numbers: Equatable {
        /// By night or day, those temporarily out among them.
        var headcount = 0
        var away = 0
        var cars = 0
        var homes = 0
        var all: Int { headcount + cars + homes }
    }

    func count(at shelter: ShelterID, drill: Bool, in db: borrowing Transaction) throws -> Numbers {
        var numbers = Numbers()
        let rows = try db.all(
            "SELECT kind, away, count(*) FROM stay WHERE shelter = ? AND drill = ? AND ends IS NULL GROUP BY kind, away", shelter.text,
            drill
        ) { (StayKind(rawValue: $0.text(0)), $0.int(1) == 1, Int($0.int(2))) }
        for (kind, isAway, count) in rows {
            switch kind {
            case .car: numbers.cars += count
            case .home: numbers.homes += count
            case .night, .day, .none:
                numbers.headcount += count
                if isAway { numbers.away += count }
            }
        }
        return numbers
    }

    /// Its numbers have changed.
    func recount(_ shelter: ShelterID, in turn: borrowing Turn) throws {
        try turn.db.run("UPDATE shelter SET due = min(due, told + ?) WHERE id = ?", Self.quickest.milliseconds, shelter.text)
        try recountNeeds(shelter, in: turn)
    }

    /// Somebody or something at the shelter was heard.
    func hear(_ shelter: ShelterID, in turn: borrowing Turn) throws { try hear([shelter], at: turn.now, in: turn) }

    /// An agent lives, or another registry: by its own time, since the line may carry old words again.
    func hear(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        guard turn.isLive, life.state != .lost, life.state != .stopped else { return }
        guard topic.owner == Self.program else {
            return try hear(rules.agents[topic.entity.named()] ?? [], at: min(life.at, turn.now), in: turn)
        }
        let other: Instance = topic.entity.named()
        guard other != name else { return }
        try compareClock(of: other, at: life.at, in: turn)
        let shelters = try turn.db.all("SELECT id FROM shelter") { ShelterID($0.text(0)) }.compactMap(\.self)
        try hear(
            Set(shelters.filter { keepers.keeper(of: $0) == other }),
            at: min(life.at - (error(ofClockOf: other, in: turn.db) ?? .zero), turn.now), in: turn)
    }

    private func hear(_ shelters: Set<ShelterID>, at moment: Instant, in turn: borrowing Turn) throws {
        for shelter in shelters.sorted() {
            // One that was silent is told at once.
            try turn.db.run(
                """
                UPDATE shelter SET heard = max(heard, ?1), due = CASE WHEN heard + ?2 < ?1 THEN 0 ELSE due END
                WHERE id = ?3
                """, moment.milliseconds, rules.silentAfter.milliseconds, shelter.text)
        }
    }

    /// - Returns: when the next shelter is due.
    func tellOccupancies(in turn: borrowing Turn) throws -> Instant? {
        // What was told by a clock that has been set back since is told again.
        let due = try turn.db.all("SELECT row FROM shelter WHERE due <= ?1 OR told > ?1 ORDER BY id", turn.now.milliseconds) {
            try $0.blob(0).decoded(as: ShelterChanged.self)
        }
        for entry in due {
            let entry = try closeIfEmpty(entry, in: turn)
            let occupancy = try occupancy(of: entry, in: turn)
            try turn.publishState(occupancy, on: .occupancy, about: entry.shelter.id.named())
            try turn.db.run(
                "UPDATE shelter SET told = ?, due = ? WHERE id = ?", turn.now.milliseconds,
                (turn.now + Self.slowest).milliseconds, entry.shelter.id.text)
        }
        return try turn.db.first("SELECT min(due) FROM shelter") { $0.intIfPresent(0) }?.map { Instant(milliseconds: $0) }
    }

    func occupancy(of entry: ShelterChanged, in turn: borrowing Turn) throws -> Occupancy {
        let (id, isDrill) = (entry.shelter.id, entry.run.isDrill)
        let headcount = try count(at: id, drill: isDrill, in: turn.db).headcount
        let heard = try turn.db.first("SELECT heard FROM shelter WHERE id = ? AND heard > 0", id.text) { Instant(milliseconds: $0.int(0)) }
        let congestion = entry.shelter.capacity?.people(at: turn.now, turn.identity.offset).map { Occupancy.Congestion(headcount, of: $0) }
        let isSilent = heard.map { turn.now - $0 > rules.silentAfter } ?? true
        let condition: Occupancy.Condition =
            switch entry.run.stage {
            case .closed: .closed
            case _ where isSilent: .silent
            case .closing: .closing
            case .open: congestion == .full ? .full : .open
            }
        return Occupancy(
            at: turn.now, maxAge: Self.maxAge, condition, headcount: headcount, congestion: congestion, heard: heard, drill: isDrill)
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        let shelters = try turn.db.all("SELECT row FROM shelter ORDER BY id") { try $0.blob(0).decoded(as: ShelterChanged.self) }
        let ofShelters = try shelters.flatMap { entry in
            let id = entry.shelter.id
            var found: [Problem] = []
            // Whoever is at an island cannot ask after the others, and is told that the town is silent.
            guard isOfTheTown || keeps(id) else { return found }
            if entry.run.stage == .closed {
                let left = try count(at: id, drill: false, in: turn.db).all
                if left > 0 {
                    found.append(
                        Problem(
                            .amber, "people-at-closed-shelter",
                            "\(left) people are noted at shelter \(id), which is closed. Open it, or move them."))
                }
            } else {
                if try occupancy(of: entry, in: turn).condition == .silent {
                    found.append(
                        Problem(
                            .amber, "shelter-silent",
                            "Nothing is heard from shelter \(id). Ask by telephone or radio; its numbers are the last that were known."))
                }
                if entry.run.isDrill, let until = entry.run.until {
                    found.append(
                        Problem(.amber, "drill", "A rehearsal is on at shelter \(id) until \(until.rfc3339(turn.identity.offset))."))
                }
            }
            return found
        }
        return try [silentTown(in: turn)].compactMap(\.self) + wrongClocks(in: turn) + ofShelters
    }
}

extension Occupancy.Congestion {
    init(_ headcount: Int, of capacity: Int) {
        switch headcount * 100 {
        case (capacity * 100)...: self = .full
        case (capacity * 80)...: self = .crowded
        case (capacity * 50)...: self = .filling
        default: self = .free
        }
    }
}

extension Shelter.Capacity {
    /// By night from 18:00 to 6:00, by the town's clock: people lie then. Where only one number is known, it is that.
    func people(at moment: Instant, _ offset: UTCOffset) -> Int? {
        let hour = (moment.milliseconds / 60_000 + Int64(offset.minutes)) / 60 % 24
        return hour >= 18 || hour < 6 ? night ?? day : day ?? night
    }
}
