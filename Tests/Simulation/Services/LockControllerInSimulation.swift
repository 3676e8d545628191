import Contracts
import LockController
import Seal
import ServiceKit
import Store

/// lock-controller, and a clerk who has booked: each tap at a door is decided once, and what was granted is accounted for.
final class LockControllerInSimulation: Participant {
    let controller: ServiceMachine<LockController>
    private var forgottenIDs: Set<EventID> = []

    init(joining world: World) throws {
        let doors = world.layout.doors.map {
            Door(
                id: $0, accepts: .proved, openFor: .seconds(5), plan: world.layout.plan(of: $0),
                lease: $0 == world.layout.leaseDoor ? .seconds(7 * 86_400) : nil)
        }
        controller = try ServiceMachine(
            LockController(doors: doors, seal: GrantSeal(world.grantKey)), identity: world.identity(.lockController, "main"),
            broker: world.broker)
        controller.skew = world.drawnSkew(world.faults.townSkew)
        world.add(controller)
    }

    static var witnessed: [Reading] {
        [
            witness(.doorDecisions), witness(.doorOutcomes), witness(.doorLives), witness(.doorAlarms), witness(.bookings),
            witness(.groups),
            witness(.doorExceptions), witness(.passbackForgiven),
        ]
    }

    /// Every second card is a member's and opens every door; the first door is booked for others as well, all day.
    func prepare(_ world: World) throws {
        let layout = world.layout
        let tokens = (0..<layout.cards).map { World.token($0) }
        let members = tokens.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        for part in members.parts(of: ChangeGroup.limit) {
            try world.command(ChangeGroup(group: "members", addTokens: part, addDoors: layout.doors), on: .changeGroup, to: controller)
        }
        for part in tokens.filter(layout.isWalker).parts(of: ChangeGroup.limit) {
            try world.command(ChangeGroup(group: "walkers", addTokens: part), on: .changeGroup, to: controller)
        }
        let closed = layout.closed
        let close = AddException(.close, layout.walkersDoor, from: closed.lowerBound, to: closed.upperBound, groups: ["members"])
        try world.command(close, on: .addException, to: controller)
        let guests = tokens.prefix(AddBooking.limit).filter { layout.isGuest($0) }
        guard let door = layout.doors.first, !guests.isEmpty else { return }
        let today = controller.clock(at: world.now)
        try world.command(
            AddBooking(door: door, from: today - .seconds(86_400), to: today + .seconds(2 * 86_400), tokens: guests), on: .addBooking,
            to: controller)
        controller.keepBackup()
    }

    /// Decided, or heard of from a lock, and lost with a disk: what follows from it may be missing or stand otherwise.
    func forgets(_ decision: EventID) -> Bool {
        if forgottenIDs.isEmpty {
            for row in controller.forgotten {
                forgottenIDs.insert(row.id)
                if let outcome = try? Envelope<DoorOutcome>(json: row.event).data.decision { forgottenIDs.insert(outcome) }
            }
        }
        return forgottenIDs.contains(decision)
    }

    /// Each opening of a door as the last fold has it.
    func openings() throws -> [Opened] {
        try controller.disk.read { db in
            try db.all("SELECT life, id FROM door_sign") { row in
                try row.blob(0).decoded(as: LifeAfterSign.self).opened.flatMap { $0.sign.bytes == row.blob(1) ? $0 : nil }
            }.compactMap { $0 }
        }
    }

    struct Opened: Decodable {
        let sign: EventID
        let by: DoorLifeChanged.Reason
    }

    private struct LifeAfterSign: Decodable { let opened: Opened? }

    /// Timers that are still to fire.
    var unrest: [String] {
        let open = try? controller.disk.read { try $0.first("SELECT count(*) FROM opening WHERE result IS NULL") { $0.int(0) } }
        return open == 0 ? [] : ["lock-controller waits for what became of \(open ?? -1) grants"]
    }

    func violations(_ world: World) throws -> [String] {
        var wrong: [String] = []
        let decisions = try world.auditor.heard(.doorDecisions)
        let byTap = Dictionary(grouping: decisions, by: \.data.tap)
        let taps = try world.participant(ReaderAgentsInSimulation.self).tapsAtDoors()
        for tap in taps {
            let count = byTap[tap.id]?.count ?? 0
            if count > 1 || count == 0 && !tap.isForgotten { wrong.append("tap \(tap.id) has \(count) decisions") }
        }
        let known = Set(taps.map(\.id))
        for decision in decisions where !known.contains(decision.data.tap) {
            wrong.append("decision \(decision.id) is about a tap that nobody made")
        }

        let outcomes = Dictionary(grouping: try world.auditor.heard(.doorOutcomes).filter { $0.data.decision != nil }, by: \.data.decision)
        for decision in decisions where decision.data.verdict == .open && !forgets(decision.id) {
            let results = (outcomes[decision.id] ?? []).map(\.data.result)
            if results.isEmpty { wrong.append("nobody says what became of grant \(decision.id)") }
            for result in [DoorOutcome.Result.noAnswer, .notSent] where results.count(where: { $0 == result }) > 1 {
                wrong.append("grant \(decision.id) is given up twice")
            }
        }
        guard controller.restores == 0, controller.clones == 0 else { return wrong }
        wrong += try enteredTwice(world, outcomes: outcomes, decisions)
        // At most one act a cause: whatever order left the building is the one that was written down under its decision, byte for byte.
        let acts = Set(try controller.disk.read { try $0.all("SELECT bytes FROM act") { $0.blob(0) } })
        for (grant, sent) in world.grants.sorted(by: { $0.value < $1.value }) {
            if !acts.contains(grant) { wrong.append("an order left that was never written down") }
            let key = world.grantKey
            guard let bytes = try? JWS.open(grant, keys: [key.kid: key.verifyingKey], type: Grant.type).get(),
                let order = try? bytes.decoded(as: Grant.self)
            else {
                wrong.append("an order left that no lock can read")
                continue
            }
            // Its end is written in whole seconds.
            if world.faultsAtStart.clockSet == 0, (sent + controller.skew).milliseconds / 1000 > order.exp {
                wrong.append("order \(order.jti) left after its end")
            }
        }
        // Nothing of the town's own making is refused by anybody.
        if world.faultsAtStart.garbage == 0, world.faultsAtStart.clone == 0 {
            wrong += try controller.deadLetters().map { "lock-controller could not accept \($0)" }
            wrong += try world.auditor.deadLetters().map { "the auditor could not accept \($0)" }
        }
        return wrong
    }
}

extension Array {
    func parts(of size: Int) -> [[Element]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) } }
}
