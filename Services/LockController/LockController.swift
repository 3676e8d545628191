import Contracts
import People
import ServiceKit
import Store

/// Decides by bookings and groups, of cards and of persons, which taps open which doors, orders locks to open, and keeps what became of it.
///
/// Rulings: `door-decision`, `booking`, `group`. Acts: grants. Outcomes are added as locks report them; a late one never takes back a decision.
package struct LockController: Service {
    package static let program: Program = "lock-controller"

    /// Those it decides on.
    let doors: [DoorID: Door]
    /// Those of sites, which it gives rights to.
    let others: Set<DoorID>
    let duty: Duty
    let seal: GrantSeal

    /// Whose rights it goes by.
    package enum Duty: Equatable, Sendable {
        /// Its own: it alone takes bookings and changes groups, for the whole town, and tells the sites of them.
        case town(hasSites: Bool)
        /// Those of the town's own controller, as they were told.
        case site
    }

    /// - Parameters:
    ///   - doors: from the town's configuration, those it decides on.
    ///   - others: those that are decided on at sites.
    package init(doors: [Door], others: Set<DoorID> = [], duty: Duty = .town(hasSites: false), seal: GrantSeal) {
        self.doors = Dictionary(uniqueKeysWithValues: doors.map { ($0.id, $0) })
        (self.others, self.duty, self.seal) = (others, duty, seal)
    }

    package var reads: [Reading] { atDoors + (duty == .site ? ofTheTown : forTheTown) }

    private var atDoors: [Reading] {
        [
            on(.taps, decide),
            People<LockView>.reading,
            answer(.lockOutcomes, note),
            hearLives(of: "reader-agent", compareClock),
            hearLives(of: "lock", noteLife),
        ]
    }

    private var forTheTown: [Reading] {
        [
            answer(.addBooking, add),
            answer(.extendBooking, extend),
            answer(.cancelBooking, cancel),
            answer(.listBookings, list),
            answer(.changeGroup, change),
            answer(.listGroups, list),
            answer(.tellRightsAgain, tellAgain),
        ]
    }

    func has(_ door: DoorID) -> Bool { doors[door] != nil || others.contains(door) }

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

    package func due(in turn: borrowing Turn) throws -> Instant? {
        [try giveUpOnSilentLocks(in: turn), try tellSites(in: turn)].compactMap { $0 }.min()
    }

    package func publishStates(in turn: borrowing Turn) throws {
        for door in doors.keys.sorted() { try publishState(of: door, in: turn) }
    }

    /// Who had booked what is nobody's business for longer than a question about it may take.
    package func purge(in turn: borrowing Turn) throws {
        try forgetUntold(in: turn)
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
        let lost = try turn.db.all("SELECT door FROM door WHERE lock = 'lost' ORDER BY door") { $0.text(0) }.map {
            Problem(.amber, "lock-lost", "The lock of door \($0) is silent: it opens for nobody. Look at its power and its network.")
        }
        return lost + [try silentTown(in: turn)].compactMap { $0 }
    }
}

/// A door of the town.
package struct Door: Sendable {
    package let id: DoorID
    /// The least a card must prove here.
    package let accepts: Assurance
    /// How long it stays unlocked, whole seconds.
    package let openFor: Duration

    package init(id: DoorID, accepts: Assurance, openFor: Duration) {
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
