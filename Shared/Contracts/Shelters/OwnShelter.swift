/// Asks what shelters have written down of whoever's page it is, and who has looked at it.
package struct ShowOwnShelter: CommandBody {
    package typealias Answer = OwnShelter
    package static let type = "own-shelter"

    package var person: PersonID

    package init(_ person: PersonID) { self.person = person }
}

package struct OwnShelter: Codable, Sendable, Equatable {
    /// Staff have looked at the person, or at the roster of a shelter while the person stood on it.
    package struct Look: Codable, Sendable, Equatable {
        package var at: Instant
        package var by: UserID
        /// Whose roster it was.
        package var shelter: ShelterID?

        package init(at: Instant, by: UserID, shelter: ShelterID? = nil) { (self.at, self.by, self.shelter) = (at, by, shelter) }
    }

    /// Where the person is or was last, and what they need. Absent where nothing is known.
    package var brief: EvacueeBrief?
    /// The newest first, at most fifty.
    package var history: [EvacueePage.Line]
    /// The newest first, at most a hundred.
    package var looks: [Look]
    /// Who has asked for the person, the newest first, at most fifty.
    package var lookUps: [EvacueePage.LookUp]

    package init(
        _ brief: EvacueeBrief? = nil, history: [EvacueePage.Line] = [], looks: [Look] = [], lookUps: [EvacueePage.LookUp] = []
    ) {
        (self.brief, self.history, self.looks, self.lookUps) = (brief, history, looks, lookUps)
    }
}

/// Staff have looked at a shelter's roster, or at one evacuee: said once an hour for the same, so that whoever stood there can be told.
package struct EvacueesSeen: EventBody {
    package static let type = "evacuee-seen"

    package var by: UserID
    package var drill: Bool?
    /// Whose roster it was; either this or `who`.
    package var shelter: ShelterID?
    package var who: Evacuee?

    package init(by: UserID, shelter: ShelterID? = nil, who: Evacuee? = nil, drill: Bool? = nil) {
        (self.by, self.shelter, self.who, self.drill) = (by, shelter, who, drill)
    }
}

extension Channel where Body == ShowOwnShelter {
    package static var showOwnShelter: Self { Self(of: "shelter-registry", named: "own-shelter") }
}

extension Channel where Body == EvacueesSeen {
    package static var evacueesSeen: Self { Self(of: "shelter-registry", named: "evacuee-seen") }
}
