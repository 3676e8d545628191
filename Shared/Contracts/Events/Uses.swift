/// Who has used my card? Asks a process for the taps of some cards, or for what it has because of some taps. Every process of the town that keeps a journal
/// answers from it, and nobody keeps a list of movements.
package struct FindUses: CommandBody {
    package typealias Answer = Uses
    package static let type = "uses"
    /// Uses in one answer, at most.
    package static let limit = 100
    package static let mostTaps = 500
    package static let mostTokens = 16

    /// Goes on behind this place: `next` of the answer before.
    package var after: Int64?
    /// What the process has because of these taps, 1 to 500 of them.
    package var taps: [EventID]?
    /// The taps of these cards, 1 to 16 of them, newest first. Either these or `taps`.
    package var tokens: [Token]?

    package init(tokens: [Token], after: Int64? = nil) {
        self.tokens = tokens
        self.after = after
    }

    package init(taps: [EventID], after: Int64? = nil) {
        self.taps = taps
        self.after = after
    }
}

/// One thing a process has because of a tap. It says neither whose card it was nor what was decided.
package struct Use: Codable, Sendable, Hashable {
    /// `what`, where only the tap's id is remembered, so that it counts once.
    package static let read = "read"

    /// What it is about: a reader, a door.
    package var about: String?
    /// When the card was held, of a tap and of its reading; of what followed, when it did.
    package var at: Instant
    /// It is deleted then. Absent while nobody can know: the broker has not taken it yet, or it stays until something newer replaces it.
    package var keptUntil: Instant?
    package var place: PlaceID?
    package var purpose: Purpose?
    package var tap: EventID
    /// The word of an event's type, such as `tap` or `door-decision`; the kind of an order to a device, such as `grant`; or `read`.
    package var what: String

    package init(
        _ what: String, of tap: EventID, at: Instant, keptUntil: Instant? = nil, place: PlaceID? = nil, purpose: Purpose? = nil,
        about: String? = nil
    ) {
        self.what = what
        self.tap = tap
        self.at = at
        self.keptUntil = keptUntil
        self.place = place
        self.purpose = purpose
        self.about = about
    }
}

/// A page of uses.
package struct Uses: Codable, Sendable, Equatable {
    /// Where to go on, if that was not all. A page may be empty and not be the last.
    package var next: Int64?
    package var uses: [Use]

    package init(_ uses: [Use], next: Int64? = nil) {
        self.uses = uses
        self.next = next
    }
}

extension Channel where Body == FindUses {
    /// One topic a process and actor: `{town}/uses/command/{actor}/{program}--{instance}`.
    package static func uses(of process: Address) -> Self { Self(of: "uses", named: process.name) }
}
