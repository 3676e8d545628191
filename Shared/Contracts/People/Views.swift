// One view a service: exactly what its job needs of a person. Each is a keyed stream that its service alone may read. Where `tokens` is absent the service
// knows nothing of the person any more, and whoever merged two persons says so with `into`.

/// What doors know of a person: cards and groups.
package struct LockView: EventBody {
    package static let type = "lock-view"

    /// Cards that are suspended or lost: they open nothing, whatever right they have by themselves.
    package var barred: [Token]?
    package var groups: [GroupID]?
    /// Who this person was found to be, and who has everything now.
    package var into: PersonID?
    package var person: PersonID
    /// Absent where the service is to know nothing of the person any more.
    package var tokens: [Token]?

    package init(
        _ person: PersonID, tokens: [Token]? = nil, groups: [GroupID]? = nil, barred: [Token]? = nil, into: PersonID? = nil
    ) {
        (self.person, self.tokens, self.groups, self.barred, self.into) = (person, tokens, groups, barred, into)
    }
}

/// What shelters know of a person: who it is, and what helps if the person agreed to that.
package struct ShelterView: EventBody {
    package static let type = "shelter-view"

    /// In years, as of this morning.
    package var age: Int?
    /// What the person agreed to have told of themselves: kinds of consent for shelters.
    package var agreed: [Name<Consent>]?
    package var district: String?
    package var groups: [GroupID]?
    package var household: HouseholdID?
    /// Who this person was found to be, and who has everything now.
    package var into: PersonID?
    /// Whether nobody may be told where the person is.
    package var isProtected: Bool?
    package var name: String?
    /// With the person's consent alone.
    package var needs: [String]?
    package var person: PersonID
    package var reading: String?
    package var school: String?
    package var sex: PersonFacts.Sex?
    /// Absent where the service is to know nothing of the person any more.
    package var tokens: [Token]?

    package init(_ person: PersonID, into: PersonID? = nil) { (self.person, self.into) = (person, into) }
}

/// What points know of a person: cards, and what the person is entitled to. Not why.
package struct PointsView: EventBody {
    package static let type = "points-view"

    package var eligible: [Eligibility]?
    /// Who this person was found to be, and who has everything now.
    package var into: PersonID?
    package var person: PersonID
    /// Absent where the service is to know nothing of the person any more.
    package var tokens: [Token]?

    package init(_ person: PersonID, tokens: [Token]? = nil, eligible: [Eligibility]? = nil, into: PersonID? = nil) {
        (self.person, self.tokens, self.eligible, self.into) = (person, tokens, eligible, into)
    }
}

/// What notices know of a person: who may be told about them, and how they are reached themselves.
package struct NoticeView: EventBody {
    package static let type = "notice-view"

    /// The kinds of message this person agreed to have of their own.
    package var agreed: [Name<Consent>]?
    /// How messages call this person; of pupils, and of those somebody may be told about.
    package var called: String?
    package var channels: [Reach]?
    /// Who may bring or collect this person: guardians, family, helpers. Of pupils.
    package var collectors: [PersonID]?
    package var district: String?
    package var eligible: [Eligibility]?
    package var groups: [GroupID]?
    /// Who speaks for this person at their own page (保護者). Of pupils.
    package var guardians: [PersonID]?
    /// Who this person was found to be, and who has everything now.
    package var into: PersonID?
    /// Whether the town has made sure who this is: seen by a clerk or on its list.
    package var isVerified: Bool?
    /// In which language the person is written to, as BCP 47 writes it.
    package var language: String?
    package var person: PersonID
    package var school: String?
    package var schoolClass: String?
    /// Who may be told about this person, and what.
    package var tell: [Tell]?
    /// Absent where the service is to know nothing of the person any more.
    package var tokens: [Token]?

    package init(_ person: PersonID, into: PersonID? = nil) { (self.person, self.into) = (person, into) }

    /// Somebody who wants to be told about another, and may be.
    package struct Tell: Codable, Sendable, Equatable {
        /// The kinds of message this person agreed to have: `school-gate`.
        package var kinds: [Name<Consent>]
        package var person: PersonID
        package var relation: RelationKind

        package init(_ person: PersonID, as relation: RelationKind, kinds: [Name<Consent>]) {
            (self.person, self.relation, self.kinds) = (person, relation, kinds)
        }
    }
}

/// What receptions know of a person: cards.
package struct ReceptionView: EventBody {
    package static let type = "reception-view"

    /// Who this person was found to be, and who has everything now.
    package var into: PersonID?
    package var person: PersonID
    /// Absent where the service is to know nothing of the person any more.
    package var tokens: [Token]?

    package init(_ person: PersonID, tokens: [Token]? = nil, into: PersonID? = nil) {
        (self.person, self.tokens, self.into) = (person, tokens, into)
    }
}

/// What statistics know of somebody who agreed to be counted.
package struct VisitView: EventBody {
    package static let type = "visit-view"

    /// Ten years wide, by its first: 40 stands for 40 to 49.
    package var ageBand: Int?
    package var district: String?
    package var residency: Residency?
    /// Absent where the statistics are to know nothing of the visitor any more.
    package var tokens: [Token]?
    package var visitor: VisitorID

    package init(_ visitor: VisitorID) { self.visitor = visitor }
}

extension Channel where Body == LockView {
    package static var lockView: Self { Self(of: "resident-directory", named: "lock-view", keyed: true) }
}

extension Channel where Body == ShelterView {
    package static var shelterView: Self { Self(of: "resident-directory", named: "shelter-view", keyed: true) }
}

extension Channel where Body == PointsView {
    package static var pointsView: Self { Self(of: "resident-directory", named: "points-view", keyed: true) }
}

extension Channel where Body == NoticeView {
    package static var noticeView: Self { Self(of: "resident-directory", named: "notice-view", keyed: true) }
}

extension Channel where Body == VisitView {
    package static var visitView: Self { Self(of: "resident-directory", named: "visit-view", keyed: true) }
}

extension Channel where Body == ReceptionView {
    package static var receptionView: Self { Self(of: "resident-directory", named: "reception-view", keyed: true) }
}
