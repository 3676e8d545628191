import Contracts
import People
import ServiceKit
import Store

/// What shelter desks see of people.
extension ShelterRegistry {
    /// - Parameter who: a person, or a guest who is nobody else.
    func brief(_ who: Evacuee, _ isDrill: Bool, in db: borrowing Transaction) throws -> EvacueeBrief {
        var brief = EvacueeBrief(who)
        switch who {
        case .person(let person):
            let view = try People<ShelterView>.view(of: person, in: db)
            (brief.name, brief.reading, brief.age, brief.sex, brief.district) = (
                view?.name, view?.reading, view?.age, view?.sex, view?.district
            )
            brief.isProtected = view?.isProtected
        case .guest(let guest):
            let facts = try facts(of: guest, in: db)
            (brief.name, brief.reading, brief.age, brief.sex, brief.district) = (
                facts?.name, facts?.reading, facts?.age, facts?.sex, facts?.district
            )
            brief.town = facts?.town
        case .card: break
        }
        brief.needs = try needs(of: who, in: db)
        if isDrill { brief.drill = true }
        if let stay = try stays(of: who.description, isDrill, in: db).last {
            (brief.shelter, brief.kind, brief.came, brief.since) = (stay.shelter, stay.kind, stay.starts, stay.since)
            brief.presence = stay.ends != nil ? .left : stay.isAway ? .away : .here
        }
        return brief
    }

    func openStay(of who: Evacuee, _ isDrill: Bool, in db: borrowing Transaction) throws -> Stay? {
        try db.first(
            "SELECT shelter, note, starts, kind, away, since, ends, ending FROM stay WHERE key = ? AND drill = ? AND ends IS NULL",
            who.description, isDrill, read: Stay.init)
    }

    func list(_ command: Envelope<ListRoster>, in turn: borrowing Turn) throws -> Reply<RosterPage> {
        let wish = command.data
        guard try known(wish.shelter, in: turn.db) != nil else { return try unknown(wish.shelter, in: turn.db).reply() }
        let page = 50
        let isDrill = wish.drill == true
        let people = try turn.db.all(
            "SELECT key FROM stay WHERE shelter = ? AND drill = ? AND ends IS NULL AND key > ? ORDER BY key LIMIT ?", wish.shelter.text,
            isDrill, wish.after?.description ?? "", page + 1
        ) { Evacuee($0.text(0)) }.compactMap(\.self)
        // Who looked is no secret, and the log names nobody else.
        turn.log("roster of \(wish.shelter) read by \(turn.actor)\(wish.after == nil ? "" : ", another page")")
        try noteLook(at: wish.shelter, isDrill: isDrill, cause: command.id, in: turn)
        return .accept(RosterPage(try people.prefix(page).map { try brief($0, isDrill, in: turn.db) }, more: people.count > page))
    }

    func show(_ command: Envelope<ShowEvacuee>, in turn: borrowing Turn) throws -> Reply<EvacueePage> {
        let who = try whoIs(command.data.who, in: turn.db)
        let isDrill = try openStay(of: who, false, in: turn.db) == nil && openStay(of: who, true, in: turn.db) != nil
        let history = try history(of: who, isDrill, in: turn.db)
        let others = try housemates(of: who, in: turn.db)
        for each in [who] + others { try noteLook(who: each, isDrill: isDrill, cause: command.id, in: turn) }
        let household = try others.map { try brief($0, isDrill, in: turn.db) }
        return .accept(
            EvacueePage(
                try brief(who, isDrill, in: turn.db), household: household, history: history, lookUps: try lookUps(of: who, in: turn.db)))
    }

    /// The newest first.
    func history(of who: Evacuee, _ isDrill: Bool, in db: borrowing Transaction) throws -> [EvacueePage.Line] {
        try db.all(
            """
            SELECT id, step, raw, shelter, kind, by, at, coalesce((
                SELECT stands FROM correction WHERE note = note.id ORDER BY at DESC, source DESC, id DESC LIMIT 1), 1)
            FROM note WHERE key = ? AND drill = ? ORDER BY at DESC, source DESC, id DESC LIMIT 50
            """, who.description, isDrill, read: EvacueePage.Line.init)
    }

    /// The others of a person's household, as the directory knows it; at most thirty.
    private func housemates(of who: Evacuee, in db: borrowing Transaction) throws -> [Evacuee] {
        guard case .person(let person) = who, let household = try People<ShelterView>.view(of: person, in: db)?.household else { return [] }
        return try db.all(
            "SELECT person FROM member WHERE list = ? AND person <> ? ORDER BY person LIMIT 30", index(list: "household/\(household)"),
            person.text
        ) { PersonID($0.text(0)) }.compactMap { $0.map { .person($0) } }
    }
}

extension EvacueePage.Line {
    fileprivate init(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let step = StayNoted.Step(rawValue: row.text(1)), let who = Evacuee(row.text(2)),
            let shelter = ShelterID(row.text(3))
        else { preconditionFailure("a note was written with an id, a step, a name and a shelter") }
        let said = StayNoted(
            step, who, at: shelter, kind: row.textIfPresent(4).flatMap { StayKind(rawValue: $0) },
            by: row.textIfPresent(5).flatMap { UserID($0) })
        self.init(id, said, at: Instant(milliseconds: row.int(6)), stands: row.int(7) == 1)
    }
}
