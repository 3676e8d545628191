import CSQLite

/// Keeps some columns unreadable for whoever holds the file and not the key. A database has one or none.
package protocol Cover: Sendable {
    /// - Parameter context: the column and the row, so that what was closed in one place does not open in another.
    func close(_ bytes: [UInt8], context: String) -> [UInt8]
    func open(_ bytes: [UInt8], context: String) throws -> [UInt8]
    /// A digest of something unreadable, so that nobody can see whether a guess of it is right: the same number for the same one.
    func mask(_ digest: Int64) -> Int64
}

/// Without a cover bytes and digests stay as they are.
extension Transaction {
    package borrowing func close(_ bytes: [UInt8], _ context: @autoclosure () -> String) -> [UInt8] {
        guard let cover = database.cover else { return bytes }
        return cover.close(bytes, context: context())
    }

    /// - Throws: `StoreError`: a covered column that does not open is trouble of the machine and its keys, not of the message in hand.
    package borrowing func open(_ bytes: [UInt8], _ context: @autoclosure () -> String) throws -> [UInt8] {
        guard let cover = database.cover else { return bytes }
        do { return try cover.open(bytes, context: context()) } catch {
            throw StoreError(code: SQLITE_AUTH, path: database.path, message: "\(error)")
        }
    }

    package borrowing func mask(_ digest: Int64) -> Int64 {
        guard let cover = database.cover else { return digest }
        return cover.mask(digest)
    }
}
