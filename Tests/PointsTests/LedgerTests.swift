import Contracts
import Harness
import Store
import Testing

@testable import Points

/// What moves is moved once, adds up, and stays as it was written.
@Suite struct LedgerTests {
    static let start = Instant(milliseconds: 1_795_000_000_000)
    static let issue = Account("points", .issue, "town")

    static func person(_ number: Int) -> Account { Account("points", .person, Name("p-\(number)")!) }
    static func id(_ number: Int) -> EventID { EventID(at: start, random: (0, UInt64(number))) }

    static func ledger() throws -> Database {
        let database = try Database.inMemory()
        try database.migrate("ledger", Ledger.migrations)
        return database
    }

    /// What the service does at each turn.
    /// - Returns: when there is something to do next.
    private static func expire(at now: Instant, in db: borrowing Transaction) throws -> Instant? {
        for transfer in try Ledger.overdue(at: now, in: db) { _ = try Ledger.make(transfer, at: now, in: db) }
        return try Ledger.nextDue(in: db)
    }

    private func transfer(_ number: Int, _ move: Transfer.Move) -> Transfer {
        Transfer(Self.id(number), move, for: "test", cause: Self.id(1_000_000 + number), moment: Self.start)
    }

    private func give(_ number: Int, _ amount: Int64, to person: Int = 1) -> Transfer {
        transfer(number, .single(from: Self.issue, to: Self.person(person), amount))
    }

    @Test("What one account gives another receives; nobody spends what they have not")
    func doubleEntry() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            let shop = Account("points", .shop, "bakery")
            #expect(try Ledger.make(give(1, 100), at: Self.start, in: db) == .created)
            #expect(try Ledger.make(transfer(2, .single(from: Self.person(1), to: shop, 60)), at: Self.start, in: db) == .created)
            #expect(
                try Ledger.make(transfer(3, .single(from: Self.person(1), to: shop, 41)), at: Self.start, in: db)
                    == .refused(.exceedsCredits))
            #expect(try Ledger.balance(of: Self.person(1), in: db).posted == 40)
            #expect(try Ledger.balance(of: shop, in: db).posted == 60 && Ledger.balance(of: Self.issue, in: db).posted == -100)
            #expect(try Ledger.verify(in: db).fault == nil)
        }
    }

    @Test("Asked again it has its first result, whatever that was and whatever has happened since; another one under its id is refused")
    func repeated() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            let spend = transfer(1, .single(from: Self.person(1), to: Self.issue, 10))
            #expect(try Ledger.make(spend, at: Self.start, in: db) == .refused(.exceedsCredits))
            #expect(try Ledger.make(give(2, 100), at: Self.start, in: db) == .created)
            #expect(try Ledger.make(spend, at: Self.start, in: db) == .refused(.exceedsCredits))
            #expect(try Ledger.make(give(2, 100), at: Self.start + .seconds(9), in: db) == .exists)
            #expect(try Ledger.make(give(2, 101), at: Self.start, in: db) == .refused(.existsWithDifferentContent))
            #expect(try Ledger.make(give(2, 100), at: Self.start, in: db) == .exists)
            #expect(try Ledger.balance(of: Self.person(1), in: db).posted == 100)
        }
    }

    @Test("What is reserved nobody spends; a part of it is posted and the rest is free; it is resolved once")
    func pending() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            let shop = Account("points", .shop, "bakery")
            _ = try Ledger.make(give(1, 100), at: Self.start, in: db)
            let hold = transfer(2, .pending(from: Self.person(1), to: shop, 80, timeout: .seconds(60)))
            #expect(try Ledger.make(hold, at: Self.start, in: db) == .created)
            #expect(
                try Ledger.make(transfer(3, .single(from: Self.person(1), to: shop, 21)), at: Self.start, in: db)
                    == .refused(.exceedsCredits))
            #expect(
                try Ledger.make(transfer(4, .post(hold.id, 81)), at: Self.start, in: db) == .refused(.exceedsPendingTransferAmount))
            #expect(try Ledger.make(transfer(5, .post(hold.id, 30)), at: Self.start, in: db) == .created)
            #expect(try Ledger.balance(of: Self.person(1), in: db) == Balance(debitsPosted: 30, creditsPosted: 100))
            #expect(try Ledger.make(transfer(6, .void(hold.id)), at: Self.start, in: db) == .refused(.pendingTransferAlreadyPosted))
            #expect(try Ledger.make(transfer(7, .void(Self.id(1))), at: Self.start, in: db) == .refused(.pendingTransferNotPending))
            #expect(try Ledger.make(transfer(8, .void(Self.id(99))), at: Self.start, in: db) == .refused(.pendingTransferNotFound))
            #expect(try Ledger.verify(in: db).fault == nil)
        }
    }

    @Test("A reservation ends with its time, also before anybody has written that down")
    func timeout() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            _ = try Ledger.make(give(1, 100), at: Self.start, in: db)
            let hold = transfer(2, .pending(from: Self.person(1), to: Self.issue, 80, timeout: .seconds(60)))
            _ = try Ledger.make(hold, at: Self.start, in: db)
            let late = Self.start + .seconds(60)
            #expect(try Ledger.make(transfer(3, .post(hold.id, nil)), at: late, in: db) == .refused(.pendingTransferExpired))
            #expect(try Self.expire(at: late - .milliseconds(1), in: db) == late)
            #expect(try Ledger.balance(of: Self.person(1), in: db).free == 20)
            #expect(try Self.expire(at: late, in: db) == nil)
            #expect(try Ledger.balance(of: Self.person(1), in: db) == Balance(creditsPosted: 100))
            #expect(try Ledger.make(transfer(4, .void(hold.id)), at: late, in: db) == .refused(.pendingTransferExpired))
            #expect(try Ledger.verify(in: db).fault == nil)
        }
    }

    @Test("Linked ones are made all or none, and asked again they are what they were")
    func linked() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            let chain = [
                give(1, 50), transfer(2, .single(from: Self.person(1), to: Self.person(2), 60)),
                transfer(3, .single(from: Self.person(2), to: Self.issue, 1)),
            ]
            let results: [TransferResult] = [.refused(.linkedEventFailed), .refused(.exceedsCredits), .refused(.linkedEventFailed)]
            #expect(try Ledger.make(linked: chain, at: Self.start, in: db) == results)
            #expect(try Ledger.balance(of: Self.person(1), in: db) == Balance())
            _ = try Ledger.make(give(4, 500), at: Self.start, in: db)
            #expect(try Ledger.make(linked: chain, at: Self.start, in: db) == results)
            let other = [give(5, 50), transfer(6, .single(from: Self.person(1), to: Self.person(2), 60))]
            #expect(try Ledger.make(linked: other, at: Self.start, in: db) == [.created, .created])
            #expect(try Ledger.make(linked: other, at: Self.start, in: db) == [.exists, .exists])
            #expect(try Ledger.balance(of: Self.person(1), in: db).posted == 490)
            #expect(try Ledger.verify(in: db).transfers == 3)
        }
    }

    @Test("What cannot be moved is refused: nothing, too much, to itself, into another purse")
    func refused() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            let voucher = Account("voucher", .person, "p-1")
            let refused: [(Transfer.Move, TransferRefusal)] = [
                (.single(from: Self.issue, to: Self.issue, 1), .accountsMustBeDifferent),
                (.single(from: Self.issue, to: voucher, 1), .accountsMustHaveTheSamePurse),
                (.single(from: Self.issue, to: Self.person(1), 0), .badAmount),
                (.single(from: Self.issue, to: Self.person(1), -5), .badAmount),
                (.single(from: Self.issue, to: Self.person(1), .max), .badAmount),
                (.pending(from: Self.issue, to: voucher, 1, timeout: .seconds(1)), .accountsMustHaveTheSamePurse),
            ]
            for (number, (move, refusal)) in refused.enumerated() {
                #expect(try Ledger.make(transfer(number, move), at: Self.start, in: db) == .refused(refusal))
            }
        }
    }

    @Test("No account grows beyond what can be counted, and what would make it is refused whole")
    func overflow() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            for number in 1...1000 { _ = try Ledger.make(give(number, Ledger.most), at: Self.start, in: db) }
            #expect(try Ledger.make(give(1001, 1), at: Self.start, in: db) == .refused(.overflow))
            #expect(try Ledger.balance(of: Self.person(1), in: db).posted == 1000 * Ledger.most && Ledger.verify(in: db).fault == nil)
        }
    }

    @Test("What an account held at any moment can still be asked, and time does not go back with the clock")
    func history() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            for minute in 0..<10 { _ = try Ledger.make(give(minute + 1, 10), at: Self.start + .seconds(Int64(minute) * 60), in: db) }
            _ = try Ledger.make(give(20, 5), at: Self.start - .seconds(86_400), in: db)
            #expect(try Ledger.posted(of: Self.person(1), at: Self.start - .milliseconds(1), in: db) == 0)
            #expect(try Ledger.posted(of: Self.person(1), at: Self.start + .seconds(59), in: db) == 10)
            #expect(try Ledger.posted(of: Self.person(1), at: Self.start + .seconds(120), in: db) == 30)
            #expect(try Ledger.posted(of: Self.person(1), at: Self.start + .seconds(540), in: db) == 105)
            #expect(try Ledger.posted(of: Self.person(2), at: Self.start + .seconds(540), in: db) == 0)
        }
    }

    @Test("A transfer cannot be changed or deleted, and no purse can be written below zero")
    func schema() throws {
        try Self.ledger().write { (db: borrowing Transaction) throws in
            _ = try Ledger.make(give(1, 100), at: Self.start, in: db)
            #expect(throws: StoreError.self) { try db.run("UPDATE transfer SET amount = 1") }
            #expect(throws: StoreError.self) { try db.run("DELETE FROM transfer") }
            #expect(throws: StoreError.self) { try db.run("UPDATE account SET debits_posted = 101 WHERE guarded") }
            #expect(throws: StoreError.self) { try db.run("UPDATE account SET debits_pending = -1") }
        }
    }

    @Test("Whatever is asked in whatever order, the ledger and a reckoning of twenty lines agree", arguments: 0..<40)
    func reckoned(seed: UInt64) throws {
        var chance = Seeded(seed)
        var reckoning = Reckoning()
        let accounts =
            [Self.issue, Account("points", .shop, "bakery"), Account("points", .expiry, "2026")] + (1...4).map { Self.person($0) }
        let database = try Self.ledger()
        var now = Self.start
        var asked: [Transfer] = []
        try database.write { db in
            for number in 1...300 {
                now = now + .milliseconds(Int64.random(in: -500...4000, using: &chance))
                if Int.random(in: 0..<10, using: &chance) == 0 {
                    _ = try Self.expire(at: now, in: db)
                    reckoning.expire(at: now)
                }
                let (from, to) = (accounts.randomElement(using: &chance)!, accounts.randomElement(using: &chance)!)
                let amount = Int64.random(in: 0...40, using: &chance)
                let earlier = asked.randomElement(using: &chance)
                let move: Transfer.Move =
                    switch Int.random(in: 0..<10, using: &chance) {
                    case 0..<4: .single(from: from, to: to, amount)
                    case 4..<6: .pending(from: from, to: to, amount, timeout: .seconds(Int64.random(in: 1...60, using: &chance)))
                    case 6..<8: .post(earlier?.id ?? Self.id(number), Bool.random(using: &chance) ? nil : amount)
                    default: .void(earlier?.id ?? Self.id(number))
                    }
                let again = Int.random(in: 0..<6, using: &chance) == 0 ? earlier : nil
                let transfer = again ?? self.transfer(number, move)
                asked.append(transfer)
                #expect(try Ledger.make(transfer, at: now, in: db).isThere == reckoning.make(transfer, at: now), "\(number): \(transfer)")
            }
            for account in accounts {
                let balance = try Ledger.balance(of: account, in: db)
                #expect(balance.posted == reckoning.posted[account, default: 0] && balance.free == reckoning.free(account), "\(account)")
            }
            let check = try Ledger.verify(in: db)
            #expect(check.fault == nil && check.transfers > 30)
        }
    }
}

/// The same ledger without any of its means: who has what, who holds what back, and what was answered.
private struct Reckoning {
    var posted: [Account: Int64] = [:]
    private var holds: [EventID: (from: Account, to: Account, amount: Int64, due: Instant)] = [:]
    private var answers: [EventID: Bool] = [:]

    func free(_ account: Account) -> Int64 {
        posted[account, default: 0] - holds.values.filter { $0.from == account }.reduce(0) { $0 + $1.amount }
    }

    mutating func expire(at now: Instant) { holds = holds.filter { $0.value.due > now } }

    mutating func make(_ transfer: Transfer, at now: Instant) -> Bool {
        if let answer = answers[transfer.id] { return answer }
        let answer = move(transfer, at: now)
        answers[transfer.id] = answer
        return answer
    }

    private mutating func move(_ transfer: Transfer, at now: Instant) -> Bool {
        switch transfer.move {
        case .single(let from, let to, let amount):
            guard from != to, amount > 0, from.kind != .person || free(from) >= amount else { return false }
            posted[from, default: 0] -= amount
            posted[to, default: 0] += amount
        case .pending(let from, let to, let amount, let timeout):
            guard from != to, amount > 0, from.kind != .person || free(from) >= amount else { return false }
            holds[transfer.id] = (from, to, amount, now + timeout)
        case .post(let id, let part):
            guard let hold = holds[id], hold.due > now, part ?? 0 <= hold.amount else { return false }
            holds[id] = nil
            posted[hold.from, default: 0] -= part ?? hold.amount
            posted[hold.to, default: 0] += part ?? hold.amount
        case .void(let id):
            guard let hold = holds[id], hold.due > now else { return false }
            holds[id] = nil
        case .expire: return false
        }
        return true
    }
}
