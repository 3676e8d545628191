import Contracts
import People
import ServiceKit
import Store

/// Stays follow from notes. A note that becomes known late, a correction, and a guest who turns out to be a resident each give the stays that would
/// have been, had it been known at once.
extension ShelterRegistry {
    /// A card over a reader of a shelter confirms a receipt where something is handed out, and otherwise says where its holder is. How it was taken is
    /// told there and then.
    func notice(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard let shelter = tap.data.purpose.shelter, keeps(shelter) else { return }
        try hear(shelter, in: turn)
        if let former = tap.data.former { try carryOver(former, to: tap.data.token, in: turn) }
        let agent: AgentID = turn.topic.entity.named()
        let signal = try receive(tap, of: agent, in: turn) ?? noteStay(of: tap, at: shelter, in: turn)
        guard turn.isLive else { return }
        try turn.tell(agent, ShelterFeedback(tap: tap.id, reader: tap.data.reader, signal: signal), on: .shelterFeedback)
    }

    /// Its holder is here, or goes out where the reader stands at the way out.
    private func noteStay(of tap: Envelope<Tapped>, at shelter: ShelterID, in turn: borrowing Turn) throws -> ShelterFeedback.Signal {
        let step: StayNoted.Step = tap.data.direction == .out ? .away : .in
        let said = StayNoted(step, .card(tap.data.token), at: shelter, drill: try isDrill(at: shelter, in: turn.db))
        guard try say(said, cause: tap.id, at: moment(of: tap, in: turn), in: turn).isNews else { return .already }
        return step == .in ? .in : .out
    }

    /// Where the reader's machine was never told the time, it is now.
    func moment(of tap: Envelope<Tapped>, in turn: borrowing Turn) -> Instant { tap.data.clock == .boot ? turn.now : tap.time }

    /// Writes a note of this registry's own.
    /// - Returns: the note, and whether it has changed anybody's stays.
    @discardableResult
    func say(_ said: StayNoted, cause: EventID, at moment: Instant, in turn: borrowing Turn) throws -> (note: EventID, isNews: Bool) {
        let note = try turn.emit(
            said, on: .stayNotes, cause: cause, discriminator: said.who.description, subject: said.shelter.text, time: moment)
        return (note, try take(said, note, from: turn.identity.address.instance, at: moment, in: turn))
    }

    /// What staff say now comes after all that is known of somebody, also where another clock is ahead.
    func moment(after who: Evacuee, _ isDrill: Bool, in turn: borrowing Turn) throws -> Instant {
        let newest = try turn.db.first("SELECT max(at) FROM note WHERE key = ? AND drill = ?", who.description, isDrill) {
            $0.intIfPresent(0)
        }
        return (newest ?? nil).map { max(turn.now, Instant(milliseconds: $0 + 1)) } ?? turn.now
    }

    /// What another registry has noted.
    func learn(_ told: Envelope<StayNoted>, in turn: borrowing Turn) throws {
        try compareClock(of: turn.topic.entity.named(), withNoteAt: told.time, in: turn)
        _ = try take(told.data, told.id, from: turn.topic.entity.named(), at: told.time, in: turn)
    }

    func learn(_ told: Envelope<StayCorrected>, in turn: borrowing Turn) throws {
        try take(told.data, told.id, from: turn.topic.entity.named(), at: told.time, in: turn)
    }

    /// - Returns: whether it has changed anybody's stays.
    private func take(_ said: StayNoted, _ id: EventID, from source: Instance, at moment: Instant, in turn: borrowing Turn) throws -> Bool {
        if said.drill == true, try isWiped(said.shelter, moment, in: turn.db) { return false }
        if case .card(let token) = said.who {
            // Staff may speak of its holder as a guest; both names mean the same one, also when the card's owner becomes known.
            let guest = GuestID(of: token)
            let isNew = try turn.db.run(
                "INSERT INTO card_guest (guest, token) VALUES (?, ?) ON CONFLICT DO NOTHING", guest.text, token.text)
            if isNew > 0 { try doubt(.guest(guest), in: turn) }
        }
        let key = try whoIs(said.who, in: turn.db).description
        try turn.db.run(
            "INSERT INTO note (id, source, raw, key, drill, shelter, step, kind, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            id.bytes, source.text, said.who.description, key, said.drill == true, said.shelter.text, said.step.rawValue,
            said.kind?.rawValue,
            moment.milliseconds, said.by?.text)
        guard try refold(key, said.drill == true, in: turn) else { return false }
        try tellWhereabouts(of: key, in: turn)
        return true
    }

    func take(_ said: StayCorrected, _ id: EventID, from source: Instance, at moment: Instant, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT INTO correction (note, at, source, id, stands) VALUES (?, ?, ?, ?, ?)", said.note.bytes, moment.milliseconds,
            source.text,
            id.bytes, said.stands)
        // Where the note itself is not known yet, it finds its correction when it comes.
        guard let key = try turn.db.first("SELECT key FROM note WHERE id = ?", said.note.bytes, read: { $0.text(0) }) else { return }
        try refold(key, in: turn)
    }

    /// Finds the stays of one evacuee anew, and tells what has changed.
    func refold(_ key: String, in turn: borrowing Turn) throws {
        var hasChanged = false
        for isDrill in [false, true] { hasChanged = try refold(key, isDrill, in: turn) || hasChanged }
        if hasChanged { try tellWhereabouts(of: key, in: turn) }
    }

    private func refold(_ key: String, _ isDrill: Bool, in turn: borrowing Turn) throws -> Bool {
        let before = try stays(of: key, isDrill, in: turn.db)
        let after = Stay.all(following: try notes(about: key, isDrill, in: turn.db))
        guard before != after else { return false }
        try turn.db.run("DELETE FROM stay WHERE key = ? AND drill = ?", key, isDrill)
        for (n, stay) in after.enumerated() { try write(stay, n, of: key, isDrill, in: turn.db) }
        for shelter in Set([before.last?.shelter, after.last?.shelter].compactMap(\.self)) { try recount(shelter, in: turn) }
        return true
    }

    /// Those that stand.
    private func notes(about key: String, _ isDrill: Bool, in db: borrowing Transaction) throws -> [Note] {
        try db.all(
            """
            SELECT id, source, at, step, shelter, kind FROM note WHERE key = ? AND drill = ? AND coalesce((
                SELECT stands FROM correction WHERE note = note.id ORDER BY at DESC, source DESC, id DESC LIMIT 1), 1)
            """, key, isDrill
        ) { row in
            guard let id = EventID(bytes: row.blob(0)), let step = StayNoted.Step(rawValue: row.text(3)),
                let shelter = ShelterID(row.text(4))
            else { preconditionFailure("a note was written with an id, a step and a shelter") }
            return Note(
                id: id, source: row.text(1), at: Instant(milliseconds: row.int(2)), step: step, shelter: shelter,
                kind: row.textIfPresent(5).flatMap { StayKind(rawValue: $0) })
        }
    }

    func stays(of key: String, _ isDrill: Bool, in db: borrowing Transaction) throws -> [Stay] {
        try db.all(
            "SELECT shelter, note, starts, kind, away, since, ends, ending FROM stay WHERE key = ? AND drill = ? ORDER BY n", key, isDrill,
            read: Stay.init)
    }

    private func write(_ stay: Stay, _ n: Int, of key: String, _ isDrill: Bool, in db: borrowing Transaction) throws {
        try db.run(
            """
            INSERT INTO stay (key, drill, n, shelter, note, kind, away, starts, since, ends, ending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, key, isDrill, n, stay.shelter.text, stay.note.bytes, stay.kind.rawValue, stay.isAway, stay.starts.milliseconds,
            stay.since.milliseconds, stay.ends?.milliseconds, stay.end?.rawValue)
    }

    /// Tells family notices and desks where somebody is now, if that has changed. Rehearsals are told nobody, and of people who must not be found, or of
    /// whom it is not known whether they may be, nothing is said.
    func tellWhereabouts(of key: String, in turn: borrowing Turn) throws {
        guard isOfTheTown, let who = Evacuee(key) else { return }
        var whereabouts = Whereabouts(nothingOf: who)
        if let stay = try stays(of: key, false, in: turn.db).last, try mayBeFound(who, in: turn.db) {
            whereabouts = Whereabouts(
                who, stay.ends != nil ? .left : stay.isAway ? .away : .here, at: stay.shelter, kind: stay.kind, since: stay.since)
        } else if try turn.db.first("SELECT 1 FROM told_whereabouts WHERE key = ?", key, read: { _ in }) == nil {
            return
        }
        let row = String(decoding: try whereabouts.json(), as: UTF8.self)
        let isNew = try turn.db.run(
            """
            INSERT INTO told_whereabouts (key, row, at) VALUES (?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET row = excluded.row, at = excluded.at WHERE row <> excluded.row
            """, key, row, turn.now.milliseconds)
        if isNew > 0 { try turn.emitRoot(whereabouts, on: .whereabouts, subject: key, time: turn.now) }
    }

    func mayBeFound(_ who: Evacuee, in db: borrowing Transaction) throws -> Bool {
        guard let person = who.person else { return true }
        return try People<ShelterView>.view(of: person, in: db).map { $0.isProtected != true } ?? false
    }
}

extension Stay {
    init(_ row: Row) throws {
        guard let shelter = ShelterID(row.text(0)), let note = EventID(bytes: row.blob(1)), let kind = StayKind(rawValue: row.text(3))
        else {
            preconditionFailure("a stay was written with a shelter, a note and a kind")
        }
        self.init(
            shelter: shelter, note: note, starts: Instant(milliseconds: row.int(2)), kind: kind, isAway: row.int(4) == 1,
            since: Instant(milliseconds: row.int(5)), ends: row.intIfPresent(6).map { Instant(milliseconds: $0) },
            end: row.textIfPresent(7).flatMap { End(rawValue: $0) })
    }
}
