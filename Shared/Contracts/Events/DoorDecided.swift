/// What a door did about a tap, a code or a clerk's command: a ruling, made once, never again.
package struct DoorDecided: EventBody {
    package static let type = "door-decision"

    /// Where no card was held, the user who asked: `keypad-gym`, `desk-office`.
    package var agent: AgentID
    /// At a locker the compartment; its own name where no compartment is meant.
    package var door: DoorID
    /// Absent for a card.
    package var means: Means?
    package var reader: ReaderID
    /// Present when the door was refused.
    package var refusal: Refusal?
    /// Present when the door was opened.
    package var right: Right?
    /// The tap, or the report or the command that stands in for one.
    package var tap: EventID
    package var verdict: Outcome

    package enum Outcome: String, Codable, Sendable, CaseIterable { case open, refuse }

    package enum Means: String, Codable, Sendable, CaseIterable {
        case code
        /// A clerk's command.
        case desk
    }

    package init(door: DoorID, tap: EventID, agent: AgentID, reader: ReaderID, means: Means? = nil, verdict: Verdict) {
        self.door = door
        self.means = means
        self.tap = tap
        self.agent = agent
        self.reader = reader
        switch verdict {
        case .open(let right):
            self.verdict = .open
            self.right = right
        case .refuse(let reason):
            self.verdict = .refuse
            refusal = reason
        }
    }
}

extension DoorDecided {
    package func write(to line: inout JSONLine) throws {
        line.open()
        line.member("agent", agent)
        line.member("door", door)
        if let means { line.member("means", means) }
        line.member("reader", reader)
        if let refusal { line.member("refusal", refusal) }
        if let right {
            line.key("right")
            line.open()
            if let booking = right.booking { line.member("booking", booking) }
            if let group = right.group { line.member("group", group) }
            if let item = right.item { line.member("item", item) }
            line.close()
            line.comma()
        }
        line.member("tap", tap)
        line.member("verdict", verdict)
        line.close()
    }
}

/// What the door does about a tap.
package enum Verdict: Equatable, Sendable {
    case open(by: Right)
    case refuse(Refusal)
}

/// Why somebody may open a door. Exactly one of them is present.
package struct Right: Codable, Sendable, Equatable {
    package var booking: EventID?
    package var group: GroupID?
    /// What lies in the compartment.
    package var item: EventID?

    package static func booking(_ id: EventID) -> Self { Self(booking: id) }
    package static func group(_ id: GroupID) -> Self { Self(group: id) }
    package static func item(_ id: EventID) -> Self { Self(item: id) }
}

/// The closed list of reasons why a door stays shut.
package enum Refusal: String, Codable, Sendable, CaseIterable {
    /// The card opens nothing here, now or at another time of the day.
    case noRight = "no-right"
    /// The card's next slot at this door has not begun.
    case tooEarly = "too-early"
    /// The card's last slot at this door is over.
    case tooLate = "too-late"
    /// The card's slot has begun, and is not paid.
    case unpaid
    /// The door demands a card that proves itself.
    case notProved = "not-proved"
    /// The tap waited somewhere for more than ten seconds.
    case tapTooOld = "tap-too-old"
    /// The tap says it happened later than now.
    case tapFromFuture = "tap-from-future"
    /// The tap was replayed from a journal, or newer ones of its stream are already known.
    case notLive = "not-live"
    /// The agent's clock cannot be compared with ours at the moment.
    case clock
    /// No such door.
    case unknownDoor = "unknown-door"
    /// Nothing in the locker is for this card.
    case noItem = "no-item"
    /// What is in the locker for this card has waited too long: staff have it.
    case itemExpired = "item-expired"
    /// No booking of this door has that code.
    case wrongCode = "wrong-code"
    /// Too many wrong codes: the keypad takes none for a while.
    case tooManyTries = "too-many-tries"
}

extension Channel where Body == DoorDecided {
    package static var doorDecisions: Self { Self(of: "lock-controller", named: "door-decision") }
}
