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
    let number: Int
    let who: String
    let row: Int?
    let person: PersonID?
    let at: Instant
    let station: ReceptionStationID
    let way: ReceptionWay
    let isWalkIn: Bool
    var stage: ReceivedView.Stage
    /// The site that has received them, where this is the town's word of it.
    var origin: ReceptionOrigin?

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

    /// Of a reception that this one rules on.
    func termsRuledOn(_ id: ReceptionID) throws -> ReceptionTerms {
        let terms = try terms(id)
        guard rules(on: terms) else {
            throw Objection(
                "town-alone",
                "The town alone decides on \(id), and this is site \(name): nobody is received for it here. Write paper and count it (kazasu reception paper), or send people to another station."
            )
        }
        return terms
    }

    /// What was told of a reception is kept also where this place's copy of the town's file lacks it.
    func termsIfAny(_ id: ReceptionID) -> ReceptionTerms { policy.terms(id) ?? ReceptionTerms(id, title: "") }

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
        guard policy.terms(kept.id).map(rules) == true else { return }
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
            try turn.db.run("INSERT OR IGNORE INTO untold (reception, kind, number) VALUES (?, 'stages', 0)", terms.id.text)
            try turn.emit(
                ReceptionChanged(terms.id, next, by: turn.actor, at: turn.now), on: .receptions, cause: command.id, subject: terms.id.text)
            return .accept(kept.count)
        }
    }

    private static let page = 40

    func list(_ command: Envelope<ListReceptions>, in turn: borrowing Turn) throws -> Reply<ReceptionList> {
        try turn.obey {
            let all = policy.receptions.filter(rules)
            let start = command.data.after.flatMap { last in all.firstIndex { $0.id == last } }.map { $0 + 1 } ?? 0
            let page = all.dropFirst(start).prefix(Self.page)
            let counts = try page.map { try kept($0, in: turn).count }
            return .accept(ReceptionList(counts, more: start + page.count < all.count))
        }
    }

    // MARK: Entries

    func entry(_ number: Int, of id: ReceptionID, in db: borrowing Transaction) throws -> Entry? {
        try db.first(
            "SELECT number, who, row, person, at, station, way, walk_in, stage, site, site_number FROM entry WHERE reception = ? AND number = ?",
            id.text,
            number, read: Entry.init)
    }

    /// Who stands as received under one of these; the newest.
    func standing(_ keys: [String], of id: ReceptionID, in db: borrowing Transaction) throws -> Entry? {
        try keys.compactMap { key in
            try db.first(
                """
                SELECT number, who, row, person, at, station, way, walk_in, stage, site, site_number FROM entry
                WHERE reception = ? AND who = ? AND stage = 'standing' ORDER BY number DESC LIMIT 1
                """, id.text, key, read: Entry.init)
        }.max { $0.number < $1.number }
    }

    func move(_ entry: Entry, to stage: ReceivedView.Stage, in kept: inout KeptReception, _ db: borrowing Transaction) throws {
        try db.run("UPDATE entry SET stage = ? WHERE reception = ? AND number = ?", stage.rawValue, kept.id.text, entry.number)
        kept.count.count(entry, by: -1)
        var moved = entry
        moved.stage = stage
        kept.count.count(moved, by: 1)
    }

    /// - Parameter once: whether nobody else may stand under the same key. What the town tells a site, the town has seen to.
    func write(_ entry: Entry, of id: ReceptionID, once: Bool, name: String?, in db: borrowing Transaction) throws {
        let sealed = name.map { db.close(Array($0.utf8), "entry/\(id)/\(entry.number)") }
        try db.run(
            """
            INSERT INTO entry (reception, number, who, row, person, at, station, way, walk_in, once, stage, sealed, site, site_number)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, id.text, entry.number, entry.who, entry.row, entry.person?.text, entry.at.milliseconds, entry.station.text,
            entry.way.rawValue, entry.isWalkIn, once, entry.stage.rawValue, sealed, entry.origin?.site.text, entry.origin?.number)
    }

    /// As whom a desk has taken down somebody who is not on the list.
    func name(_ sealed: [UInt8], of number: Int, in id: ReceptionID, _ db: borrowing Transaction) throws -> String {
        String(decoding: try db.open(sealed, "entry/\(id)/\(number)"), as: UTF8.self)
    }

    // MARK: What is kept no longer

    /// Lists and who came, after the time the town's file gives; the numbers stay.
    func forget(in turn: borrowing Turn) throws {
        let all = try turn.db.all("SELECT id, ended FROM reception") { (ReceptionID($0.text(0)), $0.intIfPresent(1)) }
        for case (let id?, let ended) in all {
            let terms = policy.terms(id)
            let ends = [ended.map(Instant.init(milliseconds:)), terms?.until].compactMap(\.self)
            guard let end = ends.max(), end + (terms ?? ReceptionTerms(id, title: "")).keeps < turn.now else { continue }
            // Nor are they told to sites any longer.
            for row in try turn.db.all("SELECT row FROM expected WHERE reception = ? LIMIT 2000", id.text, read: { Int($0.int(0)) }) {
                try turn.db.run("DELETE FROM expected WHERE reception = ? AND row = ?", id.text, row)
                try turn.retire("\(id)/\(row)", on: .expectedView)
            }
            for number in try turn.db.all("SELECT number FROM entry WHERE reception = ? LIMIT 2000", id.text, read: { Int($0.int(0)) }) {
                try turn.db.run("DELETE FROM entry WHERE reception = ? AND number = ?", id.text, number)
                try turn.retire("\(id)/\(number)", on: .receivedView)
            }
            try turn.db.run("DELETE FROM conflict WHERE reception = ?", id.text)
            try turn.db.run("DELETE FROM reversal WHERE reception = ?", id.text)
        }
    }
}

extension Entry {
    init(_ row: Row) {
        guard let station = ReceptionStationID(row.text(5)), let way = ReceptionWay(rawValue: row.text(6)),
            let stage = ReceivedView.Stage(rawValue: row.text(8))
        else { preconditionFailure("an entry was written with a station, a way and a stage") }
        self.init(
            number: Int(row.int(0)), who: row.text(1), row: row.intIfPresent(2).map(Int.init),
            person: row.textIfPresent(3).flatMap { PersonID($0) }, at: Instant(milliseconds: row.int(4)), station: station, way: way,
            isWalkIn: row.int(7) == 1, stage: stage,
            origin: row.textIfPresent(9).flatMap { Instance($0) }.map { ReceptionOrigin($0, Int(row.int(10))) })
    }
}

extension ReceptionCount {
    /// Counts somebody in by how they stand, or out again.
    mutating func count(_ entry: Entry, by change: Int) {
        switch entry.stage {
        case .standing: break
        case .disputed: return conflicts += change
        case .reversed: return reversed += change
        case .struck: return
        }
        accepted += change
        if entry.isWalkIn { walkIns += change }
        switch entry.way {
        case .card: byCard += change
        case .ticket: byTicket += change
        case .name: byName += change
        }
    }
}
