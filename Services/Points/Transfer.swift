import Contracts

/// What is asked of the ledger. The terms are TigerBeetle's (docs/reference/transfer.md); its `ledger` is the purse here.
package struct Transfer: Equatable, Sendable {
    package enum Move: Equatable, Sendable {
        /// At once.
        case single(from: Account, to: Account, Int64)
        /// Reserved: the amount can be spent by nobody until it is posted, voided, or its time is over.
        case pending(from: Account, to: Account, Int64, timeout: Duration)
        /// Moves what was reserved, or less; the rest is free again.
        case post(EventID, Int64?)
        case void(EventID)
        /// The ledger's own: the time of a pending one is over.
        case expire(EventID)
    }

    /// Made by whoever asks, and kept before it asks: asked again, it is the same transfer.
    package var id: EventID
    package var move: Move
    package var code: TransferCode
    /// The event that it follows from.
    package var cause: EventID?
    /// When that happened in the world.
    package var moment: Instant

    package init(_ id: EventID, _ move: Move, for code: TransferCode, cause: EventID? = nil, moment: Instant) {
        (self.id, self.move, self.code, self.cause, self.moment) = (id, move, code, cause, moment)
    }
}

/// What came of a transfer. A repeated one has the result it had at first, whatever that was.
package enum TransferResult: Equatable, Sendable {
    case created
    case exists
    case refused(TransferRefusal)

    package var isThere: Bool { self == .created || self == .exists }
}

/// Why a transfer was not made (TigerBeetle, docs/reference/requests/create_transfers.md).
package enum TransferRefusal: String, Sendable, CaseIterable {
    case linkedEventFailed = "linked-event-failed"
    case accountsMustBeDifferent = "accounts-must-be-different"
    case accountsMustHaveTheSamePurse = "accounts-must-have-the-same-purse"
    case badAmount = "bad-amount"
    case exceedsCredits = "exceeds-credits"
    case overflow
    case pendingTransferNotFound = "pending-transfer-not-found"
    case pendingTransferNotPending = "pending-transfer-not-pending"
    case exceedsPendingTransferAmount = "exceeds-pending-transfer-amount"
    case pendingTransferAlreadyPosted = "pending-transfer-already-posted"
    case pendingTransferAlreadyVoided = "pending-transfer-already-voided"
    case pendingTransferExpired = "pending-transfer-expired"
    case existsWithDifferentContent = "exists-with-different-content"
}

/// What an account holds. All four only grow or are freed again; nothing is negative.
package struct Balance: Equatable, Sendable {
    package var debitsPending: Int64 = 0
    package var debitsPosted: Int64 = 0
    package var creditsPending: Int64 = 0
    package var creditsPosted: Int64 = 0

    /// What is there, whatever of it is reserved.
    package var posted: Int64 { creditsPosted - debitsPosted }
    /// What can be spent.
    package var free: Int64 { creditsPosted - debitsPosted - debitsPending }
}
