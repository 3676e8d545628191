import Contracts
import People
import Seal
import ServiceKit
import Sheets
import Store

/// Whether somebody is safe, for those who ask (災害対策基本法 第86条の15): as much as the person agreed to, or as their relation to who asks allows.
extension ShelterRegistry {
    /// Look-ups of one desk in an hour, at most: a reception asks for one person after the other, and whoever tries out names is stopped.
    private static let perHour: Int64 = 120

    func lookUp(_ command: Envelope<LookUpEvacuee>, in turn: borrowing Turn) throws -> Reply<LookUpAnswer> {
        let wish = command.data
        guard let index = index(reading: wish.reading) else {
            return .refuse("bad-reading", "Give the reading of the name, in kana or Latin letters.")
        }
        let lately = try turn.db.first(
            "SELECT count(*) FROM look_up WHERE by = ? AND at > ?", turn.actor.text, (turn.now - .seconds(3600)).milliseconds
        ) { $0.int(0) }
        guard lately ?? 0 < Self.perHour else {
            return .refuse("too-many", "\(turn.actor) has asked \(Self.perHour) times within an hour. Ask headquarters.")
        }
        let found = try fitting(wish, index, in: turn.db)
        var answer = LookUpAnswer(.nothing, isAmbiguous: found.count > 1 ? true : nil)
        if found.count == 1 { answer = try self.answer(about: found[0], to: wish.relation, in: turn.db) }
        let who = found.count == 1 ? found[0] : nil
        let made = EvacueeLookedUp(who, by: turn.actor, relation: wish.relation, tier: answer.tier)
        let id = try turn.emit(made, on: .lookUps, cause: command.id, subject: who?.description)
        try write(made, id, at: turn.now, in: turn.db)
        return .accept(answer)
    }

    /// What another registry was asked: whoever was asked for is told of it here too.
    func learn(_ told: Envelope<EvacueeLookedUp>, in turn: borrowing Turn) throws {
        try write(told.data, told.id, at: told.time, in: turn.db)
    }

    private func write(_ made: EvacueeLookedUp, _ id: EventID, at moment: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT INTO look_up (id, who, by, at, relation, tier) VALUES (?, ?, ?, ?, ?, ?)", id.bytes, made.who?.description,
            made.by.text,
            moment.milliseconds, made.relation.rawValue, made.tier.rawValue)
    }

    /// People of that name and reading; age and district, where given and known, must fit as well.
    private func fitting(_ wish: LookUpEvacuee, _ index: [UInt8], in db: borrowing Transaction) throws -> [Evacuee] {
        let names = try db.all("SELECT who FROM reading_index WHERE reading = ? ORDER BY who LIMIT 50", index) { Evacuee($0.text(0)) }
        let people = try Set(names.compactMap(\.self).map { try whoIs($0, in: db) }).sorted()
        return try people.filter { who in
            let brief = try brief(who, false, in: db)
            guard brief.name.map(Self.plain) == Self.plain(wish.name) else { return false }
            if let age = wish.age, let known = brief.age, abs(age - known) > 1 { return false }
            if let district = wish.district, let known = brief.district, Self.plain(district) != Self.plain(known) { return false }
            return true
        }
    }

    /// Of who must not be found nothing is said; neither is of whom nothing is known.
    private func answer(about who: Evacuee, to relation: LookUpEvacuee.Relation, in db: borrowing Transaction) throws -> LookUpAnswer {
        let view = try who.person.flatMap { try People<ShelterView>.view(of: $0, in: db) }
        guard view?.isProtected != true, let stay = try stays(of: who.description, false, in: db).last else {
            return LookUpAnswer(.nothing)
        }
        let tier = max(tier(agreedTo: view?.agreed ?? []), relation.tier)
        switch tier {
        case .nothing: return LookUpAnswer(.nothing)
        case .safe: return LookUpAnswer(.safe, at: stay.since)
        // Who has left is not there any more.
        case .place, .contact:
            return LookUpAnswer(stay.ends == nil ? tier : .safe, at: stay.since, shelter: stay.ends == nil ? stay.shelter : nil)
        }
    }

    private func tier(agreedTo kinds: [Name<Consent>]) -> LookUpAnswer.Tier {
        kinds.contains(ShelterConsent.contact)
            ? .contact : kinds.contains(ShelterConsent.place) ? .place : kinds.contains(ShelterConsent.safe) ? .safe : .nothing
    }

    func index(reading: String) -> [UInt8]? {
        foldedReading(reading).map { vault.blindIndex(Array($0.utf8), for: "evacuee's reading") }
    }

    /// Keeps by which reading somebody is found.
    func noteReading(_ reading: String?, of who: Evacuee, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM reading_index WHERE who = ?", who.description)
        guard let index = reading.flatMap({ index(reading: $0) }) else { return }
        try db.run("INSERT INTO reading_index (reading, who) VALUES (?, ?)", index, who.description)
    }

    /// Names are written with spaces or without.
    private static func plain(_ text: String) -> String { text.filter { $0 != " " && $0 != "\u{3000}" } }

    func lookUps(of who: Evacuee, in db: borrowing Transaction) throws -> [EvacueePage.LookUp] {
        try db.all("SELECT at, by, relation, tier FROM look_up WHERE who = ? ORDER BY at DESC, id LIMIT 50", who.description) { row in
            guard let by = UserID(row.text(1)), let relation = LookUpEvacuee.Relation(rawValue: row.text(2)),
                let tier = LookUpAnswer.Tier(rawValue: row.text(3))
            else { preconditionFailure("a look-up was written with a user, a relation and a tier") }
            return EvacueePage.LookUp(at: Instant(milliseconds: row.int(0)), by: by, relation: relation, tier: tier)
        }
    }
}

extension LookUpEvacuee.Relation {
    /// What may be said without the person's own word: to those they live with where they are, to their family that they are safe.
    var tier: LookUpAnswer.Tier {
        switch self {
        case .household: .place
        case .family: .safe
        case .acquaintance: .nothing
        }
    }
}
