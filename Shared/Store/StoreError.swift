import CSQLite

/// A database that did not do what it was asked. The transaction it happened in is rolled back; nothing of it has been acknowledged.
package struct StoreError: Error, CustomStringConvertible {
    /// SQLite's extended result code.
    package let code: Int32
    package let path: String
    package let message: String

    package init(code: Int32, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// The primary result code: the lower eight bits.
    package var primary: Int32 { code & 0xff }
    package var isConstraint: Bool { primary == SQLITE_CONSTRAINT }
    /// Trouble of the machine rather than of the data: it may pass, and nothing is lost by waiting.
    package var isOperating: Bool {
        [SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_NOMEM].contains(primary)
    }

    package var description: String {
        switch primary {
        case SQLITE_FULL: "\(path): the disk is full. Free some space; work goes on by itself."
        case SQLITE_READONLY: "\(path): the database cannot be written. Make the file, its folder and its disk writable for this user."
        case SQLITE_CANTOPEN: "\(path): the database cannot be opened. Does the folder exist, and may this user write there?"
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            "\(path): the database is damaged (\(message)). Keep the file, put the last backup in its place and start again: "
                + "what the backup lacks comes back from the other journals."
        case SQLITE_IOERR: "\(path): the disk failed (\(message)). Look at the disk; work goes on by itself when it answers again."
        case SQLITE_BUSY: "\(path): another program holds the database. Is a second copy of this service running?"
        default: "\(path): \(message)"
        }
    }
}
