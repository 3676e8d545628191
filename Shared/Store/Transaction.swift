import CSQLite

/// An open write transaction. It cannot be copied, and a borrowed one cannot escape the closure it was lent to.
package struct Transaction: ~Copyable {
    let database: Database
    package var path: String { database.path }

    init(_ database: Database) { self.database = database }

    package consuming func commit() throws {
        try database.beforeCommit?()
        try database.step("COMMIT")
    }

    deinit {
        // After a commit, or an error that has rolled back already (disk full), there is nothing left to do.
        if sqlite3_get_autocommit(database.handle) == 0 { try? database.execute("ROLLBACK") }
    }

    /// Runs one statement and tells how many rows it changed.
    @discardableResult
    package borrowing func run<each Value: Storable>(_ sql: StaticString, _ values: repeat each Value) throws -> Int {
        let statement = try database.statement(sql)
        defer { sqlite3_reset(statement) }
        try bind(repeat each values, to: statement)
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw database.error(code) }
        return Int(sqlite3_changes64(database.handle))
    }

    /// The first row, if there is one.
    package borrowing func first<each Value: Storable, Result>(
        _ sql: StaticString, _ values: repeat each Value, read: (Row) throws -> Result
    ) throws -> Result? {
        let statement = try database.statement(sql)
        defer { sqlite3_reset(statement) }
        try bind(repeat each values, to: statement)
        let code = sqlite3_step(statement)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw database.error(code) }
        return try read(Row(statement: statement))
    }

    /// Every row. The statement is busy meanwhile: `read` must not run the same SQL again.
    package borrowing func all<each Value: Storable, Result>(
        _ sql: StaticString, _ values: repeat each Value, read: (Row) throws -> Result
    ) throws -> [Result] {
        let statement = try database.statement(sql)
        defer { sqlite3_reset(statement) }
        try bind(repeat each values, to: statement)
        var results: [Result] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return results }
            guard code == SQLITE_ROW else { throw database.error(code) }
            results.append(try read(Row(statement: statement)))
        }
    }

    /// What `body` does is undone when it throws; what came before stays.
    @discardableResult
    package borrowing func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try run("SAVEPOINT attempt")
        do {
            let result = try body()
            try run("RELEASE attempt")
            return result
        } catch {
            // A full disk has ended the whole transaction: that is what its owner must hear, whatever became of the error on its way here.
            guard sqlite3_get_autocommit(database.handle) == 0 else {
                throw error is StoreError
                    ? error : StoreError(code: SQLITE_FULL, path: path, message: "the transaction ended in the midst of it")
            }
            try run("ROLLBACK TO attempt")
            try run("RELEASE attempt")
            throw error
        }
    }

    /// Runs a script of statements without values: migrations.
    package borrowing func script(_ sql: String) throws { try database.execute(sql) }

    private borrowing func bind<each Value: Storable>(_ values: repeat each Value, to statement: OpaquePointer) throws {
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            let code = value.bind(to: statement, at: index)
            guard code == SQLITE_OK else { throw database.error(code) }
        }
    }
}
