/// A card was held over a reader.
package struct Tapped: Payload {
    package static let type = "tap"

    package var assurance: Assurance
    package var clock: ClockQuality
    /// Which way the person goes, where the reader stands at one side of an entrance.
    package var direction: Direction?
    package var place: PlaceID
    package var position: Position?
    package var purpose: Purpose
    package var reader: ReaderID
    package var scheme: Scheme
    package var token: Token
    /// Milliseconds the machine was up at the tap; present while `clock` is `boot`, so that a later `clock-set` can put the tap in its place.
    package var uptime: Int64?

    package init(
        token: Token, scheme: Scheme, assurance: Assurance, reader: ReaderID, place: PlaceID, purpose: Purpose, direction: Direction? = nil,
        position: Position? = nil, clock: ClockQuality, uptime: Int64? = nil
    ) {
        self.token = token
        self.scheme = scheme
        self.assurance = assurance
        self.reader = reader
        self.place = place
        self.purpose = purpose
        self.direction = direction
        self.position = position
        self.clock = clock
        self.uptime = uptime
    }
}

/// How much a reading proves: a card that signed a fresh challenge, or a number that anyone could copy.
package enum Assurance: String, Codable, Sendable, CaseIterable { case proved, read }

package enum Direction: String, Codable, Sendable, CaseIterable { case `in`, out }

/// Where the identifier behind a token comes from.
package enum Scheme: String, Codable, Sendable {
    case cardApp = "card-app"
    case felica, qr, blank
}

/// What a machine can say of its own clock.
package enum ClockQuality: String, Codable, Sendable {
    /// The kernel says that time is kept by NTP.
    case synced
    /// Plausible, kept by nothing but its own crystal.
    case free
    /// Not plausible: the machine has no clock of its own and has not been told the time since it started.
    case boot
}

/// WGS 84 degrees.
package struct Position: Codable, Sendable, Hashable {
    package var lat: Double
    package var lon: Double

    package init(lat: Double, lon: Double) {
        self.lat = lat
        self.lon = lon
    }
}

extension Channel where Body == Tapped {
    package static var taps: Self { Self(.event, of: "reader-agent", named: "tap") }
}
