import CSQLite

extension Database {
    /// A consistent copy of the whole database as a file's bytes, for backups of databases in memory and for tests that put an old one back.
    package func serialized() throws -> [UInt8] {
        var size: sqlite3_int64 = 0
        guard let bytes = sqlite3_serialize(handle, "main", &size, 0) else {
            throw StoreError(code: SQLITE_NOMEM, path: path, message: "no memory for a copy")
        }
        defer { sqlite3_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
    }

    /// A database in memory that holds `bytes`, as `serialized()` gave them.
    package static func inMemory(holding bytes: [UInt8]) throws -> Database {
        let database = try Database.inMemory()
        guard let copy = sqlite3_malloc64(UInt64(max(bytes.count, 1))) else {
            throw StoreError(code: SQLITE_NOMEM, path: ":memory:", message: "no memory for a copy")
        }
        copy.copyMemory(from: bytes, byteCount: bytes.count)
        // From here SQLite owns the memory, also when it fails.
        let code = sqlite3_deserialize(
            database.handle, "main", copy.assumingMemoryBound(to: UInt8.self), sqlite3_int64(bytes.count), sqlite3_int64(bytes.count),
            UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE))
        guard code == SQLITE_OK else { throw database.error(code) }
        return database
    }
}
