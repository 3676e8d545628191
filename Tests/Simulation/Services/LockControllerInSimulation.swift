import Contracts
import LockController
import Seal
import ServiceKit
import Store

/// lock-controller, and a clerk who has booked: each tap at a door is decided once, and what was granted is accounted for.
final class LockControllerInSimulation: Participant {
    let controller: ServiceMachine<LockController>
    /// That of a site.
    let siteController: ServiceMachine<LockController>?
    private var forgottenIDs: Set<EventID> = []

    init(joining world: World) throws {
        let layout = world.layout
        let doors = layout.locked.filter { $0 != Station.door }.map {
            Door(
                id: $0, accepts: .proved, openFor: .seconds(5), plan: layout.plan(of: $0),
                lease: $0 == layout.leaseDoor ? .seconds(7 * 86_400) : nil, hasKeypad: $0 == Layout.annex)
        }
        let stationDoor = Door(id: Station.door, accepts: .proved, openFor: .seconds(5))
        let service = LockController(
            doors: doors, sites: layout.hasSite ? [Station.name: [stationDoor]] : [:], duty: .town(hasSites: layout.hasSite),
            lockers: layout.lockers,
            disasters: layout.disasters, seal: GrantSeal(world.grantKey), codes: try World.codeKey())
        controller = try ServiceMachine(service, identity: world.identity(.lockController, "main"), broker: world.broker)
        siteController = try world.station.map { station in
            let service = LockController(
                doors: [stationDoor], duty: .site, disasters: layout.disasters,
                seal: GrantSeal(station.key))
            return try ServiceMachine(service, identity: world.identity(.lockController, Station.name), broker: station.broker)
        }
        for machine in all {
            machine.skew = world.drawnSkew(world.faults.townSkew)
            world.add(machine)
        }
    }

    var all: [ServiceMachine<LockController>] { [controller] + (siteController.map { [$0] } ?? []) }
    var areWhole: Bool { all.allSatisfy(\.isWhole) }
    func owner(of door: DoorID) -> ServiceMachine<LockController> { door == Station.door ? siteController ?? controller : controller }

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
            for row in all.flatMap(\.forgotten) {
                forgottenIDs.insert(row.id)
                if let outcome = try? Envelope<DoorOutcome>(json: row.event).data.decision { forgottenIDs.insert(outcome) }
            }
        }
        return forgottenIDs.contains(decision)
    }

    /// Each opening of a door as the last fold has it.
    func openings() throws -> [Opened] {
        try all.flatMap { controller in
            try controller.disk.read { db in
                try db.all("SELECT life, id FROM door_sign") { row in
                    try row.blob(0).decoded(as: LifeAfterSign.self).opened.flatMap { $0.sign.bytes == row.blob(1) ? $0 : nil }
                }.compactMap { $0 }
            }
        }
    }

    struct Opened: Decodable {
        let sign: EventID
        let by: DoorLifeChanged.Reason
    }

    private struct LifeAfterSign: Decodable { let opened: Opened? }

    /// Timers that are still to fire.
    var unrest: [String] {
        all.compactMap { controller in
            let open = try? controller.disk.read { try $0.first("SELECT count(*) FROM opening WHERE result IS NULL") { $0.int(0) } }
            return open == 0 ? nil : "\(controller.name) waits for what became of \(open ?? -1) grants"
        }
    }

    func violations(_ world: World) throws -> [String] {
        var wrong: [String] = []
        let ruled = try world.auditor.heard(.doorDecisions)
        // Whoever enters a code or gives a command holds no card.
        let decisions = ruled.filter { $0.data.means == nil }
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
        for decision in ruled where decision.data.verdict == .open && !forgets(decision.id) {
            let results = (outcomes[decision.id] ?? []).map(\.data.result)
            if results.isEmpty { wrong.append("nobody says what became of grant \(decision.id)") }
            for result in [DoorOutcome.Result.noAnswer, .notSent] where results.count(where: { $0 == result }) > 1 {
                wrong.append("grant \(decision.id) is given up twice")
            }
        }
        guard areWhole else { return wrong }
        wrong += try enteredTwice(world, outcomes: outcomes, decisions)
        // At most one act a cause: whatever order left the building is the one that was written down under its decision, byte for byte.
        let acts = Set(try all.flatMap { try $0.disk.read { try $0.all("SELECT bytes FROM act") { $0.blob(0) } } })
        let keys = [world.grantKey, world.station?.key].compactMap { $0 }
        let believed = Dictionary(keys.map { ($0.kid, $0.verifyingKey) }) { first, _ in first }
        for (grant, sent) in world.grants.sorted(by: { $0.value < $1.value }) {
            if !acts.contains(grant) { wrong.append("an order left that was never written down") }
            guard let bytes = try? JWS.open(grant, keys: believed, type: Grant.type).get(),
                let order = try? bytes.decoded(as: Grant.self)
            else {
                wrong.append("an order left that no lock can read")
                continue
            }
            // Its end is written in whole seconds.
            if world.faultsAtStart.clockSet == 0, (sent + owner(of: order.aud).skew).milliseconds / 1000 > order.exp {
                wrong.append("order \(order.jti) left after its end")
            }
        }
        // Nothing of the town's own making is refused by anybody.
        if world.faultsAtStart.garbage == 0, world.faultsAtStart.clone == 0 {
            for controller in all { wrong += try controller.deadLetters().map { "\(controller.name) could not accept \($0)" } }
            // What is decided anew, after a disk was put back, is not always what the auditor heard before.
            let anew = [
                "reception": world.participant(ReceptionInSimulation.self).reception.isWhole,
                "points": world.participant(PointsInSimulation.self).points.isWhole,
                "shelter-registry": world.participant(SheltersInSimulation.self).registries.allSatisfy(\.isWhole),
            ].filter { !$0.value }.keys
            wrong += try world.auditor.deadLetters().filter { letter in
                !letter.hasSuffix("used before with other content") || !anew.contains { letter.hasPrefix("nagai/\($0)/event/") }
            }.map { "the auditor could not accept \($0)" }
        }
        return wrong
    }
}

extension Array {
    func parts(of size: Int) -> [[Element]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) } }
}
