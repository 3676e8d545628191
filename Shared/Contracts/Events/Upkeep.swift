/// Looks at what a process keeps for a person, or settles it. Every process of the town that keeps a journal answers it.
package struct Upkeep: CommandBody {
    package typealias Answer = UpkeepAnswer
    package static let type = "upkeep"
    /// Letters or ranges in one answer, at most.
    package static let limit = 100

    package enum Action: String, Codable, Sendable, CaseIterable {
        /// Shows what is kept, a page an answer.
        case list
        /// Tries letters again now, at most 100 an answer.
        case retry
        /// Lets go of letters, of numbers that are asked for, and of warnings about numbers that will not come; at most 100 an answer.
        case dismiss
    }

    package enum Kept: String, Codable, Sendable, CaseIterable {
        /// Messages that could not be accepted.
        case letters
        /// Numbers of other programs' events that have not come, will not come, or should not have come.
        case gaps
        /// What was settled before, by whom and why; only to be listed.
        case settled
    }

    package var action: Action
    /// Goes on behind this place: `next` of the answer before.
    package var after: Int64?
    package var kept: Kept
    /// These letters alone, by their `number`.
    package var letters: [Int64]?
    /// What is on this topic alone.
    package var topic: String?
    /// Only what is of this kind.
    package var what: Trouble.What?
    /// For a dismissal: why, in a few words that stay.
    package var why: String?

    package init(
        _ action: Action, _ kept: Kept, after: Int64? = nil, letters: [Int64]? = nil, topic: String? = nil, what: Trouble.What? = nil,
        why: String? = nil
    ) {
        self.action = action
        self.kept = kept
        self.after = after
        self.letters = letters
        self.topic = topic
        self.what = what
        self.why = why
    }
}

/// Something a person should look at, or has settled. What a message says stands nowhere in it.
package struct Trouble: Codable, Sendable, Equatable {
    package enum What: String, Codable, Sendable, CaseIterable {
        /// A message that could not be accepted.
        case letter
        /// Numbers that exist and have not come; they are asked for.
        case waiting
        /// Numbers their producer does not have, though it knows the segment.
        case missing
        /// Numbers of a segment their producer does not know.
        case gone
        /// Numbers their producer will not replay to this process.
        case denied
        /// Numbers that were applied here and that their producer, restored from an older copy, does not know.
        case orphaned
    }

    /// When it was written down; when it was settled, of what is settled.
    package var at: Instant?
    /// Who settled it.
    package var by: UserID?
    /// How many bytes a letter has.
    package var bytes: Int?
    package var epoch: Epoch?
    /// The first of its numbers in the stream; a letter's own number, where it says one.
    package var first: Int64?
    package var last: Int64?
    /// Names a letter in a command.
    package var number: Int64?
    /// Why a letter was not accepted, cut to 200 characters.
    package var reason: String?
    package var topic: String
    package var what: What
    /// Why it was settled.
    package var why: String?

    package init(
        _ what: What, on topic: String, epoch: Epoch? = nil, first: Int64? = nil, last: Int64? = nil, number: Int64? = nil,
        reason: String? = nil, bytes: Int? = nil, at: Instant? = nil, by: UserID? = nil, why: String? = nil
    ) {
        self.what = what
        self.topic = topic
        self.epoch = epoch
        self.first = first
        self.last = last
        self.number = number
        self.reason = reason
        self.bytes = bytes
        self.at = at
        self.by = by
        self.why = why
    }
}

/// A page of what is kept, or how much was settled.
package struct UpkeepAnswer: Codable, Sendable, Equatable {
    /// How many letters were tried again and are still not accepted.
    package var kept: Int?
    /// Where to go on, if that was not all.
    package var next: Int64?
    /// How many letters were accepted or dismissed, or how many ranges of numbers were dismissed.
    package var settled: Int?
    package var troubles: [Trouble]?

    package init(settled: Int? = nil, kept: Int? = nil, troubles: [Trouble]? = nil, next: Int64? = nil) {
        self.settled = settled
        self.kept = kept
        self.troubles = troubles
        self.next = next
    }
}

extension Channel where Body == Upkeep {
    /// One topic a process and actor: `{town}/upkeep/command/{actor}/{program}--{instance}`.
    package static func upkeep(of process: Address) -> Self { Self(of: "upkeep", named: process.name) }
}
