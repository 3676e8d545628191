import Contracts
import Store
import Testing

@testable import Points

/// Whatever is done to the file, the check sees it and says where.
@Suite struct LedgerVerificationTests {
    private static let start = LedgerTests.start
    private static let baker = Account("points", .shop, "bakery")

    /// Of 70 awards to one person the first 64 fill a milestone; then: 71 reserves and 72 posts a part, 73 reserves and 74 voids, 75 reserves.
    private static func written() throws -> Database {
        let database = try LedgerTests.ledger()
        try database.write { (db: borrowing Transaction) throws in
            let person = LedgerTests.person(1)
            func make(_ number: Int, _ move: Transfer.Move) throws {
                let transfer = Transfer(LedgerTests.id(number), move, for: "test", moment: start)
                #expect(try Ledger.make(transfer, at: start + .seconds(Int64(number)), in: db) == .created)
            }
            for number in 1...70 { try make(number, .single(from: LedgerTests.issue, to: person, 10)) }
            for number in [71, 73, 75] { try make(number, .pending(from: person, to: baker, 30, timeout: .seconds(600))) }
            try make(72, .post(LedgerTests.id(71), 20))
            try make(74, .void(LedgerTests.id(73)))
        }
        return database
    }

    @Test("In slices of any size the same is found, and the next slice follows from what the last one said", arguments: [1, 7, 64, 2000])
    func slices(limit: Int) throws {
        try Self.written().write { (db: borrowing Transaction) throws in
            let whole = try Ledger.verify(in: db)
            #expect(whole.fault == nil && whole.transfers == 75 && whole.accounts == 3)
            var (slice, count) = (VerifiedSlice(through: 0, head: []), 0)
            while slice.through < 75, slice.fault == nil {
                slice = try Ledger.verify(after: slice.through, head: slice.head, limit: limit, in: db)
                count += 1
            }
            #expect(slice == VerifiedSlice(through: 75, head: whole.head) && count == (75 + limit - 1) / limit)
            #expect(try Ledger.verify(after: 75, head: whole.head, limit: limit, in: db) == slice)
        }
    }

    @Test("What was written between two slices by whoever has the file is found in the next one")
    func betweenSlices() throws {
        try Self.written().write { (db: borrowing Transaction) throws in
            let slice = try Ledger.verify(after: 0, head: [], limit: 10, in: db)
            #expect(slice.through == 10 && slice.fault == nil)
            let next = try Ledger.verify(after: 10, head: slice.head.reversed(), limit: 10, in: db)
            #expect(next.through == 10 && next.fault?.hasPrefix("transfer 11 ") == true)
        }
    }

    /// What somebody with the file and SQLite might do to it, and which transfer the check names.
    @Test(
        "Whoever alters the file is found out, at the first transfer that is not as it was",
        arguments: [
            ("UPDATE transfer SET amount = 11 WHERE n = 3", "transfer 3 "),
            ("UPDATE transfer SET at = at + 1 WHERE n = 4", "transfer 4 "),
            ("UPDATE transfer SET moment = moment - 1, cause = id WHERE n = 4", "transfer 4 "),
            ("UPDATE transfer SET amount = 11, kind = 9 WHERE n = 3", "transfer 3:"),
            ("DELETE FROM transfer WHERE n = 2", "transfer 3:"),
            ("DELETE FROM transfer WHERE n = 75", "there are entries of no transfer"),
            ("UPDATE account SET holder = 'p-9' WHERE holder = 'p-1'", "transfer 1 "),
            ("DELETE FROM account WHERE holder = 'bakery'", "transfer 71:"),
            ("UPDATE account SET credits_posted = credits_posted + 1 WHERE kind = 'person'", "account points/person/p-1"),
            ("UPDATE account SET credits_posted = credits_posted + 1, debits_posted = debits_posted + 1", "account points/issue/town"),
            ("UPDATE account SET debits_pending = 0 WHERE kind = 'person'", "account points/person/p-1"),
            ("UPDATE account SET last = last - 2, entries = entries - 1 WHERE kind = 'person'", "an entry is left out"),
            ("UPDATE account SET guarded = 0", "an account of the kind person"),
            ("UPDATE entry SET credits = 7 WHERE id = 5", "transfer 2 "),
            ("UPDATE entry SET account = 3 WHERE id = 5", "transfer 2 "),
            ("DELETE FROM entry WHERE id = 11", "transfer 5 "),
            ("INSERT INTO entry VALUES (199, 1, NULL, 1, 0, 0)", "there are entries of no transfer"),
            ("INSERT INTO entry VALUES (1, 1, NULL, 1, 0, 0)", "there are entries of no transfer"),
            ("UPDATE reserved SET due = due + 1", "transfer 75 "),
            ("DELETE FROM reserved", "transfer 75 "),
            ("INSERT INTO reserved (n, due) VALUES (1, 1)", "account points/issue/town"),
            ("DROP INDEX transfer_resolves; UPDATE transfer SET pending = 71 WHERE n = 74", "transfer 71 "),
            ("UPDATE transfer SET pending = 75 WHERE n = 74", "transfer 74 "),
            ("UPDATE milestone SET at = at + 1 WHERE account = 1", "transfer 64 "),
            ("DELETE FROM milestone", "transfer 64 "),
            ("INSERT INTO milestone VALUES (2, 1, 7)", "there are milestones of no entry"),
        ])
    func altered(sql: String, fault: String) throws {
        let database = try Self.written()
        try database.outOfLaw(sql)
        try database.write { (db: borrowing Transaction) throws in
            let found = try Ledger.verify(in: db).fault ?? "nothing"
            #expect(found.hasPrefix(fault), "\(found)")
        }
    }

    @Test("Sums altered in everything that tells of them still leave a transfer out, and that is seen")
    func leftOut() throws {
        // Transfer 70 stands in the chain, but the history of both accounts goes by it: nobody gave it, nobody has it.
        let database = try Self.written()
        try database.outOfLaw(
            """
            UPDATE entry SET before = 139 WHERE id = 142;
            UPDATE entry SET place = place - 1, credits = credits - 10 WHERE id >= 142 AND account = 2;
            UPDATE account SET entries = entries - 1, credits_posted = credits_posted - 10 WHERE id = 2;
            UPDATE account SET entries = entries - 1, debits_posted = debits_posted - 10, last = 138 WHERE id = 1;
            """)
        try database.write { (db: borrowing Transaction) throws in
            #expect(try Ledger.verify(in: db).fault == "an entry is left out of the history of its account")
        }
    }

    @Test("That the last transfers were taken away with all that told of them sees whoever noted one of them down")
    func cutOff() throws {
        try Self.written().write { (db: borrowing Transaction) throws in
            let whole = try Ledger.verify(in: db)
            let noted: (Int64, [UInt8]) = (whole.transfers, whole.head)
            #expect(try Ledger.verify(noted: noted, in: db) == whole)
            #expect(
                try Ledger.verify(noted: (74, whole.head), in: db).fault
                    == "transfer 74 or one before it was altered after its digest was noted")
            #expect(
                try Ledger.verify(noted: (76, whole.head), in: db).fault == "transfer 76, whose digest was noted, is missing")
        }
    }
}

extension Database {
    /// Runs SQL as somebody who has the file does, whom no constraint of the schema keeps from anything.
    fileprivate func outOfLaw(_ sql: String) throws {
        try read { db in
            try db.script(
                """
                PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
                DROP TRIGGER transfer_stays; DROP TRIGGER transfer_remains; \(sql)
                """)
        }
    }
}
