import Bus
import Contracts
import LockController
import Seal
import ServiceKit
import Store

/// Staff keep items for people in two compartments, people come for them in time, too late or for nothing: one item at a time, for whoever it is, and none is
/// forgotten.
final class LockersInSimulation: Participant {
    private let desk = Desk("counter")
    private let controller: ServiceMachine<LockController>
    /// Everything staff ever asked for, whether or not it was heard.
    private var puts: [EventID: (command: EventID, card: Int, until: Instant)] = [:]
    private var orders: Set<EventID> = []
    private var extended: [DoorID: Instant] = [:]
    /// What staff were told.
    private var kept: Set<EventID> = []
    /// Whose items were put in last.
    private var awaited: [Int] = []

    private static let cards = 40..<46

    init(joining world: World) throws { controller = world.participant(LockControllerInSimulation.self).controller }

    static var witnessed: [Reading] { [witness(.lockerItems)] }

    // MARK: The day

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        desk.wait(in: world)
        if world.happens(0.5) {
            let card = awaited.isEmpty || world.happens(0.2) ? world.among(Array(Self.cards)) : world.among(awaited)
            world.participant(ReaderAgentsInSimulation.self).hold(card, atLockerIn: world)
        }
        guard desk.isIdle, world.happens(0.5) else { return }
        if world.happens(0.7) { put(world) } else { tidy(world.among(world.layout.compartments), world) }
    }

    private func put(_ world: World) {
        let (now, card) = (controller.clock(at: world.now), world.among(Array(Self.cards)))
        let until = now + .seconds(Int64(15 + world.below(50)))
        let wanted = world.happens(0.3) ? world.among(world.layout.compartments) : nil
        let wish = PutLockerItem(locker: Layout.locker, tokens: [World.token(card)], compartment: wanted, until: until)
        let command = desk.give(wish, on: .putLockerItem, at: now, in: world) { [unowned self] in
            guard let item = $0.answer?.item else { return }
            kept.insert(item.id)
            awaited = awaited.suffix(2) + [card]
        }
        puts[.derived(from: command, type: "locker-item")] = (command, card, until)
        orders.insert(command)
    }

    private func tidy(_ compartment: DoorID, _ world: World) {
        let now = controller.clock(at: world.now)
        let until = now + .seconds(Int64(10 + world.below(60)))
        let action = world.among([ChangeLockerItem.Action.takeBack, .extend, .extend, .release])
        if action == .extend { extended[compartment] = max(extended[compartment] ?? until, until) }
        let change = ChangeLockerItem(action, compartment: compartment, until: action == .extend ? until : nil)
        orders.insert(desk.give(change, on: .changeLockerItem, at: now, in: world))
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) { desk.hear(outgoing) }

    // MARK: What must hold

    func violations(_ world: World) throws -> [String] {
        try openings(world) + (controller.isWhole ? oneAtATime() + notListed(world) : [])
    }

    /// A compartment opens for staff, or for the card that its item is for and within its time; whoever was too slow opens it once more.
    private func openings(_ world: World) throws -> [String] {
        let cards = try world.participant(ReaderAgentsInSimulation.self).cardsByTap()
        var collecting: Set<EventID> = []
        return try world.participant(LocksInSimulation.self).openings(world).compactMap { door, opening, decision in
            guard world.layout.compartments.contains(door) else { return nil }
            let what = "compartment \(door) opened at \(opening.shown.rfc3339())"
            guard let id = decision.right?.item, let put = puts[id] else { return "\(what) for an item that nobody put" }
            if decision.means == .desk { return orders.contains(decision.tap) ? nil : "\(what) for staff, who never asked for it" }
            guard let card = cards[decision.tap], World.number(card.token) == put.card else {
                return "\(what) for \(cards[decision.tap].map { "\($0.token)" } ?? "nobody"), whose item it is not"
            }
            let end = max(put.until, extended[door] ?? put.until)
            let isLate = opening.shown >= end + .seconds(2)
            return collecting.insert(id).inserted && isLate ? "\(what), and its item was to be collected until \(end.rfc3339())" : nil
        }
    }

    /// In the order in which lock-controller ruled.
    private func oneAtATime() throws -> [String] {
        var inside: [DoorID: EventID] = [:]
        return try controller.journal().filter { $0.topic.hasSuffix("/locker-item") }.compactMap { row in
            let change = try Envelope<LockerItemChanged>(json: row.event).data
            let (item, before) = (change.item, inside[change.item.compartment])
            inside[item.compartment] = item.state.isThere ? item.id : nil
            if before == item.id || before == nil && change.status == .reserved { return nil }
            return "\(item.compartment) holds \(before.map { "\($0)" } ?? "nothing") when item \(item.id) is \(change.status)"
        }
    }

    /// What staff were told to be kept is listed, until somebody was told that it is not there any more.
    private func notListed(_ world: World) throws -> [String] {
        let over = Set(try world.auditor.heard(.lockerItems).map(\.data.item).filter { !$0.state.isThere }.map(\.id))
        let listed = Set(
            try controller.disk.read {
                try $0.all("SELECT id FROM locker_item WHERE state IN ('reserved', 'filled', 'expired')") { EventID(bytes: $0.blob(0)) }
            }.compactMap { $0 })
        return kept.subtracting(over).subtracting(listed).sorted().map { "item \($0) was put into a compartment and is listed nowhere" }
            + listed.intersection(over).sorted().map { "item \($0) is not there any more and is listed" }
    }
}

extension Layout {
    static let locker: LockerID = "library"
    var compartments: [DoorID] { hasExtras ? ["shelf-1", "shelf-2"] : [] }
    /// Stands before the locker, on the first agent.
    var lockerReader: ReaderID { "locker" }

    var lockers: [Locker] {
        hasExtras ? [Locker(id: Self.locker, compartments: compartments, keep: .time(.seconds(60)), remind: .seconds(20))] : []
    }
}

extension Purpose {
    static let lockers = Purpose(kind: "locker", thing: Layout.locker.named())
}
