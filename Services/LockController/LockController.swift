import Contracts
import People
import Seal
import ServiceKit
import Store

/// Decides by bookings and groups, of cards and of persons, which taps open which doors, orders locks to open, and keeps what became of it.
///
/// Rulings: `door-decision`, `booking`, `booking-code`, `group`, `locker-item`. Acts: grants. Outcomes are added as locks report them; a late one never takes back a decision.
package struct LockController: Service {
    package static let program: Program = "lock-controller"

    let doors: [DoorID: Door]
    let lockers: [LockerID: Locker]
    let seal: GrantSeal
    /// `nil` where no door has a keypad.
    let codes: CodeKey?

    /// - Parameters:
    ///   - doors: from the town's configuration, with the compartments of its lockers.
    package init(doors: [Door], lockers: [Locker] = [], seal: GrantSeal, codes: CodeKey? = nil) {
        self.doors = Dictionary(uniqueKeysWithValues: doors.map { ($0.id, $0) })
        self.lockers = Dictionary(uniqueKeysWithValues: lockers.map { ($0.id, $0) })
        self.codes = codes
        self.seal = seal
    }

    package var reads: [Reading] {
        [
            on(.taps, decide),
            People<LockView>.reading,
            answer(.lockOutcomes, note),
            answer(.addBooking, add),
            answer(.extendBooking, extend),
            answer(.cancelBooking, cancel),
            answer(.putBooking, put),
            answer(.markPaid, mark),
            answer(.listBookings, list),
            answer(.changeGroup, change),
            answer(.listGroups, list),
            answer(.putLockerItem, put),
            answer(.changeLockerItem, change),
            answer(.listLockerItems, list),
            answer(.giveBookingCode, give),
            answer(.codes, enter),
            hearLives(of: "reader-agent", compareClock),
            hearLives(of: "lock", noteLife),
        ]
    }

    /// A tap at a reader that stands for a door is decided once, whatever comes of it.
    func decide(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        if let bank = tap.data.purpose.locker { return try collect(tap, at: bank, in: turn) }
        guard let door = tap.data.purpose.door else { return }
        let agent: AgentID = turn.topic.entity.named()
        let offset = try AgentClock.offset(of: agent, at: turn.now, in: turn.db)
        let attempt = Attempt(tap, at: turn.now, offset: offset, isLive: turn.isLive)
        let rights = try Rights(of: tap.data, at: door, around: attempt.happened, in: turn.db)
        let verdict = verdict(on: attempt, at: doors[door], rights: rights)
        let decision = try turn.emit(
            DoorDecided(door: door, tap: tap.id, agent: agent, reader: tap.data.reader, verdict: verdict), on: .doorDecisions,
            cause: tap.id,
            subject: door.text)
        switch verdict {
        case .open(let right):
            try open(door, for: tap.id, at: attempt.happened, by: decision, in: turn)
            try right.booking.map { try use($0, at: attempt.happened, in: turn) }
        case .refuse: break
        }
        if turn.isLive { try turn.tell(agent, Feedback(tap: tap.id, reader: tap.data.reader, verdict: verdict), on: .doorFeedback) }
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        [try giveUpOnSilentLocks(in: turn), try passTime(in: turn)].compactMap { $0 }.min()
    }

    package func publishStates(in turn: borrowing Turn) throws {
        for door in doors.keys.sorted() { try publishState(of: door, in: turn) }
    }

    /// Who had booked what is nobody's business for longer than a question about it may take.
    package func purge(in turn: borrowing Turn) throws {
        let limit = (turn.now - .seconds(90 * 86_400)).milliseconds
        try turn.db.run(
            """
            DELETE FROM opening WHERE count IN (SELECT count FROM opening WHERE result IS NOT NULL AND due < ? ORDER BY count LIMIT 1000)
            AND count < (SELECT max(count) FROM opening)
            """, limit)
        try turn.db.run(
            "DELETE FROM booking_token WHERE booking IN (SELECT id FROM booking WHERE starts < ?1 AND ends < ?1 ORDER BY starts, id LIMIT 200)",
            limit)
        try turn.db.run(
            "DELETE FROM booking_person WHERE booking IN (SELECT id FROM booking WHERE starts < ?1 AND ends < ?1 ORDER BY starts, id LIMIT 200)",
            limit)
        try turn.db.run(
            "DELETE FROM booking WHERE id IN (SELECT id FROM booking WHERE starts < ?1 AND ends < ?1 ORDER BY starts, id LIMIT 200)", limit)
        try purgeCodes(in: turn)
        try purgeItems(before: turn.now - .seconds(90 * 86_400), in: turn)
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        try turn.db.all("SELECT door FROM door WHERE lock = 'lost' ORDER BY door") { $0.text(0) }.map {
            Problem(.amber, "lock-lost", "The lock of door \($0) is silent: it opens for nobody. Look at its power and its network.")
        } + lockerProblems(in: turn) + keypadProblems(in: turn)
    }
}

/// A door of the town.
package struct Door: Sendable {
    package let id: DoorID
    /// The least a card must prove here.
    package let accepts: Assurance
    /// How long it stays unlocked, whole seconds.
    package let openFor: Duration
    /// Whether codes can be entered here.
    package let hasKeypad: Bool

    package init(id: DoorID, accepts: Assurance, openFor: Duration, hasKeypad: Bool = false) {
        self.hasKeypad = hasKeypad
        self.id = id
        self.accepts = accepts
        self.openFor = openFor
    }
}

extension Feedback {
    init(tap: EventID, reader: ReaderID, verdict: Verdict) {
        switch verdict {
        case .open: self.init(tap: tap, reader: reader, signal: .opened)
        case .refuse(let reason): self.init(tap: tap, reader: reader, signal: .refused, reason: reason)
        }
    }
}
