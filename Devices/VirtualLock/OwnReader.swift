import Contracts
import Seal

/// What a lock has decided alone and the town has not answered yet, oldest first.
package struct AdmissionJournal: Codable, Equatable, Sendable {
    package private(set) var openings: [PendingReport] = []
    package private(set) var refusals: [PendingReport] = []

    /// Kept of each kind, so that whoever holds a strange card a thousand times pushes out no opening.
    package static let limit = 500

    package init() {}

    package var isEmpty: Bool { openings.isEmpty && refusals.isEmpty }
    package var count: Int { openings.count + refusals.count }

    mutating func keep(_ report: PendingReport, _ result: Admission.Result) {
        switch result {
        case .opened: openings = (openings + [report]).suffix(Self.limit)
        case .refused: refusals = (refusals + [report]).suffix(Self.limit)
        }
    }

    /// - Returns: whether there was such a report.
    mutating func forget(_ report: EventID) -> Bool {
        let before = count
        openings.removeAll { $0.id == report }
        refusals.removeAll { $0.id == report }
        return count < before
    }
}

/// A lock's own reader: it decides by the lease, with the town or without it.
package final class OwnReader {
    package private(set) var held = HeldLeases()
    package private(set) var journal: AdmissionJournal
    /// Leases that were not believed, or were older than what is held.
    package private(set) var refusedLeases: Int64 = 0
    private let keys: [DoorKey]
    /// Write down what came, as it came, and what was decided; what they throw, the lock does not do.
    private let keepLease: (Lease.Part, [UInt8]) throws -> Void
    private let keepJournal: (AdmissionJournal) throws -> Void
    private let didDecide: (LeaseVerdict, PresentedCard, Instant) -> Void

    /// - Parameter didDecide: called after the decision is kept: here a real lock moves its bolt.
    package init(
        keys: [DoorKey], journal: AdmissionJournal = AdmissionJournal(), keepLease: @escaping (Lease.Part, [UInt8]) throws -> Void,
        keepJournal: @escaping (AdmissionJournal) throws -> Void,
        didDecide: @escaping (LeaseVerdict, PresentedCard, Instant) -> Void
    ) {
        self.keys = keys
        self.journal = journal
        self.keepLease = keepLease
        self.keepJournal = keepJournal
        self.didDecide = didDecide
    }

    /// Takes a list that was kept before the power went. It is believed as little as one from the broker.
    package func restore(_ bytes: [UInt8], part: Lease.Part, at door: DoorID, of town: TownID, keys: [String: VerifyingKey]) {
        guard let lease = SignedLease(bytes, part: part, for: door, of: town, keys: keys) else { return }
        _ = held.take(lease)
    }

    /// Takes a list from the broker. No bytes at all mean that the broker keeps none: what is held holds until it ends.
    func take(_ bytes: [UInt8], part: Lease.Part, at door: DoorID, of town: TownID, keys: [String: VerifyingKey]) throws {
        guard !bytes.isEmpty else { return }
        guard let lease = SignedLease(bytes, part: part, for: door, of: town, keys: keys) else { return refusedLeases += 1 }
        var next = held
        switch next.take(lease) {
        case .none: break
        case .some(false): refusedLeases += 1
        case .some(true):
            try keepLease(part, bytes)
            held = next
        }
    }

    /// - Parameter report: makes the envelope around what is to be said.
    func decide(_ card: PresentedCard, at now: Instant, report: (Admission) throws -> PendingReport) throws {
        let (verdict, hash) = verdict(on: card, by: held, keys: keys, at: now)
        var admission = Admission(card: hash, result: .opened, lease: held.cards?.head.cnt, changes: held.changes?.head.cnt)
        if case .refuse(let refusal) = verdict { (admission.result, admission.refusal) = (.refused, refusal) }
        var next = journal
        next.keep(try report(admission), admission.result)
        try keepJournal(next)
        journal = next
        didDecide(verdict, card, now)
    }

    func forget(_ report: EventID) throws {
        guard journal.forget(report) else { return }
        try keepJournal(journal)
    }

    var counters: [String: Int64] {
        var counters = ["leases-refused": refusedLeases, "unreported": Int64(journal.count)]
        (counters[LeaseCounter.lease], counters[LeaseCounter.expires]) = (held.cards?.head.cnt ?? 0, held.cards?.head.exp ?? 0)
        if let changes = held.changes?.head { counters[LeaseCounter.changes] = changes.cnt }
        return counters
    }
}
