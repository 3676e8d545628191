// What residents ask at their own page. The portal alone speaks for them, after it has seen a link from their mail or a code of a kiosk; each command names the person whose
// page it is. A service believes the portal so far and no further: what may be seen or changed of others, it finds for itself.

/// Somebody wants to open their own page: says who they are by their name and birth date, or by a card they have just held and their birth date.
/// Refused with `no-match` whatever it was that did not fit, and with `too-many` after wrong tries.
package struct EnterOwn: CommandBody {
    package typealias Answer = OwnEntered
    package static let type = "own-enter"

    package var born: CalendarDate
    /// In kana, or in Latin letters; either this or `token`.
    package var reading: String?
    package var token: Token?

    package init(reading: String, born: CalendarDate) { (self.reading, self.born) = (reading, born) }
    package init(token: Token, born: CalendarDate) { (self.token, self.born) = (token, born) }
}

package struct OwnEntered: Codable, Sendable, Equatable {
    /// One, by a card; several people may have a name and a birth date in common.
    package var persons: [PersonID]

    package init(_ persons: [PersonID]) { self.persons = persons }
}

/// Asks for everything that is held of oneself. The answer is what a clerk would see, and is no clerk's look.
package struct ShowOwn: CommandBody {
    package typealias Answer = PersonFile
    package static let type = "own-show"

    /// Goes on with the history behind this ruling.
    package var after: EventID?
    /// By which the person came in. Refused with `card-gone` where it works no longer, or is somebody else's.
    package var card: Token?
    package var person: PersonID

    package init(_ person: PersonID, by card: Token? = nil, after: EventID? = nil) {
        (self.person, self.card, self.after) = (person, card, after)
    }
}

/// Agrees to something at one's own page, or takes it back. Noted as said by `page`.
package struct ConsentOwn: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "own-consent"

    package var given: Bool
    package var kind: Name<Consent>
    package var person: PersonID
    package var service: ServiceID
    /// The wording that stood on the page.
    package var wording: String

    package init(_ service: ServiceID, _ kind: Name<Consent>, given: Bool, by person: PersonID, wording: String) {
        (self.service, self.kind, self.given, self.person, self.wording) = (service, kind, given, person, wording)
    }
}

/// Adds a mail address or a LINE account that was proved at one's own page, or takes one away. Refused with `at-counter` for a child and for whoever's whereabouts are protected, and
/// with `bad-address`.
package struct ReachOwn: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "own-reach"

    package var person: PersonID
    /// By mail or LINE.
    package var reach: Reach
    /// It is taken away.
    package var remove: Bool?

    package init(_ person: PersonID, at reach: Reach, remove: Bool? = nil) {
        (self.person, self.reach, self.remove) = (person, reach, remove)
    }
}

/// Under which number a list knows whoever holds this card: for the library's own scanner. Refused with `no-number`.
package struct FindCardNumber: CommandBody {
    package typealias Answer = CardNumber
    package static let type = "card-number"

    package var list: Name<TownList>
    package var token: Token

    package init(of token: Token, in list: Name<TownList>) { (self.token, self.list) = (token, list) }
}

package struct CardNumber: Codable, Sendable, Equatable {
    package var number: String

    package init(_ number: String) { self.number = number }
}

extension Channel where Body == EnterOwn {
    package static var enterOwn: Self { Self(of: "resident-directory", named: "own-enter") }
}

extension Channel where Body == ShowOwn {
    package static var showOwn: Self { Self(of: "resident-directory", named: "own-show") }
}

extension Channel where Body == ConsentOwn {
    package static var consentOwn: Self { Self(of: "resident-directory", named: "own-consent") }
}

extension Channel where Body == ReachOwn {
    package static var reachOwn: Self { Self(of: "resident-directory", named: "own-reach") }
}

extension Channel where Body == FindCardNumber {
    package static var findCardNumber: Self { Self(of: "resident-directory", named: "card-number") }
}
