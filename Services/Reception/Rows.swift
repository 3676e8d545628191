import Contracts
import ServiceKit
import Store

/// A reception as it is kept.
struct KeptReception: Codable {
    /// Every change of its stage, in order.
    var changes: [StageChange] = []
    var count: ReceptionCount
    /// The highest number given to anybody received.
    var newest = 0
    /// The highest number given to a row.
    var rows = 0
    /// How many rows stand in the list.
    var listed = 0

    var id: ReceptionID { count.reception }
}

/// Somebody who was received, as it is kept.
struct Entry {
    enum Stage: String {
        case standing
        /// Waits for a desk to settle a conflict.
        case disputed
        /// Taken back, or lost a conflict.
        case struck
    }

    let number: Int
    let who: String
    let row: Int?
    let person: PersonID?
    let at: Instant
    let station: ReceptionStationID
    let way: ReceptionWay
    let isWalkIn: Bool
    let stage: Stage

    var first: ReceptionRuling.First { ReceptionRuling.First(number, at: at, station) }
}

extension Reception {
    /// Those there are at most: nobody opens and closes a door so often.
    private static let mostChanges = 200

    func terms(_ id: ReceptionID) throws -> ReceptionTerms {
        guard let terms = policy.terms(id) else {
            throw Objection("unknown-reception", "There is no reception \(id). Those there are: kazasu reception list")
        }
        return terms
    }

    /// Where whoever commands stands.
    func station(of turn: borrowing Turn, in terms: ReceptionTerms) throws -> ReceptionStationID {
        guard let desk = policy.desks.first(where: { Role.receptionDesk.user($0.named()) == turn.actor }) else {
            throw Objection("unknown-desk", "The town's file has no reception desk \(turn.actor).")
        }
        return terms.station(of: desk)
    }

    func kept(_ terms: ReceptionTerms, in turn: borrowing Turn) throws -> KeptReception {
        var kept =
            try turn.db.first("SELECT row FROM reception WHERE id = ?", terms.id.text) { try $0.blob(0).decoded(as: KeptReception.self) }
            ?? KeptReception(count: ReceptionCount(terms.id, .planned, at: turn.now))
        // As the town's file has it today.
        (kept.count.capacity, kept.count.expected) = (terms.capacity, terms.hasList ? kept.listed : nil)
        return kept
    }

    /// Writes it down, and says how it stands.
    func write(_ kept: inout KeptReception, in turn: borrowing Turn) throws {
        kept.count.at = turn.now
        let isOver = kept.count.stage == .closed || kept.count.stage == .cancelled
        try turn.db.run(
            "INSERT OR REPLACE INTO reception (id, row, ended) VALUES (?, ?, ?)", kept.id.text, try kept.json(),
            isOver ? kept.changes.last?.at.milliseconds : nil)
        try tell(kept, in: turn)
    }

    func tell(_ kept: KeptReception, in turn: borrowing Turn) throws {
        try turn.publishState(kept.count, on: .receptionCounts, about: kept.id.named())
    }

    // MARK: Its stages

    func decide(_ command: Envelope<DecideReception>, in turn: borrowing Turn) throws -> Reply<ReceptionCount> {
        let wish = command.data
        return try turn.obey {
            let terms = try terms(wish.reception)
            _ = try station(of: turn, in: terms)
            var kept = try kept(terms, in: turn)
            guard let next = stage(after: wish.decision, at: kept.count.stage) else {
                throw Objection(
                    "not-possible", "\(terms.id) is \(kept.count.stage.rawValue): it cannot be decided to \(wish.decision.rawValue) it.")
            }
            kept.count.stage = next
            kept.changes = (kept.changes + [StageChange(at: turn.now, stage: next)]).suffix(Self.mostChanges)
            try write(&kept, in: turn)
            try turn.emit(
                ReceptionChanged(terms.id, next, by: turn.actor, at: turn.now), on: .receptions, cause: command.id, subject: terms.id.text)
            return .accept(kept.count)
        }
    }

    private static let page = 40

    func list(_ command: Envelope<ListReceptions>, in turn: borrowing Turn) throws -> Reply<ReceptionList> {
        try turn.obey {
            let start = command.data.after.flatMap { last in policy.receptions.firstIndex { $0.id == last } }.map { $0 + 1 } ?? 0
            let page = policy.receptions.dropFirst(start).prefix(Self.page)
            let counts = try page.map { try kept($0, in: turn).count }
            return .accept(ReceptionList(counts, more: start + page.count < policy.receptions.count))
        }
    }

    // MARK: Entries

    func entry(_ number: Int, of id: ReceptionID, in db: borrowing Transaction) throws -> Entry? {
        try db.first(
            "SELECT number, who, row, person, at, station, way, walk_in, stage FROM entry WHERE reception = ? AND number = ?", id.text,
            number, read: Entry.init)
    }

    /// Who stands as received under one of these; the newest.
    func standing(_ keys: [String], of id: ReceptionID, in db: borrowing Transaction) throws -> Entry? {
        try keys.compactMap { key in
            try db.first(
                """
                SELECT number, who, row, person, at, station, way, walk_in, stage FROM entry
                WHERE reception = ? AND who = ? AND stage = 'standing' ORDER BY number DESC LIMIT 1
                """, id.text, key, read: Entry.init)
        }.max { $0.number < $1.number }
    }

    func move(_ entry: Entry, of id: ReceptionID, to stage: Entry.Stage, in db: borrowing Transaction) throws {
        try db.run("UPDATE entry SET stage = ? WHERE reception = ? AND number = ?", stage.rawValue, id.text, entry.number)
    }

    // MARK: What is kept no longer

    /// Lists and who came, after the time the town's file gives; the numbers stay.
    func forget(in turn: borrowing Turn) throws {
        let all = try turn.db.all("SELECT id, ended FROM reception") { (ReceptionID($0.text(0)), $0.intIfPresent(1)) }
        for case (let id?, let ended) in all {
            let terms = policy.terms(id)
            let ends = [ended.map(Instant.init(milliseconds:)), terms?.until].compactMap(\.self)
            guard let end = ends.max(), end + (terms ?? ReceptionTerms(id, title: "")).keeps < turn.now else { continue }
            try turn.db.run(
                "DELETE FROM expected WHERE reception = ?1 AND row IN (SELECT row FROM expected WHERE reception = ?1 LIMIT 2000)", id.text)
            try turn.db.run(
                "DELETE FROM entry WHERE reception = ?1 AND number IN (SELECT number FROM entry WHERE reception = ?1 LIMIT 2000)", id.text)
            try turn.db.run("DELETE FROM conflict WHERE reception = ?", id.text)
            try turn.db.run("DELETE FROM reversal WHERE reception = ?", id.text)
        }
    }
}

extension Entry {
    init(_ row: Row) {
        guard let station = ReceptionStationID(row.text(5)), let way = ReceptionWay(rawValue: row.text(6)),
            let stage = Stage(rawValue: row.text(8))
        else { preconditionFailure("an entry was written with a station, a way and a stage") }
        self.init(
            number: Int(row.int(0)), who: row.text(1), row: row.intIfPresent(2).map(Int.init),
            person: row.textIfPresent(3).flatMap { PersonID($0) }, at: Instant(milliseconds: row.int(4)), station: station, way: way,
            isWalkIn: row.int(7) == 1, stage: stage)
    }
}

extension ReceptionCount {
    /// Counts somebody in, or out again.
    mutating func count(_ entry: Entry, by change: Int) {
        accepted += change
        if entry.isWalkIn { walkIns += change }
        switch entry.way {
        case .card: byCard += change
        case .ticket: byTicket += change
        case .name: byName += change
        }
    }
}
