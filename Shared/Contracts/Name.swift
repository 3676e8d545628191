/// One segment of a topic: `[a-z0-9][a-z0-9-]*`, at most 63 characters. The type parameter keeps names of different things apart.
///
/// Nothing that MQTT gives a meaning (`/`, `+`, `#`, `$`) can be spelled, so no name can widen a topic filter or an ACL line.
package struct Name<Kind>: Hashable, Sendable, WrittenAsText, Comparable, ExpressibleByStringLiteral {
    package static var form: String { "a name: a-z, 0-9 and -, at most 63 characters" }
    package static var pattern: String { "^[a-z0-9][a-z0-9-]{0,62}$" }
    package static var sample: String { "a" }
    package let text: String

    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard text.withUTF8(isName) else { return nil }
        self.text = text
    }

    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard isName(bytes) else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// For names written in the source. A wrong one is our mistake.
    package init(stringLiteral text: String) {
        guard let name = Self(text) else { preconditionFailure("\"\(text)\" is not a name: use a-z, 0-9 and -") }
        self = name
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// Outside the generic type, where the compiler knows everything about it: names are checked in every event.
private func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, bytes.count <= 63, first != UInt8(ascii: "-") else { return false }
    for byte in bytes {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): continue
        default: return false
        }
    }
    return true
}

package enum TownKind {}
package enum AgentKind {}
package enum ReaderKind {}
package enum PlaceKind {}
package enum DoorKind {}
package enum GroupKind {}
package enum UserKind {}
package enum InstanceKind {}

package typealias TownID = Name<TownKind>
/// A reader-agent: one process, one machine, one or more readers.
package typealias AgentID = Name<AgentKind>
/// A reader of one agent; unique within the agent.
package typealias ReaderID = Name<ReaderKind>
package typealias PlaceID = Name<PlaceKind>
package typealias DoorID = Name<DoorKind>
package typealias GroupID = Name<GroupKind>
/// A broker user, which is also its client id: `agent-gate-1`, `lock-gym`, `desk-office`, `lock-controller-main`.
package typealias UserID = Name<UserKind>
/// One running copy of a program: `gate-1` of reader-agent, `main` of lock-controller.
package typealias Instance = Name<InstanceKind>

extension Name {
    /// The same segment seen as the name of something else: an agent's name is also its instance.
    package func named<Other>(as kind: Name<Other>.Type = Name<Other>.self) -> Name<Other> { Name<Other>(trusted: text) }

    private init(trusted text: String) { self.text = text }
}
