import CSQLite
import Glibc

/// A copy of a database that goes on working, made some pages at a time: SQLite's online backup (sqlite.org/c3ref/backup_finish.html). What its own
/// connection changes meanwhile is in the copy too, so it holds what was committed when its last page was copied.
///
/// It grows in `path.part`. Whoever finds `path` finds a whole copy, on the disk, dated by its beginning.
package final class DatabaseCopy {
    private let source: Database
    private let path: String
    private let began = timespec.now
    private var destination: OpaquePointer?
    private var backup: OpaquePointer?

    package init(of source: Database, at path: String) throws {
        (self.source, self.path) = (source, path)
        for leftover in Self.files(of: part) { unlink(leftover) }
        let mask = umask(0o077)
        let code = sqlite3_open_v2(part, &destination, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        umask(mask)
        guard code == SQLITE_OK else { throw error(code) }
        // Nothing to go back to and nobody else who looks: it is a copy when it has its name.
        sqlite3_exec(destination, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE", nil, nil, nil)
        backup = sqlite3_backup_init(destination, "main", source.handle, "main")
        guard backup != nil else { throw error(sqlite3_errcode(destination)) }
    }

    deinit {
        guard destination != nil else { return }
        end()
        for leftover in Self.files(of: part) { unlink(leftover) }
    }

    private var part: String { path + ".part" }

    private static func files(of path: String) -> [String] { ["", "-wal", "-shm", "-journal"].map { path + $0 } }

    /// Copies some more. Not while a transaction is open.
    /// - Returns: whether the copy is whole and has its name.
    package func advance(pages: Int32) throws -> Bool {
        let code = sqlite3_backup_step(backup, pages)
        guard code == SQLITE_DONE else {
            guard code == SQLITE_OK else { throw error(code) }
            return false
        }
        end()
        // Dated by when it began: whoever asks for a copy later than that has not been given it.
        let file = open(part, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, futimens(file, [began, began]) == 0, fsync(file) == 0, rename(part, path) == 0 else {
            throw StoreError(code: SQLITE_IOERR, path: path, message: String(cString: strerror(errno)))
        }
        return true
    }

    private func end() {
        sqlite3_backup_finish(backup)
        sqlite3_close_v2(destination)
        (backup, destination) = (nil, nil)
    }

    private func error(_ code: Int32) -> StoreError {
        StoreError(code: code, path: part, message: destination.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory")
    }
}

extension timespec {
    fileprivate static var now: timespec {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now
    }
}
