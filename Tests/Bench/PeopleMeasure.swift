import Bus
import Contracts
import LockController
import People
import Seal
import ServiceKit
import Store

/// What a service pays for knowing a whole town: its view built from nothing out of the directory's journal, and one question to it.
enum PeopleMeasure {
    static let persons = 50_000
    static let cards = 80_000

    static func run(folder: String, report: inout Report) throws {
        let broker = InMemoryBroker(random: { 0 })
        var now = wallClock()
        let (directory, _) = try host(Register(), .residentDirectory, broker, file: "\(folder)/directory.sqlite", now: now)
        for first in stride(from: 0, to: persons, by: 1000) { _ = try directory.step(now: now, inputs: [first..<first + 1000]) }
        while directory.unsent > 0 || directory.inFlight > 0 { now = max(now + .milliseconds(1), try directory.step(now: now)) }
        let service = LockController(
            doors: [Door(id: BenchTown.door, accepts: .proved, openFor: .seconds(5))],
            seal: GrantSeal(try SigningKey(seed: Array(repeating: 1, count: 32))))
        let (controller, database) = try host(service, .lockController, broker, file: "\(folder)/people.sqlite", now: now)
        // The clock stands still while anybody has work: what is measured is the work alone.
        let start = nanoseconds()
        let deadline = now + .seconds(600)
        while try known(database) < persons {
            let wakes = (try controller.step(now: now), try directory.step(now: now))
            if !broker.hasWaiting("lock-controller-main"), !broker.hasWaiting("resident-directory-main") { now = min(wakes.0, wakes.1) }
            guard now < deadline else { throw Fatal("after ten minutes \(try known(database)) of \(persons) persons are known") }
        }
        report.add(
            "a new service's view of \(persons) persons, \(cards) cards, from the journal", Double(nanoseconds() - start) / 1e9, "s",
            asked: "≤ 60")
        try report.add("whose card it is, of \(cards)", question(database), "µs", asked: "≤ 20")
    }

    private static func known(_ database: Database) throws -> Int64 {
        try database.read { try $0.first("SELECT count(*) FROM view_person") { $0.int(0) } ?? 0 }
    }

    /// - Returns: microseconds for one.
    private static func question(_ database: Database) throws -> Double {
        let count = 100_000
        let tokens = (0..<1000).map { BenchTown.token($0 * 7919 % cards) }
        let start = nanoseconds()
        let found = try database.read { db in
            try (0..<count).reduce(0) { sum, index in try sum + (People<LockView>.person(of: tokens[index % 1000], in: db) == nil ? 0 : 1) }
        }
        guard found == count else { throw Fatal("\(count - found) cards are nobody's") }
        return Double(nanoseconds() - start) / 1000 / Double(count)
    }

    private static func host<S: Service>(
        _ service: S, _ role: Role, _ broker: InMemoryBroker, file: String, now: Instant
    ) throws -> (Host<S>, Database) {
        let identity = Identity(
            town: BenchTown.town, role: role, instance: "main", offset: .japan, version: "bench", roster: BenchTown.roster())
        let database = try Database(path: file)
        var random = SystemRandomNumberGenerator()
        let host = try Host(
            service, identity: identity, database: database, transport: InMemoryTransport(broker, client: identity.user.text), now: now,
            random: { random.next() }, log: { _ in })
        return (host, database)
    }
}

/// A directory that says of each person which cards are theirs: every fifth has none, the others two.
private struct Register: Service {
    static let program: Program = "resident-directory"
    static let migrations: [Migration] = []
    var reads: [Reading] { [] }

    func take(_ persons: Range<Int>, in turn: borrowing Turn) throws {
        for number in persons {
            let person = PersonID((0..<10).map { UInt8(truncatingIfNeeded: (number &* 0x9E37_79B9) >> (8 * $0)) })
            let cards = number % 5 == 0 ? [] : [0, 1].map { BenchTown.token((number - number / 5 - 1) * 2 + $0) }
            try turn.put(
                LockView(person, tokens: cards, groups: number % 100 == 1 ? ["staff"] : nil), on: .lockView, key: person.text,
                cause: EventID(at: turn.now, random: (0, UInt64(number))))
        }
    }
}
