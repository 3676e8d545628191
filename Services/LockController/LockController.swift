import Contracts
import People
import Seal
import ServiceKit
import Store

/// Decides by bookings and groups, of cards and of persons, which taps open which doors, orders locks to open, and keeps what became of it.
///
/// Rulings: `door-decision`, `door-order`, `booking`, `booking-code`, `group`, `door-exception`, `passback-forgiven`, `disaster`, `locker-item`.
/// Folds: `door-life`, who is inside of a zone, which shelters are open. Acts: grants, leases. Outcomes are added as locks report them; a late one never takes back a decision.
package struct LockController: Service {
    package static let program: Program = "lock-controller"

    /// Those it decides on.
    let doors: [DoorID: Door]
    let plans: [DisasterPlanID: DisasterPlan]
    /// Which groups a door lets in while which shelter is open.
    let shelters: [DoorID: [ShelterID: Set<GroupID>]]
    /// Whose word about a shelter counts.
    let keepers: ShelterKeepers
    let lockers: [LockerID: Locker]
    /// Those whose locks decide alone while the town is away.
    let leaseDoors: [DoorID: Lending]
    /// Those of sites, which it gives rights to and is told of.
    let others: [DoorID: FarDoor]
    let duty: Duty
    let seal: GrantSeal
    /// `nil` where no door has a keypad.
    let codes: CodeKey?
    /// How long it is known who opened what.
    let keep: Duration

    /// Whose rights it goes by.
    package enum Duty: Equatable, Sendable {
        /// Its own: it alone takes bookings and changes groups, for the whole town, and tells the sites of them.
        case town(hasSites: Bool)
        /// Those of the town's own controller, as they were told.
        case site
    }

    /// - Parameters:
    ///   - doors: from the town's configuration, those it decides on, with the compartments of its lockers; as are `disasters`, `shelters`
    ///     and `keep`.
    ///   - sites: those that are decided on elsewhere, by the name of their controller.
    package init(
        doors: [Door], sites: [Instance: [Door]] = [:], duty: Duty = .town(hasSites: false), lockers: [Locker] = [],
        disasters: [DisasterPlan] = [], shelters: [DoorID: [ShelterID: Set<GroupID>]] = [:],
        keepers: ShelterKeepers = ShelterKeepers(), seal: GrantSeal, codes: CodeKey? = nil,
        keep: Duration = .seconds(90 * 86_400)
    ) {
        self.doors = Dictionary(uniqueKeysWithValues: doors.map { ($0.id, $0) })
        self.lockers = Dictionary(uniqueKeysWithValues: lockers.map { ($0.id, $0) })
        plans = Dictionary(uniqueKeysWithValues: disasters.map { ($0.id, $0) })
        (self.shelters, self.keepers) = (shelters, keepers)
        leaseDoors = self.doors.compactMapValues(Lending.init)
        let far = sites.flatMap { site, doors in doors.map { ($0.id, FarDoor(door: $0, site: site)) } }
        others = Dictionary(uniqueKeysWithValues: far)
        (self.duty, self.seal, self.codes, self.keep) = (duty, seal, codes, keep)
    }

    package var reads: [Reading] { atDoors + (duty == .site ? ofTheTown : forTheTown) }

    private var atDoors: [Reading] {
        [
            on(.taps, decide),
            People<LockView>.reading(markCards),
            follow(.shelters, keep, drop: dropShelter),
            on(.leaseHashes, learn),
            answer(.admissions, note),
            answer(.lockOutcomes, note),
            answer(.lockConditions, note),
            answer(.openDoor, open),
            answer(.unlockDoor, unlock),
            look(.listAlarms, list),
            answer(.acknowledgeAlarm, acknowledge),
            look(.listBatteries, list),
            look(.listAudit, list),
            hearLives(of: "reader-agent", compareClock),
            hearLives(of: "lock", noteLife),
        ]
    }

    private var forTheTown: [Reading] {
        [
            answer(.addBooking, add),
            answer(.extendBooking, extend),
            answer(.cancelBooking, cancel),
            answer(.putBooking, put),
            answer(.markPaid, mark),
            answer(.listBookings, list),
            answer(.proposeDisaster, propose),
            answer(.agreeToDisaster, agree),
            answer(.endDisaster, end),
            answer(.changeGroup, change),
            answer(.listGroups, list),
            answer(.addException, add),
            answer(.undoException, undo),
            answer(.listExceptions, list),
            answer(.explainDoor, explain),
            answer(.forgivePassback, forgive),
            answer(.putLockerItem, put),
            answer(.changeLockerItem, change),
            answer(.listLockerItems, list),
            answer(.giveBookingCode, give),
            answer(.codes, enter),
            answer(.tellRightsAgain, tellAgain),
            on(.auditLines, keep),
        ]
    }

    func has(_ door: DoorID) -> Bool { plannedDoor(door) != nil }

    /// Wherever it is decided on.
    func plannedDoor(_ id: DoorID) -> Door? { doors[id] ?? others[id]?.door }

    /// A tap at a reader that stands for a door is decided once, whatever comes of it.
    func decide(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        if let bank = tap.data.purpose.locker { return try collect(tap, at: bank, in: turn) }
        guard let door = tap.data.purpose.door else { return }
        let agent: AgentID = turn.topic.entity.named()
        let offset = try AgentClock.offset(of: agent, at: turn.now, in: turn.db)
        let attempt = Attempt(tap, at: turn.now, offset: offset, isLive: turn.isLive, in: turn.identity.offset)
        let rule = doors[door]
        var rights = Rights.nothing
        if let rule, fault(of: attempt, at: rule) == nil {
            let emergency = try emergency(at: door, at: attempt.happened, in: turn.db)
            rights = try Rights(of: tap.data.token, tap.data.former, at: rule, around: attempt.happened, in: emergency, turn.db)
            rights.standing.inside = try zoneEntered(again: rights.standing.holder, by: tap.data, at: attempt.happened, of: rule, in: turn)
        } else {
            // Of a backlog no rights are looked up; whose card it was is written down all the same.
            rights.standing.holder = try Standing.holder(of: tap.data, in: turn.db)
        }
        let ruling = ruling(on: attempt, at: rule, rights: rights)
        let verdict = ruling.verdict
        let decision = try turn.emit(
            DoorDecided(door: door, tap: tap.id, agent: agent, reader: tap.data.reader, verdict: verdict, rule: ruling.rule),
            on: .doorDecisions, cause: tap.id, subject: door.text)
        try audit(ruling, of: rights.standing.holder, at: door, decision, in: turn)
        if let rule, let claim = ruling.claim {
            try open(door, for: tap.id, at: attempt.happened, by: decision, within: claim, in: turn)
            if let booking = claim.right.booking { try use(booking, of: door, at: attempt.happened, in: turn) }
            if tap.data.direction != .out {
                try admit(rights.standing, by: claim, with: tap.id, at: attempt.happened, to: rule, in: turn)
            }
        }
        if let rule { try notePassage(tap, of: rights.standing.holder, at: attempt.happened, verdict, of: rule, in: turn) }
        if turn.isLive { try turn.tell(agent, Feedback(tap: tap.id, reader: tap.data.reader, ruling), on: .doorFeedback) }
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        try [
            giveUpOnSilentLocks(in: turn), endDisasters(in: turn), noticeHeldDoors(in: turn), noticeSilence(in: turn), keepLeases(in: turn),
            passTime(in: turn), tellSites(in: turn),
        ].compactMap(\.self).min()
    }

    package func publishStates(in turn: borrowing Turn) throws {
        for door in doors.keys.sorted() { try publishState(of: door, in: turn) }
        try publishDisasters(in: turn)
        try publishLeases(in: turn)
    }

    /// Who had booked what is nobody's business for longer than a question about it may take.
    package func purge(in turn: borrowing Turn) throws {
        try purgeLeases(in: turn)
        try forgetUntold(in: turn)
        let limit = (turn.now - keep).milliseconds
        try turn.db.run(
            """
            DELETE FROM opening WHERE count IN (SELECT count FROM opening WHERE result IS NOT NULL AND due < ? ORDER BY count LIMIT 1000)
            AND count < (SELECT max(count) FROM opening)
            """, limit)
        try turn.db.run("DELETE FROM disaster WHERE due IS NULL AND until < ?", limit)
        try turn.db.run(
            "DELETE FROM booking_token WHERE booking IN (SELECT id FROM booking WHERE starts < ?1 AND ends < ?1 ORDER BY starts, id LIMIT 200)",
            limit)
        try turn.db.run(
            "DELETE FROM booking_person WHERE booking IN (SELECT id FROM booking WHERE starts < ?1 AND ends < ?1 ORDER BY starts, id LIMIT 200)",
            limit)
        try turn.db.run(
            "DELETE FROM booking WHERE id IN (SELECT id FROM booking WHERE starts < ?1 AND ends < ?1 ORDER BY starts, id LIMIT 200)", limit)
        try turn.db.run("DELETE FROM exception WHERE n IN (SELECT n FROM exception WHERE ends < ? LIMIT 200)", limit)
        try purgePassages(in: turn)
        try purgeAudit(until: limit, in: turn)
        try purgeToldLines(until: limit, in: turn)
        try purgeSigns(in: turn)
        try purgeCodes(in: turn)
        try purgeItems(before: turn.now - keep, in: turn)
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        let lost = try turn.db.all("SELECT door FROM door WHERE lock = 'lost' ORDER BY door") { $0.text(0) }.map {
            Problem(.amber, "lock-lost", "The lock of door \($0) is silent: it opens for nobody. Look at its power and its network.")
        }
        return try lost + disasterProblems(in: turn.db) + alarming(in: turn) + leaseProblems(in: turn) + lockerProblems(in: turn)
            + keypadProblems(in: turn) + [silentTown(in: turn)].compactMap(\.self)
    }
}

/// A door of the town.
package struct Door: Sendable {
    package let id: DoorID
    /// The least a card must prove here.
    package let accepts: Assurance
    /// How long it stays unlocked, whole seconds.
    package let openFor: Duration
    /// Who may come in beside bookings and groups, and who may not.
    package let plan: DoorPlan
    /// Open for longer, it is held open.
    package let heldAfter: Duration
    /// Its lock not heard of for longer, it is silent.
    package let silentAfter: Duration
    /// How long its lock may decide by what it was told last; `nil` if it never does.
    package let lease: Duration?
    /// Whether codes can be entered here.
    package let hasKeypad: Bool
    /// Whether it also opens for an order without a card.
    package let mayBeOrdered: Bool

    package init(
        id: DoorID, accepts: Assurance, openFor: Duration, plan: DoorPlan = DoorPlan(), heldAfter: Duration = .seconds(60),
        silentAfter: Duration = .seconds(120), lease: Duration? = nil, hasKeypad: Bool = false, mayBeOrdered: Bool = false
    ) {
        self.hasKeypad = hasKeypad
        self.mayBeOrdered = mayBeOrdered
        self.id = id
        self.accepts = accepts
        self.openFor = openFor
        self.plan = plan
        self.heldAfter = heldAfter
        self.silentAfter = silentAfter
        self.lease = lease
    }
}

extension Feedback {
    init(tap: EventID, reader: ReaderID, _ ruling: Ruling) {
        switch ruling.verdict {
        case .open: self.init(tap: tap, reader: reader, signal: .opened, rule: ruling.rule)
        case .refuse(let reason): self.init(tap: tap, reader: reader, signal: .refused, reason: reason, rule: ruling.rule)
        }
    }
}
