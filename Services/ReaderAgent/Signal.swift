import Contracts
import ServiceKit

/// What the person at a reader sees and hears.
package struct Signal: Effect, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Written down.
        case accepted
        /// Written down; the town will know when the network is back.
        case offline
        /// A service says no, or the card is not known here.
        case refused
        /// Please hold the card again.
        case again
        /// The door is open.
        case opened
        /// A shelter has its holder as here.
        case `in`
        /// As temporarily out.
        case out
        /// As what they were already.
        case already
        /// What is handed out at a shelter is theirs.
        case received
        /// They had it before: nothing is due.
        case receivedBefore = "received-before"
        /// Not written down: this station cannot work at the moment.
        case failed
    }

    package let reader: ReaderID
    package let kind: Kind
    /// The town's rule behind it, otherwise the refusal: `passback`, `too-early`.
    package let reason: String?

    package init(_ reader: ReaderID, _ kind: Kind, because reason: String? = nil) {
        (self.reader, self.kind, self.reason) = (reader, kind, reason)
    }
}
