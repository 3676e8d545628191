import Bus
import Contracts
import Harness
import LockController
import Seal
import ServiceKit
import Testing

/// A service and everything it is told, for the properties of `FactsTests`. A service that joins adds its own to `services` there.
protocol Told {
    associatedtype S: Service
    static var role: Role { get }
    static var vault: Vault? { get }
    static func service() throws -> S
    /// Said first, in this order and once.
    static func beginning(at now: Instant) throws -> [Message]
    /// Said once and in this order, at the time of the rig.
    static func messages(at now: Instant) throws -> [Message]
    /// Rows that may depend neither on the order nor on the number of tellings.
    static var facts: [StaticString] { get }
    /// Topics on which an act leaves; `nil` where none ever does.
    static var acts: String? { get }
}

extension Told {
    static var vault: Vault? { nil }
    static var acts: String? { nil }
    static func beginning(at now: Instant) throws -> [Message] { [] }
}

enum ToldLockController: Told {
    static let role = Role.lockController
    static let acts: String? = "nagai/lock-controller/grant/+/unlock"

    static func service() throws -> LockController {
        let key = try SigningKey(seed: Array(repeating: 7, count: 32))
        return LockController(doors: [Door(id: "gym", accepts: .proved, openFor: .seconds(5))], seal: GrantSeal(key))
    }

    static func messages(at now: Instant) throws -> [Message] {
        var agents = [FakeAgent("gate-1", seed: 1), FakeAgent("gate-2", seed: 2)]
        let group = agents[0].command(ChangeGroup(group: "staff", addTokens: (0..<12).map { Token.card($0) }, addDoors: ["gym"]), at: now)
        var messages = [
            Message(topic: Channel<ChangeGroup>.changeGroup.topic(in: "nagai", "desk-office").description, payload: try group.json())
        ]
        for index in agents.indices {
            let life = Topic.life(of: Address("reader-agent", agents[index].instance), in: "nagai")
            messages.append(Message(topic: life.description, payload: try Life(.ready, at: now).json()))
        }
        for number in 0..<24 {
            let tap = agents[number % 2].tap(.card(number / 2), at: now)
            messages.append(Message(topic: agents[number % 2].topic, payload: try tap.json()))
            guard number % 4 == 0 else { continue }
            let decision = EventID.derived(from: tap.id, type: Envelope<DoorDecided>.type)
            let report = Envelope(
                id: agents[0].newID(at: now), source: "/nagai/lock/gym", time: now, data: LockOutcome(grant: decision, result: .opened))
            messages.append(
                Message(topic: Channel<LockOutcome>.lockOutcomes.topic(in: "nagai", "gym").description, payload: try report.json()))
        }
        for (second, condition) in conditions.enumerated() {
            let report = Envelope(
                id: agents[0].newID(at: now), source: "/nagai/lock/gym", time: now - .seconds(40 - second), data: condition)
            messages.append(
                Message(topic: Channel<LockCondition>.lockConditions.topic(in: "nagai", "gym").description, payload: try report.json()))
        }
        return messages
    }

    /// A second apart: openings with and without leave, and what else a lock may tell.
    private static let conditions = [
        LockCondition(bolt: .locked, contact: .closed, battery: 30), LockCondition(contact: .open), LockCondition(contact: .closed),
        LockCondition(exit: true), LockCondition(contact: .open), LockCondition(contact: .closed), LockCondition(bolt: .jammed),
        LockCondition(battery: 20), LockCondition(bolt: .unlocked), LockCondition(contact: .open), LockCondition(tamper: true),
        LockCondition(contact: .closed), LockCondition(bolt: .locked), LockCondition(contact: .open), LockCondition(tamper: false),
        LockCondition(battery: 90),
    ]

    static let facts: [StaticString] = [
        "SELECT hex(id) FROM seen ORDER BY 1",
        "SELECT hex(outbox.id) FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/door-decision' ORDER BY 1",
        "SELECT hex(id) FROM reply ORDER BY 1",
        "SELECT count(*) || ' outcomes' FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/door-outcome' AND event LIKE '%\"opened\"%'",
        "SELECT token || \"group\" FROM group_token ORDER BY 1",
        "SELECT door || at || hex(id) || CAST(life AS TEXT) FROM door_sign ORDER BY 1",
        "SELECT door || CAST(life AS TEXT) || at || coalesce(held, '') FROM door_life ORDER BY 1",
        "SELECT hex(id) || kind || raised || coalesce(cleared, '') FROM alarm WHERE NOT withdrawn ORDER BY 1",
        "SELECT door || at || hex(id) || what || coalesce(why, '') FROM audit WHERE what = 'opened' ORDER BY 1",
        "SELECT count(*) || ' gaps' FROM inbox_gap WHERE last > 0", "SELECT count(*) || ' lost' FROM lost_range",
        "SELECT count(*) || ' dead' FROM dead_letter",
    ]
}
