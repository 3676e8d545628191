import Contracts
import ServiceKit
import Store

/// Doors that shelters open for their staff, without anybody saying so at a door: as long as the shelter is open or closing, and for a rehearsal too, for
/// whoever practises has to get in.
///
/// What the town's file does not name stays as it is.
extension LockController {
    func keep(_ told: Envelope<ShelterChanged>, in turn: borrowing Turn) throws {
        let (shelter, run) = (told.data.shelter.id, told.data.run)
        guard shelter.text == told.subject else { throw Misfiled() }
        // An island that was stolen opens no door of another shelter.
        guard keepers.keeper(of: shelter) == turn.topic.entity.named() else { return }
        guard run.stage != .closed else { return try dropShelter(shelter.text, in: turn) }
        try turn.db.run(
            "INSERT OR REPLACE INTO open_shelter (shelter, drill, until) VALUES (?, ?, ?)", shelter.text, run.isDrill,
            run.until?.milliseconds)
        try markCards(of: shelter, in: turn)
    }

    /// It is closed, or nothing is known of it any more: it opens nothing.
    func dropShelter(_ key: String, in turn: borrowing Turn) throws {
        guard let shelter = ShelterID(key), keepers.keeper(of: shelter) == turn.topic.entity.named() else { return }
        try turn.db.run("DELETE FROM open_shelter WHERE shelter = ?", key)
        try markCards(of: shelter, in: turn)
    }

    private func markCards(of shelter: ShelterID, in turn: borrowing Turn) throws {
        for (door, shelters) in shelters where shelters[shelter] != nil { try markCards(at: door, in: turn) }
    }

    /// What shelters that are open at a moment say of a door. A rehearsal ends at its time, also where nobody is heard to say so.
    func openings(by shelters: [ShelterID: Set<GroupID>], at moment: Instant, in db: borrowing Transaction) throws -> [Emergency.Opening] {
        try db.all(
            "SELECT shelter, drill, until FROM open_shelter WHERE until IS NULL OR until > ? ORDER BY shelter", moment.milliseconds
        ) { row in
            (ShelterID(row.text(0)), row.int(1) == 1, row.intIfPresent(2).map { Instant(milliseconds: $0) })
        }
        .flatMap { shelter, isDrill, until in
            guard let shelter, let groups = shelters[shelter] else { return [Emergency.Opening]() }
            return groups.sorted().map { Emergency.Opening(group: $0, right: .shelter(shelter, for: $0, drill: isDrill), until: until) }
        }
    }
}
