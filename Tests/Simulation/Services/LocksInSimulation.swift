import Bus
import Contracts
import Seal
import ServiceKit
import VirtualLock

/// The town's locks: no door opens twice by a grant, without a decision, without right, or late.
final class LocksInSimulation: Participant {
    let locks: [LockMachine]

    init(joining world: World) throws {
        locks = world.layout.locked.map { door in
            let key = door == Station.door ? world.station?.key : nil
            return LockMachine(door: door, keys: [(key ?? world.grantKey).verifyingKey], broker: world.broker(of: door.named()))
        }
        for lock in locks {
            lock.skew = world.drawnSkew(world.faults.townSkew)
            world.add(lock)
        }
    }

    static var witnessed: [Reading] { [] }

    func violations(_ world: World) throws -> [String] {
        var wrong: [String] = []
        let cards = try world.participant(ReaderAgentsInSimulation.self).cardsByTap()
        let controllers = world.participant(LockControllerInSimulation.self)
        let people = world.participant(ResidentDirectoryInSimulation.self)
        let decisions = Dictionary(
            try world.auditor.heard(.doorDecisions).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let outcomes = Set(try world.auditor.heard(.doorOutcomes).filter { $0.data.result == .opened }.compactMap(\.data.decision))
        let doubt = world.faultsAtStart.doubt
        for lock in locks {
            let controller = controllers.owner(of: lock.door)
            var obeyed: Set<EventID> = []
            var highest: Int64 = 0
            for opening in lock.opened {
                let id = opening.grant.jti
                let door = "door \(lock.door), \(id):"
                if !obeyed.insert(id).inserted { wrong.append("\(door) opened twice") }
                if opening.grant.cnt <= highest { wrong.append("\(door) obeyed counter \(opening.grant.cnt) after \(highest)") }
                highest = opening.grant.cnt
                let seconds = opening.shown.milliseconds / 1000
                if seconds >= opening.grant.exp || seconds < opening.grant.nbf { wrong.append("\(door) obeyed outside its time") }
                // A decision the controller's disk has forgotten may have been made anew, and not as it was.
                if controllers.forgets(id) { continue }
                guard let decision = decisions[id]?.data, let decided = decisions[id]?.time, decision.verdict == .open,
                    decision.door == lock.door
                else {
                    wrong.append("\(door) opened without a decision")
                    continue
                }
                // A copy of the controller that was thrown away may have been the one that answered the lock.
                if !outcomes.contains(id), controller.clones == 0 {
                    wrong.append("\(door) opened, and the journal does not say so")
                }
                // Modes and other ways to come in are looked at by those who know of them.
                guard decision.means == nil, decision.right?.disaster == nil, world.layout.doors.contains(lock.door) else { continue }
                guard let card = cards[decision.tap] else {
                    wrong.append("\(door) opened, and nobody held a card")
                    continue
                }
                let isOther = people.mayOpen(card.token, lock.door)
                let isWalking = world.layout.mayWalk(card.token, lock.door, at: opening.shown)
                if world.layout.isShutOut(card.token, lock.door, at: opening.shown) {
                    wrong.append("\(door) opened for \(card.token) while it was closed")
                }
                let isStaff = lock.door == Station.door && world.layout.isSiteStaff(card.token)
                if !card.hasRight && !isOther && !isWalking && !isStaff || card.door != lock.door {
                    wrong.append("\(door) opened for \(card.token), which has no right there")
                }
                // Ten seconds, and one because locks count in whole ones.
                let limit = Duration.seconds(11) + doubt + .milliseconds(abs((controller.skew - lock.skew).milliseconds))
                if opening.at - card.at > limit {
                    let after = decided - controller.skew - card.at
                    wrong.append(
                        "\(door) opened \(opening.at - card.at) after \(card.token) was held at gate-\(card.agent), decided \(after) after it; \(limit) are allowed"
                    )
                }
            }
        }
        return try wrong + causes(world)
    }

    /// Every bolt that moved by a decision that is not forgotten, and the decision.
    func openings(_ world: World) throws -> [(door: DoorID, opening: LockMachine.Opening, decision: DoorDecided)] {
        let controllers = world.participant(LockControllerInSimulation.self)
        let decisions = Dictionary(
            try world.auditor.heard(.doorDecisions).map { ($0.id, $0.data) }, uniquingKeysWith: { first, _ in first })
        return locks.flatMap { lock in
            lock.opened.compactMap { opening in
                guard !controllers.forgets(opening.grant.jti), let decision = decisions[opening.grant.jti] else { return nil }
                return (lock.door, opening, decision)
            }
        }
    }

    /// Every opening of a door has one cause, and it is the one that opened it.
    private func causes(_ world: World) throws -> [String] {
        let controllers = world.participant(LockControllerInSimulation.self)
        // A disk put back may lack reports that were answered; a clock set on the way may part an opening from its grant.
        guard controllers.areWhole, world.faultsAtStart.clockSet == 0 else { return [] }
        let known = Dictionary(grouping: try controllers.openings(), by: \.sign)
        // A clock a minute ahead is not believed, and so neither is the order of what it says.
        let believed = locks.filter { !$0.hasForgotten && $0.skew - controllers.owner(of: $0.door).skew < .seconds(60) }
        return believed.flatMap { lock in
            lock.sensed.compactMap { opening -> String? in
                let found = known[opening.report, default: []]
                // Who comes out while somebody else was let in comes out by that grant as well.
                let causes: [DoorLifeChanged.Reason] = opening.by == .exit ? [.exit, .grant] : [opening.by]
                if found.count == 1, found.allSatisfy({ causes.contains($0.by) }) { return nil }
                return "door \(lock.door) was opened by \(opening.by), and lock-controller says \(found.map(\.by))"
            }
        }
    }
}

extension Faults {
    /// By how much a town may think a tap younger than it is: signs of life that were all held up, and a clock that was set since the last one.
    var doubt: Duration { .milliseconds(Int64((delay > 0 ? longestDelay : 0) + (clockSet > 0 ? 3 * step : 0))) }
}
