import Contracts
import Glibc
import Launch
import Store

/// What the copies of a backup hold, so that a backup that was fetched can be compared with what was sent.
struct Inventory: Codable, Equatable {
    struct Copy: Codable, Equatable {
        /// `points-main.sqlite`
        var file: String
        /// How the database stood then.
        var at: Instant
        /// Of each table.
        var rows: [String: Int64]
    }

    var at: Instant
    var copies: [Copy]
    /// Of the programs that wrote them.
    var version: String

    /// - Throws: `StoreError` where a copy cannot be read.
    static func take(of data: DataFolder, now: Instant, version: String, progress: (String) -> Void) throws -> Self {
        let files = databases(in: data.copies)
        let copies = try files.map { file in
            progress("looking through \(file)")
            let path = "\(data.copies)/\(file)"
            let at = modified(path) ?? now
            return Copy(file: file, at: at, rows: try Database(path: path).census())
        }
        return Inventory(at: now, copies: copies, version: version)
    }

    /// What is wrong with copies that were fetched, file by file; nothing if all is as it was.
    func faults(in folder: String, progress: (String) -> Void) -> [String] {
        let found = Set(databases(in: folder))
        return copies.compactMap { copy in
            progress("looking through \(copy.file)")
            guard found.contains(copy.file) else { return "\(copy.file) is missing" }
            do {
                let database = try Database(path: "\(folder)/\(copy.file)")
                if let damage = try database.damage() { return "\(copy.file) is damaged: \(damage)" }
                let rows = try database.census()
                guard rows != copy.rows else { return nil }
                let table = Set(rows.keys).union(copy.rows.keys).sorted().first { rows[$0] != copy.rows[$0] } ?? ""
                return "\(copy.file) has \(rows[table] ?? 0) rows in \(table), not \(copy.rows[table] ?? 0)"
            } catch { return "\(copy.file): \(error)" }
        }
    }
}

/// The databases in a folder, sorted.
func databases(in folder: String) -> [String] { fileNames(in: folder).filter { $0.hasSuffix(".sqlite") } }

/// What lies in a folder, sorted; nothing if there is none.
func fileNames(in folder: String) -> [String] {
    guard let open = opendir(folder) else { return [] }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
        names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
}

/// When a file was changed last; `nil` for none.
func modified(_ path: String) -> Instant? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Instant(milliseconds: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
}
