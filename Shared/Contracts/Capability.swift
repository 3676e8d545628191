/// What somebody at a station may do beyond looking. A town may divide the work of a role (職務分掌): who draws up does not approve, who is at the counter does
/// not erase, and an auditor looks and does nothing. A station the town says nothing of may do all that its role may.
package enum Capability: String, Sendable, CaseIterable, Codable {
    /// The work of every day: enrols at the residents' counter, books at a desk, receives at a shelter, gives points, repairs as an operator.
    case clerk
    /// What weighs more: opens a door from afar or a shelter, erases or merges people, hands lists over, draws up campaigns and messages.
    case lead
    /// Agrees, as the second person, to what another one has drawn up.
    case approve

    /// Commands that change nothing: everybody of their role may give them.
    package static let looks: Set<TopicName> = [
        "booking-list", "group-list", "exception-list", "door-explain", "alarm-list", "battery-list", "audit-list", "locker-list",
        "visits-show", "figures-list", "table-show", "summary-show",
        "shelter-list", "shelter-roster", "missing-list", "evacuee-look-up", "evacuee-show", "supply-list",
        "payment-list", "points-show", "points-history", "points-try", "points-verify", "campaign-review", "campaign-list",
        "settlement-show", "settlement-list",
        "delivery-list", "unreached-list", "pupil-list", "watch-list", "audience-count", "message-list",
        "reception-list", "reception-find", "reception-attendance",
        "person-find", "person-show", "list-review",
        "own-show", "own-notices", "own-points", "own-shelter", "own-line-found", "card-number",
    ]

    /// Commands that mean the moment in which they are given, though they change something: a door or the doors of a whole town, messages that leave, a bus that has arrived.
    /// To a service that was put back from a copy they are not given again.
    package static let momentary: Set<TopicName> = [
        "door-unlock", "disaster-propose", "disaster-agree", "disaster-end", "passback-forgive", "run-end", "silence-acknowledge",
        "message-open", "message-decide", "follow-up", "probe", "tell-again", "own-enter", "let-in",
        "own-prove", "own-reach-told", "own-line",
    ]

    private static let grave: Set<TopicName> = [
        "door-unlock", "disaster-propose", "disaster-end", "counts-put",
        "shelter-put", "shelter-run", "drill-wipe", "hand-out-run",
        "points-reverse", "campaign-open", "campaign-lines", "campaign-decide", "settlement-close",
        "message-open", "message-decide", "school-day-change",
        "reception-decide", "reception-rows", "reception-settle", "reception-hand-over",
        "person-erase", "person-merge", "ruling-undo", "token-key-retire", "list-open", "list-rows", "list-decide", "tell-again",
    ]

    /// Commands by which a second person agrees; whether this one may, the service says, for the first person gives them too.
    private static let agreements: Set<TopicName> = [
        "disaster-agree", "campaign-decide", "message-decide", "list-decide", "reception-reverse",
    ]

    /// Who may give a command; `nil` where looking is all it does.
    package static func needed(for command: TopicName) -> Set<Capability>? {
        if looks.contains(command) { return nil }
        let own: Capability? = grave.contains(command) ? .lead : command == "disaster-agree" ? nil : .clerk
        return Set([own, agreements.contains(command) ? .approve : nil].compactMap { $0 })
    }
}

/// Who of a town's stations may do what; all others may do whatever their role may.
package struct Capabilities: Sendable, Equatable {
    package var users: [UserID: Set<Capability>]

    package init(_ users: [UserID: Set<Capability>] = [:]) { self.users = users }

    package func allow(_ command: TopicName, by user: UserID) -> Bool {
        guard let own = users[user], let needed = Capability.needed(for: command) else { return true }
        return !own.isDisjoint(with: needed)
    }

    /// Whether a user may do such things at all.
    package func has(_ capability: Capability, _ user: UserID) -> Bool { users[user]?.contains(capability) ?? true }
}
