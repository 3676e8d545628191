import Contracts
import ServiceKit
import Store

/// A reception at a site (出先の受付): it receives by what it has heard of the town, and whatever it has done the town rules on as well.
///
/// What the town tells of somebody whom this site has received takes the place of its own entry. So entries here are those of the town, and those of
/// which the town has not told yet.
extension Reception {
    /// For how long the town may be silent before a person should know.
    private static let silence = Duration.seconds(60)

    var ofTheTown: [Reading] {
        [
            follow(.stageView, keep, drop: dropStages),
            follow(.expectedView, keep, drop: dropRow),
            follow(.receivedView, keep, drop: dropEntry),
            answer(.decideReception, elsewhere),
            answer(.addExpected, elsewhere),
            answer(.reverseReceived, elsewhere),
            answer(.settleConflict, elsewhere),
            answer(.tellReceptionsAgain, elsewhere),
        ]
    }

    /// What a site may not decide.
    private func elsewhere<Body: QuestionBody>(_: Envelope<Body>, in turn: borrowing Turn) throws -> Reply<Body.Answer> {
        .refuse(
            "elsewhere",
            "Lists, opening and closing, taking back and settling are the town's, and this is site \(name). Say it where the town's broker is; it is known here as soon as the line holds."
        )
    }

    // MARK: Stages

    private func keep(_ told: Envelope<StageView>, in turn: borrowing Turn) throws {
        guard told.subject == told.data.reception.text else { throw Misfiled() }
        try keep(told.data.changes, of: told.data.reception, in: turn)
    }

    /// Nothing is known of it any more, so nobody is received.
    private func dropStages(_ key: String, in turn: borrowing Turn) throws {
        if let id = ReceptionID(key) { try keep([], of: id, in: turn) }
    }

    private func keep(_ changes: [StageChange], of id: ReceptionID, in turn: borrowing Turn) throws {
        var kept = try kept(termsIfAny(id), in: turn)
        (kept.changes, kept.count.stage) = (changes, changes.last?.stage ?? .planned)
        try write(&kept, in: turn)
    }

    // MARK: Lists

    private func keep(_ told: Envelope<ExpectedView>, in turn: borrowing Turn) throws {
        guard told.subject == told.data.key else { throw Misfiled() }
        try dropRow(told.data.key, in: turn)
        let (id, row) = (told.data.reception, told.data.row)
        var written = AddExpected.Row(0, name: row.name, reading: row.reading, person: row.person, ticket: row.ticket)
        (written.born, written.station) = (row.born, row.station)
        try insert(written, as: row.row, in: id, turn.db)
        try changeList(of: id, by: 1, in: turn)
    }

    private func dropRow(_ key: String, in turn: borrowing Turn) throws {
        guard let (id, row) = Self.parts(of: key) else { return }
        let gone = try turn.db.run("DELETE FROM expected WHERE reception = ? AND row = ?", id.text, row)
        if gone > 0 { try changeList(of: id, by: -1, in: turn) }
    }

    private func changeList(of id: ReceptionID, by change: Int, in turn: borrowing Turn) throws {
        var kept = try kept(termsIfAny(id), in: turn)
        kept.listed += change
        kept.count.expected = policy.terms(id)?.hasList == true ? kept.listed : nil
        try write(&kept, in: turn)
    }

    // MARK: Everybody received

    private func keep(_ told: Envelope<ReceivedView>, in turn: borrowing Turn) throws {
        let (id, entry) = (told.data.reception, Entry(told.data))
        guard told.subject == told.data.key else { throw Misfiled() }
        var kept = try kept(termsIfAny(id), in: turn)
        var name = try remove(try self.entry(entry.number, of: id, in: turn.db), from: &kept, in: turn.db)
        if let origin = entry.origin, origin.site == self.name, let own = try self.entry(origin.number, of: id, in: turn.db),
            // A station that was set up anew counts from the beginning again.
            own.at == entry.at
        {
            name = try remove(own, from: &kept, in: turn.db) ?? name
        }
        try write(entry, of: id, once: false, name: name, in: turn.db)
        kept.count.count(entry, by: 1)
        try write(&kept, in: turn)
    }

    private func dropEntry(_ key: String, in turn: borrowing Turn) throws {
        guard let (id, number) = Self.parts(of: key) else { return }
        var kept = try kept(termsIfAny(id), in: turn)
        _ = try remove(try entry(number, of: id, in: turn.db), from: &kept, in: turn.db)
        try write(&kept, in: turn)
    }

    /// - Returns: the name it was taken down under, which stays at this site.
    private func remove(_ entry: Entry?, from kept: inout KeptReception, in db: borrowing Transaction) throws -> String? {
        guard let entry else { return nil }
        let sealed = try db.first("SELECT sealed FROM entry WHERE reception = ? AND number = ?", kept.id.text, entry.number) {
            $0.isNull(0) ? nil : $0.blob(0)
        }
        let name = try (sealed ?? nil).map { try self.name($0, of: entry.number, in: kept.id, db) }
        try db.run("DELETE FROM entry WHERE reception = ? AND number = ?", kept.id.text, entry.number)
        kept.count.count(entry, by: -1)
        return name
    }

    private static func parts(of key: String) -> (ReceptionID, Int)? {
        let parts = key.split(separator: "/")
        guard parts.count == 2, let id = ReceptionID(parts[0]), let number = Int(parts[1]) else { return nil }
        return (id, number)
    }

    // MARK: The line

    /// Received here all the same; but whoever looks should know what it rests on.
    func silentTown(in turn: borrowing Turn) -> [Problem] {
        guard let heard = turn.heard(.stageView, of: .main).through else {
            return [
                Problem(
                    .amber, "no-town",
                    "The town has not been heard since this was started: what is known here may be old. Look at the line, and at the town's broker."
                )
            ]
        }
        guard turn.now - heard > Self.silence else { return [] }
        return [
            Problem(
                .amber, "no-town",
                "The town was last heard at \(heard.rfc3339(turn.identity.offset)): who was received elsewhere since is not known here. Look at the line."
            )
        ]
    }
}
