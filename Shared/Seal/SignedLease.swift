import Contracts

/// A lease that can be believed: its head, and the list that the head names by its digest.
///
/// The list lies behind the signature and not in it: a stock JOSE library sees some 300 bytes, and the list is a quarter shorter than in base64url.
package struct SignedLease: Sendable, Equatable {
    package let head: Lease
    package let list: LeaseList
    /// As it is on the wire.
    package let bytes: [UInt8]

    private static let lineFeed = UInt8(ascii: "\n")

    /// - Parameter head: makes the claims around the list's digest.
    package init(_ list: LeaseList, signedWith key: SigningKey, head: (_ sum: String) -> Lease) throws {
        self.head = head(Base64URL.text(sha256(list.bytes)))
        self.list = list
        bytes = JWS.sign(payload: try self.head.json(), type: Lease.type, with: key) + [Self.lineFeed] + list.bytes
    }

    /// Nil for what is not a lease of this part, for this door of this town, signed by one of the keys.
    package init?(_ bytes: [UInt8], part: Lease.Part, for door: DoorID, of town: TownID, keys: [String: VerifyingKey]) {
        guard bytes.count <= Lease.limit, let end = bytes.prefix(JWS.limit + 1).firstIndex(of: Self.lineFeed),
            case .success(let claims) = JWS.open(Array(bytes[..<end]), keys: keys, type: Lease.type),
            let head = try? claims.decoded(as: Lease.self), head.part == part, head.aud == door, head.iss == "\(town)/lock-controller",
            (1...3600).contains(head.open), head.cnt > 0
        else { return nil }
        let rest = Array(bytes[(end + 1)...])
        guard Base64URL.text(sha256(rest)) == head.sum, let list = LeaseList(rest) else { return nil }
        self.head = head
        self.list = list
        self.bytes = bytes
    }
}
