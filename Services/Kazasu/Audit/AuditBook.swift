import Contracts
import Journal
import Launch
import Seal
import Store

/// The audits of all services, read out of copies of their databases: a process cannot be asked whether somebody has altered what it keeps.
struct AuditBook {
    /// Where the copies lie.
    let folder: String

    /// A link of a service's chain that somebody has seen.
    struct Sight {
        let head: AuditHead
        let at: Instant
    }

    struct Report: Encodable, Equatable {
        /// `points-main`
        let service: String
        var entries = 0
        var newest: AuditHead?
        /// What does not fit; nothing where all is as it was.
        var faults: [String] = []
        /// What fits badly and is explained.
        var remarks: [String] = []
    }

    var services: [String] { databases(in: folder).map { String($0.dropLast(".sqlite".count)) } }

    /// The whole chain of a service, computed again, and compared with what was seen of it.
    func verify(_ service: String, against sights: [Sight], _ offset: UTCOffset) throws -> Report {
        var report = Report(service: service)
        let database = try Database(path: "\(folder)/\(service).sqlite")
        guard try database.hasAudit else { return report }
        var seen = Dictionary(grouping: sights, by: \.head.number)
        var last: AuditEntry?
        let isWhole = try each(in: database) { entry in
            report.entries += 1
            let isNext = last.map { entry.number == $0.number + 1 } ?? true
            // Of the first one that is left the link before it is gone, unless it is the first of all.
            let link = last.map { entry.link(after: $0.link) } ?? (entry.number == 1 ? entry.link(after: "") : entry.link)
            if !isNext { report.faults.append("entries \((last?.number ?? 0) + 1) to \(entry.number - 1) are missing") }
            if link != entry.link {
                report.faults.append("entry \(entry.number), of \(entry.at.minute(offset)), or the one before it was altered")
            }
            for sight in seen.removeValue(forKey: entry.number) ?? [] where sight.head.link != entry.link {
                report.faults.append(
                    "entry \(entry.number) is not the one that was seen at \(sight.at.minute(offset)): what is before it was written anew")
            }
            last = entry
            return report.faults.count < 10
        } unreadable: {
            report.faults.append($0)
        }
        report.newest = last.map { AuditHead(number: $0.number, link: $0.link) }
        // What was not looked at is not gone.
        guard isWhole else { return report }
        let restored = try database.read { try Restored.newest(in: $0) }
        for sight in seen.values.joined() where sight.head.number > report.newest?.number ?? 0 {
            let sentence = "entry \(sight.head.number) was there at \(sight.at.minute(offset)) and is gone"
            if let restored, restored.at > sight.at {
                report.remarks.append(
                    "\(sentence): the database was put back at \(restored.at.minute(offset)) from a copy of \(restored.copied.minute(offset))"
                )
            } else {
                report.faults.append(sentence)
            }
        }
        return report
    }

    /// Every entry, in the order of time.
    func entries(of services: [String], from: Instant, to: Instant, by who: UserID?) throws -> [(service: String, entry: AuditEntry)] {
        var found: [(service: String, entry: AuditEntry)] = []
        for service in services {
            let database = try Database(path: "\(folder)/\(service).sqlite")
            guard try database.hasAudit else { continue }
            _ = try each(in: database) { entry in
                if (from...to).contains(entry.at), who == nil || who == entry.who { found.append((service, entry)) }
                return true
            }
        }
        return found.sorted { ($0.entry.at, $0.service, $0.entry.number) < ($1.entry.at, $1.service, $1.entry.number) }
    }

    /// - Parameters:
    ///   - take: says whether to go on.
    ///   - unreadable: an entry that nobody of ours can have written, in a sentence; nothing behind it is read.
    /// - Returns: whether all were taken.
    private func each(
        in database: Database, _ take: (AuditEntry) throws -> Bool, unreadable: ((String) -> Void)? = nil
    ) throws -> Bool {
        var number: Int64 = 0
        while true {
            let page: [AuditEntry]
            do { page = try database.read { try Audit.page(after: number, limit: 1000, in: $0) } } catch let error as Audit.Unreadable {
                guard let unreadable else { throw error }
                unreadable(error.description)
                return false
            }
            for entry in page { guard try take(entry) else { return false } }
            guard let last = page.last else { return true }
            number = last.number
        }
    }
}

extension Database {
    /// A copy of a program that kept none has no such table.
    var hasAudit: Bool {
        get throws { try read { try $0.first("SELECT 1 FROM sqlite_schema WHERE name = 'audit_entry'") { _ in } } != nil }
    }

    /// The newest link, if there is one.
    func auditHead() throws -> AuditHead? { try hasAudit ? read { try Audit.head(in: $0) } : nil }
}
