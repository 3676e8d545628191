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
        /// What is handed out at a shelter is theirs; a reception has received them.
        case received
        /// They had it before, or were received before: nothing is due.
        case receivedBefore = "received-before"
        /// Points were given; the reason is how many.
        case earned
        /// Paid; the reason is how much, in yen.
        case paid
        /// Less than was asked was paid; the reason is how much.
        case part
        /// To be paid in cash; the reason is how much.
        case cash
        /// Not written down: this station cannot work at the moment.
        case failed
    }

    package let reader: ReaderID
    package let kind: Kind
    /// The town's rule behind it, otherwise the refusal: `passback`, `too-early`; of points and yen the amount.
    package let reason: String?

    package init(_ reader: ReaderID, _ kind: Kind, because reason: String? = nil) {
        (self.reader, self.kind, self.reason) = (reader, kind, reason)
    }
}
