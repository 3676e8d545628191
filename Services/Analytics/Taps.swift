import Contracts
import ServiceKit
import Store

extension Analytics {
    /// A machine's uptime in milliseconds; more than this is none.
    private static let longestUptime: Int64 = 1 << 53

    func count(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        try noteRider(tap, in: turn)
        guard !policy.uncounted.contains(tap.data.purpose.kind) else { return }
        // Whom the door kept out has not been inside.
        if tap.data.purpose.door != nil, try !isAdmitted(tap, in: turn) { return }
        try count(tap, of: turn.topic.entity.named(), in: turn)
    }

    private func count(_ tap: Envelope<Tapped>, of agent: AgentID, in turn: borrowing Turn) throws {
        let today = day(of: turn.now, in: turn)
        guard tap.data.clock == .boot else { return try count(tap.data, tap.id, at: tap.time, of: agent, heard: today, in: turn) }
        if let moment = try moment(of: tap, of: agent, in: turn.db) {
            return try count(tap.data, tap.id, at: moment, of: agent, heard: today, in: turn)
        }
        try note(.noClock, of: agent, heard: today, in: turn.db)
        guard let epoch = tap.position?.epoch else { return }
        try turn.db.run(
            "INSERT OR IGNORE INTO unplaced (agent, epoch, id, heard, row) VALUES (?, ?, ?, ?, ?)", word(agent.text, in: turn.db),
            epoch.description, tap.id.bytes, today.number, turn.db.close(tap.json(), Self.unplacedContext(tap.id.bytes)))
    }

    /// A tap at a moment that is known.
    private func count(
        _ tap: Tapped, _ id: EventID, at moment: Instant, of agent: AgentID, heard: VisitDay, in turn: borrowing Turn
    ) throws {
        guard moment <= turn.now + .seconds(60) else { return try note(.future, of: agent, heard: heard, in: turn.db) }
        let day = day(of: moment, in: turn)
        guard day >= firstOpenDay(in: turn) else { return try note(.tooOld, of: agent, heard: heard, in: turn.db) }
        let house = try house(houses[tap.place] ?? policy.facility(of: tap.place), in: turn.db)
        let known = try known(tap, on: day, in: turn.db)
        let key = try key(of: day.month, in: turn.db)
        let who =
            known.map { pseudonym(of: $0.visitor, key: key) }
            ?? pseudonym(of: tap.former ?? tap.token, on: day, at: house.facility.id, key: key)
        try turn.db.run(
            "INSERT OR IGNORE INTO tap (day, facility, who, at, id, direction, purpose) VALUES (?, ?, ?, ?, ?, ?, ?)", day.number,
            house.word, who, moment.milliseconds, id.bytes, tap.direction?.number ?? 0, word(tap.purpose.description, in: turn.db))
        try fold(VisitKey(day: day, house: house, who: who), as: known, in: turn)
    }

    private func note(_ reason: OddTaps.Reason, of agent: AgentID, heard: VisitDay, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT INTO odd (day, reason, agent, count) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", heard.number,
            reason.rawValue, word(agent.text, in: db))
    }

    // MARK: Doors

    /// Whether the door has let in whoever held the card; if it has not said so yet, the tap waits.
    private func isAdmitted(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws -> Bool {
        let verdict = try turn.db.first("DELETE FROM at_door WHERE tap = ? AND row IS NULL RETURNING opened", tap.id.bytes) {
            $0.int(0) == 1
        }
        if let verdict { return verdict }
        let row = turn.db.close(try tap.json(), Self.atDoorContext(tap.id.bytes))
        try turn.db.run(
            "INSERT OR IGNORE INTO at_door (tap, heard, row) VALUES (?, ?, ?)", tap.id.bytes, day(of: turn.now, in: turn).number, row)
        return false
    }

    /// What a door did about a card.
    func admit(_ id: EventID, isOpen: Bool, in turn: borrowing Turn) throws {
        let waiting = try turn.db.first("DELETE FROM at_door WHERE tap = ? AND row IS NOT NULL RETURNING row", id.bytes) { $0.blob(0) }
        guard let waiting else {
            try turn.db.run(
                "INSERT OR IGNORE INTO at_door (tap, heard, opened) VALUES (?, ?, ?)", id.bytes, day(of: turn.now, in: turn).number,
                isOpen ? 1 : 0)
            return
        }
        guard isOpen else { return }
        let tap = try Envelope<Tapped>(json: turn.db.open(waiting, Self.atDoorContext(id.bytes)))
        guard let agent = tap.source.split(separator: "/").last.flatMap({ AgentID($0) }) else { return }
        try count(tap, of: agent, in: turn)
    }

    // MARK: Machines without a clock

    /// When a tap of a machine without a clock happened, if that machine has learnt the time since it was started.
    private func moment(of tap: Envelope<Tapped>, of agent: AgentID, in db: borrowing Transaction) throws -> Instant? {
        guard let uptime = tap.data.uptime, (0...Self.longestUptime).contains(uptime), let epoch = tap.position?.epoch else { return nil }
        return try db.first(
            "SELECT zero FROM started WHERE agent = (SELECT id FROM word WHERE text = ?) AND epoch = ?", agent.text, epoch.description
        ) { Instant(milliseconds: $0.int(0) + uptime) }
    }

    /// A machine has learnt the time, as it does once a start: what was held there since then is put in its place.
    func place(_ event: Envelope<ClockSet>, in turn: borrowing Turn) throws {
        guard let epoch = event.position?.epoch, (0...Self.longestUptime).contains(event.data.uptime) else { return }
        let agent: AgentID = turn.topic.entity.named()
        let word = try word(agent.text, in: turn.db)
        let zero = event.data.time - .milliseconds(event.data.uptime)
        try turn.db.run(
            "INSERT OR IGNORE INTO started (agent, epoch, zero, heard) VALUES (?, ?, ?, ?)", word, epoch.description, zero.milliseconds,
            day(of: turn.now, in: turn).number)
        let waiting = try turn.db.all(
            "SELECT id, heard, row FROM unplaced WHERE agent = ? AND epoch = ? ORDER BY id", word, epoch.description
        ) { (id: $0.blob(0), heard: VisitDay(number: $0.int(1)), row: $0.blob(2)) }
        for (id, heard, row) in waiting {
            let tap = try Envelope<Tapped>(json: turn.db.open(row, Self.unplacedContext(id)))
            guard let moment = try moment(of: tap, of: agent, in: turn.db) else { continue }
            try turn.db.run("DELETE FROM unplaced WHERE agent = ? AND epoch = ? AND id = ?", word, epoch.description, id)
            try turn.db.run(
                "UPDATE odd SET count = count - 1 WHERE day = ? AND reason = ? AND agent = ?", heard.number,
                OddTaps.Reason.noClock.rawValue, word)
            try count(tap.data, tap.id, at: moment, of: agent, heard: heard, in: turn)
        }
        try turn.db.run("DELETE FROM odd WHERE count = 0")
    }
}
