import Contracts
import Glibc
import Points
import ServiceKit
import Store

/// What the ledger of points alone costs, on a file as the product has it, while it grows.
struct PointsMeasure {
    /// Transfers a transaction: what a busy service finds when it looks.
    private static let batch = 200
    private static let people = 20_000
    private static let start = Instant(milliseconds: 1_790_000_000_000)
    private static let issue = Account("points", .issue, "town")
    private static let shop = Account("points", .shop, "bakery")

    private let path: String
    private let disk: Database
    private var asked: Int64 = 0
    private var random = Counted()
    /// Four transfers a second: 10 M in a month.
    private var now: Instant { Self.start + .milliseconds(asked * 250) }

    static func run(folder: String, events: Int, report: inout Report) throws {
        var measure = try PointsMeasure(path: "\(folder)/points.sqlite")
        for size in [100_000, 1_000_000, events] where size > measure.asked {
            let rate = try measure.grow(to: Int64(size))
            let bytes = try measure.bytes / Double(measure.asked)
            let floor = try Self.floor(in: folder, rows: 100_000, of: Int(bytes))
            let name = size < 1_000_000 ? "\(size / 1000) k" : "\(size / 1_000_000) M"
            report.add(
                "ledger of \(name): durable transfers, \(batch) a transaction", rate, "/s", floor: floor, floorName: "/s plain rows",
                asked: "≥ 40,000")
            report.add("ledger of \(name): disk a transfer", bytes, "bytes", asked: "≤ 400")
            try measure.look(name, &report)
        }
    }

    private init(path: String) throws {
        self.path = path
        disk = try Database(path: path)
        try disk.migrate("ledger", Ledger.migrations)
    }

    private var bytes: Double {
        get throws {
            try disk.truncateLog()
            var file = stat()
            guard stat(path, &file) == 0 else { throw Fatal("\(path) is not there") }
            return Double(file.st_size)
        }
    }

    private mutating func person() -> Account {
        let number = 100_000 + Int.random(in: 0..<Self.people, using: &random)
        return Account("points", .person, Name("p-7k3mq2x5t4w\(number)")!, expires: "2027-03-31")
    }

    private mutating func id() -> EventID {
        asked += 1
        return EventID(at: now, random: (UInt16.random(in: 0...UInt16.max, using: &random), random.next()))
    }

    /// Nine awards, then somebody spends.
    private mutating func next() -> Transfer {
        let id = id()
        let person = person()
        let cause = EventID(at: now, random: (1, random.next()))
        guard asked % 10 == 0 else {
            return Transfer(id, .single(from: Self.issue, to: person, 10), for: "gym-visit", cause: cause, moment: now)
        }
        return Transfer(id, .single(from: person, to: Self.shop, 5), for: "spend", cause: cause, moment: now)
    }

    /// - Returns: durable transfers a second, of the last 50,000.
    private mutating func grow(to size: Int64) throws -> Double {
        var since = nanoseconds()
        let counted = max(asked, size - 50_000)
        while asked < size {
            if asked <= counted { since = nanoseconds() }
            let transfers = (0..<Self.batch).map { _ in next() }
            let now = now
            try disk.write { (db: borrowing Transaction) throws in
                for transfer in transfers { _ = try Ledger.make(transfer, at: now, in: db) }
            }
        }
        return Double(size - counted) * 1e9 / Double(nanoseconds() - since)
    }

    private mutating func look(_ name: String, _ report: inout Report) throws {
        let (until, holds) = (now, Self.start.milliseconds...now.milliseconds)
        func ask(_ what: String, asked: String = "", _ question: (Account, Instant, borrowing Transaction) throws -> Void) throws {
            let times = try (0..<2000).map { _ in
                let (person, moment) = (person(), Instant(milliseconds: Int64.random(in: holds, using: &random)))
                let before = nanoseconds()
                try disk.read { (db: borrowing Transaction) throws in try question(person, moment, db) }
                return Double(nanoseconds() - before) / 1e6
            }
            report.add("ledger of \(name): \(what), p50", Percentiles(times).p50, "ms", asked: asked)
            report.add("the same, p99", Percentiles(times).p99, "ms")
        }
        try ask("what a person had at a past moment", asked: "≤ 5") { _ = try Ledger.posted(of: $0, at: $1, in: $2) }
        try ask("what the town had given out by then") { _ = try Ledger.posted(of: Self.issue, at: $1, in: $2) }
        // At 100 k a person has about five.
        try ask("the newest 5 lines of a person's history") { _ = try Ledger.history(of: $0.holder, limit: 5, in: $2) }
        try ask("the newest 50") { _ = try Ledger.history(of: $0.holder, limit: 50, in: $2) }
        try ask("what a person has, by expiry") { person, _, db in _ = try Ledger.lots(of: person.holder, in: db) }
        try ask("an hour of a shop, by day") { _ = try Ledger.days(of: Self.shop, from: $1 - .seconds(3600), until: $1, .japan, in: $2) }
        try spend(name, at: until, &report)
        try verify(name, &report)
    }

    /// Holds and posts, each on the disk before the next.
    private mutating func spend(_ name: String, at now: Instant, _ report: inout Report) throws {
        let times = try (0..<1000).map { _ in
            let (person, hold, post) = (person(), id(), id())
            let before = nanoseconds()
            let move = Transfer.Move.pending(from: person, to: Self.shop, 1, timeout: .seconds(600))
            let asked = [
                Transfer(hold, move, for: "spend", moment: now), Transfer(post, .post(hold, nil), for: "spend", cause: hold, moment: now),
            ]
            for transfer in asked {
                try disk.write { (db: borrowing Transaction) throws in _ = try Ledger.make(transfer, at: now, in: db) }
            }
            return Double(nanoseconds() - before) / 1e6
        }
        report.add("ledger of \(name): hold and post, both durable, p50", Percentiles(times).p50, "ms")
        report.add("the same, p99", Percentiles(times).p99, "ms", asked: "≤ 5")
    }

    private func verify(_ name: String, _ report: inout Report) throws {
        let start = nanoseconds()
        var (slice, last, longest) = (VerifiedSlice(through: 0, head: []), Int64(-1), 0.0)
        while slice.through > last, slice.fault == nil {
            last = slice.through
            let before = nanoseconds()
            slice = try disk.read { (db: borrowing Transaction) throws in
                try Ledger.verify(after: slice.through, head: slice.head, limit: Points.slice, in: db)
            }
            longest = max(longest, Double(nanoseconds() - before) / 1e6)
        }
        let before = nanoseconds()
        let accounts = try disk.read { (db: borrowing Transaction) throws in try Ledger.verifyAccounts(in: db) }
        if let fault = slice.fault ?? accounts.fault { throw Fatal("the ledger of the bench: \(fault)") }
        report.add("ledger of \(name): checked whole", Double(nanoseconds() - start) / 1e9, "s", asked: "≤ 10 a million")
        report.add("the same, the longest of its slices", longest, "ms")
        report.add("the same, its accounts", Double(nanoseconds() - before) / 1e6, "ms")
    }

    /// Rows of one table with nothing but their bytes, a second.
    private static func floor(in folder: String, rows: Int, of bytes: Int) throws -> Double {
        let disk = try Database(path: "\(folder)/plain-rows.sqlite")
        try disk.write { db in try db.script("DROP TABLE IF EXISTS plain; CREATE TABLE plain (n INTEGER PRIMARY KEY, body BLOB)") }
        let body = [UInt8](repeating: 7, count: bytes)
        let before = nanoseconds()
        for _ in 0..<rows / batch {
            try disk.write { db in for _ in 0..<batch { try db.run("INSERT INTO plain (body) VALUES (?)", body) } }
        }
        return Double(rows) * 1e9 / Double(nanoseconds() - before)
    }
}
