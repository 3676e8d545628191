import CSQLite
import Glibc
import Store
import Testing

/// A folder of its own for one test, gone with it.
final class Folder {
    let path: String

    init() {
        var template = Array("/tmp/kazasu-store-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "" }
    }

    func file(_ name: String = "a.db") -> String { "\(path)/\(name)" }

    func write(_ bytes: [UInt8], at offset: Int = 0, to name: String = "a.db") {
        let fd = open(file(name), O_RDWR | O_CREAT, 0o600)
        defer { close(fd) }
        #expect(pwrite(fd, bytes, bytes.count, off_t(offset)) == bytes.count)
    }

    deinit {
        for end in ["", "-wal", "-shm"] { unlink(file() + end) }
        rmdir(path)
    }
}

struct Refused: Error {}

@Suite("Transactions")
struct TransactionTests {
    private func table() throws -> Database {
        let db = try Database.inMemory()
        try db.write { try $0.script("CREATE TABLE t (x INTEGER UNIQUE)") }
        return db
    }

    private func sum(_ db: Database) throws -> Int64 {
        try db.write { try $0.first("SELECT coalesce(sum(x), 0) FROM t") { $0.int(0) } } ?? 0
    }

    @Test("What is dropped without a commit has not happened")
    func dropped() throws {
        let db = try table()
        do {
            let transaction = try db.begin()
            try transaction.run("INSERT INTO t VALUES (1)")
        }
        #expect(try sum(db) == 0)
        #expect(throws: Refused.self) {
            try db.write { db in
                try db.run("INSERT INTO t VALUES (2)")
                throw Refused()
            }
        }
        #expect(try sum(db) == 0)
        try db.write { try $0.run("INSERT INTO t VALUES (4)") }
        #expect(try sum(db) == 4)
    }

    @Test("A savepoint that throws undoes its own part alone")
    func savepoint() throws {
        let db = try table()
        try db.write { db in
            try db.run("INSERT INTO t VALUES (1)")
            #expect(throws: Refused.self) {
                try db.savepoint {
                    try db.run("INSERT INTO t VALUES (2)")
                    throw Refused()
                }
            }
            _ = try db.savepoint { try db.run("INSERT INTO t VALUES (4)") }
        }
        #expect(try sum(db) == 5)
    }

    @Test("What stops a commit rolls it back")
    func beforeCommit() throws {
        let db = try table()
        db.beforeCommit = { throw Refused() }
        #expect(throws: Refused.self) { try db.write { try $0.run("INSERT INTO t VALUES (1)") } }
        db.beforeCommit = nil
        #expect(try sum(db) == 0)
    }

    @Test("A broken constraint is told from a broken machine")
    func constraint() throws {
        let db = try table()
        try db.write { try $0.run("INSERT INTO t VALUES (1)") }
        let error = #expect(throws: StoreError.self) { try db.write { try $0.run("INSERT INTO t VALUES (1)") } }
        #expect(error?.isConstraint == true)
        #expect(error?.isOperating == false)
    }

    @Test("Values come back as they went: empty, null, zero bytes, the ends of the numbers")
    func values() throws {
        let db = try Database.inMemory()
        for text in ["", "a\0b", "体育館 🚪", "'; DROP TABLE t"] {
            #expect(try db.write { try $0.first("SELECT ?", text) { $0.text(0) } } == text)
        }
        for blob: [UInt8] in [[], [0], Array(0...255)] {
            #expect(try db.write { try $0.first("SELECT ?", blob) { $0.isNull(0) ? nil : $0.blob(0) } } == blob)
        }
        for number in [Int64.min, -1, 0, .max] { #expect(try db.write { try $0.first("SELECT ?", number) { $0.int(0) } } == number) }
        #expect(try db.write { try $0.first("SELECT ?", Int64?.none) { $0.intIfPresent(0) } } == .some(.none))
    }

    @Test("A copy of a database holds what was committed")
    func copy() throws {
        let db = try table()
        try db.write { try $0.run("INSERT INTO t VALUES (7)") }
        let copy = try Database.inMemory(holding: db.serialized())
        try db.write { try $0.run("INSERT INTO t VALUES (8)") }
        #expect(try sum(copy) == 7)
        #expect(try copy.damage() == nil)
    }
}

@Suite("Migrations")
struct MigrationTests {
    @Test("Each is applied once, each module counts for itself, and a newer schema is refused")
    func numbered() throws {
        let folder = Folder()
        let first = [Migration(1, "CREATE TABLE a (x)")]
        let second = first + [Migration(2, "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)")]
        try Database(path: folder.file()).migrate("one", first)
        do {
            let db = try Database(path: folder.file())
            try db.migrate("one", second)
            try db.migrate("one", second)
            try db.migrate("two", [Migration(1, "CREATE TABLE b (x)")])
            #expect(try db.write { try $0.first("SELECT count(*) FROM a") { $0.int(0) } } == 1)
        }
        let db = try Database(path: folder.file())
        let error = #expect(throws: NewerSchema.self) { try db.migrate("one", first) }
        #expect("\(error!)".contains("written by a newer version"))
    }

    @Test("One that fails leaves nothing behind")
    func failing() throws {
        let db = try Database.inMemory()
        #expect(throws: StoreError.self) { try db.migrate("one", [Migration(1, "CREATE TABLE a (x)"), Migration(2, "nonsense")]) }
        try db.migrate("one", [Migration(1, "CREATE TABLE a (x)")])
    }

    @Test("What is there is shown once before it is changed, and never for a new database or one that is up to date")
    func before() throws {
        let db = try Database.inMemory()
        var seen: [Int64] = []
        db.beforeMigration = { db in
            seen.append(try db.read { try $0.first("SELECT count(*) FROM pragma_table_info('a')") { $0.int(0) } } ?? -1)
        }
        let first = [Migration(1, "CREATE TABLE a (x)")]
        let other = Schema("two", [Migration(1, "CREATE TABLE b (x)")])
        try db.migrate([Schema("one", first), other])
        try db.migrate([Schema("one", first), other])
        #expect(seen.isEmpty)
        let second = first + [Migration(2, "ALTER TABLE a ADD COLUMN y")]
        try db.migrate([Schema("one", second), other])
        #expect(seen == [1])
        try db.migrate([Schema("one", second), other, Schema("three", [Migration(1, "CREATE TABLE c (x)")])])
        #expect(seen == [1, 2], "a module that is new to a database that is not")
    }

    @Test("If it cannot be kept as it was, nothing is changed; if one module cannot be changed, none is")
    func allOrNone() throws {
        let db = try Database.inMemory()
        let first = [Migration(1, "CREATE TABLE a (x)")]
        let second = first + [Migration(2, "ALTER TABLE a ADD COLUMN y")]
        func columns() throws -> Int64? { try db.read { try $0.first("SELECT count(*) FROM pragma_table_info('a')") { $0.int(0) } } }
        try db.migrate("one", first)
        db.beforeMigration = { _ in throw Refused() }
        #expect(throws: Refused.self) { try db.migrate("one", second) }
        #expect(try columns() == 1)
        db.beforeMigration = nil
        #expect(throws: StoreError.self) { try db.migrate([Schema("one", second), Schema("two", [Migration(1, "nonsense")])]) }
        #expect(try columns() == 1)
        try db.migrate("one", second)
        #expect(try columns() == 2)
    }
}

@Suite("What a machine does to a database")
struct TroubleTests {
    private func error(opening path: String) -> StoreError? {
        #expect(throws: StoreError.self) { try Database(path: path).migrate("a", [Migration(1, "CREATE TABLE a (x)")]) }
    }

    @Test("A missing folder")
    func missing() {
        let error = error(opening: "/tmp/kazasu-no-such-folder/a.db")
        #expect(
            error?.description
                == "/tmp/kazasu-no-such-folder/a.db: the database cannot be opened. Does the folder exist, and may this user write there?")
        #expect(error?.isOperating == true)
    }

    @Test("A file of other bytes, and a database with a hole torn into it")
    func damaged() throws {
        let folder = Folder()
        folder.write((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let found = error(opening: folder.file())
        #expect(found?.description.contains("the database is damaged") == true)
        #expect(found?.description.contains("last backup") == true)
        #expect(found?.isOperating == false)

        let torn = Folder()
        do {
            let db = try Database(path: torn.file())
            try db.write { db in
                try db.script("CREATE TABLE a (x)")
                for _ in 0..<2000 { try db.run("INSERT INTO a VALUES (randomblob(100))") }
            }
        }
        torn.write([UInt8](repeating: 0xA5, count: 40_000), at: 8192)
        let db = try Database(path: torn.file())
        #expect((try? db.damage()) != .some(.none))
    }

    @Test("A second program on the same file is told at its start")
    func busy() throws {
        let folder = Folder()
        let first = try Database(path: folder.file())
        let error = error(opening: folder.file())
        #expect(error?.description == "\(folder.file()): another program holds the database. Is a second copy of this service running?")
        try first.write { try $0.script("CREATE TABLE b (x)") }
    }

    @Test("A disk without space: the transaction is undone, what was committed stays, and later it goes on")
    func full() throws {
        let folder = Folder()
        let db = try Database(path: folder.file())
        try db.write { try $0.script("CREATE TABLE a (x)") }
        try db.write { try $0.run("INSERT INTO a VALUES (1)") }
        _ = try db.write { try $0.first("PRAGMA max_page_count = 20") { $0.int(0) } }
        let error = #expect(throws: StoreError.self) {
            try db.write { db in for _ in 0..<1000 { try db.run("INSERT INTO a VALUES (randomblob(4000))") } }
        }
        #expect(error?.description == "\(folder.file()): the disk is full. Free some space; work goes on by itself.")
        #expect(error?.isOperating == true)
        _ = try db.write { try $0.first("PRAGMA max_page_count = 10000") { $0.int(0) } }
        try db.write { try $0.run("INSERT INTO a VALUES (2)") }
        #expect(try db.write { try $0.first("SELECT sum(x) FROM a") { $0.int(0) } } == 3)
    }

    @Test("A disk without space in the midst of an attempt is a full disk still, and nothing is written behind it")
    func fullInAnAttempt() throws {
        let folder = Folder()
        let db = try Database(path: folder.file())
        try db.write { try $0.script("CREATE TABLE a (x)") }
        _ = try db.write { try $0.first("PRAGMA max_page_count = 20") { $0.int(0) } }
        for isSwallowed in [false, true] {
            let error = #expect(throws: StoreError.self) {
                try db.write { db in
                    try db.savepoint {
                        do { for _ in 0..<1000 { try db.run("INSERT INTO a VALUES (randomblob(4000))") } } catch {
                            throw isSwallowed ? Swallowed() : error
                        }
                    }
                }
            }
            #expect(error?.isOperating == true)
        }
        #expect(try db.write { try $0.first("SELECT count(*) FROM a") { $0.int(0) } } == 0)
    }

    private struct Swallowed: Error {}

    @Test(
        "Every trouble has a sentence with the file's name and a next step",
        arguments: [SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR, SQLITE_BUSY])
    func sentences(code: Int32) {
        let error = StoreError(code: code | 5 << 8, path: "/var/a.db", message: "m")
        #expect(error.description.hasPrefix("/var/a.db: "))
        #expect(error.description.count > 40)
        #expect(error.primary == code)
    }

    @Test("A file that may only be read")
    func readOnly() throws {
        let folder = Folder()
        do { try Database(path: folder.file()).write { try $0.script("CREATE TABLE a (x)") } }
        // Root may write whatever the mode says; then there is nothing to refuse.
        guard geteuid() != 0 else { return }
        chmod(folder.file(), 0o400)
        #expect(error(opening: folder.file())?.description.contains("cannot be written") == true)
    }
}
