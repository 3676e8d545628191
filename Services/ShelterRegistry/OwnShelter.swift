import Contracts
import People
import ServiceKit
import Store

/// Who has looked at rosters and at people, for whoever was looked at.
extension ShelterRegistry {
    /// A page that is open asks again and again: an hour of it is one look.
    private static let oneLook = Duration.seconds(3600)

    func noteLook(at shelter: ShelterID? = nil, who: Evacuee? = nil, isDrill: Bool, cause: EventID, in turn: borrowing Turn) throws {
        let isKnown =
            try turn.db.first(
                "SELECT 1 FROM evacuee_seen WHERE by = ? AND at > ? AND shelter IS ? AND who IS ? AND drill = ?", turn.actor.text,
                (turn.now - Self.oneLook).milliseconds, shelter?.text, who?.description, isDrill, read: { _ in }) != nil
        guard !isKnown else { return }
        let made = EvacueesSeen(by: turn.actor, shelter: shelter, who: who, drill: isDrill ? true : nil)
        let subject = shelter?.text ?? who?.description ?? ""
        let id = try turn.emit(made, on: .evacueesSeen, cause: cause, discriminator: subject, subject: subject)
        try write(made, id, at: turn.now, in: turn.db)
    }

    /// Whom another registry has shown: whoever it was is told of it here too.
    func learn(_ told: Envelope<EvacueesSeen>, in turn: borrowing Turn) throws {
        try write(told.data, told.id, at: told.time, in: turn.db)
    }

    private func write(_ made: EvacueesSeen, _ id: EventID, at moment: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT INTO evacuee_seen (id, at, by, shelter, who, drill) VALUES (?, ?, ?, ?, ?, ?)", id.bytes, moment.milliseconds,
            made.by.text,
            made.shelter?.text, made.who?.description, made.drill == true)
    }

    /// What residents see at their own page. Of whoever must not be found no page says where they were: whoever reads it may not be they.
    func showOwn(_ command: Envelope<ShowOwnShelter>, in turn: borrowing Turn) throws -> Reply<OwnShelter> {
        let who = try whoIs(.person(command.data.person), in: turn.db)
        let isHidden = try !mayBeFound(who, in: turn.db)
        var own = OwnShelter(
            looks: try looks(at: who, namesShelters: !isHidden, in: turn.db), lookUps: try lookUps(of: who, in: turn.db))
        let history = try history(of: who, false, in: turn.db)
        let brief = try brief(who, false, in: turn.db)
        guard !isHidden, !history.isEmpty || brief.needs?.isEmpty == false else { return .accept(own) }
        (own.brief, own.history) = (brief, history)
        return .accept(own)
    }

    private func looks(at who: Evacuee, namesShelters: Bool, in db: borrowing Transaction) throws -> [OwnShelter.Look] {
        try db.all(
            """
            SELECT at, by, shelter FROM evacuee_seen WHERE who = ?1 OR who IN (SELECT guest FROM identity WHERE "into" = ?1)
            UNION ALL
            SELECT l.at, l.by, l.shelter FROM stay AS s JOIN evacuee_seen AS l ON l.shelter = s.shelter AND l.drill = s.drill
            AND l.at BETWEEN s.starts AND coalesce(s.ends, l.at) WHERE s.key = ?1
            ORDER BY 1 DESC, 2, 3 LIMIT 100
            """, who.description
        ) { row in
            guard let by = UserID(row.text(1)) else { preconditionFailure("a look was written with a user") }
            let shelter = row.textIfPresent(2).flatMap { ShelterID($0) }
            return OwnShelter.Look(at: Instant(milliseconds: row.int(0)), by: by, shelter: namesShelters ? shelter : nil)
        }
    }
}
