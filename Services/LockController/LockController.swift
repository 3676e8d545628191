import Contracts
import People
import ServiceKit
import Store

/// Decides by bookings and groups, of cards and of persons, which taps open which doors, orders locks to open, and keeps what became of it.
///
/// Rulings: `door-decision`, `door-order`, `booking`, `group`. Acts: grants. Outcomes are added as locks report them; a late one never takes back a decision.
package struct LockController: Service {
    package static let program: Program = "lock-controller"

    let doors: [DoorID: Door]
    let seal: GrantSeal

    /// - Parameter doors: from the town's configuration.
    package init(doors: [Door], seal: GrantSeal) {
        self.doors = Dictionary(uniqueKeysWithValues: doors.map { ($0.id, $0) })
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
            answer(.listBookings, list),
            answer(.changeGroup, change),
            answer(.listGroups, list),
            answer(.openDoor, open),
            hearLives(of: "reader-agent", compareClock),
            hearLives(of: "lock", noteLife),
        ]
    }

    /// A tap at a reader that stands for a door is decided once, whatever comes of it.
    func decide(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
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
        case .open: try open(door, for: tap.id, at: attempt.happened, by: decision, in: turn)
        case .refuse: break
        }
        if turn.isLive { try turn.tell(agent, Feedback(tap: tap.id, reader: tap.data.reader, verdict: verdict), on: .doorFeedback) }
    }

    package func due(in turn: borrowing Turn) throws -> Instant? { try giveUpOnSilentLocks(in: turn) }

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
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        try turn.db.all("SELECT door FROM door WHERE lock = 'lost' ORDER BY door") { $0.text(0) }.map {
            Problem(.amber, "lock-lost", "The lock of door \($0) is silent: it opens for nobody. Look at its power and its network.")
        }
    }
}

/// A door of the town.
package struct Door: Sendable {
    package let id: DoorID
    /// The least a card must prove here.
    package let accepts: Assurance
    /// How long it stays unlocked, whole seconds.
    package let openFor: Duration
    /// Whether it also opens for an order without a card.
    package let mayBeOrdered: Bool

    package init(id: DoorID, accepts: Assurance, openFor: Duration, mayBeOrdered: Bool = false) {
        self.mayBeOrdered = mayBeOrdered
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
