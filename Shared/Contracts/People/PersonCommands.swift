/// Enrols a person, or changes what is known of one.
package struct PutPerson: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "person-put"

    /// Enrols although somebody of the same reading and birth date is known.
    package var evenIfSimilar: Bool?
    package var facts: PersonFacts
    /// Nobody yet: enrols.
    package var person: PersonID?
    package var residency: Residency?
    /// `provisional` or `registered`.
    package var standing: Standing?
    /// The tap of the card that becomes theirs, at a reader for enrolment, not older than a minute.
    package var tap: EventID?

    package init(
        _ person: PersonID? = nil, _ facts: PersonFacts, residency: Residency? = nil, standing: Standing? = nil, tap: EventID? = nil,
        evenIfSimilar: Bool? = nil
    ) {
        (self.person, self.facts, self.residency, self.standing) = (person, facts, residency, standing)
        (self.tap, self.evenIfSimilar) = (tap, evenIfSimilar)
    }
}

/// What a clerk sees of a person at a glance.
package struct PersonBrief: Codable, Sendable, Equatable {
    package var born: CalendarDate?
    /// Cards that work.
    package var cards: Int
    package var district: String?
    package var name: String?
    package var person: PersonID
    package var reading: String?
    package var residency: Residency
    package var standing: Standing

    package init(_ person: PersonID, _ facts: PersonFacts, _ residency: Residency, _ standing: Standing, cards: Int) {
        (self.person, self.residency, self.standing, self.cards) = (person, residency, standing, cards)
        (name, reading, born, district) = (facts.name, facts.reading, facts.born, facts.district)
    }
}

/// The person a command was about, as they are after it, and the ruling, for an undo.
package struct PersonAnswer: Codable, Sendable, Equatable {
    package var person: PersonBrief
    /// Absent where nothing had to be changed.
    package var ruling: EventID?

    package init(_ person: PersonBrief, ruling: EventID? = nil) { (self.person, self.ruling) = (person, ruling) }
}

/// Looks for people: by reading and birth date together, by a card held now, by group, by the number of a list, or by household.
package struct FindPersons: CommandBody {
    package typealias Answer = PersonList
    package static let type = "person-find"
    /// Persons in one answer, at most.
    package static let limit = 50

    package var after: PersonID?
    package var born: CalendarDate?
    package var group: GroupID?
    package var household: String?
    /// The number a list of the town knows the person by, with the list's name.
    package var list: Name<TownList>?
    package var number: String?
    package var reading: String?
    /// A tap at a reader for enrolment, not older than a minute.
    package var tap: EventID?

    package init() {}
}

package struct PersonList: Codable, Sendable, Equatable {
    package var more: Bool
    package var persons: [PersonBrief]

    package init(_ persons: [PersonBrief], more: Bool) { (self.persons, self.more) = (persons, more) }
}

/// Asks for all that is known of one person. Who asked and why is kept, and told to the person.
package struct ShowPerson: CommandBody {
    package typealias Answer = PersonFile
    package static let type = "person-show"

    /// Goes on with the history behind this ruling.
    package var after: EventID?
    package var person: PersonID?
    /// A tap at a reader for enrolment, not older than a minute, in place of the person.
    package var tap: EventID?
    package var why: String

    package init(_ person: PersonID? = nil, tap: EventID? = nil, why: String, after: EventID? = nil) {
        (self.person, self.tap, self.why, self.after) = (person, tap, why, after)
    }
}

/// Everything the directory holds about one person, as the person may have it.
package struct PersonFile: Codable, Sendable, Equatable {
    package var cards: [CardFile]
    package var consents: [Consent]
    package var eligible: [Eligibility]
    package var facts: PersonFacts
    package var groups: [GroupID]
    /// The newest first, at most 50; more behind the last where `more`.
    package var history: [RulingFile]
    /// Who this person was found to be, and who has everything now.
    package var into: PersonID?
    package var more: Bool
    /// What each service was told, by its view: the JSON of that view.
    package var views: [String: String]
    /// Under which numbers lists of the town know the person.
    package var numbers: [String: String]
    package var person: PersonID
    package var relations: [RelationFile]
    package var residency: Residency
    package var since: Instant
    package var standing: Standing

    package init(_ person: PersonID, _ facts: PersonFacts, _ residency: Residency, _ standing: Standing, since: Instant) {
        (self.person, self.facts, self.residency, self.standing, self.since) = (person, facts, residency, standing, since)
        (cards, consents, eligible, groups, history, relations) = ([], [], [], [], [], [])
        (views, numbers, more) = ([:], [:], false)
    }
}

/// Something that was decided about a person, or somebody's look at the file.
package struct RulingFile: Codable, Sendable, Equatable {
    package var at: Instant
    package var by: UserID
    package var id: EventID
    /// The other person it was about, the card, the group, …
    package var of: String?
    package var undone: Bool?
    package var what: PersonRuled.What
    package var why: String?

    package init(_ id: EventID, _ what: PersonRuled.What, at: Instant, by: UserID, of: String? = nil, why: String? = nil) {
        (self.id, self.what, self.at, self.by, self.of, self.why) = (id, what, at, by, of, why)
    }
}

/// Erases what is known of a person, but for what the law keeps.
package struct ErasePerson: CommandBody {
    package typealias Answer = Erased
    package static let type = "person-erase"

    package var person: PersonID
    package var why: String

    package init(_ person: PersonID, why: String) { (self.person, self.why) = (person, why) }
}

/// What is gone, and what stays and why.
package struct Erased: Codable, Sendable, Equatable {
    package var gone: [String: Int]
    /// What stays, each with the reason and until when.
    package var kept: [String: String]

    package init(gone: [String: Int], kept: [String: String]) { (self.gone, self.kept) = (gone, kept) }
}

extension Channel where Body == PutPerson {
    package static var putPerson: Self { Self(of: "resident-directory", named: "person-put") }
}

extension Channel where Body == FindPersons {
    package static var findPersons: Self { Self(of: "resident-directory", named: "person-find") }
}

extension Channel where Body == ShowPerson {
    package static var showPerson: Self { Self(of: "resident-directory", named: "person-show") }
}

extension Channel where Body == ErasePerson {
    package static var erasePerson: Self { Self(of: "resident-directory", named: "person-erase") }
}
