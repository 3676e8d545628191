import CSQLite

extension Database {
    /// How many rows each table has: what a copy is compared by.
    package func census() throws -> [String: Int64] {
        let names = try read { db in
            try db.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'") { $0.text(0) }
        }
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try rows(of: $0)) })
    }

    /// The names come out of our own schemas; whatever they are, they are quoted.
    private func rows(of table: String) throws -> Int64 {
        var statement: OpaquePointer?
        let quoted = table.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, "SELECT count(*) FROM \"\(quoted)\"", -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW
        else { throw error(sqlite3_errcode(handle)) }
        return sqlite3_column_int64(statement, 0)
    }
}
