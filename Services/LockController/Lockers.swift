import Contracts
import People
import ServiceKit
import Store

/// Lockers: a tap at the bank's reader opens the one compartment that holds something for this card.
extension LockController {
    /// After this an item whose compartment was opened for its holder counts as collected, if no door was said to have stayed shut.
    private static let unhurried = Duration.seconds(600)
    /// The same for staff, who stand there until it is done; a lock tells of a door that stayed shut as soon as it has locked again.
    private static let prompt = Duration.seconds(15)

    func collect(_ tap: Envelope<Tapped>, at bank: LockerID, in turn: borrowing Turn) throws {
        let agent: AgentID = turn.topic.entity.named()
        let attempt = Attempt(
            tap, at: turn.now, offset: try AgentClock.offset(of: agent, at: turn.now, in: turn.db), isLive: turn.isLive)
        let items = try KeptItem.waiting(for: tap.data, at: bank, in: turn.db)
        let chosen = choice(among: items, at: attempt.happened)
        let ruling = judge(attempt, at: lockers[bank], chosen, of: items)
        let opens = ruling.claim == nil ? nil : chosen?.item.compartment
        let decision = try turn.emit(
            DoorDecided(
                door: opens ?? bank.named(), tap: tap.id, agent: agent, reader: tap.data.reader, verdict: ruling.verdict, rule: ruling.rule),
            on: .doorDecisions, cause: tap.id, subject: (opens ?? bank.named()).text)
        if let opens, let claim = ruling.claim, var chosen {
            let holder = try People<LockView>.card(tap.data.token, in: turn.db)?.person.text ?? tap.data.token.text
            try audit(ruling, of: holder, at: opens, decision, in: turn)
            try open(opens, for: tap.id, at: attempt.happened, by: decision, within: claim, in: turn)
            chosen.order(.collect, by: decision)
            try chosen.write(in: turn.db)
        }
        if turn.isLive { try turn.tell(agent, Feedback(tap: tap.id, reader: tap.data.reader, ruling), on: .doorFeedback) }
    }

    /// An item is a slot at its compartment that lasts as long as it may be collected; one that is not to be opened now is a slot that is over.
    private func judge(_ attempt: Attempt, at locker: Locker?, _ chosen: KeptItem?, of items: [KeptItem]) -> Ruling {
        guard let locker else { return .refuse(.unknownDoor) }
        let slots = (chosen ?? items.first).map { kept in
            let end = chosen.map { max($0.item.until, $0.settles ?? .distantPast) }
            return [Rights.Slot(booking: kept.item.id, from: .distantPast, to: end ?? .distantPast)]
        }
        let door = (chosen?.item.compartment ?? locker.compartments.first).flatMap { doors[$0] }
        let ruling = ruling(on: attempt, at: door, rights: Rights(slots: slots ?? [], group: nil))
        switch ruling.verdict {
        case .open(let right):
            var found = ruling
            found.verdict = .open(by: right.booking.map { .item($0) } ?? right)
            return found
        case .refuse(.noRight): return .refuse(.noRight, .noItem)
        case .refuse(.tooLate): return .refuse(.tooLate, .itemExpired)
        case .refuse: return ruling
        }
    }

    /// What a lock said of an order, or did not say in time, where the order was for a compartment.
    func noteItem(_ outcome: DoorOutcome, in turn: borrowing Turn) throws {
        guard let decision = outcome.decision, var kept = try KeptItem.opened(by: decision, in: turn.db), let door = doors[outcome.door]
        else { return }
        let happening: KeptItem.Happening =
            switch outcome.result {
            case .opened: .opened(settles: turn.now + (kept.errand == .collect ? Self.unhurried : door.openFor + Self.prompt))
            case .stayedShut: .stayedShut
            case .refused, .notSent, .noAnswer: .failed(outcome.result)
            }
        let status = kept.take(happening)
        try kept.write(in: turn.db)
        guard let status else { return }
        try turn.emit(
            LockerItemChanged(item: kept.item, status: status), on: .lockerItems, cause: decision, discriminator: outcome.result.rawValue,
            subject: kept.item.locker.text)
    }

    /// Reminds, expires, and calls done what was opened.
    /// - Returns: when there is something to do next.
    func passTime(in turn: borrowing Turn) throws -> Instant? {
        for var kept in try KeptItem.due(at: turn.now, in: turn.db) {
            let due = kept.due ?? turn.now
            if kept.settles != nil, try isSilent(kept.item.compartment, in: turn) {
                // It may hold back the word that its door stayed shut.
                kept.settles = turn.now + Self.unhurried
            } else if let status = kept.take(.time(turn.now)) {
                try turn.emitTimed(
                    LockerItemChanged(item: kept.item, status: status), on: .lockerItems, identity: "\(kept.item.id) \(status)", due: due,
                    cause: kept.item.id)
            }
            try kept.write(in: turn.db)
        }
        return try turn.db.first("SELECT min(due) FROM locker_item") { $0.intIfPresent(0) }?.map { Instant(milliseconds: $0) }
    }

    func locker(with compartment: DoorID) -> LockerID? { lockers.values.first { $0.compartments.contains(compartment) }?.id }

    private func isSilent(_ compartment: DoorID, in turn: borrowing Turn) throws -> Bool {
        try turn.db.first("SELECT lock = 'lost' FROM door WHERE door = ?", compartment.text) { $0.int(0) == 1 } ?? false
    }

    func lockerProblems(in turn: borrowing Turn) throws -> [Problem] {
        try turn.db.all(
            "SELECT compartment FROM locker_item WHERE trouble IS NOT NULL AND state IN ('reserved', 'filled', 'expired') ORDER BY compartment"
        ) { $0.text(0) }.map {
            Problem(
                .amber, "locker-stuck",
                "Compartment \($0) did not open when it was to. Look whether its item is in it; then kazasu locker take-back \($0), or release \($0) if it is empty."
            )
        }
    }

    func purgeItems(before limit: Instant, in turn: borrowing Turn) throws {
        let old = try turn.db.all(
            """
            SELECT id FROM locker_item WHERE state IN ('collected', 'returned', 'released') AND until < ? ORDER BY until, id LIMIT 200
            """, limit.milliseconds
        ) { $0.blob(0) }
        for item in old {
            try turn.db.run("DELETE FROM locker_token WHERE item = ?", item)
            try turn.db.run("DELETE FROM locker_person WHERE item = ?", item)
            try turn.db.run("DELETE FROM locker_item WHERE id = ?", item)
        }
    }
}
