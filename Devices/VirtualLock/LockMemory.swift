import Contracts

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
    package let text: String
    /// Of a report that is no outcome; absent in memories written before there was another.
    package let isCondition: Bool?

    package var bytes: [UInt8] { Array(text.utf8) }

    init(id: EventID, json: [UInt8], isCondition: Bool = false) {
        self.id = id
        text = String(decoding: json, as: UTF8.self)
        self.isCondition = isCondition ? true : nil
    }
}
