import Bus
import Contracts
import Harness
import LockController
import Seal
import ServiceKit
import Store
import Testing

/// A service and everything it is told, for the properties below. A service that joins adds its own to `services`.
private protocol Told {
    associatedtype S: Service
    static var role: Role { get }
    static func service() throws -> S
    /// Said once and in this order, at the time of the rig.
    static func messages(at now: Instant) throws -> [Message]
    /// Rows that may depend neither on the order nor on the number of tellings.
    static var facts: [StaticString] { get }
    /// Topics on which an act leaves.
    static var acts: String { get }
}

private enum ToldLockController: Told {
    static let role = Role.lockController
    static let acts = "nagai/lock-controller/grant/+/unlock"

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
        return messages
    }

    static let facts: [StaticString] = [
        "SELECT hex(id) FROM seen ORDER BY 1",
        "SELECT hex(outbox.id) FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/door-decision' ORDER BY 1",
        "SELECT hex(id) FROM reply ORDER BY 1",
        "SELECT count(*) || ' outcomes' FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/door-outcome' AND event LIKE '%\"opened\"%'",
        "SELECT token || \"group\" FROM group_token ORDER BY 1",
        "SELECT count(*) || ' gaps' FROM inbox_gap WHERE last > 0", "SELECT count(*) || ' lost' FROM lost_range",
        "SELECT count(*) || ' dead' FROM dead_letter",
    ]
}

@Suite("Facts and acts")
struct FactsTests {
    private static var services: [any Told.Type] { [ToldLockController.self] }

    private func rig<T: Told>(_ told: T.Type) throws -> Rig<T.S> {
        let roster = Roster([
            .readerAgent: ["gate-1", "gate-2"], .lockController: ["main"], .lock: ["gym"], .desk: ["office"], .operator: ["auditor"],
        ])
        let rig = try Rig(T.service(), as: T.role, roster: roster)
        try rig.settle()
        return rig
    }

    /// Says everything in an order drawn from the seed, much of it twice, in turns of any size; once in the given order without a seed.
    private func tell<S: Service>(_ messages: [Message], to rig: Rig<S>, seed: UInt64?) throws {
        var order = messages
        if let seed {
            var chance = Seeded(seed)
            order += messages.filter { _ in chance.oneIn(2) }
            order.shuffle(using: &chance)
            for message in order {
                rig.say(message.topic, message.payload)
                if chance.oneIn(3) { try rig.settle() }
            }
        } else {
            for message in order {
                rig.say(message.topic, message.payload)
                try rig.settle()
            }
        }
        try rig.settle()
    }

    private func facts<T: Told>(_ told: T.Type, _ rig: Rig<T.S>) throws -> [[String]] {
        try rig.disk.read { db in try T.facts.map { try db.all($0) { $0.text(0) } } }
    }

    private func acts<S: Service>(on filter: String, _ rig: Rig<S>) -> [[UInt8]] {
        rig.published.filter { topicMatches($0.topic, filter: filter) }.map(\.payload)
    }

    private func isLife(_ message: Message) -> Bool { message.topic.contains("/health/") }

    @Test("Any order and any repetition of the same events ends in the same rows of facts", arguments: 0..<20)
    func facts(seed: UInt64) throws {
        for kind in Self.services { try facts(kind, seed) }
    }

    private func facts<T: Told>(_ told: T.Type, _ seed: UInt64) throws {
        let (plain, wild) = (try rig(told), try rig(told))
        try tell(T.messages(at: plain.now), to: plain, seed: nil)
        try tell(T.messages(at: wild.now), to: wild, seed: seed)
        let expected = try facts(told, plain)
        #expect(expected.allSatisfy { !$0.isEmpty })
        #expect(try facts(told, wild) == expected)
    }

    @Test("A cause has one act at the most, whatever comes again and whenever it starts again", arguments: 0..<20)
    func acts(seed: UInt64) throws {
        for kind in Self.services { try acts(kind, seed) }
    }

    private func acts<T: Told>(_ told: T.Type, _ seed: UInt64) throws {
        let rig = try rig(told)
        let messages = try T.messages(at: rig.now)
        // In order at first, so that acts follow; then everything again and again.
        try tell(messages, to: rig, seed: nil)
        let left = Set(acts(on: T.acts, rig))
        #expect(!left.isEmpty)
        for round in 0..<3 {
            try rig.start(T.service())
            try tell(messages, to: rig, seed: seed * 10 + UInt64(round))
        }
        #expect(Set(acts(on: T.acts, rig)) == left, "what leaves again is what had left, byte for byte")
        let counts = try rig.disk.read { try $0.all("SELECT count(*) FROM act GROUP BY cause, kind") { $0.int(0) } }
        #expect(counts.count == left.count && counts.allSatisfy { $0 == 1 })
    }

    @Test("Put back to a copy from before it all, a service is told everything again and performs no act of it", arguments: 0..<20)
    func rebuilds(seed: UInt64) throws {
        for kind in Self.services { try rebuilds(kind, seed) }
    }

    private func rebuilds<T: Told>(_ told: T.Type, _ seed: UInt64) throws {
        let rig = try rig(told)
        let empty = try rig.disk.serialized()
        let messages = try T.messages(at: rig.now)
        try tell(messages, to: rig, seed: nil)
        let (before, left) = (try facts(told, rig), acts(on: T.acts, rig).count)
        #expect(left > 0)
        // The journals of the others bring it back, as they do after a restore: half a minute later.
        try rig.replaceDisk(with: empty)
        rig.now = rig.now + .seconds(30)
        try rig.start(T.service())
        try rig.settle()
        // Signs of life are no facts: each is said anew.
        let (lives, others) = (try T.messages(at: rig.now).filter(isLife), messages.filter { !isLife($0) })
        try tell(lives, to: rig, seed: nil)
        try tell(others, to: rig, seed: seed)
        #expect(acts(on: T.acts, rig).count == left)
        // Commands are not kept by anybody; what they asked for before the copy is asked for again by those who want it.
        #expect(try facts(told, rig).prefix(2) == before.prefix(2))
    }
}
