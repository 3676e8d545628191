import Contracts
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
        /// The newest link of its audit.
        var audit: AuditHead?
    }

    var at: Instant
    var copies: [Copy]
    /// Of the programs that wrote them.
    var version: String

    /// - Returns: what of the copies can be read, and a sentence for each that cannot: one damaged database must not keep the others from being saved.
    static func take(
        of data: DataFolder, now: Instant, version: String, progress: (String) -> Void
    ) -> (inventory: Self, unreadable: [String]) {
        var (copies, unreadable) = ([Copy](), [String]())
        for file in databases(in: data.copies) {
            progress("looking through \(file)")
            let path = "\(data.copies)/\(file)"
            do {
                let database = try Database(path: path)
                let at = modified(path) ?? now
                copies.append(Copy(file: file, at: at, rows: try database.census(), audit: try database.auditHead()))
            } catch { unreadable.append("\(file): \(error)") }
        }
        return (Inventory(at: now, copies: copies, version: version), unreadable)
    }

    /// What was seen of the audits when this was taken, by service.
    var sights: [String: AuditBook.Sight] {
        Dictionary(
            copies.compactMap { copy in
                copy.audit.map { (String(copy.file.dropLast(".sqlite".count)), AuditBook.Sight(head: $0, at: copy.at)) }
            }, uniquingKeysWith: { first, _ in first })
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
