import Contracts
import ServiceKit
import Store

/// Readers that stand for a shelter while it is open or closing. Which are open is remembered, so that a reader goes on when the network does not.
extension ReaderAgent {
    func keep(_ told: Envelope<ShelterChanged>, in turn: borrowing Turn) throws {
        let (shelter, run) = (told.data.shelter.id, told.data.run)
        guard shelter.text == told.subject else { throw Misfiled() }
        let isAsBefore =
            try turn.db.first(
                "SELECT 1 FROM open_shelter WHERE shelter = ? AND stage = ? AND since = ?", shelter.text, run.stage.rawValue,
                run.since.milliseconds, read: { _ in }) != nil
        // A new title is no new opening.
        if !isAsBefore { try change(shelter, to: run.stage == .closed ? nil : run, in: turn) }
    }

    /// Nothing is known of it any more: its readers are for what they are for otherwise.
    func dropShelter(_ key: String, in turn: borrowing Turn) throws {
        if let shelter = ShelterID(key) { try change(shelter, to: nil, in: turn) }
    }

    private func change(_ shelter: ShelterID, to run: ShelterRun?, in turn: borrowing Turn) throws {
        let standing = readers.values.filter { $0.whenOpen == shelter }.sorted { $0.id < $1.id }
        // As it was told: the end of a rehearsal is told by its registry.
        let before = try standing.map { try purpose(of: $0, at: .distantPast, in: turn) }
        try turn.db.run("DELETE FROM meanwhile WHERE shelter = ?", shelter.text)
        try turn.db.run("DELETE FROM open_shelter WHERE shelter = ?", shelter.text)
        if let run {
            try turn.db.run(
                "INSERT INTO open_shelter (shelter, stage, since, until) VALUES (?, ?, ?, ?)", shelter.text, run.stage.rawValue,
                run.since.milliseconds, run.until?.milliseconds)
        }
        let registry = Role.shelterRegistry.user(turn.topic.entity.named())
        for (reader, old) in zip(standing, before) {
            let new = try purpose(of: reader, at: .distantPast, in: turn)
            guard new != old else { continue }
            try turn.emitRoot(
                PurposeChanged(reader: reader.id, purpose: new, by: registry), on: .purposes, subject: reader.id.text, time: turn.now)
            try publishState(of: reader.id, in: turn)
        }
    }

    /// The shelter that a reader stands for at a moment. A rehearsal ends at its time, also where nobody is heard to say so.
    func openShelter(of reader: AgentReader, at moment: Instant, in db: borrowing Transaction) throws -> ShelterID? {
        guard let shelter = reader.whenOpen else { return nil }
        return try db.first(
            "SELECT 1 FROM open_shelter WHERE shelter = ? AND (until IS NULL OR until > ?)", shelter.text, moment.milliseconds
        ) { _ in shelter }
    }

    /// What a desk has set since the shelter's last change, and until its next one.
    func purposeMeanwhile(of reader: ReaderID, at shelter: ShelterID, in db: borrowing Transaction) throws -> Purpose? {
        try db.first("SELECT purpose FROM meanwhile WHERE reader = ? AND shelter = ?", reader.text, shelter.text) { Purpose($0.text(0)) }
            ?? nil
    }
}
