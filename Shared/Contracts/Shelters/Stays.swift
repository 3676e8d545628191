/// How somebody stays.
package enum StayKind: String, Codable, Sendable, CaseIterable {
    case night, day
    /// In a car, here for supplies and news (車中泊).
    case car
    /// At home, looked after from here (在宅避難), as told by phone or by a neighbour.
    case home

    /// Whether they take up room.
    package var isInside: Bool { self == .night || self == .day }
}

/// Somebody came, went out for a while, or left: what a tap or a desk says of it. Stays are what follows from all of them.
package struct StayNoted: EventBody {
    package static let type = "stay-note"

    package enum Step: String, Codable, Sendable, CaseIterable {
        /// Is here: came, came back, or came from another shelter.
        case `in`
        /// Temporarily out (一時外出): their place is kept.
        case away
        /// Left for good (退所).
        case out
    }

    /// Absent where a card was held over a reader.
    package var by: UserID?
    package var drill: Bool?
    /// Of `in`; absent where it was not asked.
    package var kind: StayKind?
    package var shelter: ShelterID
    package var step: Step
    package var who: Evacuee

    package init(_ step: Step, _ who: Evacuee, at shelter: ShelterID, kind: StayKind? = nil, by: UserID? = nil, drill: Bool = false) {
        (self.step, self.who, self.shelter, self.kind, self.by) = (step, who, shelter, kind, by)
        self.drill = drill ? true : nil
    }
}

/// A note was wrong, or was right after all. Of several corrections of one note the latest counts.
package struct StayCorrected: EventBody {
    package static let type = "stay-correction"

    package enum Reason: String, Codable, Sendable, CaseIterable {
        case mistake, wrongPerson = "wrong-person", wrongTime = "wrong-time", wrongShelter = "wrong-shelter"
    }

    package var by: UserID
    package var note: EventID
    package var reason: Reason
    /// Whether the note counts from now on.
    package var stands: Bool

    package init(_ note: EventID, stands: Bool, reason: Reason, by: UserID) {
        (self.note, self.stands, self.reason, self.by) = (note, stands, reason, by)
    }
}

/// Where somebody is, as far as the shelters know: what follows from all notes about them. No word of people who must not be found, and none of rehearsals.
package struct Whereabouts: EventBody {
    package static let type = "whereabouts"

    package enum Presence: String, Codable, Sendable, CaseIterable {
        case here
        /// Temporarily out.
        case away
        /// At no shelter any more.
        case left
    }

    package var kind: StayKind?
    /// Absent, and all but `who` with it, where nothing is known any more or nothing may be said: whatever was heard before does not hold.
    package var presence: Presence?
    package var shelter: ShelterID?
    package var since: Instant?
    package var who: Evacuee

    package init(nothingOf who: Evacuee) { self.who = who }

    package init(_ who: Evacuee, _ presence: Presence, at shelter: ShelterID, kind: StayKind?, since: Instant) {
        (self.who, self.presence, self.shelter, self.kind, self.since) = (who, presence, shelter, kind, since)
    }
}

/// How full a shelter is. For everybody: numbers, and nobody in them.
package struct Occupancy: StateBody {
    package static let type = "occupancy"

    package enum Condition: String, Codable, Sendable, CaseIterable {
        case open, full, closing, closed
        /// Nothing is heard from there. What stands here is the last that was known, and it is not empty.
        case silent
    }

    /// By the capacity of the hour: half, four fifths, all of it.
    package enum Congestion: String, Codable, Sendable, CaseIterable { case free, filling, crowded, full }

    package var at: Instant
    package var condition: Condition
    /// Absent where no capacity is known.
    package var congestion: Congestion?
    package var drill: Bool?
    /// Who stays there by night or day, those temporarily out among them.
    package var headcount: Int
    /// When anything was heard from there last.
    package var heard: Instant?
    /// Seconds after `at` when this snapshot is too old to be believed.
    package var maxAge: Int

    package init(
        at: Instant, maxAge: Int, _ condition: Condition, headcount: Int, congestion: Congestion?, heard: Instant?, drill: Bool
    ) {
        (self.at, self.maxAge, self.condition, self.headcount) = (at, maxAge, condition, headcount)
        (self.congestion, self.heard) = (congestion, heard)
        self.drill = drill ? true : nil
    }
}

extension Channel where Body == StayNoted {
    package static var stayNotes: Self { Self(of: "shelter-registry", named: "stay-note") }
}

extension Channel where Body == StayCorrected {
    package static var stayCorrections: Self { Self(of: "shelter-registry", named: "stay-correction") }
}

extension Channel where Body == Whereabouts {
    package static var whereabouts: Self { Self(of: "shelter-registry", named: "whereabouts", keyed: true) }
}

extension Channel where Body == Occupancy {
    package static var occupancy: Self { Self(of: "shelter-registry", named: "occupancy") }
}
