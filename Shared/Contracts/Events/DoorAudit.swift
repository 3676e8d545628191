/// Asks who did what at a door from `from` until before `to`, the oldest first.
package struct ListAudit: CommandBody {
    package typealias Answer = AuditPage
    package static let type = "audit-list"

    /// The last line of the answer before, to go on behind it.
    package var after: AuditPlace?
    package var door: DoorID
    package var from: Instant
    package var to: Instant

    package init(door: DoorID, from: Instant, to: Instant, after: AuditPlace? = nil) {
        self.after = after
        self.door = door
        self.from = from
        self.to = to
    }
}

/// A place in the audit of a door.
package struct AuditPlace: Codable, Sendable, Equatable {
    package var at: Instant
    package var id: EventID

    package init(at: Instant, id: EventID) {
        self.at = at
        self.id = id
    }
}

/// One line of a door's audit: who, why, what came of it.
package struct AuditLine: Codable, Sendable, Equatable {
    package enum What: String, Codable, Sendable, CaseIterable {
        /// A card was let in.
        case open
        /// A card was not let in.
        case refuse
        /// The door was opened otherwise than by a grant.
        case opened
        case alarm, booking, group
    }

    package var at: Instant
    /// Whoever commanded it.
    package var by: UserID?
    package var id: EventID
    /// What the lock said of the order to open.
    package var outcome: DoorOutcome.Result?
    /// Whether the door was really opened by it; absent where no sensor tells.
    package var used: Bool?
    package var what: What
    /// A person's id, or where the card is nobody's known one the beginning of its token.
    package var who: String?
    /// `booking 01M7…`, `group staff`, a refusal's word, an alarm's kind and status, why else the door could be opened.
    package var why: String?

    package init(
        at: Instant, id: EventID, what: What, who: String? = nil, why: String? = nil, outcome: DoorOutcome.Result? = nil, used: Bool? = nil,
        by: UserID? = nil
    ) {
        self.at = at
        self.by = by
        self.id = id
        self.outcome = outcome
        self.used = used
        self.what = what
        self.who = who
        self.why = why
    }
}

/// Lines of a door's audit, and whether there are more behind them.
package struct AuditPage: Codable, Sendable, Equatable {
    package var lines: [AuditLine]
    package var more: Bool

    package init(lines: [AuditLine], more: Bool) {
        self.lines = lines
        self.more = more
    }
}

extension Channel where Body == ListAudit {
    package static var listAudit: Self { Self(of: "lock-controller", named: "audit-list") }
}
