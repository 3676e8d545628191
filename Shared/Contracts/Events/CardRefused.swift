/// A card was held over a reader and no tap came of it. Nothing here identifies the card.
package struct CardRefused: EventBody {
    package static let type = "card-refused"

    package enum Reason: String, Codable, Sendable, CaseIterable {
        /// The card could not prove the number it shows: a copy, or a broken card.
        case forged
        /// The card is genuine but its certificate's time is over.
        case expired
        /// No application and no scheme that this town knows.
        case unknown
    }

    package var place: PlaceID
    package var purpose: Purpose
    package var reader: ReaderID
    package var reason: Reason

    package init(place: PlaceID, purpose: Purpose, reader: ReaderID, reason: Reason) {
        self.place = place
        self.purpose = purpose
        self.reader = reader
        self.reason = reason
    }
}

extension Channel where Body == CardRefused {
    package static var refusedCards: Self { Self(of: "reader-agent", named: "card-refused") }
}
