import Contracts
import Launch
import Seal
import Town

/// How the last backup and the last trial of one went: `copies/status.json`.
struct BackupStatus: Codable, Equatable {
    struct Outcome: Codable, Equatable {
        var at: Instant
        /// `nil` where all was well.
        var trouble: String?
    }

    /// The last that went well.
    var lastGood: Instant?
    var last: Outcome?
    /// The last time one was fetched and compared.
    var trial: Outcome?
    /// Whether the last backup found the audits as the one before had seen them.
    var audit: Outcome?

    static let longestPause = Duration.seconds(36 * 3600)
    static let longestUntried = Duration.seconds(10 * 86_400)

    init() {}

    init(of data: DataFolder) { self = (try? SecretFile.read(data.backupStatus).decoded()) ?? BackupStatus() }

    func write(to data: DataFolder) throws { try SecretFile.replace(data.backupStatus, try json()) }

    /// What somebody should know, the worst first, with what residents notice of it: nothing, until a disk dies.
    func problems(now: Instant, _ offset: UTCOffset) -> [Problem] {
        var problems: [Problem] = []
        let since = lastGood.map { "The last backup that went well is of \($0.minute(offset))." }
        if let trouble = last?.trouble {
            problems.append(
                Problem(.red, "backup-failed", "The last backup failed: \(trouble) \(since ?? "There is none that went well.")"))
        } else if (lastGood ?? .distantPast) + Self.longestPause < now {
            problems.append(Problem(.red, "backup-old", "\(since ?? "There is no backup yet.") Make one: kazasu backup"))
        }
        if let trouble = trial?.trouble {
            problems.append(Problem(.red, "trial-failed", "A backup was fetched to try it, and is not well: \(trouble)"))
        } else if lastGood != nil, (trial?.at ?? .distantPast) + Self.longestUntried < now {
            problems.append(Problem(.amber, "untried", "No backup was tried for ten days. Try one: kazasu backup try"))
        }
        if let trouble = audit?.trouble {
            problems.append(Problem(.red, "audit-altered", "What is kept of who commanded what was altered: \(trouble)."))
        }
        return problems
    }
}

extension DataFolder {
    var backupStatus: String { "\(copies)/status.json" }
    var inventory: String { "\(copies)/inventory.json" }
    /// The town's file as it was at the backup, with what it names.
    var copiedTown: String { "\(copies)/town" }
    /// Where a backup is fetched to be tried.
    var trial: String { "\(root)/trial" }
}

extension Station {
    /// What is wrong with the backups of this machine's data, if it has any.
    func backupProblems(now: Instant) -> [Problem] {
        guard town.backups != nil, exists("\(data.root)/state") else { return [] }
        return BackupStatus(of: data).problems(now: now, town.offset)
    }
}
