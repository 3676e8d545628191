import Bus
import Contracts
import Harness
import LockController
import Seal
import ServiceKit
import Store
import Testing

@Suite("Facts and acts")
struct FactsTests {
    private static var services: [any Told.Type] { [ToldLockController.self, ToldDirectory.self] }

    private func rig<T: Told>(_ told: T.Type) throws -> Rig<T.S> {
        let roster = Roster([
            .readerAgent: ["gate-1", "gate-2"], .lockController: ["main"], .lock: ["gym"], .desk: ["office"], .operator: ["auditor"],
            .residentDirectory: ["main"], .registrar: ["civil"],
        ])
        let rig = try Rig(T.service(), as: T.role, roster: roster, vault: T.vault)
        try rig.settle()
        try tell(T.beginning(at: rig.now), to: rig, seed: nil)
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

    @Test("Whatever the order, a person is told of at most once for each cause", arguments: 0..<20)
    func viewsOfACause(seed: UInt64) throws {
        let rig = try rig(ToldDirectory.self)
        try tell(ToldDirectory.messages(at: rig.now), to: rig, seed: seed)
        let told =
            try rig.said(.lockView).map(Saying.init) + rig.said(.shelterView).map(Saying.init) + rig.said(.noticeView).map(Saying.init)
        #expect(told.count > 24)
        #expect(Set(told.map(\.id)).count == Set(told.map(\.key)).count)
    }

    /// What one event says of whom because of what.
    private struct Saying {
        let id: EventID
        let key: String

        init<Body: EventBody>(_ event: Envelope<Body>) {
            (id, key) = (event.id, "\(Body.type) \(event.subject ?? "") \(event.cause?.description ?? "")")
        }
    }

    @Test("A cause has one act at the most, whatever comes again and whenever it starts again", arguments: 0..<20)
    func acts(seed: UInt64) throws {
        for kind in Self.services { if let topics = kind.acts { try acts(kind, on: topics, seed) } }
    }

    private func acts<T: Told>(_ told: T.Type, on topics: String, _ seed: UInt64) throws {
        let rig = try rig(told)
        let messages = try T.messages(at: rig.now)
        // In order at first, so that acts follow; then everything again and again.
        try tell(messages, to: rig, seed: nil)
        let left = Set(acts(on: topics, rig))
        #expect(!left.isEmpty)
        for round in 0..<3 {
            try rig.start(T.service())
            try tell(messages, to: rig, seed: seed * 10 + UInt64(round))
        }
        #expect(Set(acts(on: topics, rig)) == left, "what leaves again is what had left, byte for byte")
        let counts = try rig.disk.read { try $0.all("SELECT count(*) FROM act GROUP BY cause, kind") { $0.int(0) } }
        #expect(counts.count == left.count && counts.allSatisfy { $0 == 1 })
    }

    @Test("Put back to a copy from before it all, a service is told everything again and performs no act of it", arguments: 0..<20)
    func rebuilds(seed: UInt64) throws {
        for kind in Self.services { if let topics = kind.acts { try rebuilds(kind, on: topics, seed) } }
    }

    private func rebuilds<T: Told>(_ told: T.Type, on topics: String, _ seed: UInt64) throws {
        let rig = try rig(told)
        let empty = try rig.disk.serialized()
        let messages = try T.messages(at: rig.now)
        try tell(messages, to: rig, seed: nil)
        let (before, left) = (try facts(told, rig), acts(on: topics, rig).count)
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
        #expect(acts(on: topics, rig).count == left)
        // Commands are not kept by anybody; what they asked for before the copy is asked for again by those who want it.
        #expect(try facts(told, rig).prefix(2) == before.prefix(2))
    }
}
