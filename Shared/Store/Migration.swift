/// A numbered change of a schema. Once shipped it never changes; a later need is a later number.
package struct Migration: Sendable {
    package let number: Int
    package let sql: String

    package init(_ number: Int, _ sql: String) {
        self.number = number
        self.sql = sql
    }
}

/// A module's tables, as the migrations that make them.
package struct Schema: Sendable {
    /// Each module counts for itself, so that journal and service grow apart.
    package let module: String
    package let migrations: [Migration]

    package init(_ module: String, _ migrations: [Migration]) {
        self.module = module
        self.migrations = migrations
    }
}

extension Database {
    package func migrate(_ module: String, _ migrations: [Migration]) throws { try migrate([Schema(module, migrations)]) }

    /// Brings the tables of all modules up to date, or none: who goes back to an older program finds no database that is half of this one.
    ///
    /// A database written by a newer program is refused: it might mean something else by the same tables.
    package func migrate(_ schemas: [Schema]) throws {
        let isOld = try write { transaction in
            try transaction.run(
                "CREATE TABLE IF NOT EXISTS migration (module TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (module, number))")
            let isNew = try transaction.first("SELECT 1 FROM migration") { _ in } == nil
            return try schemas.count { try !outstanding($0, in: transaction).isEmpty } > 0 && !isNew
        }
        if isOld { try beforeMigration?(self) }
        try write { transaction in
            for schema in schemas {
                for migration in try outstanding(schema, in: transaction) {
                    try transaction.script(migration.sql)
                    try transaction.run("INSERT INTO migration (module, number) VALUES (?, ?)", schema.module, migration.number)
                }
            }
        }
    }

    private func outstanding(_ schema: Schema, in transaction: borrowing Transaction) throws -> [Migration] {
        let done = try transaction.first("SELECT coalesce(max(number), 0) FROM migration WHERE module = ?", schema.module) {
            Int($0.int(0))
        }
        guard done ?? 0 <= schema.migrations.last?.number ?? 0 else {
            throw NewerSchema(path: path, module: schema.module, number: done ?? 0)
        }
        return schema.migrations.filter { $0.number > done ?? 0 }
    }
}

package struct NewerSchema: Error, CustomStringConvertible {
    package let path: String
    package let module: String
    package let number: Int

    package var description: String {
        "\(path): written by a newer version of this program (\(module) schema \(number)). Install that version, or put back the copy made before the upgrade."
    }
}
