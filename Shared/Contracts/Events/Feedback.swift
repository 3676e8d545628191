/// What the person at a reader should see and hear now. Seconds of life, no names.
package struct Feedback: FeedbackBody {
    package static let type = "feedback"

    package enum Signal: String, Codable, Sendable, CaseIterable {
        /// The door opens.
        case opened
        /// The service says no.
        case refused
    }

    package var reader: ReaderID
    package var reason: Refusal?
    /// The rule of the town behind the reason, where there is one; or one that was broken where the door opens all the same.
    package var rule: DoorRule?
    package var signal: Signal
    package var tap: EventID

    package init(tap: EventID, reader: ReaderID, signal: Signal, reason: Refusal? = nil, rule: DoorRule? = nil) {
        self.tap = tap
        self.reader = reader
        self.signal = signal
        self.reason = reason
        self.rule = rule
    }
}

extension Feedback {
    package func write(to line: inout JSONLine) throws {
        line.open()
        line.member("reader", reader)
        if let reason { line.member("reason", reason) }
        if let rule { line.member("rule", rule) }
        line.member("signal", signal)
        line.member("tap", tap)
        line.close()
    }
}

extension Channel where Body == Feedback {
    /// lock-controller's word to the person at the reader; segment 4 is the agent.
    package static var doorFeedback: Self { Self(of: "lock-controller", named: "tap") }
}
