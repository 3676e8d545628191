/// Something was decided about a person: the ruling behind each accepted command about people. It says who decided and never what a person is called.
package struct PersonRuled: EventBody {
    package static let type = "person"

    package enum What: String, Codable, Sendable, CaseIterable {
        case enrolled, changed, left, returned, erased
        /// A card was given to the person, at the counter or because it was known under a former token key.
        case linked, replaced, suspended, lost, unlinked, reactivated
        case related, unrelated, joined, parted
        case consented, withdrew
        case merged, undone
        /// Somebody looked at the file. Kept and not said on the bus.
        case looked
    }

    package var by: UserID
    package var card: Token?
    package var group: GroupID?
    /// The list that was the reason.
    package var list: EventID?
    /// The other person of a merge or a relation.
    package var other: PersonID?
    package var person: PersonID
    /// The ruling that was taken back.
    package var undoes: EventID?
    package var what: What

    package init(
        _ what: What, _ person: PersonID, by: UserID, card: Token? = nil, other: PersonID? = nil, group: GroupID? = nil,
        list: EventID? = nil, undoes: EventID? = nil
    ) {
        (self.what, self.person, self.by, self.card, self.other) = (what, person, by, card, other)
        (self.group, self.list, self.undoes) = (group, list, undoes)
    }
}

extension Channel where Body == PersonRuled {
    package static var persons: Self { Self(of: "resident-directory", named: "person") }
}
