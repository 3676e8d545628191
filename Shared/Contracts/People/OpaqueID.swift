/// An id that says nothing of what it stands for: a letter, a dash and 80 bits in RFC 4648 base32, such as `p-7k3mq2x5t4w2vbza`.
///
/// The type parameter keeps ids of different things apart.
package struct OpaqueID<Kind: OpaqueKind>: Hashable, Sendable, WrittenAsText, Comparable {
    package static var form: String { "\(Kind.noun): \(Kind.letter)- and 16 characters of base32" }
    package static var pattern: String { "^\(Kind.letter)-[a-z2-7]{16}$" }
    package static var sample: String { "\(Kind.letter)-aaaaaaaaaaaaaaaa" }
    package let text: String

    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 18, bytes[0] == Kind.letter.utf8.first, bytes[1] == UInt8(ascii: "-"),
            bytes[2...].allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
            })
        else { return nil }
        self.text = String(text)
    }

    /// - Parameter bytes: of which the first ten are taken; a digest, so that the id cannot be guessed.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count >= 10, "an opaque id has ten bytes")
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        let value = bytes.prefix(10).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let letters = (0..<16).map { alphabet[Int(truncatingIfNeeded: value >> UInt128(75 - 5 * $0)) & 31] }
        text = "\(Kind.letter)-" + String(decoding: letters, as: UTF8.self)
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// What an opaque id stands for.
package protocol OpaqueKind {
    static var letter: String { get }
    /// For whoever wrote another text: `a person's id`.
    static var noun: String { get }
}

package enum PersonKind: OpaqueKind {
    package static let letter = "p"
    package static let noun = "a person's id"
}

package enum HouseholdKind: OpaqueKind {
    package static let letter = "h"
    package static let noun = "a household's id"
}

package enum VisitorKind: OpaqueKind {
    package static let letter = "v"
    package static let noun = "a visitor's id"
}

/// Somebody the town knows, whatever their names, addresses and cards become.
package typealias PersonID = OpaqueID<PersonKind>
/// The people of one household (世帯).
package typealias HouseholdID = OpaqueID<HouseholdKind>
/// Somebody in the statistics. Nobody but the directory can tell which person that is.
package typealias VisitorID = OpaqueID<VisitorKind>

package enum ProgrammeKind {}
/// What one can be entitled to: `bus-discount`, `health-check`.
package typealias ProgrammeID = Name<ProgrammeKind>

package enum ServiceKind {}
/// A service as people know it, for consents: `shelter`, `notifier`, `analytics`.
package typealias ServiceID = Name<ServiceKind>
