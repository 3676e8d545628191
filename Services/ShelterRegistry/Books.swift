import Contracts
import ServiceKit
import Store

/// The registries' books of evacuees: names of guests, who they were found to be, what people need. Of each part that several registries have written
/// the latest counts, in whatever order it came.
extension ShelterRegistry {
    /// Writes a part of this registry's own book, and tells the others.
    func write(_ file: EvacueeFile, in turn: borrowing Turn) throws {
        try turn.emitRoot(file, on: .evacueeFiles, subject: file.key, time: turn.now)
        try keep(file, from: turn.identity.address.instance, at: turn.now, in: turn)
    }

    func learn(_ told: Envelope<EvacueeFile>, in turn: borrowing Turn) throws {
        guard told.data.key == told.subject else { throw Misfiled() }
        try keep(told.data, from: turn.topic.entity.named(), at: told.time, in: turn)
    }

    func forgetFile(_ key: String, in turn: borrowing Turn) throws {
        guard let cut = key.lastIndex(of: "/"), let who = Evacuee(String(key[..<cut])) else { return }
        let part = String(key[key.index(after: cut)...])
        try turn.db.run(
            "DELETE FROM evacuee_file WHERE who = ? AND part = ? AND source = ?", who.description, part, turn.topic.entity.text)
        if part == EvacueeFile.Part.identity.rawValue { try settleIdentity(of: who, in: turn) }
    }

    private func keep(_ file: EvacueeFile, from source: Instance, at moment: Instant, in turn: borrowing Turn) throws {
        let row = turn.db.close(try file.json(), Self.context(file.key, source.text))
        try turn.db.run(
            "INSERT OR REPLACE INTO evacuee_file (who, part, source, at, row) VALUES (?, ?, ?, ?, ?)", file.who.description,
            file.part.rawValue, source.text, moment.milliseconds, row)
        switch file.part {
        case .identity: try settleIdentity(of: file.who, in: turn)
        case .facts: try noteReading(self.file(.facts, of: file.who, in: turn.db)?.facts?.reading, of: file.who, in: turn.db)
        case .needs:
            if let shelter = try openStay(of: whoIs(file.who, in: turn.db), false, in: turn.db)?.shelter {
                try recountNeeds(shelter, in: turn)
            }
        }
    }

    /// The part as it was written last, by whichever registry.
    func file(_ part: EvacueeFile.Part, of who: Evacuee, in db: borrowing Transaction) throws -> EvacueeFile? {
        try db.first(
            "SELECT row, source FROM evacuee_file WHERE who = ? AND part = ? ORDER BY at DESC, source DESC LIMIT 1", who.description,
            part.rawValue
        ) { ($0.blob(0), $0.text(1)) }.map { row, source in try db.open(row, Self.context("\(who)/\(part.rawValue)", source)).decoded() }
    }

    func facts(of guest: GuestID, in db: borrowing Transaction) throws -> GuestFacts? { try file(.facts, of: .guest(guest), in: db)?.facts }

    private func settleIdentity(of who: Evacuee, in turn: borrowing Turn) throws {
        guard case .guest(let guest) = who else { return }
        let into = try file(.identity, of: who, in: turn.db)?.into
        // Whoever was found to be this guest goes with it, and whoever it was found to be, if they were found to be each other.
        for name in Set(try names(of: who, in: turn.db)) { try doubt(name, in: turn) }
        if let into {
            try turn.db.run("INSERT OR REPLACE INTO identity (guest, \"into\") VALUES (?, ?)", guest.text, into.description)
        } else {
            try turn.db.run("DELETE FROM identity WHERE guest = ?", guest.text)
        }
    }
}
