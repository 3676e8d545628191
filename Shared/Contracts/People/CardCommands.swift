/// Gives a card to a person. The card is held over a reader for enrolment at that moment; no screen can do it alone.
package struct LinkCard: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "card-link"

    /// The birth date as the person at the counter says it, not as the screen shows it: the wrong person's file is noticed by it.
    package var born: CalendarDate?
    package var person: PersonID
    /// Not older than a minute, and used once.
    package var tap: EventID

    package init(_ tap: EventID, to person: PersonID, born: CalendarDate? = nil) {
        (self.tap, self.person, self.born) = (tap, person, born)
    }
}

/// A new card in place of an old one; rights, points and history are the person's and go on.
package struct ReplaceCard: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "card-replace"

    package var born: CalendarDate?
    /// The tap of the new card.
    package var new: EventID
    /// The tap of the old card; without it the person, the old card and a reason.
    package var old: EventID?
    package var oldCard: Token?
    package var person: PersonID?
    package var why: String?

    package init(
        new: EventID, old: EventID? = nil, person: PersonID? = nil, oldCard: Token? = nil, born: CalendarDate? = nil, why: String? = nil
    ) {
        (self.new, self.old, self.person, self.oldCard, self.born, self.why) = (new, old, person, oldCard, born, why)
    }
}

/// Suspends a card, reports it lost, takes it from its person, or lets it work again.
package struct MarkCard: CommandBody {
    package typealias Answer = PersonAnswer
    package static let type = "card-mark"

    package var card: Token?
    /// Not `replaced`.
    package var status: CardFile.Status
    package var tap: EventID?
    package var why: String

    package init(_ status: CardFile.Status, card: Token? = nil, tap: EventID? = nil, why: String) {
        (self.status, self.card, self.tap, self.why) = (status, card, tap, why)
    }
}

/// Ends the use of a token key, after a reader was stolen: its tokens work no more.
package struct RetireTokenKey: CommandBody {
    package typealias Answer = RetiredKey
    package static let type = "token-key-retire"

    /// Counts only.
    package var dry: Bool
    package var number: Int

    package init(_ number: Int, dry: Bool) { (self.number, self.dry) = (number, dry) }
}

package struct RetiredKey: Codable, Sendable, Equatable {
    /// Cards known under a newer key too.
    package var followed: Int
    /// Cards that were not held anywhere meanwhile: their holders have to come to a counter.
    package var stranded: Int

    package init(followed: Int, stranded: Int) { (self.followed, self.stranded) = (followed, stranded) }
}

extension Channel where Body == LinkCard {
    package static var linkCard: Self { Self(of: "resident-directory", named: "card-link") }
}

extension Channel where Body == ReplaceCard {
    package static var replaceCard: Self { Self(of: "resident-directory", named: "card-replace") }
}

extension Channel where Body == MarkCard {
    package static var markCard: Self { Self(of: "resident-directory", named: "card-mark") }
}

extension Channel where Body == RetireTokenKey {
    package static var retireTokenKey: Self { Self(of: "resident-directory", named: "token-key-retire") }
}
