import Contracts
import Seal

/// What a lock keeps through a power cut. It is on disk before the bolt moves.
package struct LockMemory: Codable, Equatable, Sendable {
    /// The highest counter obeyed.
    package private(set) var highest: Int64 = 0
    /// The grants it obeyed last, oldest first.
    package private(set) var obeyed: [EventID] = []
    /// Reports not answered yet, oldest first.
    package private(set) var reports: [PendingReport] = []

    /// Grants kept; an older one is dead anyway.
    private static let grantLimit = 32
    /// Reports kept unanswered; the oldest gives way, since the newest says most about the door now.
    private static let reportLimit = 100

    package init() {}

    /// Starting at 0 because the file cannot be read would let a captured grant open the door again.
    package init(file path: String, isNew: Bool) throws {
        guard !isNew else { return }
        do { self = try SecretFile.read(path).decoded(as: LockMemory.self) } catch {
            throw LockError(
                description:
                    "the lock's memory \(path) cannot be read (\(error)). The door stays shut. Put the file back, or, when every grant given out is older than its ten seconds, remove it."
            )
        }
    }

    /// A grant is used up from here on, whether or not the bolt still moves.
    mutating func obey(_ grant: Grant) {
        highest = grant.cnt
        obeyed = (obeyed + [grant.jti]).suffix(Self.grantLimit)
    }

    mutating func keep(_ report: PendingReport) { reports = (reports + [report]).suffix(Self.reportLimit) }

    /// - Returns: whether there was such a report.
    mutating func forget(_ report: EventID) -> Bool {
        let count = reports.count
        reports.removeAll { $0.id == report }
        return reports.count < count
    }
}

/// A report and the exact bytes every repetition must be.
package struct PendingReport: Codable, Equatable, Sendable {
    package let id: EventID
    /// The last segment of its topic; `nil`: an outcome, as older memories have them.
    package let name: TopicName?
    package let text: String

    package var bytes: [UInt8] { Array(text.utf8) }

    init(id: EventID, named name: TopicName, json: [UInt8]) {
        self.id = id
        self.name = name
        text = String(decoding: json, as: UTF8.self)
    }
}
