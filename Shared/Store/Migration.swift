/// A numbered change of a schema. Once shipped it never changes; a later need is a later number.
package struct Migration: Sendable {
    package let number: Int
    package let sql: String

    package init(_ number: Int, _ sql: String) {
        self.number = number
        self.sql = sql
    }
}

extension Database {
    /// Brings one module's tables up to date. Each module counts for itself, so that journal and service grow apart.
    ///
    /// A database written by a newer program is refused: it might mean something else by the same tables.
    package func migrate(_ module: String, _ migrations: [Migration]) throws {
        try write { transaction in
            try transaction.run(
                "CREATE TABLE IF NOT EXISTS migration (module TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (module, number))")
            let done =
                try transaction.first("SELECT coalesce(max(number), 0) FROM migration WHERE module = ?", module) { Int($0.int(0)) } ?? 0
            guard done <= migrations.last?.number ?? 0 else { throw NewerSchema(path: path, module: module, number: done) }
            for migration in migrations where migration.number > done {
                try transaction.script(migration.sql)
                try transaction.run("INSERT INTO migration (module, number) VALUES (?, ?)", module, migration.number)
            }
        }
    }
}

package struct NewerSchema: Error, CustomStringConvertible {
    package let path: String
    package let module: String
    package let number: Int

    package var description: String {
        "\(path): written by a newer version of this program (\(module) schema \(number)). Install that version, or restore the backup made before the upgrade."
    }
}
