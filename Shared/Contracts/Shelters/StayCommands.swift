/// Staff note that people came, went out for a while, or left. Who is at another shelter is moved here by coming.
package struct NoteStays: CommandBody {
    package typealias Answer = StaysNoted
    package static let type = "stay-put"
    /// People in one command, at most.
    package static let limit = 50

    /// When it was, as on a sheet of paper; now if absent.
    package var at: Instant?
    package var kind: StayKind?
    package var shelter: ShelterID
    package var step: StayNoted.Step
    package var who: [Evacuee]

    package init(_ step: StayNoted.Step, _ who: [Evacuee], at shelter: ShelterID, kind: StayKind? = nil, when: Instant? = nil) {
        (self.step, self.who, self.shelter, self.kind, at) = (step, who, shelter, kind, when)
    }
}

package struct StaysNoted: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var brief: EvacueeBrief
        /// For a correction.
        package var note: EventID
        /// Where they were before, if somewhere else.
        package var from: ShelterID?

        package init(_ brief: EvacueeBrief, note: EventID, from: ShelterID?) { (self.brief, self.note, self.from) = (brief, note, from) }
    }

    package var entries: [Entry]
    /// A sentence about the shelter: over its capacity, not open.
    package var warning: String?

    package init(_ entries: [Entry], warning: String? = nil) { (self.entries, self.warning) = (entries, warning) }
}

/// Somebody as staff see them: a line of a roster.
package struct EvacueeBrief: Codable, Sendable, Equatable {
    package var age: Int?
    /// When they came to this shelter; `since` is since when it is as it is.
    package var came: Instant?
    package var district: String?
    package var drill: Bool?
    package var kind: StayKind?
    package var name: String?
    package var needs: [NeedAnswer]?
    package var presence: Whereabouts.Presence?
    /// Nobody may be told where they are (支援措置).
    package var isProtected: Bool?
    package var reading: String?
    package var sex: PersonFacts.Sex?
    package var shelter: ShelterID?
    package var since: Instant?
    package var town: String?
    package var who: Evacuee

    package init(_ who: Evacuee) { self.who = who }
}

/// Strikes a note, or lets it count again.
package struct CorrectStay: CommandBody {
    package typealias Answer = EvacueeBrief
    package static let type = "stay-correct"

    package var note: EventID
    package var reason: StayCorrected.Reason
    package var stands: Bool

    package init(_ note: EventID, stands: Bool = false, reason: StayCorrected.Reason) {
        (self.note, self.stands, self.reason) = (note, stands, reason)
    }
}

/// Writes down somebody without a card the town knows, or what was learned of them since.
package struct PutGuest: CommandBody {
    package typealias Answer = EvacueeBrief
    package static let type = "guest-put"

    package var facts: GuestFacts
    /// The id follows from a line of paper, so it may be new: the same line entered twice is one guest.
    package var fromPaper: Bool?
    /// Another guest if absent.
    package var guest: GuestID?

    package init(_ facts: GuestFacts, of guest: GuestID? = nil, fromPaper: Bool = false) {
        (self.facts, self.guest) = (facts, guest)
        self.fromPaper = fromPaper ? true : nil
    }
}

/// Says whom a guest was found to be, or that they are themselves after all.
package struct IdentifyGuest: CommandBody {
    package typealias Answer = EvacueeBrief
    package static let type = "guest-identify"

    package var guest: GuestID
    package var into: Evacuee?

    package init(_ guest: GuestID, as other: Evacuee?) { (self.guest, into) = (guest, other) }
}

/// Who is at a shelter: its roster (避難者名簿), page by page. Each look is written down.
package struct ListRoster: CommandBody {
    package typealias Answer = RosterPage
    package static let type = "shelter-roster"

    package var after: Evacuee?
    package var drill: Bool?
    package var shelter: ShelterID

    package init(of shelter: ShelterID, drill: Bool = false, after: Evacuee? = nil) {
        (self.shelter, self.after) = (shelter, after)
        self.drill = drill ? true : nil
    }
}

package struct RosterPage: Codable, Sendable, Equatable {
    package var entries: [EvacueeBrief]
    package var more: Bool

    package init(_ entries: [EvacueeBrief], more: Bool) { (self.entries, self.more) = (entries, more) }
}

/// One evacuee with household and history: what a desk shows when a card is held.
package struct ShowEvacuee: CommandBody {
    package typealias Answer = EvacueePage
    package static let type = "evacuee-show"

    package var who: Evacuee

    package init(_ who: Evacuee) { self.who = who }
}

package struct EvacueePage: Codable, Sendable, Equatable {
    package struct Line: Codable, Sendable, Equatable {
        package var at: Instant
        package var by: UserID?
        package var kind: StayKind?
        package var note: EventID
        package var shelter: ShelterID
        package var stands: Bool
        package var step: StayNoted.Step

        package init(_ note: EventID, _ said: StayNoted, at: Instant, stands: Bool) {
            (self.note, self.at, self.stands) = (note, at, stands)
            (by, kind, shelter, step) = (said.by, said.kind, said.shelter, said.step)
        }
    }

    /// Somebody asked for the evacuee.
    package struct LookUp: Codable, Sendable, Equatable {
        package var at: Instant
        package var by: UserID
        package var relation: LookUpEvacuee.Relation
        package var tier: LookUpAnswer.Tier

        package init(at: Instant, by: UserID, relation: LookUpEvacuee.Relation, tier: LookUpAnswer.Tier) {
            (self.at, self.by, self.relation, self.tier) = (at, by, relation, tier)
        }
    }

    package var brief: EvacueeBrief
    /// The newest first, at most fifty.
    package var history: [Line]
    /// The others of the household (世帯).
    package var household: [EvacueeBrief]
    /// Who has asked for them, the newest first, at most fifty.
    package var lookUps: [LookUp]

    package init(_ brief: EvacueeBrief, household: [EvacueeBrief], history: [Line], lookUps: [LookUp]) {
        (self.brief, self.household, self.history, self.lookUps) = (brief, household, history, lookUps)
    }
}

extension Channel where Body == NoteStays {
    package static var noteStays: Self { Self(of: "shelter-registry", named: "stay-put") }
}

extension Channel where Body == CorrectStay {
    package static var correctStay: Self { Self(of: "shelter-registry", named: "stay-correct") }
}

extension Channel where Body == PutGuest {
    package static var putGuest: Self { Self(of: "shelter-registry", named: "guest-put") }
}

extension Channel where Body == IdentifyGuest {
    package static var identifyGuest: Self { Self(of: "shelter-registry", named: "guest-identify") }
}

extension Channel where Body == ListRoster {
    package static var listRoster: Self { Self(of: "shelter-registry", named: "shelter-roster") }
}

extension Channel where Body == ShowEvacuee {
    package static var showEvacuee: Self { Self(of: "shelter-registry", named: "evacuee-show") }
}
