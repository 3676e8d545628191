import Contracts
import Store

extension Restored {
    /// The last time, if there was one.
    package static func newest(in db: borrowing Transaction) throws -> Self? {
        try db.first("SELECT at, copied FROM restored ORDER BY at DESC LIMIT 1") {
            Restored(at: Instant(milliseconds: $0.int(0)), copied: Instant(milliseconds: $0.int(1)))
        }
    }

    /// Declares it, before the program is started on the copy.
    package func note(in database: Database) throws {
        try database.migrate("journal", JournalSchema.migrations)
        try database.write {
            try $0.run("INSERT OR REPLACE INTO restored (at, copied) VALUES (?, ?)", at.milliseconds, copied.milliseconds)
        }
    }
}
