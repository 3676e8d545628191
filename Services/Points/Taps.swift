import Contracts
import People
import ServiceKit
import Store

/// A tap as it is kept.
struct KeptTap {
    let id: EventID
    let at: Instant
    let place: PlaceID
    let purpose: Purpose
    let direction: Direction?
    let assurance: Assurance
}

/// Taps are kept for a while: some cards become known after they were used, and rules are tried on what has been.
extension Points {
    /// For what nothing is ever given and nothing kept: who is at a shelter, who votes, what somebody reads.
    private static let unkept: Set<Name<Purpose>> = ["shelter", "enrol", "election", "library", "school-gate"]
    /// How long ago a card at a counter may have been held.
    static let fresh = Duration.seconds(60)

    func notice(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        let purpose = tap.data.purpose
        guard !Self.unkept.contains(purpose.kind) else { return }
        let at = tap.data.clock == .boot ? turn.now : tap.time
        // One with a clock ahead of ours counts as of now.
        let kept = KeptTap(
            id: tap.id, at: min(at, turn.now + .seconds(60)), place: tap.data.place, purpose: purpose, direction: tap.data.direction,
            assurance: tap.data.assurance)
        let person = try holder(of: tap.data, in: turn.db)
        if purpose.kind == "points" {
            // One that waited at the broker while this process was away agrees to nothing any more.
            if let person, turn.isLive, turn.now - kept.at <= Self.fresh { try noteFresh(tap.id, of: person, in: turn) }
            return
        }
        let agent: AgentID = turn.topic.entity.named()
        if let shop = purpose.shop {
            guard let charge = tap.data.charge else { return }
            let payment = try pay(charge, at: shop, by: person, for: kept, in: turn)
            try say(payment.signal, payment.asked, of: tap, to: agent, in: turn)
            guard payment.status != .refused else { return }
        }
        let told = try ride(tap, at: kept.at, by: person, in: agent, in: turn)
        if let told, turn.isLive { try turn.tell(agent, told, on: .pointsFeedback) }
        guard turn.now - kept.at < policy.keepsTaps else { return }
        try keep(kept, of: person?.text ?? tap.data.token.text, in: turn.db)
        guard let person else { return }
        let given = try earn(kept, by: person, in: turn)
        if given > 0, purpose.shop == nil, told == nil { try say(.earned, given, of: tap, to: agent, in: turn) }
    }

    private func say(
        _ signal: PointsFeedback.Signal, _ amount: Int64, of tap: Envelope<Tapped>, to agent: AgentID, in turn: borrowing Turn
    ) throws {
        guard turn.isLive else { return }
        try turn.tell(agent, PointsFeedback(tap: tap.id, reader: tap.data.reader, signal: signal, amount: amount), on: .pointsFeedback)
    }

    private func holder(of tap: Tapped, in db: borrowing Transaction) throws -> PersonID? {
        for token in [tap.token, tap.former].compactMap(\.self) {
            if let person = try People<PointsView>.person(of: token, in: db) { return try present(person, in: db) }
        }
        return nil
    }

    private func keep(_ tap: KeptTap, of key: String, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR IGNORE INTO tap (key, at, id, place, purpose, direction, assurance) VALUES (?, ?, ?, ?, ?, ?, ?)", key,
            tap.at.milliseconds, tap.id.bytes, tap.place.text, tap.purpose.description, tap.direction?.rawValue, tap.assurance.rawValue)
    }

    /// Somebody's cards became known, or another's: what was done with them before is theirs now.
    func recognize(_ person: PersonID, in turn: borrowing Turn) throws {
        // Before the change and after it: what nobody is known by is found after it.
        guard let view = try People<PointsView>.view(of: person, in: turn.db) else { return }
        for token in view.tokens ?? [] {
            let taps = try kept(under: token.text, in: turn.db)
            guard !taps.isEmpty, try People<PointsView>.person(of: token, in: turn.db) == person else { continue }
            let present = try present(person, in: turn.db)
            try turn.db.run("UPDATE OR IGNORE tap SET key = ? WHERE key = ?", present.text, token.text)
            for tap in taps { try earn(tap, by: present, in: turn) }
        }
    }

    func kept(
        under key: String, from: Instant = .distantPast, until: Instant = Instant(milliseconds: .max), in db: borrowing Transaction
    ) throws -> [KeptTap] {
        try db.all(
            "SELECT id, at, place, purpose, direction, assurance FROM tap WHERE key = ? AND at >= ? AND at < ? ORDER BY at, id", key,
            from.milliseconds, until.milliseconds, read: KeptTap.init)
    }

    // MARK: At a counter

    private func noteFresh(_ tap: EventID, of person: PersonID, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR IGNORE INTO fresh_tap (id, person, heard) VALUES (?, ?, ?)", tap.bytes, person.text, turn.now.milliseconds)
    }

    /// Whoever is named, or held a card now.
    func person(_ holder: PointsHolder, in turn: borrowing Turn) throws -> PersonID {
        if let tap = holder.tap { return try person(tap, uses: false, in: turn) }
        guard let named = holder.person else { throw Objection("no-holder", "Whose it is stands nowhere: name a person or a tap.") }
        let person = try present(named, in: turn.db)
        // Whoever is known no more may still have something.
        guard try People<PointsView>.view(of: person, in: turn.db) != nil || !lots(of: person, emptied: true, in: turn.db).isEmpty else {
            throw Objection("unknown-person", "Nobody with a card is \(named). Look for them at the residents' counter.")
        }
        return person
    }

    /// - Parameter uses: whether the tap agrees to something, which it does once.
    func person(_ tap: EventID, uses: Bool, in turn: borrowing Turn) throws -> PersonID {
        let held = try turn.db.first("SELECT person, heard, used FROM fresh_tap WHERE id = ?", tap.bytes) {
            (PersonID($0.text(0)), Instant(milliseconds: $0.int(1)), $0.int(2) == 1)
        }
        guard let held, let person = held.0 else {
            throw Objection("unknown-tap", "No known card was held at a reader for points with this tap. Hold the card over it again.")
        }
        guard (Duration.zero...Self.fresh).contains(turn.now - held.1) else {
            throw Objection("old-tap", "The card was held more than a minute ago. Hold it over the reader again.")
        }
        guard !uses || !held.2 else {
            throw Objection("used-tap", "This tap has done its work already. Hold the card over the reader again.")
        }
        if uses { try turn.db.run("UPDATE fresh_tap SET used = 1 WHERE id = ?", tap.bytes) }
        return try present(person, in: turn.db)
    }

    func forgetTaps(in turn: borrowing Turn) throws {
        let limit = turn.now - policy.keepsTaps
        try turn.db.run(
            "DELETE FROM tap WHERE (key, at, id) IN (SELECT key, at, id FROM tap INDEXED BY tap_at WHERE at < ? LIMIT 2000)",
            limit.milliseconds)
        try turn.db.run("DELETE FROM company WHERE at < ?", limit.milliseconds)
        try turn.db.run("DELETE FROM fresh_tap WHERE heard < ?", (turn.now - .seconds(3600)).milliseconds)
        let today = turn.now.date(turn.identity.offset)
        try turn.db.run("DELETE FROM gift WHERE day < ?", (today.adding(-7) ?? today).description)
    }
}

extension KeptTap {
    init(_ row: Row) {
        guard let id = EventID(bytes: row.blob(0)), let place = PlaceID(row.text(2)), let purpose = Purpose(row.text(3)),
            let assurance = Assurance(rawValue: row.text(5))
        else { preconditionFailure("a tap was kept with an id, a place and a purpose") }
        self.init(
            id: id, at: Instant(milliseconds: row.int(1)), place: place, purpose: purpose,
            direction: row.textIfPresent(4).flatMap { Direction(rawValue: $0) }, assurance: assurance)
    }
}
