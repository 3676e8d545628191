/// A card was held over a reader.
package struct Tapped: EventBody {
    package static let type = "tap"

    package var assurance: Assurance
    /// What whoever held the card agreed to pay, at a reader of a shop.
    package var charge: TapCharge?
    package var clock: ClockQuality
    /// Which way the person goes, where the reader stands at one side of an entrance.
    package var direction: Direction?
    /// The same card under the former token key, while keys are being changed: what is known of the one token is meant for the other.
    package var former: Token?
    package var place: PlaceID
    package var position: Position?
    package var purpose: Purpose
    package var reader: ReaderID
    package var scheme: Scheme
    package var token: Token
    /// Milliseconds the machine was up at the tap; present while `clock` is `boot`, so that a later `clock-set` can put the tap in its place.
    package var uptime: Int64?

    package init(
        token: Token, former: Token? = nil, scheme: Scheme, assurance: Assurance, reader: ReaderID, place: PlaceID, purpose: Purpose,
        direction: Direction? = nil,
        position: Position? = nil, clock: ClockQuality, uptime: Int64? = nil, charge: TapCharge? = nil
    ) {
        self.token = token
        self.former = former
        self.scheme = scheme
        self.assurance = assurance
        self.reader = reader
        self.place = place
        self.purpose = purpose
        self.direction = direction
        self.position = position
        self.clock = clock
        self.uptime = uptime
        self.charge = charge
    }
}

extension Tapped {
    package static func read(_ json: JSONReading) throws -> Self {
        let fields = try JSONObject(json)
        return Self(
            token: try fields.value("token"), former: try fields.valueIfPresent("former"), scheme: try fields.word("scheme"),
            assurance: try fields.word("assurance"),
            reader: try fields.value("reader"), place: try fields.value("place"), purpose: try fields.value("purpose"),
            direction: try fields.wordIfPresent("direction"), position: try fields.decodeIfPresent("position"),
            clock: try fields.word("clock"), uptime: try fields.integerIfPresent("uptime"),
            charge: try fields.decodeIfPresent("charge"))
    }

    package func write(to line: inout JSONLine) throws {
        line.open()
        line.member("assurance", assurance)
        if let charge { try line.member("charge", encoding: charge) }
        line.member("clock", clock)
        if let direction { line.member("direction", direction) }
        if let former { line.member("former", former) }
        line.member("place", place)
        if let position { try line.member("position", encoding: position) }
        line.member("purpose", purpose)
        line.member("reader", reader)
        line.member("scheme", scheme)
        line.member("token", token)
        if let uptime { line.member("uptime", uptime) }
        line.close()
    }
}

/// How much a reading proves: a card that signed a fresh challenge, or a number that anyone could copy.
package enum Assurance: String, Codable, Sendable, CaseIterable { case proved, read }

package enum Direction: String, Codable, Sendable, CaseIterable { case `in`, out }

/// Where the identifier behind a token comes from.
package enum Scheme: String, Codable, Sendable, CaseIterable {
    case cardApp = "card-app"
    case felica, qr, blank
}

/// What a machine can say of its own clock.
package enum ClockQuality: String, Codable, Sendable, CaseIterable {
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
    package static var taps: Self { Self(of: "reader-agent", named: "tap") }
}
