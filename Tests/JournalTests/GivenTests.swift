import Contracts
import Harness
import Journal
import Seal
import Store
import Testing

@Suite("What was commanded is kept, and found again when its service has forgotten it")
struct GivenTests {
    private let service = Address("resident-directory", .main)
    private let clerk: UserID = "registrar-hall"
    private let other: UserID = "registrar-second"
    private static let start = Instant(milliseconds: 1_795_215_600_000)

    /// A service as far as it can be heard, and what a station keeps of it.
    private final class Bench {
        let database: Database
        var now = GivenTests.start
        var links: [String] = []
        var restored: Restored?
        private var drawn: UInt64 = 0

        init(_ vault: Vault? = nil) throws {
            database = try .inMemory()
            database.cover = vault
            try database.migrate("given", Given.migrations)
        }

        func life() -> Life {
            now = now + .seconds(10)
            var life = Life(.ready, at: now)
            life.audit = links.last.map { AuditHead(number: Int64(links.count), link: $0) }
            life.restored = restored
            return life
        }

        /// Somebody else commands.
        func grow() {
            drawn += 1
            links.append("\(drawn)")
        }

        func give(to service: Address, by user: UserID) throws -> EventID {
            now = now + .seconds(1)
            grow()
            let id = EventID(at: now, random: (0, drawn))
            let topic = Topic("nagai/resident-directory/command/\(user)/person-put")!
            try database.write { (db: borrowing Transaction) throws in
                try Given.note(GivenCommand(id: id, to: service, by: user, on: topic, bytes: Array("\(id) hanako".utf8)), in: db)
                try Given.answered(id, accepted: true, at: now, in: db)
            }
            return id
        }

        func hear(_ service: Address, by user: UserID, settling: Bool = true) throws -> [EventID]? {
            let life = life()
            return try database.write { (db: borrowing Transaction) throws in
                guard let setback = try Given.hear(life, of: service, as: user, in: db) else { return nil }
                let lost = try Given.lost(by: service, to: setback, of: user, in: db)
                if settling { try Given.settle(life, of: service, as: user, in: db) }
                return lost.map(\.id)
            }
        }
    }

    @Test("Put back to any of its moments without a word, a service is found to have forgotten at least what it has", arguments: 0..<60)
    func unannounced(seed: UInt64) throws {
        var chance = Seeded(seed)
        let bench = try Bench()
        var links: [EventID?] = []
        _ = try bench.hear(service, by: clerk)
        for _ in 0..<30 {
            switch chance.next() % 4 {
            case 0:
                bench.grow()
                links.append(nil)
            case 1: #expect(try bench.hear(service, by: clerk) == nil, "nothing was put back")
            default: links.append(try bench.give(to: service, by: clerk))
            }
        }
        #expect(try bench.hear(service, by: clerk) == nil)
        guard !bench.links.isEmpty else { return }
        let kept = Int(chance.next() % UInt64(bench.links.count))
        bench.links.removeLast(bench.links.count - kept)
        let lost = try #require(try bench.hear(service, by: clerk, settling: false))
        #expect(Set(links[kept...].compactMap(\.self)).isSubset(of: lost))
        #expect(lost == links.compactMap(\.self).filter(lost.contains), "in the order in which it was given")
        #expect(try bench.hear(service, by: clerk) == lost, "as long as nobody has settled it")
        #expect(try bench.hear(service, by: clerk) == nil)
    }

    @Test("Just what was given since the service was last heard of is given again, not all that is kept")
    func noMore() throws {
        let bench = try Bench()
        var given: [EventID] = []
        for _ in 0..<5 {
            #expect(try bench.hear(service, by: clerk) == nil)
            given.append(try bench.give(to: service, by: clerk))
        }
        bench.links.removeLast(2)
        #expect(try bench.hear(service, by: clerk) == Array(given.suffix(2)))
    }

    @Test("Another chain of the same length is another one, and then nobody knows where they part")
    func otherLink() throws {
        let bench = try Bench()
        let given = try (0..<2).map { _ in try bench.give(to: service, by: clerk) }
        #expect(try bench.hear(service, by: clerk) == nil)
        bench.links[1] = "another one"
        #expect(try bench.hear(service, by: clerk) == given)
    }

    @Test("A copy that is declared lacks what was obeyed between it and its return; of one desk another's is not given")
    func announced() throws {
        let bench = try Bench()
        var mine: [EventID] = []
        for number in 0..<6 {
            bench.now = bench.now + .seconds(100)
            let id = try bench.give(to: service, by: number == 4 ? other : clerk)
            if number != 4 { mine.append(id) }
        }
        let copied = bench.now - .seconds(220)
        bench.restored = Restored(at: bench.now + .seconds(5), copied: copied)
        bench.now = bench.now + .seconds(5)
        bench.links = []
        #expect(try bench.hear(service, by: clerk) == Array(mine.suffix(2)))
        #expect(try bench.hear(service, by: clerk) == nil)
        #expect(try bench.hear(service, by: other)?.count == 1)
        // Given again, it is of the new life: a later copy of that may have it, an earlier one has not.
        try bench.database.write { try Given.answered(mine[4], accepted: true, at: bench.now, in: $0) }
        bench.restored = Restored(at: bench.now + .seconds(900), copied: bench.now - .seconds(5))
        #expect(try bench.hear(service, by: clerk) == [mine[4]])
    }

    @Test("What one desk notices is known to the others of its machine, though the audit has grown past what they know by then")
    func others() throws {
        let bench = try Bench()
        for user in [clerk, other] { #expect(try bench.hear(service, by: user) == nil) }
        let (mine, theirs) = (try bench.give(to: service, by: clerk), try bench.give(to: service, by: other))
        bench.links = []
        #expect(try bench.hear(service, by: clerk) == [mine])
        for _ in 0..<9 { bench.grow() }
        #expect(try bench.hear(service, by: clerk) == nil)
        #expect(try bench.hear(service, by: other) == [theirs])
        #expect(try bench.hear(service, by: other) == nil)
    }

    @Test("A life that was said before the last answer, or by the broker, says nothing of what was forgotten")
    func oldWord() throws {
        let bench = try Bench()
        let old = bench.life()
        _ = try bench.give(to: service, by: clerk)
        #expect(try bench.hear(service, by: clerk) == nil)
        for life in [old, Life(.lost, at: bench.now + .seconds(60)), Life(.stopped, at: bench.now + .seconds(60))] {
            #expect(try bench.database.write { try Given.hear(life, of: service, as: clerk, in: $0) } == nil)
        }
    }

    @Test("Refused or unanswered it is not kept, after its time neither; it lies sealed, and under a newer key when there is one")
    func kept() throws {
        let bench = try Bench(.forTests(keys: 1...1))
        let id = try bench.give(to: service, by: clerk)
        let topic = Topic("nagai/resident-directory/command/registrar-hall/person-put")!
        func all() throws -> [GivenCommand] { try bench.database.read { try Given.all(since: .distantPast, in: $0) } }
        for refused in [true, false] {
            let other = EventID(at: bench.now, random: (9, 9))
            try bench.database.write { (db: borrowing Transaction) throws in
                try Given.note(GivenCommand(id: other, to: service, by: clerk, on: topic, bytes: [1]), in: db)
                if refused { try Given.answered(other, accepted: false, at: bench.now, in: db) }
            }
        }
        #expect(try all().map(\.id) == [id])
        let raw = try bench.database.read { try $0.first("SELECT bytes FROM given") { $0.blob(0) } }
        #expect(try #require(raw).firstRange(of: Array("hanako".utf8)) == nil)
        let newer = Vault.forTests(keys: 1...2)
        bench.database.cover = newer
        try bench.database.migrate("journal", JournalSchema.migrations)
        try bench.database.write { (db: borrowing Transaction) throws in
            try db.run("INSERT INTO vault_key (number, proof) VALUES (1, x'')")
            try SealedRows.rotate(to: newer, limit: 100, besides: [Given.sealed], in: db)
        }
        bench.database.cover = Vault.forTests(keys: 2...2)
        #expect(try all().map(\.bytes) == [Array("\(id) hanako".utf8)])
        try bench.database.write { try Given.purge(before: id.time + .seconds(1), in: $0) }
        #expect(try all().isEmpty)
    }
}
