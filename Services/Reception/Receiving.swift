import Contracts
import People
import ServiceKit
import Store

/// Who asks to be received, as this service knows them.
struct Who {
    var claimant: Claimant
    var row: Int?
    var person: PersonID?
    /// Under what they may have been received before: every row of theirs, and every name.
    var keys: [String] = []
    /// As a desk has taken them down.
    var name: String?
}

extension Reception {
    /// A card was held at a reader that receives people.
    func notice(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard let id = tap.data.purpose.reception, let terms = policy.terms(id), rules(on: terms), tap.data.direction != .out else {
            return
        }
        let agent: AgentID = turn.topic.entity.named()
        // One place rules on a card: where a site does, it tells what it has done.
        guard terms.whenCutOff == .central || !agentsOfSites.contains(agent) else { return }
        // A machine that was never told the time says nothing of when.
        let isTimed = tap.data.clock != .boot
        let at = isTimed ? min(tap.time, turn.now) : turn.now
        let claim = Claim(
            at: at, station: terms.station(of: agent), way: .card, isAnswered: isTimed ? turn.now - at <= answerTime : turn.isLive,
            isAtSite: !isOfTheTown)
        let who = try holder(of: tap.data, in: turn.db).map { try self.who($0, in: id, turn.db) } ?? Who(claimant: .unknown)
        var kept = try kept(terms, in: turn)
        let ruling = try rule(claim, of: who, in: &kept, under: terms, cause: tap.id, in: turn)
        guard turn.isLive, claim.isAnswered else { return }
        try turn.tell(
            agent, ReceptionFeedback(tap: tap.id, reader: tap.data.reader, ruling?.outcome ?? .accepted), on: .receptionFeedback)
    }

    private func holder(of tap: Tapped, in db: borrowing Transaction) throws -> PersonID? {
        for token in [tap.token, tap.former].compactMap(\.self) {
            if let person = try People<ReceptionView>.person(of: token, in: db) { return person }
        }
        return nil
    }

    // MARK: At a desk

    func receive(_ command: Envelope<Receive>, in turn: borrowing Turn) throws -> Reply<Received> {
        let wish = command.data
        return try turn.obey {
            let terms = try termsRuledOn(wish.reception)
            let station = try station(of: turn, in: terms)
            let who = try who(wish, in: turn.db)
            let claim = Claim(
                at: turn.now, station: station, way: wish.ticket == nil ? .name : .ticket, isAnswered: true,
                isOverride: wish.override == true, isAtSite: !isOfTheTown)
            var kept = try kept(terms, in: turn)
            guard let ruling = try rule(claim, of: who, in: &kept, under: terms, cause: command.id, by: turn.actor, in: turn) else {
                preconditionFailure("only cards are held twice")
            }
            let row = try ruling.row.flatMap { try expected($0, of: terms.id, in: turn.db) }
            return .accept(Received(ruling, row, kept.count))
        }
    }

    private func who(_ wish: Receive, in db: borrowing Transaction) throws -> Who {
        let id = wish.reception
        let given = [wish.ticket != nil, wish.person != nil, wish.row != nil, wish.name != nil && wish.walkIn != true, wish.walkIn == true]
        guard given.count(where: { $0 }) == 1 else {
            throw Objection("no-holder", "Name one of ticket, person, row, name and walk-in.")
        }
        if let ticket = wish.ticket {
            return try row(withTicket: ticket, in: id, db).map { try who(row: $0, in: id, db) } ?? .init(claimant: .unknown)
        }
        if let person = wish.person {
            let who = try who(person, in: id, db)
            guard try who.row != nil || People<ReceptionView>.view(of: who.person ?? person, in: db) != nil else {
                throw Objection("unknown-person", "Nobody with a card is \(person), and no row of the list has this id.")
            }
            return who
        }
        if let row = wish.row {
            guard try expected(row, of: id, in: db) != nil else { throw Objection("unknown-row", "The list of \(id) has no row \(row).") }
            return try who(row: row, in: id, db)
        }
        if wish.walkIn == true {
            if let name = wish.name { try check(name, "name") }
            return Who(claimant: .unlisted, name: wish.name)
        }
        let rows = try rows(called: wish.name ?? "", in: id, limit: 2, db)
        guard rows.count < 2 else {
            throw Objection("several", "Several rows have this name. Look for the right one, kazasu reception find, and say --row N.")
        }
        return try rows.first.map { try who(row: $0, in: id, db) } ?? Who(claimant: .unknown)
    }

    /// A person with all rows and names of theirs.
    func who(_ person: PersonID, in id: ReceptionID, _ db: borrowing Transaction) throws -> Who {
        let present = try People<ReceptionView>.present(person, in: db)
        let names = try [present] + People<ReceptionView>.merged(into: present, in: db)
        let rows = try names.compactMap { name in
            try db.first("SELECT row, station FROM expected WHERE reception = ? AND person = ?", id.text, name.text) {
                (Int($0.int(0)), $0.textIfPresent(1).flatMap { ReceptionStationID($0) })
            }
        }
        let keys = rows.map { "row/\($0.0)" } + names.map(\.text)
        return Who(
            claimant: rows.first.map { .listed(station: $0.1) } ?? .unlisted, row: rows.first?.0, person: present, keys: keys)
    }

    func who(row: Int, in id: ReceptionID, _ db: borrowing Transaction) throws -> Who {
        let found = try db.first("SELECT person, station FROM expected WHERE reception = ? AND row = ?", id.text, row) {
            ($0.textIfPresent(0).flatMap { PersonID($0) }, $0.textIfPresent(1).flatMap { ReceptionStationID($0) })
        }
        var who = try found?.0.map { try self.who($0, in: id, db) } ?? Who(claimant: .unlisted, keys: ["row/\(row)"])
        (who.claimant, who.row) = (.listed(station: found?.1), row)
        return who
    }

    // MARK: Rulings

    /// Decides, writes it down and says it.
    /// - Returns: `nil` where a card lay there still.
    @discardableResult
    func rule(
        _ claim: Claim, of who: Who, in kept: inout KeptReception, under terms: ReceptionTerms, cause: EventID, by user: UserID? = nil,
        origin: ReceptionOrigin? = nil, in turn: borrowing Turn
    ) throws -> ReceptionRuling? {
        let before = try standing(who.keys, of: terms.id, in: turn.db)
        let state = Standing(
            stage: claim.isAnswered ? kept.count.stage : stage(at: claim.at, after: kept.changes), total: kept.count.total,
            first: before?.first)
        let outcome: ReceptionRuling.Outcome
        switch verdict(on: claim, of: who.claimant, state, under: terms) {
        case .same: return nil
        case .refuse(let refusal): outcome = refusal
        case .accept: outcome = .accepted
        case .conflict: outcome = .conflict
        }
        var ruling = ReceptionRuling(outcome, claim.way, at: claim.at, in: terms.id, claim.station)
        (ruling.by, ruling.person, ruling.row, ruling.origin) = (user, who.person, who.row, origin)
        if case .listed(let own) = who.claimant { ruling.rowStation = own }
        if outcome == .repeated || outcome == .conflict { ruling.first = before?.first }
        if outcome == .accepted || outcome == .conflict {
            ruling.override = claim.isOverride && ruling.rowStation.map { $0 != claim.station } == true ? true : nil
            ruling.walkIn = terms.hasList && who.claimant == .unlisted ? true : nil
            kept.newest += 1
            let number = isOfTheTown ? kept.newest : ReceptionRuling.firstOwn - 1 + kept.newest
            ruling.number = number
            try enter(ruling, number, of: who, before, in: &kept, once: terms.isOnceOnly, cause: cause, in: turn)
        }
        if outcome == .late { kept.count.late += 1 }
        if outcome == .late || ruling.number != nil { try write(&kept, in: turn) }
        try turn.emit(ruling, on: .receptionRulings, cause: cause, subject: terms.id.text)
        return ruling
    }

    private func enter(
        _ ruling: ReceptionRuling, _ number: Int, of who: Who, _ before: Entry?, in kept: inout KeptReception, once: Bool, cause: EventID,
        in turn: borrowing Turn
    ) throws {
        let isDisputed = ruling.outcome == .conflict
        let key = isDisputed ? before?.who : who.row.map { "row/\($0)" } ?? who.person?.text
        let entry = Entry(
            number: number, who: key ?? "walk-in/\(number)", row: who.row, person: who.person, at: ruling.at,
            station: ruling.station, way: ruling.way, isWalkIn: ruling.walkIn == true, stage: isDisputed ? .disputed : .standing,
            origin: ruling.origin)
        try write(entry, of: kept.id, once: once, name: who.name, in: turn.db)
        kept.count.count(entry, by: 1)
        // What a site has received twice, the town makes a conflict that can be settled.
        guard isOfTheTown, isDisputed, let before else { return }
        let conflict = ReceptionConflict(kept.id, row: who.row, who.person, before.first, entry.first, at: turn.now)
        try write(conflict, in: turn.db)
        try turn.emit(conflict, on: .receptionConflicts, cause: cause, subject: kept.id.text)
    }

    // MARK: Somebody was found to be another

    /// Whoever was received under two names was received twice: that is a conflict like any other.
    func recognize(_ person: PersonID, in turn: borrowing Turn) throws {
        guard isOfTheTown, try People<ReceptionView>.successor(of: person, in: turn.db) != nil else { return }
        let present = try People<ReceptionView>.present(person, in: turn.db)
        let names = try [present] + People<ReceptionView>.merged(into: present, in: turn.db)
        let found = try names.flatMap { name in
            try turn.db.all(
                "SELECT reception, number FROM entry WHERE person = ? AND once = 1 AND stage = 'standing' ORDER BY number", name.text
            ) { (ReceptionID($0.text(0)), Int($0.int(1))) }
        }
        let numbers = Dictionary(grouping: found.compactMap { id, number in id.map { ($0, number) } }, by: \.0).mapValues {
            $0.map(\.1).sorted()
        }
        for (id, numbers) in numbers.sorted(by: { $0.key < $1.key }) where numbers.count > 1 {
            guard let terms = policy.terms(id), let first = try entry(numbers[0], of: id, in: turn.db) else { continue }
            var kept = try kept(terms, in: turn)
            for number in numbers.dropFirst() {
                guard let second = try entry(number, of: id, in: turn.db) else { continue }
                try move(second, to: .disputed, in: &kept, turn.db)
                try turn.db.run("UPDATE entry SET who = ? WHERE reception = ? AND number = ?", first.who, id.text, number)
                let conflict = ReceptionConflict(id, row: second.row, present, first.first, second.first, at: turn.now)
                try write(conflict, in: turn.db)
                try turn.emitTimed(conflict, on: .receptionConflicts, identity: "\(id)/\(number)", due: turn.now)
            }
            try write(&kept, in: turn)
        }
    }
}
