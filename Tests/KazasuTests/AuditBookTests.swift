import Contracts
import Journal
import Launch
import Seal
import Store
import Testing
import Town

@testable import Kazasu

@Suite("The audit, looked through")
struct AuditBookTests {
    private let scratch = Scratch()
    private let morning = Instant(rfc3339: "2026-11-22T09:00:00+09:00") ?? .distantPast
    private var book: AuditBook { AuditBook(folder: scratch.path) }

    /// A copy in which `count` commands are written down, from the first or on top of others.
    private func copy(_ count: Int, verdict: String = "accepted") throws -> Database {
        let database = try Database(path: "\(scratch.path)/points-main.sqlite")
        try database.migrate("journal", JournalSchema.migrations)
        try database.write { (db: borrowing Transaction) throws in
            for number in 0..<count {
                let at = morning + .seconds(Int64(number))
                try Audit.note(
                    "points-move", by: number % 2 == 0 ? "points-desk-hall" : "points-desk-welfare",
                    id: EventID(at: at, random: (0, UInt64(number))), verdict: verdict, now: at, in: db)
            }
        }
        return database
    }

    private func sight(_ database: Database, _ number: Int64? = nil) throws -> AuditBook.Sight {
        let entries = try database.read { try Audit.page(after: 0, limit: 100, in: $0) }
        let entry = try #require(number.flatMap { number in entries.first { $0.number == number } } ?? entries.last)
        return AuditBook.Sight(head: AuditHead(number: entry.number, link: entry.link), at: morning + .seconds(60))
    }

    private func faults(_ sights: AuditBook.Sight...) throws -> [String] {
        try book.verify("points-main", against: sights, .japan).faults
    }

    /// Somebody with a database tool, who knows of the triggers.
    private func tamper(_ sql: StaticString) throws {
        let database = try Database(path: "\(scratch.path)/points-main.sqlite")
        try database.write { (db: borrowing Transaction) throws in
            try db.run("DROP TRIGGER IF EXISTS audit_is_kept")
            try db.run("DROP TRIGGER IF EXISTS audit_is_whole")
            try db.run(sql)
        }
    }

    @Test("A chain as it was written is well, also against what was seen of it earlier")
    func well() throws {
        let sights = try { try [sight($0, 2), sight($0)] }(copy(5))
        let report = try book.verify("points-main", against: sights, .japan)
        #expect(report.faults.isEmpty && report.remarks.isEmpty && report.entries == 5 && report.newest?.number == 5)
        #expect(try book.verify("points-main", against: [], .japan).faults.isEmpty)
    }

    @Test("Each field of an entry, and whether it is there, cannot be altered unseen")
    func fields() throws {
        for sql: StaticString in [
            "UPDATE audit_entry SET who = 'points-desk-other' WHERE n = 3", "UPDATE audit_entry SET at = at + 1 WHERE n = 3",
            "UPDATE audit_entry SET what = 'points-show' WHERE n = 3", "UPDATE audit_entry SET verdict = 'refused' WHERE n = 3",
            "UPDATE audit_entry SET id = zeroblob(16) WHERE n = 3",
            "UPDATE audit_entry SET link = 'ff' WHERE n = 3",
            "UPDATE audit_entry SET who = 'No Name' WHERE n = 3", "UPDATE audit_entry SET id = x'00' WHERE n = 3",
            "DELETE FROM audit_entry WHERE n = 3",
            "UPDATE audit_entry SET who = 'desk-x' WHERE n = 1",
        ] {
            try? remove("\(scratch.path)/points-main.sqlite")
            _ = try copy(5)
            try tamper(sql)
            #expect(try !faults().isEmpty, "\(sql)")
        }
    }

    @Test("What was cut off at the end, or written anew as a whole, is told by whoever has seen it before")
    func sights() throws {
        let seen = try sight(try copy(5))
        try tamper("DELETE FROM audit_entry WHERE n > 3")
        #expect(try faults().isEmpty, "a chain alone cannot tell")
        #expect(try faults(seen).contains { $0.contains("entry 5 was there") })
        try tamper("DELETE FROM audit_entry")
        _ = try copy(6, verdict: "refused")
        #expect(try faults().isEmpty)
        #expect(try faults(seen).contains { $0.contains("written anew") })
    }

    @Test("Where a database was put back from a copy, that its newest entries are gone is said, and is no fault")
    func putBack() throws {
        let seen = try sight(try copy(5))
        try tamper("DELETE FROM audit_entry WHERE n > 3")
        try Restored(at: morning + .seconds(3600), copied: morning).note(in: Database(path: "\(scratch.path)/points-main.sqlite"))
        let report = try book.verify("points-main", against: [seen], .japan)
        #expect(report.faults.isEmpty && report.remarks.count == 1, "\(report)")
    }

    @Test("It is shown in the order of time, of one user, of some hours, and of copies of programs that kept none nothing")
    func shown() throws {
        _ = try copy(5)
        _ = try Database(path: "\(scratch.path)/old-main.sqlite")
        let all = try book.entries(of: book.services, from: morning, to: morning + .seconds(3), by: nil)
        #expect(all.map(\.entry.number) == [1, 2, 3, 4])
        #expect(
            try book.entries(of: book.services, from: morning, to: morning + .seconds(9), by: "points-desk-welfare").map(\.entry.number)
                == [2, 4])
    }
}
