/// The answer to a command or a report; the envelope's `cause` is the id of what it answers. Asked again, it is given again, whatever it was.
package struct Reply<Answer: Codable & Sendable & Equatable>: Payload {
    package static var type: String { "reply" }
    package static var kind: TopicClass { .reply }

    package var accepted: Bool
    package var answer: Answer?
    /// A word for programs: `expired`, `overlap`, `unknown-door`, …
    package var refusal: String?
    /// A sentence for people: what, and the next step.
    package var text: String?

    package static func accept(_ answer: Answer) -> Self { Self(accepted: true, answer: answer) }
    package static func refuse(_ word: String, _ text: String) -> Self { Self(accepted: false, refusal: word, text: text) }
}

/// An answer that says no more than yes.
package struct Done: Codable, Sendable, Equatable {
    package init() {}
}

/// The booking that a command made or changed.
package struct BookingAnswer: Codable, Sendable, Equatable {
    package var booking: Booking

    package init(booking: Booking) { self.booking = booking }
}
