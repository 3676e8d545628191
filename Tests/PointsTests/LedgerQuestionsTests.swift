import Contracts
import Harness
import Store
import Testing

@testable import Points

/// What can be asked of the ledger is what its transfers add up to, however many there are.
@Suite struct LedgerQuestionsTests {
    private static let start = LedgerTests.start
    private static let baker = Account("points", .shop, "bakery")
    private static let lots = [nil, "2027-03-31", "2027-04-30"].map { Account("points", .person, "p-1", expires: $0) }

    /// Seven hundred transfers between a few accounts, some of them at the same moment: enough for a dozen milestones in some.
    private static func written(_ seed: UInt64) throws -> Database {
        var chance = Seeded(seed)
        let accounts = [LedgerTests.issue, baker, LedgerTests.person(2)] + lots
        let database = try LedgerTests.ledger()
        var now = start
        try database.write { (db: borrowing Transaction) throws in
            for number in 1...700 {
                now = now + .milliseconds(Int64.random(in: 0...3, using: &chance))
                let from = number < 60 ? accounts[0] : accounts.randomElement(using: &chance)!
                let to = accounts.randomElement(using: &chance)!
                let amount = Int64.random(in: 1...40, using: &chance)
                let move: Transfer.Move =
                    switch Int.random(in: 0..<8, using: &chance) {
                    case 0: .pending(from: from, to: to, amount, timeout: .seconds(60))
                    case 1: .post(LedgerTests.id(Int.random(in: 1...number, using: &chance)), nil)
                    case 2: .void(LedgerTests.id(Int.random(in: 1...number, using: &chance)))
                    default: .single(from: from, to: to, amount)
                    }
                let code: TransferCode = Bool.random(using: &chance) ? "gym-visit" : "spend"
                _ = try Ledger.make(Transfer(LedgerTests.id(number), move, for: code, moment: now), at: now, in: db)
            }
        }
        return database
    }

    /// One side of a transfer, found by looking at all of them.
    private struct Side {
        let n: Int64
        let account: Account
        let other: Account
        let amount: Int64
        let code: TransferCode
        let at: Instant
        let moves: Bool

        static func all(in db: borrowing Transaction) throws -> [Side] {
            var names: [Int64: Account] = [:]
            for (id, name) in try db.all(
                "SELECT id, purse || '/' || kind || '/' || holder || iif(expires = '', '', '/' || expires) FROM account",
                read: { ($0.int(0), Account($0.text(1))!) })
            { names[id] = name }
            return try db.all("SELECT n, debit, credit, amount, code, at, kind FROM transfer ORDER BY n") { row in
                let (debit, credit) = (names[row.int(1)]!, names[row.int(2)]!)
                let (code, at) = (TransferCode(row.text(4))!, Instant(milliseconds: row.int(5)))
                let moves = Transfer.Move.Kind(rawValue: row.int(6))!.posts
                return [
                    Side(n: row.int(0), account: debit, other: credit, amount: -row.int(3), code: code, at: at, moves: moves),
                    Side(n: row.int(0), account: credit, other: debit, amount: row.int(3), code: code, at: at, moves: moves),
                ]
            }.flatMap(\.self)
        }
    }

    @Test("What an account held at any moment is the sum of what had moved by then", arguments: 0..<8 as Range<UInt64>)
    func posted(seed: UInt64) throws {
        try Self.written(seed).write { (db: borrowing Transaction) throws in
            let sides = try Side.all(in: db)
            let last = try #require(sides.last).at
            for account in Set(sides.map(\.account)) {
                for past in stride(from: -2, through: Int64(last.milliseconds - Self.start.milliseconds) + 2, by: 7) {
                    let moment = Self.start + .milliseconds(past)
                    let sum = sides.filter { $0.account == account && $0.moves && $0.at <= moment }.reduce(0) { $0 + $1.amount }
                    #expect(try Ledger.posted(of: account, at: moment, in: db) == sum, "\(account) after \(past) ms")
                }
            }
        }
    }

    @Test("A person's history is all that moved in all accounts of that person, page after page and newest first", arguments: [1, 7, 1000])
    func history(limit: Int) throws {
        try Self.written(1).write { (db: borrowing Transaction) throws in
            let sides = try Side.all(in: db).filter { $0.account.holder == "p-1" }
            var lines: [HistoryLine] = []
            while true {
                let page = try Ledger.history(of: "p-1", before: lines.last?.n, limit: limit, in: db)
                guard !page.isEmpty else { break }
                #expect(page.count <= limit || page.count == limit + 1 && page[limit].n == page[limit - 1].n)
                lines += page
            }
            let told = lines.map { "\($0.n) \($0.account) \($0.other) \($0.amount) \($0.code) \($0.at.milliseconds)" }
            #expect(
                told.sorted() == sides.map { "\($0.n) \($0.account) \($0.other) \($0.amount) \($0.code) \($0.at.milliseconds)" }.sorted())
            #expect(lines.map(\.n) == lines.map(\.n).sorted(by: >) && lines.count > 300)
            for line in lines {
                let sum = sides.filter { $0.account == line.account && $0.moves && $0.n <= line.n }.reduce(0) { $0 + $1.amount }
                #expect(line.balance == sum, "\(line)")
            }
        }
    }

    @Test(
        "What a shop took in a span is all that moved there, day by day and each way for itself, the span's end not with it",
        arguments: 0..<4 as Range<UInt64>)
    func days(seed: UInt64) throws {
        try Self.written(seed).write { (db: borrowing Transaction) throws in
            let sides = try Side.all(in: db).filter { $0.account == Self.baker && $0.moves && $0.amount != 0 }
            // The offset by which midnight lies in the midst of what was written.
            let minutes = Int((86_400_000 - Self.start.milliseconds % 86_400_000) / 60_000)
            let offsets = [UTCOffset.japan, try #require(UTCOffset(minutes: minutes > 14 * 60 ? minutes - 1440 : minutes))]
            for (first, end) in [(0, 5000), (100, 400), (333, 334), (400, 400), (600, 100)] as [(Int64, Int64)] {
                let (from, until) = (Self.start + .milliseconds(first), Self.start + .milliseconds(end))
                for offset in offsets {
                    let within = sides.filter { $0.at >= from && $0.at < until }
                    let expected = Dictionary(grouping: within) { "\($0.at.date(offset)) \($0.amount > 0)" }.map {
                        "\($0.key) \($0.value.reduce(0) { $0 + $1.amount }) \($0.value.count)"
                    }
                    let told = try Ledger.days(of: Self.baker, from: from, until: until, offset, in: db).map {
                        "\($0.day) \($0.amount > 0) \($0.amount) \($0.count)"
                    }
                    #expect(told.sorted() == expected.sorted(), "\(first)..<\(end)")
                }
            }
        }
    }

    @Test("Of a person's accounts those are told in which something is; what expires first comes first, what never does last")
    func soonestFirst() throws {
        try LedgerTests.ledger().write { (db: borrowing Transaction) throws in
            let voucher = Account("voucher", .person, "p-1", expires: "2027-04-01")
            func make(_ number: Int, _ move: Transfer.Move) throws {
                #expect(
                    try Ledger.make(Transfer(LedgerTests.id(number), move, for: "test", moment: Self.start), at: Self.start, in: db).isThere
                )
            }
            for (number, account) in (Self.lots + [voucher, LedgerTests.person(2)]).enumerated() {
                try make(number, .single(from: Account(account.purse, .issue, "town"), to: account, 10))
            }
            #expect(try Ledger.lots(of: "p-1", in: db).map(\.account) == [Self.lots[1], voucher, Self.lots[2], Self.lots[0]])
            #expect(try Ledger.lots(of: "p-1", purse: "points", in: db).map(\.account) == [Self.lots[1], Self.lots[2], Self.lots[0]])
            try make(10, .single(from: Self.lots[1], to: Self.baker, 10))
            try make(11, .pending(from: Self.lots[2], to: Self.baker, 10, timeout: .seconds(60)))
            let rest = try Ledger.lots(of: "p-1", purse: "points", in: db)
            #expect(rest.map(\.account) == [Self.lots[2], Self.lots[0]] && rest.map(\.balance.free) == [0, 10])
            #expect(try Ledger.lots(of: "p-3", in: db).isEmpty && Ledger.lots(of: "bakery", kind: .shop, in: db).count == 1)
        }
    }
}
