import Bus
import Contracts
import LockController
import Seal
import ServiceKit
import Store
import VirtualLock

/// Some cards open one door at night by its lock's own reader, with the town or without it: never one that had no right in the lists the lock held.
final class LeasesInSimulation: Participant {
    private let door: DoorID
    private let lock: LockMachine
    private let controller: ServiceMachine<LockController>
    /// The group as it was when a list left, by the list's counter.
    private var membersAtIssue: [Int64: Set<Int>] = [:]
    private(set) var opened = 0

    static let cards = 900..<906

    init(joining world: World) throws {
        door = world.layout.leaseDoor
        let locks = world.participant(LocksInSimulation.self).locks
        guard let lock = locks.first(where: { $0.door == world.layout.leaseDoor }) else { preconditionFailure("each door has a lock") }
        self.lock = lock
        controller = world.participant(LockControllerInSimulation.self).controller
        lock.doorKeys = try [World.doorKey(of: door, 2), World.doorKey(of: door, 1)]
        lock.didDecide = { [unowned self, unowned world] in judge($0, $1, world) }
    }

    static var witnessed: [Reading] { [witness(.doorAdmissions)] }

    /// The cards are known because they were held somewhere once.
    func prepare(_ world: World) throws {
        let agents = world.participant(ReaderAgentsInSimulation.self)
        for number in Self.cards {
            agents.enrol(number, in: world)
            world.advance(World.step)
        }
        try change(ChangeGroup(group: "night", addTokens: Self.cards.map { World.token($0) }, addDoors: [door]), world)
        world.advance(.seconds(1))
    }

    func happen(_ number: Int, in world: World) {
        if world.below(8) == 0 {
            let token = World.token(world.among(Array(Self.cards)))
            let isLeaving = world.below(2) == 0
            try? change(ChangeGroup(group: "night", addTokens: isLeaving ? nil : [token], removeTokens: isLeaving ? [token] : nil), world)
        }
        if world.below(3) == 0 { lock.present(world.among(Array(Self.cards) + [number]), in: world) }
    }

    private func change(_ change: ChangeGroup, _ world: World) throws {
        try world.say(change, on: .changeGroup, to: controller, as: .desk, "office")
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {
        guard kind == .lease, !outgoing.payload.isEmpty else { return }
        let keys = [world.grantKey.kid: world.grantKey.verifyingKey]
        let lease = Lease.Part.allCases.lazy.compactMap {
            SignedLease(outgoing.payload, part: $0, for: self.door, of: world.layout.town, keys: keys)
        }
        guard let head = lease.first?.head else { return world.complain("a lease left that no lock can read") }
        if outgoing.payload.count > (head.part == .cards ? Lease.limit : Lease.changesLimit) {
            world.complain("a lease of \(outgoing.payload.count) bytes left")
        }
        // Said again at a connect it is what it was.
        if membersAtIssue[head.cnt] == nil { membersAtIssue[head.cnt] = try? members() }
    }

    /// As lock-controller has written it down, which is where rights come from.
    private func members() throws -> Set<Int> {
        let tokens = try controller.disk.read {
            try $0.all("SELECT token FROM group_token WHERE \"group\" = 'night'") { Token($0.text(0)) }
        }
        return Set(tokens.compactMap { $0 }.map(World.number))
    }

    private func judge(_ verdict: LeaseVerdict, _ card: PresentedCard, _ world: World) {
        guard case .open = verdict, let held = lock.held, let list = held.cards?.head.cnt else { return }
        opened += 1
        let token = World.token(card.identifier.reduce(0) { $0 << 8 | Int($1) })
        let number = World.number(token)
        // In a large town these cards may be somebody's too.
        guard !hasOtherRight(token, in: world) else { return }
        guard Self.cards.contains(number) else {
            return world.complain("the lock of \(door) opened alone for card \(number), which never had a right there")
        }
        // What a disk put back or copied may have forgotten is not looked at.
        guard controller.isWhole else { return }
        let count = held.changes?.head.cnt ?? list
        if membersAtIssue[count]?.contains(number) == false {
            world.complain("the lock of \(door) opened alone for card \(number), which had left by list \(count), and it holds that list")
        }
    }

    private func hasOtherRight(_ token: Token, in world: World) -> Bool {
        world.layout.hasRight(token, at: door) || world.participant(ResidentDirectoryInSimulation.self).mayOpen(token, door)
    }

    // MARK: In the end

    var unrest: [String] {
        let counts = try? controller.disk.read {
            try $0.first("SELECT lease, changes FROM lease WHERE door = ?", door.text) { [$0.intIfPresent(0), $0.intIfPresent(1)] }
        }
        let held = [lock.held?.cards?.head.cnt, lock.held?.changes?.head.cnt]
        return counts == held ? [] : ["the lock of \(door) holds lists \(held), lock-controller has \(String(describing: counts))"]
    }

    func violations(_ world: World) throws -> [String] {
        guard let held = lock.held else { return [] }
        let inGroup = try members()
        var wrong: [String] = []
        for number in Self.cards where !hasOtherRight(World.token(number), in: world) {
            let card = PresentedCard(scheme: .cardApp, identifier: World.identifier(number), assurance: .proved)
            let opens = verdict(on: card, by: held, keys: lock.doorKeys, at: world.now + lock.skew).verdict
            // Before the lists' own time a lock opens for nobody.
            if opens != .refuse(.noRight), opens != .refuse(.clock), !inGroup.contains(number) {
                wrong.append("card \(number) has left, and the lock says \(opens)")
            }
        }
        // Each opening is told once, however often it was reported. Power that goes before the bolt moves leaves a report all the same.
        let told = try world.auditor.heard(.doorAdmissions).filter { $0.data.result == .opened }
        if Set(told.map { "\($0.time) \($0.data.card)" }).count < told.count { wrong.append("an opening of \(door) is told twice") }
        if controller.isWhole, told.count < opened {
            wrong.append("the lock of \(door) opened \(opened) times alone, and \(told.count) are told")
        }
        return wrong
    }
}

extension Layout {
    /// Its lock has a reader of its own.
    var leaseDoor: DoorID { doors[0] }
}

extension World {
    static func doorKey(of door: DoorID, _ number: Int) throws -> DoorKey {
        try TokenKey(number: number, secret: Array(repeating: UInt8(number), count: 32)).doorKey(door)
    }

    /// What a reader reads of a card.
    static func identifier(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

    /// What an agent tells of it.
    static func hashes(of number: Int, at door: DoorID, key: Int) -> LeaseHashes? {
        (try? doorKey(of: door, key)).map {
            LeaseHashes(
                token: token(number, key: key),
                hashes: [DoorHash(door: door, hash: $0.hash(scheme: Scheme.cardApp.rawValue, identifier: identifier(number)))])
        }
    }
}
