/// Makes or ends a relation. A guardian's is made by two cards within a minute, the guardian's and the child's; others by two cards or by a clerk's reason.
package struct Relate: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "relate"

    /// Ends it instead.
    package var ends: Bool?
    package var kind: RelationKind
    /// The guardian, the head, the helper, …
    package var person: PersonID?
    package var tap: EventID?
    /// The child, the member, the one who is helped, …
    package var to: PersonID?
    package var toTap: EventID?
    package var why: String?

    package init(
        _ kind: RelationKind, tap: EventID? = nil, toTap: EventID? = nil, person: PersonID? = nil, to: PersonID? = nil, why: String? = nil,
        ends: Bool? = nil
    ) {
        (self.kind, self.tap, self.toTap, self.person, self.to, self.why, self.ends) = (kind, tap, toTap, person, to, why, ends)
    }
}

/// Puts persons into a group (staff, the guardians of a children's centre, a club) or takes them out. A group comes to be with its first member.
package struct ChangeMembers: CommandBody {
    package typealias Answer = MembersAnswer
    package static let type = "members-change"
    /// Persons in one command, at most.
    package static let limit = 200

    package var add: [PersonID]?
    package var group: GroupID
    package var remove: [PersonID]?

    package init(_ group: GroupID, add: [PersonID]? = nil, remove: [PersonID]? = nil) {
        (self.group, self.add, self.remove) = (group, add, remove)
    }
}

package struct MembersAnswer: Codable, Sendable, Equatable {
    package var group: GroupID
    package var members: Int

    package init(_ group: GroupID, members: Int) { (self.group, self.members) = (group, members) }
}

/// Notes what somebody agreed to, or took back.
package struct SetConsent: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "consent-set"

    package var given: Bool
    /// `paper`, `phone`; `tap` where `tap` is given.
    package var how: String
    package var kind: Name<Consent>
    package var person: PersonID?
    package var service: ServiceID
    /// The person's card, at a reader for enrolment, not older than a minute.
    package var tap: EventID?
    package var wording: String

    package init(
        _ service: ServiceID, _ kind: Name<Consent>, given: Bool, person: PersonID? = nil, tap: EventID? = nil, wording: String, how: String
    ) {
        (self.service, self.kind, self.given, self.person, self.tap) = (service, kind, given, person, tap)
        (self.wording, self.how) = (wording, how)
    }
}

/// Finds that a provisional person is a real one, who gets everything the other had.
package struct MergePersons: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "person-merge"

    package var from: PersonID
    package var into: PersonID
    package var why: String

    package init(_ from: PersonID, into: PersonID, why: String) { (self.from, self.into, self.why) = (from, into, why) }
}

/// Takes back the link of a card or the merge of two persons.
package struct UndoRuling: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "ruling-undo"

    package var ruling: EventID
    package var why: String

    package init(_ ruling: EventID, why: String) { (self.ruling, self.why) = (ruling, why) }
}

extension Channel where Body == Relate {
    package static var relate: Self { Self(of: "resident-directory", named: "relate") }
}

extension Channel where Body == ChangeMembers {
    package static var changeMembers: Self { Self(of: "resident-directory", named: "members-change") }
}

extension Channel where Body == SetConsent {
    package static var setConsent: Self { Self(of: "resident-directory", named: "consent-set") }
}

extension Channel where Body == MergePersons {
    package static var mergePersons: Self { Self(of: "resident-directory", named: "person-merge") }
}

extension Channel where Body == UndoRuling {
    package static var undoRuling: Self { Self(of: "resident-directory", named: "ruling-undo") }
}
