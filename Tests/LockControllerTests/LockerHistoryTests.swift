import Contracts
import Harness
import LockController
import Seal
import Testing

/// What lies in the compartments, whatever the town believes: locks that jam, stay silent, lose their link and tell later what they did, and people who
/// do not take what was opened for them.
private final class Hall {
    let town: TestTown
    private var chance: Seeded
    /// Whose item is physically in which compartment.
    private var contents: [DoorID: Token] = [:]
    private var obeyed: Set<EventID> = []
    /// Reports that wait for a lock's link, or for its bolt.
    private var waiting: [(door: DoorID, due: Instant, grant: EventID, result: LockOutcome.Result, refusal: LockOutcome.Refusal?)] = []
    private var cutOff: [DoorID: Instant] = [:]
    private(set) var wrong: [String] = []
    private(set) var collected = 0

    init(seed: UInt64) throws {
        chance = Seeded(seed)
        town = try TestTown()
    }

    private func below(_ bound: UInt64) -> Int { Int(chance.next() % bound) }

    func live() throws {
        let cards = (1...3).map(TestTown.token)
        let card = cards[below(3)]
        switch below(10) {
        case 0...2: try say(.putLockerItem, PutLockerItem(locker: "library", tokens: [card], compartment: below(4) == 0 ? "c1" : nil))
        case 3...5:
            try town.agentLives()
            try town.hold(locker: "library", token: card)
        case 6: try tidy()
        case 7: try town.restart()
        case 8: cut(["c1", "c2"][below(2)])
        default: break
        }
        try obey()
        pass(.seconds([1, 5, 30, 700, 90_000][below(5)]))
    }

    private func say<Body: CommandBody>(_ channel: Channel<Body>, _ body: Body) throws {
        _ = try town.ask(channel, body, for: Body.Answer.self)
    }

    /// Staff look into what is stuck or expired.
    private func tidy() throws {
        let items = try town.ask(.listLockerItems, ListLockerItems(), for: LockerItemList.self).answer?.items ?? []
        for item in items where item.state == .expired || item.trouble != nil {
            let isEmpty = contents[item.compartment] == nil && !waiting.contains { $0.door == item.compartment }
            try say(.changeLockerItem, ChangeLockerItem(isEmpty ? .release : .takeBack, compartment: item.compartment))
        }
    }

    private func cut(_ door: DoorID) {
        guard cutOff[door] == nil else { return }
        cutOff[door] = town.now + .seconds(Int64(below(4000)))
        life(of: door, .lost)
    }

    private func life(of door: DoorID, _ state: Life.State) {
        guard let said = try? Life(state, at: town.now).json() else { return }
        town.publish(.life(of: Address("lock", door.named()), in: TestTown.town), said)
        town.settle()
    }

    /// The locks do what they were ordered, and whoever stands there does what they came for, or not.
    private func obey() throws {
        for door in ["c1", "c2"] as [DoorID] {
            // The same bytes again are a repeat, and a lock obeys none.
            for grant in try town.grants(to: door) where obeyed.insert(grant.jti).inserted {
                let fate = below(10)
                if fate == 0 || cutOff[door] != nil { continue }
                let second = town.now + .seconds(1)
                if fate == 1 {
                    waiting.append((door, second, grant.jti, .refused, .jammed))
                    continue
                }
                waiting.append((door, second, grant.jti, .opened, nil))
                if fate == 2 { waiting.append((door, second + .seconds(6), grant.jti, .stayedShut, nil)) } else { try act(grant.jti, door) }
                if fate == 3 { cut(door) }
            }
        }
    }

    private func act(_ decision: EventID, _ door: DoorID) throws {
        guard let decided = try town.events(.doorDecisions).first(where: { $0.id == decision })?.data else { return }
        let item = try town.events(.lockerItems).first { $0.data.item.id == decided.right?.item }?.data.item
        guard let owner = item?.tokens.first else { return }
        if decided.means == nil {
            if let found = contents[door], found != owner { wrong.append("\(owner) finds the item of \(found) in \(door)") }
            collected += contents[door] == nil ? 0 : 1
            contents[door] = nil
        } else if item?.id == .derived(from: decided.tap, type: "locker-item") {
            if let found = contents[door] { wrong.append("staff find the item of \(found) in \(door), which was said to be free") }
            contents[door] = owner
        } else {
            contents[door] = nil
        }
    }

    private func pass(_ span: Duration) {
        let end = town.now + span
        while town.now < end {
            town.now = min(end, ([end] + waiting.map(\.due) + cutOff.values).filter { $0 > town.now }.min() ?? end)
            for (door, back) in cutOff.sorted(by: { $0.key < $1.key }) where back <= town.now {
                cutOff[door] = nil
                life(of: door, .ready)
            }
            let due = waiting.filter { $0.due <= town.now && cutOff[$0.door] == nil }
            waiting.removeAll { $0.due <= town.now && cutOff[$0.door] == nil }
            for report in due { _ = try? town.report(report.grant, door: report.door, report.result, report.refusal) }
            town.settle()
        }
    }
}

@Suite struct LockerHistoryTests {
    @Test("Whatever locks, links and people do: nobody finds somebody else's item, and a free compartment is empty")
    func histories() throws {
        var collected = 0
        for seed: UInt64 in 0..<12 {
            let hall = try Hall(seed: seed)
            for _ in 0..<80 { try hall.live() }
            #expect(hall.wrong == [], "seed \(seed)")
            collected += hall.collected
        }
        #expect(collected > 12)
    }
}
