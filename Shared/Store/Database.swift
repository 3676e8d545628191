import CSQLite
import Glibc

/// A connection to one SQLite file, with its prepared statements. One loop owns it.
package final class Database {
    let handle: OpaquePointer
    package let path: String
    /// Called before every commit; what it throws rolls back. The simulation lets machines crash and disks fill up here.
    package var beforeCommit: (() throws -> Void)?
    /// Called before tables that hold something are changed for a newer program; what it throws leaves them as they are.
    package var beforeMigration: ((Database) throws -> Void)?
    /// Set before anything covered is read or written.
    package var cover: (any Cover)?
    /// Whether what is deleted is in no byte of the files once `truncateLog` has been called.
    package private(set) var erases = false
    private var statements: [UnsafePointer<UInt8>: OpaquePointer] = [:]

    /// Opens or creates `path` with a write-ahead log and `synchronous=FULL`: a committed transaction survives a power cut.
    package init(path: String) throws {
        self.path = path
        _ = Self.library
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let mask = umask(0o077)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        umask(mask)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw StoreError(code: code, path: path, message: message)
        }
        handle = opened
        // A second process on the same file is a mistake worth stopping for, not waiting for.
        try execute("PRAGMA locking_mode=EXCLUSIVE")
        try execute("PRAGMA journal_mode=WAL")
        try execute("PRAGMA synchronous=FULL")
        try execute("PRAGMA foreign_keys=ON")
        try execute("PRAGMA cache_size=-8000")
        try execute("PRAGMA wal_autocheckpoint=4000")
        try execute("PRAGMA journal_size_limit=67108864")
        // Takes the lock now, so that a second copy is told at its start.
        try execute("BEGIN IMMEDIATE; COMMIT")
    }

    /// From now on what is deleted is overwritten, and what SQLite sets aside meanwhile is kept in memory.
    package func erase() throws {
        try execute("PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY")
        erases = true
    }

    /// A database that lives in memory, for tests.
    package static func inMemory() throws -> Database { try Database(path: ":memory:") }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Starts a transaction that takes the write lock at once. It ends at `commit()`, or is rolled back when it is dropped.
    package func begin() throws -> Transaction {
        try step("BEGIN IMMEDIATE")
        return Transaction(self)
    }

    /// Runs `body` in a transaction of its own.
    @discardableResult
    package func write<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
        let transaction = try begin()
        let result = try body(transaction)
        try transaction.commit()
        return result
    }

    /// Reads without taking the write lock.
    package func read<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
        let transaction = Transaction(self)
        return try body(transaction)
    }

    /// SQLite counts each piece of memory under a lock of the whole process, for a figure nobody asks for. Settled before the first file is opened.
    private static let library: Int32 = sqlite3_config_memstatus(0)

    /// Runs a prepared statement without values or rows.
    func step(_ sql: StaticString) throws {
        let statement = try statement(sql)
        defer { sqlite3_reset(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else { throw error(code) }
    }

    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    func error(_ code: Int32) -> StoreError { StoreError(code: code, path: path, message: String(cString: sqlite3_errmsg(handle))) }

    /// The prepared statement of a literal, found by the literal's address.
    func statement(_ sql: StaticString) throws -> OpaquePointer {
        if let found = statements[sql.utf8Start] { return found }
        var made: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql.utf8Start, Int32(sql.utf8CodeUnitCount), UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let made else { throw error(code) }
        statements[sql.utf8Start] = made
        return made
    }

    /// Brings the write-ahead log into the database and cuts it to nothing: until then it holds pages with what has been deleted since.
    package func truncateLog() throws {
        let isHeld = try read { try $0.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.int(0) } } ?? 0
        guard isHeld == 0 else { throw StoreError(code: SQLITE_BUSY, path: path, message: "the log is being read") }
    }

    /// SQLite's own whole-file check; `nil` when all is well.
    package func damage() throws -> String? {
        let verdict = try write { try $0.first("PRAGMA quick_check(1)") { $0.text(0) } }
        return verdict == "ok" ? nil : verdict
    }
}
