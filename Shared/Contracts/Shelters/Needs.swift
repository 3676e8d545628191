/// Writes down what somebody needs: answers to the town's questionnaire, all of them anew.
package struct NoteNeeds: CommandBody {
    package typealias Answer = EvacueeBrief
    package static let type = "needs-put"
    /// Answers of one person, at most.
    package static let limit = 40

    package var needs: [NeedAnswer]
    package var who: Evacuee

    package init(_ needs: [NeedAnswer], of who: Evacuee) { (self.needs, self.who) = (needs, who) }
}

/// What the people at a shelter need, in totals: numbers, and nobody in them.
package struct ShelterNeeds: StateBody {
    package static let type = "needs"

    /// A stage of life that eats, drinks and wears something of its own.
    package enum Band: String, Codable, Sendable, CaseIterable {
        /// Below one year.
        case infant
        /// One to five.
        case small
        /// Six to fourteen.
        case child
        case adult
        /// From 65 years.
        case old
        /// From 75 years.
        case veryOld = "very-old"
        case unknown
    }

    package struct BandCount: Codable, Sendable, Equatable {
        package var band: Band
        package var people: Int

        package init(_ band: Band, _ people: Int) { (self.band, self.people) = (band, people) }
    }

    package struct NeedCount: Codable, Sendable, Equatable {
        package var need: NeedID
        package var people: Int

        package init(_ need: NeedID, _ people: Int) { (self.need, self.people) = (need, people) }
    }

    package var at: Instant
    /// In the order of ages; none of nobody.
    package var bands: [BandCount]
    package var drill: Bool?
    /// Seconds after `at` when this snapshot is too old to be believed.
    package var maxAge: Int
    /// By name; none of nobody.
    package var needs: [NeedCount]

    package init(at: Instant, maxAge: Int, bands: [BandCount], needs: [NeedCount], drill: Bool) {
        (self.at, self.maxAge, self.bands, self.needs) = (at, maxAge, bands, needs)
        self.drill = drill ? true : nil
    }
}

extension ShelterNeeds.Band {
    package init(age: Int?) {
        switch age {
        case nil: self = .unknown
        case .some(..<1): self = .infant
        case .some(..<6): self = .small
        case .some(..<15): self = .child
        case .some(..<65): self = .adult
        case .some(..<75): self = .old
        case .some: self = .veryOld
        }
    }
}

extension Channel where Body == NoteNeeds {
    package static var noteNeeds: Self { Self(of: "shelter-registry", named: "needs-put") }
}

extension Channel where Body == ShelterNeeds {
    package static var shelterNeeds: Self { Self(of: "shelter-registry", named: "needs") }
}
