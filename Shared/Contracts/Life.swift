/// A process's life, retained, with the broker's last will for its end.
package struct Life: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Works, and nothing needs a person.
        case ready
        /// Works; somebody should look soon.
        case amber
        /// Somebody must look now.
        case red
        /// Ended on purpose.
        case stopped
        /// Ended otherwise: the broker says so.
        case lost
    }

    /// The newest link of its audit.
    package var audit: AuditHead?
    /// When this was said, by the process's own clock. In a last will: when the connection was made.
    package var at: Instant
    package var clock: ClockQuality?
    /// SHA-256 of the contract this program speaks, the first 16 hexadecimal digits.
    package var contract: String?
    package var counters: [String: Int64]?
    package var problems: [Problem]?
    /// When this process was put back from a copy of its database the last time, if that was within thirty days.
    package var restored: Restored?
    /// What this program writes, and in which version: `tap.v1`. Whoever reads it compares.
    package var speaks: [String]?
    package var state: State
    package var version: String?

    package init(
        _ state: State, at: Instant, version: String? = nil, contract: String? = nil, clock: ClockQuality? = nil,
        speaks: [String]? = nil, problems: [Problem]? = nil, counters: [String: Int64]? = nil
    ) {
        self.state = state
        self.at = at
        self.version = version
        self.contract = contract
        self.clock = clock
        self.speaks = speaks
        self.problems = problems
        self.counters = counters
    }
}

/// A database was put back from a copy. What its service was told and said after that copy is not in it: it asks others for their events, has others name
/// what it said itself, and does no act for what happened before it was put back.
package struct Restored: Codable, Sendable, Equatable {
    package var at: Instant
    /// How the database stood then is how it was put back.
    package var copied: Instant

    package init(at moment: Instant, copied: Instant) { (at, self.copied) = (moment, copied) }
}

/// The newest entry of a process's audit. Whoever keeps it can tell later whether that entry, or one before it, was altered.
package struct AuditHead: Codable, Sendable, Equatable {
    /// SHA-256, 64 hexadecimal digits.
    package var link: String
    package var number: Int64

    package init(number: Int64, link: String) { (self.number, self.link) = (number, link) }
}

/// The counters of a process that keeps personal data under a vault. An older key may be retired when nothing is left under it.
package enum VaultCounter {
    /// The number of the key that seals now.
    package static let key = "vault-key"
    /// Rows that still lie under older keys.
    package static let left = "under-older-keys"
}

/// Something a person should know: what, and the next step. No personal data.
package struct Problem: Codable, Sendable, Equatable {
    package enum Weight: String, Codable, Sendable, CaseIterable { case amber, red }

    package var code: String
    package var text: String
    package var weight: Weight

    package init(_ weight: Weight, _ code: String, _ text: String) {
        self.weight = weight
        self.code = code
        self.text = text
    }
}
