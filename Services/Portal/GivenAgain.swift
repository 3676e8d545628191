import Contracts
import Journal
import ServiceKit
import Store

/// What was commanded through the portal is kept for thirty days, and given again to a service that was put back from a copy and has forgotten it.
extension Portal {
    /// Kept are commands that last: not those that change nothing, and not those that mean the moment alone.
    func keep(_ command: Command, by user: UserID, on name: TopicName, of owner: Program, in turn: borrowing Turn) throws {
        guard !Capability.looks.contains(name), !Capability.momentary.contains(name), owner.text != FindUses.type else { return }
        let given = GivenCommand(id: command.id, to: Address(owner, town.place), by: user, on: command.topic, bytes: command.bytes)
        try Given.note(given, in: turn.db)
    }

    /// Looks whether a service has forgotten what was commanded from here, and gives it again.
    func heed(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        let service = Address(topic.owner, topic.entity.named())
        let users = try turn.db.all("SELECT DISTINCT actor FROM given WHERE service = ?", service.description) { UserID($0.text(0)) }
        for user in users.compactMap(\.self) where !errands.rounds.contains(Round(service, user)) {
            guard let setback = try Given.hear(life, of: service, as: user, in: turn.db) else { continue }
            let lost = try Given.lost(by: service, to: setback, of: user, in: turn.db)
            errands.rounds.insert(Round(service, user))
            if !lost.isEmpty { turn.log("\(service) has forgotten commands: \(lost.count) of \(user) are given again") }
            try giveAgain(lost[...], to: service, of: user, because: life, in: turn)
        }
    }

    /// One after the other, in the order in which they were given. A service that is silent is asked again when it next says how it is.
    private func giveAgain(
        _ rest: ArraySlice<GivenCommand>, to service: Address, of user: UserID, because life: Life, in turn: borrowing Turn
    ) throws {
        guard let first = rest.first else {
            try Given.settle(life, of: service, as: user, in: turn.db)
            errands.rounds.remove(Round(service, user))
            return
        }
        let command = Command(
            id: first.id, topic: first.topic, bytes: GivenAgain.marked(first.bytes), expires: turn.now + Self.patience)
        turn.give(command)
        errands.open[command.id] = Errands.Errand(
            command: command, nextSend: turn.now + .seconds(2),
            take: { _, turn in try giveAgain(rest.dropFirst(), to: service, of: user, because: life, in: turn) },
            giveUp: { _ in errands.rounds.remove(Round(service, user)) })
    }
}

/// Commands of one station that are being given again to one service.
struct Round: Hashable {
    let service: Address
    let user: UserID

    init(_ service: Address, _ user: UserID) { (self.service, self.user) = (service, user) }
}
