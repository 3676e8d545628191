import Contracts
import Seal
import ServiceKit
import Store

/// Shelters come from the town's list or are opened on the spot; staff open and close them while the service runs.
extension ShelterRegistry {
    /// A rehearsal that nobody ends, ends.
    private static let drillLife = Duration.seconds(12 * 3600)
    private static let longestDrill = Duration.seconds(7 * 86_400)

    func put(_ command: Envelope<PutShelter>, in turn: borrowing Turn) throws -> Reply<ShelterChanged> {
        let shelter = command.data.shelter
        if let objection = elsewhere(shelter.id) ?? Objection.to(shelter) { return objection.reply() }
        let run = try known(shelter.id, in: turn.db)?.run ?? ShelterRun(.closed, since: turn.now, by: turn.actor)
        return .accept(try rule(ShelterChanged(shelter, run), in: turn))
    }

    func run(_ command: Envelope<RunShelter>, in turn: borrowing Turn) throws -> Reply<ShelterChanged> {
        let wish = command.data
        if let objection = elsewhere(wish.shelter) { return objection.reply() }
        guard var known = try known(wish.shelter, in: turn.db) else { return try unknown(wish.shelter, in: turn.db).reply() }
        switch wish.stage {
        case .open:
            let isDrill = wish.drill == true
            if isDrill, !known.run.isDrill, try known.run.stage != .closed || count(at: wish.shelter, drill: false, in: turn.db).all > 0 {
                return .refuse("in-use", "\(wish.shelter) is in use. A rehearsal there would mix with real people: close it first.")
            }
            let until = isDrill ? wish.until ?? turn.now + Self.drillLife : nil
            if let until, until <= turn.now || until - turn.now > Self.longestDrill {
                return .refuse("bad-times", "A rehearsal ends some time ahead, and within seven days.")
            }
            guard known.run.stage != .open || known.run.isDrill != isDrill || known.run.until != until else { return .accept(known) }
            // Whoever is there stays.
            try turn.db.run("UPDATE shelter SET emptied_by = NULL, emptied_for = NULL WHERE id = ?", wish.shelter.text)
            known.run = ShelterRun(.open, since: turn.now, by: turn.actor, drill: isDrill, until: until, wiped: known.run.wiped)
        case .closing, .closed:
            guard known.run.stage != .closed else { return .accept(known) }
            if wish.empties == true {
                try turn.db.run(
                    "UPDATE shelter SET emptied_by = ?, emptied_for = ? WHERE id = ?", turn.actor.text, command.id.bytes, wish.shelter.text)
            }
            let isEmpty = try count(at: wish.shelter, drill: known.run.isDrill, in: turn.db).all == 0
            let stage: ShelterRun.Stage = wish.stage == .closed && isEmpty ? .closed : .closing
            guard known.run.stage != stage else { return .accept(known) }
            known.run = ShelterRun(
                stage, since: turn.now, by: turn.actor, drill: known.run.isDrill, until: known.run.until, wiped: known.run.wiped)
        }
        return .accept(try rule(known, in: turn))
    }

    func list(_ command: Envelope<ListShelters>, in turn: borrowing Turn) throws -> Reply<ShelterList> {
        let page = 25
        let shelters = try turn.db.all(
            "SELECT row FROM shelter WHERE id > ? ORDER BY id LIMIT ?", command.data.after?.text ?? "", page + 1
        ) { try $0.blob(0).decoded(as: ShelterChanged.self) }
        let entries = try shelters.prefix(page).map { entry in
            let numbers = try count(at: entry.shelter.id, drill: entry.run.isDrill, in: turn.db)
            return ShelterList.Entry(
                entry.shelter, entry.run, try occupancy(of: entry, in: turn), away: numbers.away, cars: numbers.cars, homes: numbers.homes)
        }
        return .accept(ShelterList(entries, more: shelters.count > page))
    }

    // MARK: By itself

    /// Notes whoever is still there as gone, where staff said so.
    func emptyShelters(in turn: borrowing Turn) throws -> Instant? {
        let next = try turn.db.first(
            "SELECT id, emptied_by, emptied_for FROM shelter WHERE emptied_by IS NOT NULL ORDER BY id"
        ) { (ShelterID($0.text(0)), UserID($0.text(1)), EventID(bytes: $0.blob(2))) }
        guard case (let shelter?, let actor?, let command?)? = next else { return nil }
        let isDrill = try isDrill(at: shelter, in: turn.db)
        let people = try turn.db.all(
            "SELECT key FROM stay WHERE shelter = ? AND drill = ? AND ends IS NULL ORDER BY key LIMIT 200", shelter.text, isDrill
        ) { Evacuee($0.text(0)) }.compactMap(\.self)
        for who in people {
            let moment = try moment(after: who, isDrill, in: turn)
            try say(StayNoted(.out, who, at: shelter, by: actor, drill: isDrill), cause: command, at: moment, in: turn)
        }
        guard people.count < 200 else { return turn.now }
        try turn.db.run("UPDATE shelter SET emptied_by = NULL, emptied_for = NULL WHERE id = ?", shelter.text)
        return turn.now
    }

    /// A rehearsal whose time is over closes its shelter, and whoever is still noted there is noted as gone.
    func endDrills(in turn: borrowing Turn) throws -> Instant? {
        let over = try turn.db.all("SELECT id FROM shelter WHERE until <= ? ORDER BY id", turn.now.milliseconds) { ShelterID($0.text(0)) }
        for case let id? in over {
            guard var known = try known(id, in: turn.db), let until = known.run.until else { continue }
            known.run = ShelterRun(.closing, since: turn.now, by: nil, drill: true, wiped: known.run.wiped)
            let cause = EventID.derived(ofType: ShelterChanged.type, identity: id.text, at: until)
            try turn.db.run(
                "UPDATE shelter SET emptied_by = ?, emptied_for = ? WHERE id = ?", turn.identity.user.text, cause.bytes, id.text)
            _ = try rule(known, in: turn)
        }
        return try turn.db.first("SELECT min(until) FROM shelter WHERE until IS NOT NULL") { $0.intIfPresent(0) }?.map {
            Instant(milliseconds: $0)
        }
    }

    /// One that lets nobody new in and has nobody left is closed.
    func closeIfEmpty(_ entry: ShelterChanged, in turn: borrowing Turn) throws -> ShelterChanged {
        guard entry.run.stage == .closing, keeps(entry.shelter.id),
            try count(at: entry.shelter.id, drill: entry.run.isDrill, in: turn.db).all == 0
        else { return entry }
        let run = ShelterRun(.closed, since: turn.now, by: nil, drill: entry.run.isDrill, wiped: entry.run.wiped)
        return try rule(ShelterChanged(entry.shelter, run), in: turn)
    }

    // MARK: Rows

    /// What the registry that keeps it says.
    func learn(_ told: Envelope<ShelterChanged>, in turn: borrowing Turn) throws {
        guard keepers.keeper(of: told.data.shelter.id) == turn.topic.entity.named(), !keeps(told.data.shelter.id) else { return }
        try write(told.data, in: turn)
    }

    func rule(_ changed: ShelterChanged, in turn: borrowing Turn) throws -> ShelterChanged {
        try endHandOuts(at: changed, in: turn)
        try write(changed, in: turn)
        try turn.emitRoot(changed, on: .shelters, subject: changed.shelter.id.text, time: turn.now)
        return changed
    }

    private func write(_ changed: ShelterChanged, in turn: borrowing Turn) throws {
        let run = changed.run
        // A rehearsal is ended where the shelter is kept, and there alone its end is waited for.
        let isKept = keeps(changed.shelter.id)
        try turn.db.run(
            """
            INSERT INTO shelter (id, row, stage, drill, since, until, heard, wiped) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET row = excluded.row, stage = excluded.stage, drill = excluded.drill, since = excluded.since,
            until = excluded.until, heard = max(heard, excluded.heard), due = 0, wiped = max(wiped, excluded.wiped)
            """, changed.shelter.id.text, try changed.json(), run.stage.rawValue, run.isDrill, run.since.milliseconds,
            isKept && run.stage != .closed ? run.until?.milliseconds : nil, isKept ? turn.now.milliseconds : 0,
            run.wiped?.milliseconds ?? 0)
        if let wiped = run.wiped { try wipeDrills(at: changed.shelter.id, until: wiped, in: turn) }
    }

    func known(_ shelter: ShelterID, in db: borrowing Transaction) throws -> ShelterChanged? {
        try db.first("SELECT row FROM shelter WHERE id = ?", shelter.text) { try $0.blob(0).decoded() }
    }

    func isDrill(at shelter: ShelterID, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT drill FROM shelter WHERE id = ? AND stage <> 'closed'", shelter.text) { $0.int(0) == 1 } ?? false
    }

    func unknown(_ shelter: ShelterID, in db: borrowing Transaction) throws -> Objection {
        let some = try db.all("SELECT id FROM shelter ORDER BY id LIMIT 10") { $0.text(0) }.joined(separator: ", ")
        return Objection(
            "unknown-shelter",
            "There is no shelter \(shelter). Known: \(some.isEmpty ? "none" : some). One that is opened on the spot is added first.")
    }

    /// A shelter is run where it is kept, so that no two registries contradict each other.
    func elsewhere(_ shelter: ShelterID) -> Objection? {
        let keeper = keepers.keeper(of: shelter)
        guard keeper != name else { return nil }
        return Objection(
            "elsewhere",
            isOfTheTown
                ? "Shelter \(shelter) is kept by the registry of \(keeper). Say it there; it is known here as soon as the line holds."
                : "Shelter \(shelter) is kept elsewhere, and this is \(name). A shelter opened on the spot here is called \(name)-…")
    }
}

extension Objection {
    /// Against what staff or a list say of a shelter.
    static func to(_ shelter: Shelter) -> Objection? {
        let texts = [shelter.title, shelter.address, shelter.district].compactMap(\.self)
        guard !shelter.title.isEmpty, texts.allSatisfy({ $0.utf8.count <= 600 && !$0.hasControls }) else {
            return Objection(
                "bad-text", "A shelter needs a title, and no text of it is longer than 200 characters or holds control characters.")
        }
        let people = [shelter.capacity?.day, shelter.capacity?.night].compactMap(\.self)
        guard people.allSatisfy({ (0...100_000).contains($0) }) else {
            return Objection("bad-capacity", "A capacity is a number of people, 0 to 100,000.")
        }
        if let place = shelter.position, !(-90...90).contains(place.lat) || !(-180...180).contains(place.lon) {
            return Objection("bad-position", "A position is a latitude from -90 to 90 and a longitude from -180 to 180 degrees.")
        }
        guard shelter.under != shelter.id else { return Objection("bad-under", "A shelter does not belong to itself.") }
        return nil
    }
}
