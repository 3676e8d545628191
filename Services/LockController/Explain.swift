import Contracts
import ServiceKit

extension LockController {
    /// What the door would do, by the same decision that is made at a tap; of a site's door by what the town knows.
    func explain(_ command: Envelope<ExplainDoor>, in turn: borrowing Turn) throws -> Reply<DoorExplanation> {
        let (id, moment) = (command.data.door, command.data.at)
        guard let door = plannedDoor(id) else { return .refuse("unknown-door", "There is no door \(id). `kazasu door list` shows them.") }
        var rights: Rights
        let emergency = try emergency(at: id, at: moment, in: turn.db)
        switch (command.data.token, command.data.person) {
        case (let token?, nil): rights = try Rights(of: token, nil, at: door, around: moment, in: emergency, turn.db)
        case (nil, let person?): rights = try Rights(of: person, at: door, around: moment, in: emergency, turn.db)
        default: return .refuse("bad-holder", "Say the card or the person: one of them.")
        }
        let zones = try door.plan.zones.filter { try isInside($0, rights.standing.holder, at: moment, in: turn.db) }
        rights.standing.inside = zones.first { $0.passback == .hard } ?? zones.first
        let town = turn.identity.offset
        let ruling = ruling(on: Attempt(at: moment, in: town), at: door, rights: rights)
        let claims = rights.claims(at: moment, by: door.plan, in: town)
        let day = moment.date(town)
        return .accept(
            DoorExplanation(
                id, at: moment, ruling.verdict, rule: ruling.rule,
                rights: claims.prefix(50).map { RightSaid($0.right, $0.says, from: $0.from, to: $0.to) },
                holiday: NationalHoliday.name(of: day), closure: door.plan.closure(on: day)))
    }
}
