import Contracts
import LockController
import Seal
import ServiceKit
import Store

/// What it costs to give a door that decides alone the list of a whole town, and to take one card off it: lock-controller's own work, without a broker.
enum LeaseMeasure {
    private static let cards = 30_000

    static func run(folder: String, report: inout Report) throws {
        let hand = Hand()
        let key = try SigningKey(seed: Array(repeating: 1, count: 32))
        let door = Door(id: BenchTown.door, accepts: .proved, openFor: .seconds(5), lease: .seconds(7 * 86_400))
        let identity = Identity(
            town: BenchTown.town, role: .lockController, instance: "main", offset: .japan, version: "bench", roster: BenchTown.roster())
        let disk = try Database(path: "\(folder)/leases.sqlite")
        try disk.migrate("lock-controller", LockController.migrations)
        try fill(disk)
        var random = SystemRandomNumberGenerator()
        var now = wallClock()
        let host = try Host(
            LockController(doors: [door], seal: GrantSeal(key)), identity: identity, database: disk, transport: hand, now: now,
            random: { random.next() }, log: { _ in })
        func give(_ change: ChangeGroup) throws {
            let command = Envelope(
                id: EventID(at: now, random: (1, random.next())), source: "/bench/desk/office", time: now, expires: now + .seconds(60),
                data: change)
            hand.give(Channel.changeGroup.topic(in: BenchTown.town, "desk-office").description, try command.json())
        }
        func timed(_ work: () throws -> Void) rethrows -> Double {
            let before = ContinuousClock.now
            try work()
            return (ContinuousClock.now - before) / .milliseconds(1)
        }
        var longest = 0.0
        func rest() throws {
            var isAtRest = false
            while !isAtRest { longest = max(longest, try timed { isAtRest = try host.step(now: now) > now }) }
        }
        func size(_ part: Lease.Part) -> Int {
            hand.last[Lease.topic(in: BenchTown.town, to: BenchTown.door, part).description]?.count ?? 0
        }
        try rest()
        try give(ChangeGroup(group: "club", addDoors: [BenchTown.door]))
        longest = 0
        let looking = try timed(rest)
        // A whole list comes a minute after the last one at the soonest.
        now = now + .seconds(61)
        let issuing = try timed(rest)
        guard size(.cards) > 6 * cards else { throw Fatal("the list of \(cards) cards has not left") }
        report.add("lease of \(cards) cards: rights looked at, list made and signed", looking + issuing, "ms", asked: "≤ 1,000")
        report.add("the same: only the list", issuing, "ms")
        report.add("the same: the longest a tap waits meanwhile", longest, "ms")
        report.add("its size", Double(size(.cards)) / 1024, "KB", asked: "≤ 256")
        try give(ChangeGroup(group: "club", removeTokens: [BenchTown.token(0)]))
        report.add("a card taken out of its group → the changes leave", try timed(rest), "ms", asked: "≤ 2,000")
        report.add("their size", Double(size(.changes)), "bytes", asked: "≤ 2,048")
    }

    private static func fill(_ disk: borrowing Database) throws {
        let key = try TokenKey(number: 1, secret: Array(repeating: 1, count: 32)).doorKey(BenchTown.door)
        try disk.write { db in
            for number in 0..<cards {
                let token = BenchTown.token(number)
                let hash = key.hash(scheme: "card-app", identifier: Array(token.text.utf8))
                try db.run("INSERT INTO group_token (token, \"group\") VALUES (?, 'club')", token.text)
                try db.run(
                    "INSERT INTO lease_card (door, hash, token) VALUES (?, ?, ?)", BenchTown.door.text, Int64(hash.value), token.text)
            }
        }
    }
}
