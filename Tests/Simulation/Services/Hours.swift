import Contracts
import LockController

// Schedules, a closure and a zone of the simulated town, and a second reckoning of them by which its locks are judged.
extension Layout {
    /// Who may come in at one door for two minutes in every four.
    func isWalker(_ token: Token) -> Bool { World.number(token) % 6 == 5 }
    var walkersDoor: DoorID { doors[doorCount - 1] }

    /// People come in at two of three agents, and go out at the third.
    func direction(at agent: Int) -> Direction? { agent == agentCount ? nil : agent % 3 == 2 ? .out : .in }

    /// Half an hour into the day the last door is closed for everybody but members, for a quarter of a minute: 11:28:15 to 11:28:30.
    var closed: Range<Instant> {
        let from = Instant(startOf: "2026-11-21") + .seconds(11 * 3600 + 28 * 60 + 15)
        return from..<from + .seconds(15)
    }

    func plan(of door: DoorID) -> DoorPlan {
        var plan = DoorPlan()
        guard hasHours, townDoors.contains(door) else { return plan }
        plan.zones = [Zone("inside", .hard)]
        plan.closures = [DoorPlan.Closure("yesterday", [.once("2026-11-01", "2026-11-20")])]
        guard door == walkersDoor else { return plan }
        let hours = stride(from: 680, to: 760, by: 4).map { $0..<$0 + 2 }
        let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, hours) })
        plan.openings = [DoorPlan.Opening(.group("walkers"), Schedule("two-minutes", week: week))]
        return plan
    }

    /// Whether the walkers' hours hold within two seconds of a moment by the lock's clock.
    func mayWalk(_ token: Token, _ door: DoorID, at shown: Instant) -> Bool {
        isWalker(token) && door == walkersDoor
            && [Int64(-2000), 0, 2000].contains { margin in
                let minute: Int64 = (shown.milliseconds + margin) / 60_000 + 9 * 60
                return (Int64(680)..<760).contains(minute % 1440) && minute % 4 < 2
            }
    }

    /// Whether the door was closed for this card, two seconds after it was and until two seconds before it was not any more.
    func isShutOut(_ token: Token, _ door: DoorID, at shown: Instant) -> Bool {
        World.number(token) % 2 != 0 && door == walkersDoor && closed.lowerBound + .seconds(2) <= shown
            && shown < closed.upperBound - .seconds(2)
    }
}

extension LockControllerInSimulation {
    /// Cards that opened a door from outside twice and were never held on the way out between, reckoned by when they were held.
    func enteredTwice(
        _ world: World, outcomes: [EventID?: [Testimony<DoorOutcome>]], _ decisions: [Testimony<DoorDecided>]
    ) throws -> [String] {
        // With clocks that were set nobody knows what came first.
        guard world.faultsAtStart.clockSet == 0 else { return [] }
        let agents = world.participant(ReaderAgentsInSimulation.self)
        let people = world.participant(ResidentDirectoryInSimulation.self)
        let cards = try agents.cardsByTap()
        let margin = Duration.seconds(10) + world.faultsAtStart.doubt
        var entered: [Int: [ReaderAgentsInSimulation.HeldCard]] = [:]
        for decision in decisions where decision.data.verdict == .open {
            guard let card = cards[decision.data.tap], card.direction == .in, !people.isKnown(card.token),
                (outcomes[decision.id] ?? []).allSatisfy({ $0.data.result == .opened })
            else { continue }
            entered[World.number(card.token), default: []].append(card)
        }
        var wrong: [String] = []
        for (number, entries) in entered.sorted(by: { $0.key < $1.key }) {
            let entries = entries.sorted { $0.at < $1.at }
            for (first, second) in zip(entries, entries.dropFirst()) {
                let wentOut = agents.held.contains {
                    World.number($0.token) == number && $0.direction == .out && $0.at > first.at - margin && $0.at < second.at + margin
                }
                if !wentOut { wrong.append("card \(first.token) came in twice, \(second.at - first.at) apart, and never went out") }
            }
        }
        return wrong
    }
}
