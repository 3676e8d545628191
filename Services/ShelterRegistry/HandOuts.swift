import Contracts
import People
import ServiceKit
import Store

/// Goods are handed out and their receipt is confirmed by a tap: once for each person, or for each household.
///
/// Rulings: whoever was first is written down, and whoever comes again has received it.
extension ShelterRegistry {
    /// Something that is or was handed out.
    struct Round {
        let id: EventID
        let handOut: HandOut
        let since: Instant
        let isDrill: Bool
    }

    func run(_ command: Envelope<RunHandOut>, in turn: borrowing Turn) throws -> Reply<HandOutChanged> {
        let wish = command.data.handOut
        if let objection = try unable(wish.shelter, in: turn.db) { return objection.reply() }
        let running = try rounds(at: wish.shelter, in: turn.db).first { $0.handOut.item == wish.item }
        if command.data.ends == true {
            guard let running else { return .refuse("not-running", "No \(wish.item) is handed out at \(wish.shelter).") }
            return .accept(try end(running, by: turn.actor, cause: command.id, in: turn))
        }
        if let running {
            guard running.handOut == wish else {
                return .refuse("running", "\(wish.item) is being handed out at \(wish.shelter) in another way. End that first.")
            }
            return .accept(HandOutChanged(wish, since: running.since, by: turn.actor, drill: running.isDrill))
        }
        guard try supply(wish.item, at: wish.shelter, in: turn.db) != nil else {
            let known = try supplies(at: wish.shelter, in: turn.db).map(\.item.text).joined(separator: ", ")
            return .refuse(
                "unknown-supply",
                "\(wish.shelter) has no \(wish.item). There are: \(known.isEmpty ? "none" : known). Put it down first, with how many there are."
            )
        }
        guard (1...1000).contains(wish.each) else { return .refuse("bad-number", "Each receives 1 to 1,000 pieces.") }
        guard (wish.agent == nil) == (wish.reader == nil) else { return .refuse("bad-reader", "A reader is named with its agent.") }
        if let busy = try round(at: wish.agent, wish.reader, turn.now, in: turn.db) {
            return .refuse(
                "reader-busy",
                "\(busy.handOut.item) is handed out at that reader for \(busy.handOut.shelter). End that first, or name another.")
        }
        let isDrill = try isDrill(at: wish.shelter, in: turn.db)
        try turn.db.run(
            "INSERT INTO hand_out (id, shelter, item, each, household, agent, reader, drill, starts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            command.id.bytes, wish.shelter.text, wish.item.text, wish.each, wish.isOfHouseholds, wish.agent?.text, wish.reader?.text,
            isDrill,
            turn.now.milliseconds)
        return .accept(try tell(HandOutChanged(wish, since: turn.now, by: turn.actor, drill: isDrill), cause: command.id, in: turn))
    }

    /// With the shelter ends what is handed out there, and with a rehearsal what was rehearsed: a reader that went on standing for it would check nobody in.
    func endHandOuts(at changed: ShelterChanged, in turn: borrowing Turn) throws {
        let run = changed.run
        for round in try rounds(at: changed.shelter.id, in: turn.db) where run.stage == .closed || round.isDrill != run.isDrill {
            _ = try end(round, by: run.by ?? turn.identity.user, cause: round.id, in: turn)
        }
    }

    private func end(_ round: Round, by actor: UserID, cause: EventID, in turn: borrowing Turn) throws -> HandOutChanged {
        try turn.db.run("UPDATE hand_out SET ends = ? WHERE id = ?", turn.now.milliseconds, round.id.bytes)
        let changed = HandOutChanged(round.handOut, since: round.since, by: actor, drill: round.isDrill, ended: turn.now)
        return try tell(changed, cause: cause, "ended", in: turn)
    }

    private func tell(
        _ changed: HandOutChanged, cause: EventID, _ discriminator: String = "", in turn: borrowing Turn
    ) throws -> HandOutChanged {
        try recountSupplies(changed.handOut.shelter, in: turn)
        try turn.emit(changed, on: .handOuts, cause: cause, discriminator: discriminator, subject: changed.handOut.shelter.text)
        return changed
    }

    func hand(_ command: Envelope<HandTo>, in turn: borrowing Turn) throws -> Reply<HandedTo> {
        let wish = command.data
        if let objection = try unable(wish.shelter, in: turn.db) { return objection.reply() }
        guard (1...HandTo.limit).contains(wish.who.count) else {
            return .refuse("bad-number", "One to \(HandTo.limit) people in one command. Send several.")
        }
        for case .guest(let guest) in wish.who where try !isKnown(guest, in: turn.db) {
            return .refuse("unknown-guest", "There is no guest \(guest) in the books. Write them down first.")
        }
        guard let round = try rounds(at: wish.shelter, in: turn.db).first(where: { $0.handOut.item == wish.item }) else {
            return .refuse("not-running", "No \(wish.item) is handed out at \(wish.shelter). Begin with it first.")
        }
        let entries = try Set(wish.who).sorted().map { who in
            let before = try give(round, to: who, cause: command.id, at: turn.now, by: turn.actor, in: turn)
            return HandedTo.Entry(try brief(whoIs(who, in: turn.db), round.isDrill, in: turn.db), before: before)
        }
        return .accept(HandedTo(entries))
    }

    /// A card at a reader that stood for a hand-out at that moment says nothing of where its holder stays: those who live at home collect too.
    /// - Returns: how it was taken; `nil` if the reader stood for none.
    func receive(_ tap: Envelope<Tapped>, of agent: AgentID, in turn: borrowing Turn) throws -> ShelterFeedback.Signal? {
        let moment = moment(of: tap, in: turn)
        guard let round = try round(at: agent, tap.data.reader, moment, in: turn.db) else { return nil }
        let before = try give(round, to: .card(tap.data.token), cause: tap.id, at: moment, by: nil, in: turn)
        return before == nil ? .received : .receivedBefore
    }

    /// - Returns: when it had been received before; `nil` if it is received now.
    private func give(
        _ round: Round, to who: Evacuee, cause: EventID, at moment: Instant, by actor: UserID?, in turn: borrowing Turn
    ) throws -> Instant? {
        let key = try whoIs(who, in: turn.db)
        let household = try household(of: key, in: turn.db)
        let before =
            try turn.db.first(
                "SELECT min(at) FROM handed WHERE hand_out = ?1 AND (key = ?2 OR household = ?3)", round.id.bytes, key.description,
                round.handOut.isOfHouseholds ? household : nil
            ) { $0.intIfPresent(0) } ?? nil
        if let before { return Instant(milliseconds: before) }
        let id = try turn.emit(
            HandedOut(round.handOut, to: who, by: actor, drill: round.isDrill), on: .handedOut, cause: cause,
            discriminator: who.description,
            subject: round.handOut.shelter.text, time: moment)
        try turn.db.run(
            "INSERT INTO handed (id, hand_out, raw, key, household, at) VALUES (?, ?, ?, ?, ?, ?)", id.bytes, round.id.bytes,
            who.description,
            key.description, household, moment.milliseconds)
        if round.isDrill { try recountSupplies(round.handOut.shelter, in: turn) } else { try deduct(round.handOut, in: turn) }
        return nil
    }

    func household(of who: Evacuee, in db: borrowing Transaction) throws -> String? {
        try who.person.flatMap { try People<ShelterView>.view(of: $0, in: db)?.household }?.text
    }

    // MARK: Rows

    /// Those that go on.
    func rounds(at shelter: ShelterID, in db: borrowing Transaction) throws -> [Round] {
        try db.all(
            "SELECT id, shelter, item, each, household, agent, reader, drill, starts FROM hand_out WHERE shelter = ? AND ends IS NULL ORDER BY item",
            shelter.text, read: Round.init)
    }

    /// The one a reader stood for at a moment.
    private func round(at agent: AgentID?, _ reader: ReaderID?, _ moment: Instant, in db: borrowing Transaction) throws -> Round? {
        try db.first(
            """
            SELECT id, shelter, item, each, household, agent, reader, drill, starts FROM hand_out
            WHERE agent = ? AND reader = ? AND starts <= ?3 AND (ends IS NULL OR ends > ?3)
            """, agent?.text, reader?.text, moment.milliseconds, read: Round.init)
    }

    func received(_ round: Round, in db: borrowing Transaction) throws -> Int {
        try db.first("SELECT count(*) FROM handed WHERE hand_out = ?", round.id.bytes) { Int($0.int(0)) } ?? 0
    }

    /// Who received what is forgotten with those who stayed.
    func forgetHandOuts(before limit: Instant, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            DELETE FROM handed WHERE id IN (
                SELECT handed.id FROM handed JOIN hand_out ON hand_out.id = hand_out JOIN shelter ON shelter.id = hand_out.shelter
                WHERE at < ?1 AND stage = 'closed' AND since < ?1 LIMIT 200)
            """, limit.milliseconds)
        try turn.db.run(
            "DELETE FROM hand_out WHERE ends < ? AND NOT EXISTS (SELECT 1 FROM handed WHERE hand_out = hand_out.id)", limit.milliseconds)
    }
}

extension ShelterRegistry.Round {
    fileprivate init(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let shelter = ShelterID(row.text(1)), let item = SupplyID(row.text(2)) else {
            preconditionFailure("a hand-out was written with an id, a shelter and a kind of goods")
        }
        let handOut = HandOut(
            item, at: shelter, each: Int(row.int(3)), household: row.int(4) == 1, agent: row.textIfPresent(5).flatMap { AgentID($0) },
            reader: row.textIfPresent(6).flatMap { ReaderID($0) })
        self.init(id: id, handOut: handOut, since: Instant(milliseconds: row.int(8)), isDrill: row.int(7) == 1)
    }
}
