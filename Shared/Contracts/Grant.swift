/// The claims of an order to a lock: a JWS (RFC 7515 compact, EdDSA of RFC 8037) with the registered claims of RFC 7519 and two of our own.
///
/// `cnt` only ever grows: a lock keeps the highest one obeyed and refuses what is not above it, so nothing that was captured or queued opens a door twice.
package struct Grant: Codable, Sendable, Equatable {
    /// The JWS header's `typ`.
    package static let type = "kazasu-grant"
    package static let topicName: TopicName = "unlock"

    /// The door.
    package var aud: DoorID
    /// The per-door counter.
    package var cnt: Int64
    /// Seconds since 1970; at this moment the order is dead.
    package var exp: Int64
    /// `nagai/lock-controller`
    package var iss: String
    /// The id of the decision.
    package var jti: EventID
    /// Seconds since 1970; before this moment the order is not valid yet.
    package var nbf: Int64
    /// Seconds to stay unlocked.
    package var open: Int

    package init(iss: String, aud: DoorID, jti: EventID, nbf: Int64, exp: Int64, cnt: Int64, open: Int) {
        self.iss = iss
        self.aud = aud
        self.jti = jti
        self.nbf = nbf
        self.exp = exp
        self.cnt = cnt
        self.open = open
    }

    /// The claims as they are signed: names sorted, no spaces.
    package func claims() -> [UInt8] {
        var line = JSONLine(capacity: 192)
        line.open()
        line.member("aud", aud)
        line.member("cnt", cnt)
        line.member("exp", exp)
        line.member("iss", plain: iss)
        line.member("jti", jti)
        line.member("nbf", nbf)
        line.member("open", Int64(open))
        line.close()
        return line.bytes
    }

    package static func topic(in town: TownID, to door: DoorID) -> Topic {
        Topic(town: town, owner: "lock-controller", kind: .grant, entity: door.named(), name: topicName)
    }
}
