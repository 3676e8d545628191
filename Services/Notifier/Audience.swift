import Contracts
import People
import ServiceKit
import Store

/// What decides, beside the audience, who is told of a message.
struct Wish {
    let audience: Audience
    let kind: NoticeKind
    let tier: TownMessage.Tier

    init(_ audience: Audience, _ kind: NoticeKind, _ tier: TownMessage.Tier) {
        (self.audience, self.kind, self.tier) = (audience, kind, tier)
    }

    init(_ message: TownMessage) { self.init(message.audience, message.kind, message.tier) }
}

/// What somebody for whom a message is meant has of it.
enum AudienceVerdict: Equatable {
    case told
    /// Does not want it.
    case declined
    /// Would have it, and has no address that works.
    case unreachable
    /// In a disaster, of whom no address is known, and of a confidential one, of whom the town has not made sure: others must go there.
    case beyondReach
}

/// Whom a message is for: those for whom all that is given holds.
extension Notifier {
    /// - Returns: `nil` if the message is not meant for them.
    func recipient(
        _ candidate: PersonID, _ wish: Wish, on day: CalendarDate, in db: borrowing Transaction
    ) throws -> (person: PersonID, verdict: AudienceVerdict)? {
        let person = try People<NoticeView>.present(candidate, in: db)
        // Whoever has another name now comes under that one; in shelters if they were seen there under it.
        if person != candidate, try wish.audience.shelters == nil || sheltered(person, in: db) != nil { return nil }
        guard let view = try view(of: person, in: db), try isMeant(person, view, wish, on: day, in: db) else { return nil }
        return (person, try verdict(on: person, view, wish, in: db))
    }

    private func verdict(
        on person: PersonID, _ view: NoticeView, _ wish: Wish, in db: borrowing Transaction
    ) throws -> AudienceVerdict {
        let recipient = NoticeRecipient.person(person)
        let routes = try routes(to: recipient, in: db).filter { wish.tier != .confidential || !$0.isOpenToOthers }
        let isShown = try wish.tier != .confidential && !homes(of: person, in: db).isEmpty
        let works = try isShown || routes.contains { try !isDead($0, of: recipient, in: db) }
        switch wish.tier {
        case .disaster: return works ? .told : routes.isEmpty ? .beyondReach : .unreachable
        case .confidential where view.agreed?.contains(wish.kind) == true && view.isVerified != true: return .beyondReach
        case .ordinary, .confidential:
            guard view.agreed?.contains(wish.kind) == true else { return .declined }
            return works ? .told : .unreachable
        }
    }

    private func isMeant(
        _ person: PersonID, _ view: NoticeView, _ wish: Wish, on day: CalendarDate, in db: borrowing Transaction
    ) throws -> Bool {
        let audience = wish.audience
        if let districts = audience.districts, !(view.district.map(districts.contains) ?? false) { return false }
        if let group = audience.group, view.groups?.contains(group) != true { return false }
        if let programme = audience.eligible {
            let holds = (view.eligible ?? []).contains {
                $0.programme == programme && $0.from <= day && $0.to.map { day < $0 } ?? true
            }
            guard holds else { return false }
        }
        if let shelters = audience.shelters {
            let shelter = try names(of: person, in: db).lazy.compactMap { try sheltered($0, in: db) }.first
            guard let shelter, shelters.isEmpty || shelters.contains(shelter) else { return false }
        }
        guard let id = audience.school else { return true }
        guard let school = policy.school(id) else { return false }
        return try isOf(school, person, view, wish, in: db)
    }

    /// A pupil with a channel, or a guardian of one. In a disaster, whoever may collect one as well.
    private func isOf(
        _ school: School, _ person: PersonID, _ view: NoticeView, _ wish: Wish, in db: borrowing Transaction
    ) throws -> Bool {
        func isThere(_ pupil: PersonID, _ view: NoticeView) throws -> Bool {
            guard wish.audience.schoolClass.map({ view.schoolClass == $0 }) ?? true else { return false }
            return try isPupil(pupil, of: school, in: db)
        }
        if try isThere(person, view), try hasWays(person, in: db) { return true }
        var pupils = try subjects(of: person, in: db)
        if wish.tier == .disaster { pupils += try children(of: person, in: db) }
        return try pupils.contains { pupil in
            guard let view = try self.view(of: pupil, in: db), try isThere(pupil, view) else { return false }
            return (view.tell ?? []).contains { $0.person == person && $0.relation == .guardian }
                || wish.tier == .disaster && view.collectors?.contains(person) == true
        }
    }

    /// Where somebody has evacuated to.
    private func sheltered(_ person: PersonID, in db: borrowing Transaction) throws -> ShelterID? {
        try db.first("SELECT shelter FROM sheltered WHERE person = ? AND presence <> 'left'", person.text) {
            $0.textIfPresent(0).flatMap { ShelterID($0) }
        } ?? nil
    }

    func check(_ audience: Audience) throws {
        let districts = audience.districts ?? []
        guard audience.districts?.isEmpty != true, districts.count <= 100, districts.allSatisfy({ $0.utf8.count <= 200 }) else {
            throw Objection("bad-audience", "Name one to a hundred districts, or none at all for everybody.")
        }
        guard (audience.shelters ?? []).count <= 100 else { throw Objection("bad-audience", "Name a hundred shelters at most.") }
        if let school = audience.school, policy.school(school) == nil {
            throw Objection("unknown-school", "The town's file has no school \(school).")
        }
        guard audience.schoolClass == nil || audience.school != nil else {
            throw Objection("bad-audience", "A class is one of a school: name the school as well.")
        }
        guard (audience.schoolClass ?? "").utf8.count <= 60 else { throw Objection("bad-audience", "No class is called that.") }
    }
}
