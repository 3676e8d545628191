/// What the person at a shelter's reader should see and hear now: the card was taken. Seconds of life, no names.
package struct ShelterFeedback: FeedbackBody {
    package static let type = "shelter-feedback"

    package enum Signal: String, Codable, Sendable, CaseIterable {
        /// Is here from now on.
        case `in`
        /// Is temporarily out from now on.
        case out
        /// Nothing changed: it was so already.
        case already
        /// Has received what is handed out here.
        case received
        /// Had received it before, or somebody of the household had: nothing is due.
        case receivedBefore = "received-before"
    }

    package var reader: ReaderID
    package var signal: Signal
    package var tap: EventID

    package init(tap: EventID, reader: ReaderID, signal: Signal) { (self.tap, self.reader, self.signal) = (tap, reader, signal) }
}

extension Channel where Body == ShelterFeedback {
    /// shelter-registry's word to the person at the reader; segment 4 is the agent.
    package static var shelterFeedback: Self { Self(of: "shelter-registry", named: "tap") }
}
