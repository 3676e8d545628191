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
    /// Which of the town's rules kept the door shut, or was broken where it opened all the same.
    package var rule: DoorRule?
    /// The tap, or the report or the command that stands in for one.
    package var tap: EventID
    package var verdict: Outcome

    package enum Outcome: String, Codable, Sendable, CaseIterable { case open, refuse }

    package enum Means: String, Codable, Sendable, CaseIterable {
        case code
        /// A clerk's command.
        case desk
    }

    package init(
        door: DoorID, tap: EventID, agent: AgentID, reader: ReaderID, means: Means? = nil, verdict: Verdict, rule: DoorRule? = nil
    ) {
        self.door = door
        self.means = means
        self.tap = tap
        self.agent = agent
        self.reader = reader
        self.rule = rule
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
            if let disaster = right.disaster { line.member("disaster", disaster) }
            if let drill = right.drill { line.member("drill", drill) }
            if let exception = right.exception { line.member("exception", exception) }
            if let group = right.group { line.member("group", group) }
            if let item = right.item { line.member("item", item) }
            if let schedule = right.schedule { line.member("schedule", schedule) }
            if let shelter = right.shelter { line.member("shelter", shelter) }
            line.close()
            line.comma()
        }
        if let rule { line.member("rule", rule) }
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

/// Why somebody may open a door: a booking, an exception, a disaster mode, a group at any time or while a shelter is open, or a schedule, of a group or
/// of everybody.
package struct Right: Codable, Sendable, Equatable {
    package var booking: EventID?
    package var disaster: EventID?
    /// The shelter is open for a rehearsal.
    package var drill: Bool?
    package var exception: EventID?
    package var group: GroupID?
    /// A weekly schedule of the town's file, or `always`.
    package var schedule: ScheduleID?
    /// What lies in the compartment.
    package var item: EventID?
    /// One that is open, or closing.
    package var shelter: ShelterID?

    package static func booking(_ id: EventID) -> Self { Self(booking: id) }
    package static func disaster(_ id: EventID) -> Self { Self(disaster: id) }
    package static func group(_ id: GroupID) -> Self { Self(group: id) }
    package static func exception(_ id: EventID) -> Self { Self(exception: id) }
    package static func item(_ id: EventID) -> Self { Self(item: id) }
    package static func schedule(_ id: ScheduleID, of group: GroupID? = nil) -> Self { Self(group: group, schedule: id) }
    package static func shelter(_ id: ShelterID, for group: GroupID, drill: Bool = false) -> Self {
        Self(drill: drill ? true : nil, group: group, shelter: id)
    }
}

/// A rule of the town that a right does not stand against. Programs that do not know of it see a refusal `no-right`.
package enum DoorRule: String, Codable, Sendable, CaseIterable {
    /// The door is closed: a day of closure, or an exception made by a clerk.
    case closed
    /// Somebody who has to come first has not come yet.
    case notFirst = "not-first"
    /// As many as may come in this opening have come.
    case full
    /// The booking is not paid.
    case unpaid
    /// A disaster mode leaves bookings and schedules without meaning here.
    case disaster
    /// Nothing in the locker is for this card.
    case noItem = "no-item"
    /// What is in the locker for this card has waited too long: staff have it.
    case itemExpired = "item-expired"
    /// No booking of this door has that code.
    case wrongCode = "wrong-code"
    /// Too many wrong codes: the keypad takes none for a while.
    case tooManyTries = "too-many-tries"
    /// Whoever holds this card is inside already.
    case passback
}

/// The closed list of reasons why a door stays shut.
package enum Refusal: String, Codable, Sendable, CaseIterable {
    /// The card opens nothing here, now or at another time of the day.
    case noRight = "no-right"
    /// The card's next slot at this door has not begun.
    case tooEarly = "too-early"
    /// The card's last slot at this door is over.
    case tooLate = "too-late"
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
}

extension Channel where Body == DoorDecided {
    package static var doorDecisions: Self { Self(of: "lock-controller", named: "door-decision") }
}
