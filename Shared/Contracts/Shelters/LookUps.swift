/// Asks for somebody else whether a person is safe (安否照会; 災害対策基本法 第86条の15). Staff have seen who asks.
///
/// There is no list to look through: whoever asks knows the name and its reading, and where two people have both, age or district.
package struct LookUpEvacuee: CommandBody {
    package typealias Answer = LookUpAnswer
    package static let type = "evacuee-look-up"

    package enum Relation: String, Codable, Sendable, CaseIterable {
        /// Lives with the person (同居の親族).
        case household
        /// Another relative, or a colleague.
        case family
        /// A friend, a neighbour.
        case acquaintance
    }

    package var age: Int?
    package var district: String?
    package var name: String
    package var reading: String
    package var relation: Relation

    package init(_ name: String, reading: String, age: Int? = nil, district: String? = nil, relation: Relation) {
        (self.name, self.reading, self.age, self.district, self.relation) = (name, reading, age, district, relation)
    }
}

/// What may be said. That nothing may be said and that nothing is known read the same.
package struct LookUpAnswer: Codable, Sendable, Equatable {
    package enum Tier: String, Codable, Sendable, CaseIterable, Comparable {
        case nothing
        /// Has been seen at a shelter, or reported safe.
        case safe
        /// And where.
        case place = "where"
        /// And wishes to be reached there.
        case contact

        package static func < (a: Self, b: Self) -> Bool {
            allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
        }
    }

    /// When they were seen last.
    package var at: Instant?
    /// Several people fit: ask for age and district.
    package var isAmbiguous: Bool?
    package var shelter: ShelterID?
    package var tier: Tier

    package init(_ tier: Tier, at: Instant? = nil, shelter: ShelterID? = nil, isAmbiguous: Bool? = nil) {
        (self.tier, self.at, self.shelter, self.isAmbiguous) = (tier, at, shelter, isAmbiguous)
    }
}

/// Somebody was asked for. Whoever was can be told, by whom and what was said.
package struct EvacueeLookedUp: EventBody {
    package static let type = "look-up"

    package var by: UserID
    package var relation: LookUpEvacuee.Relation
    package var tier: LookUpAnswer.Tier
    /// Absent where nobody fits, or several do.
    package var who: Evacuee?

    package init(_ who: Evacuee?, by: UserID, relation: LookUpEvacuee.Relation, tier: LookUpAnswer.Tier) {
        (self.who, self.by, self.relation, self.tier) = (who, by, relation, tier)
    }
}

/// What somebody agreed to have told of themselves: the kinds of consent for the service `shelter`.
package enum ShelterConsent {
    package static let safe: Name<Consent> = "tell-safe"
    package static let place: Name<Consent> = "tell-where"
    package static let contact: Name<Consent> = "tell-contact"
    package static let all = [contact, safe, place]
}

extension Channel where Body == LookUpEvacuee {
    package static var lookUpEvacuee: Self { Self(of: "shelter-registry", named: "evacuee-look-up") }
}

extension Channel where Body == EvacueeLookedUp {
    package static var lookUps: Self { Self(of: "shelter-registry", named: "look-up") }
}
