import Bus
import Contracts
import LockController
import Seal
import ServiceKit

/// Two desks wish for a disaster mode, agree to it and end it as it comes: it holds by the word of both, within its time, at the doors its plan names.
final class DisastersInSimulation: Participant {
    private let desks = ["office", "second"].map { Desk($0) }
    private let controller: ServiceMachine<LockController>
    /// Everything that desks ever asked for, whether or not it was heard.
    private var wishes: [EventID: (by: UserID, at: Instant, until: Instant)] = [:]
    private var agreements: [EventID: Set<UserID>] = [:]
    private var last: EventID?

    init(joining world: World) throws { controller = world.participant(LockControllerInSimulation.self).controller }

    static var witnessed: [Reading] { [witness(.disasterChanges)] }

    func prepare(_ world: World) throws {
        let helpers = (0..<world.layout.cards).map { World.token($0) }.filter(world.layout.isHelper)
        for part in helpers.parts(of: ChangeGroup.limit) {
            try world.command(ChangeGroup(group: "helpers", addTokens: part), on: .changeGroup, to: controller)
        }
        controller.keepBackup()
    }

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        for desk in desks { desk.wait(in: world) }
        if last != nil, world.happens(0.5) { help(in: world) }
        guard let desk = desks.filter(\.isIdle).first(where: { _ in world.happens(0.5) }) else { return }
        let now = controller.clock(at: world.now)
        switch (world.below(6), last) {
        case (0...1, _):
            // Now and then for longer than the plan allows.
            let until = now + .seconds(world.happens(0.1) ? 4000 : Int64(5 + world.below(30)))
            let command = desk.give(ProposeDisaster(Layout.plan, until: until), on: .proposeDisaster, at: now, in: world)
            wishes[.derived(from: command, type: "disaster")] = (desk.user, now, until)
        case (2...4, let mode?):
            agreements[mode, default: []].insert(desk.user)
            desk.give(AgreeToDisaster(mode), on: .agreeToDisaster, at: now, in: world)
        case (5, let mode?): desk.give(EndDisaster(mode), on: .endDisaster, at: now, in: world)
        default: break
        }
    }

    /// A helper comes to a door of the plan, whether or not a mode holds.
    private func help(in world: World) {
        let layout = world.layout
        let there = layout.agents.indices.filter { layout.readers(of: $0).contains { $0.door.map(layout.named.contains) ?? false } }
        let helpers = (0..<layout.cards).filter { layout.isHelper(World.token($0)) }
        guard !there.isEmpty, !helpers.isEmpty else { return }
        world.participant(ReaderAgentsInSimulation.self).hold(world.among(helpers), world.among(there), in: world)
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {
        for desk in desks { desk.hear(outgoing) }
        if kind == .event, outgoing.topic.hasSuffix("/disaster") {
            last = (try? Envelope<DisasterChanged>(json: outgoing.payload))?.data.mode.id ?? last
        }
    }

    // MARK: What must hold

    func violations(_ world: World) throws -> [String] {
        let said = try world.auditor.heard(.disasterChanges)
        let modes = Dictionary(said.map { ($0.data.mode.id, $0.data.mode) }) { $0.agreedBy == nil ? $1 : $0 }
        var wrong: [String] = []
        for mode in modes.values.sorted(by: { $0.id < $1.id }) {
            guard let wish = wishes[mode.id], wish.until == mode.until, wish.by == mode.proposedBy else {
                wrong.append("mode \(mode.id) is nobody's wish")
                continue
            }
            // Judged by a clock that may have been set between the two.
            let longest = Layout.longestDisaster + .seconds(1) + world.faultsAtStart.doubt
            if mode.until - wish.at > longest { wrong.append("mode \(mode.id) was wished for \(mode.until - wish.at)") }
            guard let second = mode.agreedBy else { continue }
            if second == wish.by || agreements[mode.id]?.contains(second) != true {
                wrong.append("mode \(mode.id) of \(wish.by) holds by the word of \(second), who never gave it")
            }
        }
        return try wrong + openings(modes, world) + (controller.isWhole ? passed(world) : [])
    }

    /// Whoever came in by a mode was to, and before its end by the clock of the lock.
    private func openings(_ modes: [EventID: DisasterMode], _ world: World) throws -> [String] {
        let cards = try world.participant(ReaderAgentsInSimulation.self).cardsByTap()
        return try world.participant(LocksInSimulation.self).openings(world).compactMap { door, opening, decision in
            guard let id = decision.right?.disaster else { return nil }
            let what = "door \(door) opened at \(opening.shown.rfc3339()) by mode \(id)"
            guard let mode = modes[id] else { return "\(what), which is nowhere else" }
            if mode.agreedBy == nil { return "\(what), to which nobody agreed" }
            if !opening.isWithin(.distantPast..<mode.until) { return "\(what), which was over at \(mode.until.rfc3339())" }
            if !world.layout.named.contains(door) { return "\(what), which does not name it" }
            guard let card = cards[decision.tap], world.layout.isHelper(card.token) else { return "\(what) for no helper" }
            return nil
        }
    }

    /// In the order in which lock-controller ruled: what opens by a mode, or by what the mode suspends.
    private func passed(_ world: World) throws -> [String] {
        var holds: [EventID: Instant] = [:]
        var wrong: [String] = []
        for row in try controller.journal() {
            if row.topic.hasSuffix("/disaster") {
                let mode = try Envelope<DisasterChanged>(json: row.event).data.mode
                holds[mode.id] = mode.stage == .active ? mode.until : nil
            } else if row.topic.hasSuffix("/door-decision") {
                let decision = try Envelope<DoorDecided>(json: row.event)
                guard let right = decision.data.right else { continue }
                if let mode = right.disaster, holds[mode] == nil {
                    wrong.append("\(decision.id) opens by mode \(mode), which does not hold")
                }
                // A card from the future by as much as it may be is judged by the time at which it says it was held.
                let isSuspended = holds.values.contains { decision.time < $0 - .seconds(11) }
                if isSuspended, world.layout.named.contains(decision.data.door), right.booking != nil || right.schedule != nil {
                    wrong.append("\(decision.id) opens by \(right), which means nothing now")
                }
            }
        }
        let now = controller.clock(at: world.now)
        for until in holds.values where until < now - .seconds(2) { wrong.append("a mode still holds that was over at \(until.rfc3339())") }
        return wrong
    }
}

extension Layout {
    static let plan: DisasterPlanID = "earthquake"
    static let longestDisaster = Duration.seconds(3600)

    /// Belongs to nobody, and comes in at one door while a disaster mode holds.
    func isHelper(_ token: Token) -> Bool { World.number(token) % 6 == 1 }
    /// The doors of the plan; the others are children's centres.
    var named: Set<DoorID> { Set(doors.dropFirst()).intersection([walkersDoor, Station.door]) }

    var disasters: [DisasterPlan] {
        guard hasExtras else { return [] }
        let opens = Dictionary(uniqueKeysWithValues: named.map { ($0, ["helpers"] as Set<GroupID>) })
        return [DisasterPlan(id: Self.plan, opens: opens, suspends: named, longest: Self.longestDisaster)]
    }
}
