/// What a town knows of one person. In a command, what is absent stays as it is, and an empty text or list takes away what was there.
package struct PersonFacts: Codable, Sendable, Equatable {
    package var address: String?
    package var attributes: [Attribute]?
    package var born: CalendarDate?
    /// Where messages reach the person.
    package var channels: [Reach]?
    package var district: String?
    /// The town's number of the household (世帯番号). It never leaves the directory.
    package var household: String?
    /// What a shelter should know if the person agrees: `wheelchair`, `insulin`.
    package var needs: [String]?
    /// As BCP 47 writes them, the best first: `ja`, `pt-BR`.
    package var languages: [String]?
    package var name: String?
    /// Whether the person's whereabouts must not be told to anybody (支援措置).
    package var isProtected: Bool?
    /// The name in kana, or in Latin letters where it has no kana.
    package var reading: String?
    package var school: String?
    /// `3-2`
    package var schoolClass: String?
    package var sex: Sex?

    package init() {}

    /// Whether somebody may change at their own page where messages reach them. A child (民法 第4条: under 18) and whoever's whereabouts are protected are seen at the counter first.
    package func mayChangeWays(on day: CalendarDate) -> Bool { isProtected != true && born.map { $0.age(on: day) >= 18 } != false }

    /// As the resident register has it (住民基本台帳法 第7条).
    package enum Sex: String, Codable, Sendable, CaseIterable { case female, male, unstated }
}

/// Something a list of the town says of a person for a while (a disability class, a tax class, a licence returned). It never leaves the directory: services
/// are told what follows from it.
package struct Attribute: Codable, Sendable, Equatable {
    package var from: CalendarDate
    /// `disability`, `tax`, `licence`, `care-level`.
    package var kind: Name<Attribute>
    /// Which list said so.
    package var source: String
    /// The first day on which it holds no more.
    package var to: CalendarDate?
    package var value: String

    package init(_ kind: Name<Attribute>, _ value: String, from: CalendarDate, to: CalendarDate? = nil, source: String) {
        (self.kind, self.value, self.from, self.to, self.source) = (kind, value, from, to, source)
    }
}

/// A way to reach somebody.
package struct Reach: Codable, Sendable, Equatable {
    package enum Way: String, Codable, Sendable, CaseIterable { case mail, line, phone, webhook }

    package var address: String
    package var way: Way

    package init(_ way: Way, _ address: String) { (self.way, self.address) = (way, address) }
}

/// What somebody is to the town. Residency is an attribute, and being somebody is not.
package enum Residency: String, Codable, Sendable, CaseIterable {
    case resident, commuter, visitor
    /// A member of another town that shares services with this one.
    case guest
    /// A club, a firm.
    case organisation
}

/// How far the directory vouches for a person.
package enum Standing: String, Codable, Sendable, CaseIterable {
    /// Known by a blank card or a typed name alone; to be merged with a real one.
    case provisional
    /// Seen by a clerk, or on the town's list.
    case registered
    /// No longer on the town's list: moved away, or dead. No right rests on it.
    case left
    /// Found to be another person, who has everything now.
    case merged
    /// Erased; only the id and what the law keeps remain.
    case erased
}

/// One of a person's cards.
package struct CardFile: Codable, Sendable, Equatable {
    package enum Status: String, Codable, Sendable, CaseIterable {
        case active
        /// For a while.
        case suspended
        case lost
        /// Another card took its place.
        case replaced
        /// Taken from the person.
        case unlinked
    }

    package var scheme: Scheme
    package var since: Instant
    package var status: Status
    package var token: Token
    /// Since when it is not active any more.
    package var until: Instant?

    package init(_ token: Token, _ scheme: Scheme, _ status: Status, since: Instant, until: Instant? = nil) {
        (self.token, self.scheme, self.status, self.since, self.until) = (token, scheme, status, since, until)
    }
}

/// What one person is to another.
package enum RelationKind: String, Codable, Sendable, CaseIterable {
    /// Of a child (保護者). Made by two cards in one ceremony.
    case guardian
    case family
    /// Head of the household (世帯主).
    case head
    /// Cares for the other (支援者).
    case helper
    /// Looks after the other for the neighbourhood association (町内会).
    case neighbour
}

/// `person` is `kind` to the person in whose file this stands, or the other way round where `isOfThisPerson`.
package struct RelationFile: Codable, Sendable, Equatable {
    package var isOfThisPerson: Bool
    package var kind: RelationKind
    package var name: String?
    package var person: PersonID
    package var since: Instant

    package init(_ kind: RelationKind, _ person: PersonID, isOfThisPerson: Bool, name: String?, since: Instant) {
        (self.kind, self.person, self.isOfThisPerson, self.name, self.since) = (kind, person, isOfThisPerson, name, since)
    }
}

/// What somebody agreed to, or not.
package struct Consent: Codable, Sendable, Equatable {
    package var at: Instant
    package var given: Bool
    /// How it was said: `tap`, `paper`, `phone`.
    package var how: String
    /// Of messages or uses of the service: `school-gate`, `care-needs`, `visits`.
    package var kind: Name<Consent>
    package var service: ServiceID
    /// Which wording was agreed to: `2026-04`.
    package var wording: String

    package init(_ service: ServiceID, _ kind: Name<Consent>, given: Bool, wording: String, how: String, at: Instant) {
        (self.service, self.kind, self.given, self.wording, self.how, self.at) = (service, kind, given, wording, how, at)
    }
}

/// Whether somebody is entitled to something. Not why.
package struct Eligibility: Codable, Sendable, Equatable {
    package var from: CalendarDate
    package var programme: ProgrammeID
    /// The first day on which it holds no more.
    package var to: CalendarDate?

    package init(_ programme: ProgrammeID, from: CalendarDate, to: CalendarDate? = nil) {
        (self.programme, self.from, self.to) = (programme, from, to)
    }
}
