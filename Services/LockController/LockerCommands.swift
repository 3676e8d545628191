import Contracts
import Seal
import ServiceKit
import Store

/// What staff do at a locker. Where that opens a compartment somebody stands in front of it, so the command is worth as much as a tap: ten seconds.
extension LockController {
    private static let longest = Duration.seconds(90 * 86_400)

    func put(_ command: Envelope<PutLockerItem>, in turn: borrowing Turn) throws -> Reply<LockerItemAnswer> {
        let wish = command.data
        guard let locker = lockers[wish.locker] else {
            return .refuse("unknown-locker", "There is no locker \(wish.locker). `kazasu locker list` shows them.")
        }
        let persons = Set(wish.persons ?? []).sorted()
        let tokens = Set(wish.tokens).sorted()
        guard (1...PutLockerItem.limit).contains(tokens.count + persons.count) else {
            return .refuse("bad-tokens", "An item is for at least one card or person, and at most \(PutLockerItem.limit) together.")
        }
        let until = wish.until ?? locker.keep.end(from: turn.now, turn.identity.offset)
        if let objection = objection(to: until, at: turn.now) ?? objection(to: command, in: turn) { return objection.reply() }
        guard let compartment = try freeCompartment(of: locker, wanted: wish.compartment, in: turn) else {
            return .refuse("full", wish.compartment.map { "\($0) is no free compartment of \(locker.id)." } ?? Self.full(locker.id))
        }
        var kept = KeptItem(
            item: LockerItem(
                id: .derived(from: command.id, type: "locker-item"), locker: locker.id, compartment: compartment, number: wish.number,
                state: .reserved, tokens: tokens, persons: persons.isEmpty ? nil : persons, until: until),
            put: turn.now, remind: nil)
        kept.wait(until: until, remind: locker.remind, now: turn.now)
        try open(&kept, .fill, by: command, in: turn)
        return try tell(kept, .reserved, command.id, in: turn)
    }

    func change(_ command: Envelope<ChangeLockerItem>, in turn: borrowing Turn) throws -> Reply<LockerItemAnswer> {
        guard var kept = try KeptItem.inside(command.data.compartment, in: turn.db) else {
            return .refuse("no-item", "Nothing is in compartment \(command.data.compartment). `kazasu locker list` shows what is where.")
        }
        switch command.data.action {
        case .takeBack:
            if let objection = objection(to: command, in: turn) { return objection.reply() }
            try open(&kept, .takeBack, by: command, in: turn)
            return .accept(LockerItemAnswer(item: kept.item))
        case .release:
            kept.item.state = .released
            (kept.isUnderway, kept.settles) = (false, nil)
            try kept.write(in: turn.db)
            return try tell(kept, .released, command.id, in: turn)
        case .extend:
            guard let until = command.data.until else { return .refuse("bad-times", "Until when is it to wait?") }
            if let objection = objection(to: until, at: turn.now) { return objection.reply() }
            kept.wait(until: until, remind: lockers[kept.item.locker]?.remind ?? .zero, now: turn.now)
            try kept.write(in: turn.db)
            return try tell(kept, .extended, command.id, in: turn)
        }
    }

    func list(_ command: Envelope<ListLockerItems>, in turn: borrowing Turn) throws -> Reply<LockerItemList> {
        let page = 20
        let items = try KeptItem.all(behind: command.data.after, of: command.data.locker, limit: page + 1, in: turn.db).map(\.item)
        return .accept(LockerItemList(items: Array(items.prefix(page)), more: items.count > page))
    }

    // MARK: Parts

    private func open<Body>(
        _ kept: inout KeptItem, _ errand: KeptItem.Errand, by command: Envelope<Body>, in turn: borrowing Turn
    ) throws {
        let compartment = kept.item.compartment
        let decision = try turn.emit(
            DoorDecided(
                door: compartment, tap: command.id, agent: turn.actor.named(), reader: "desk", means: .desk,
                verdict: .open(by: .item(kept.item.id))), on: .doorDecisions, cause: command.id, subject: compartment.text)
        let claim = Claim(right: .item(kept.item.id), says: .opens)
        try audit(Ruling(verdict: .open(by: claim.right), claim: claim), of: turn.actor.text, at: compartment, decision, in: turn)
        try open(compartment, for: command.id, at: command.time, by: decision, within: claim, in: turn)
        kept.order(errand, by: decision)
        try kept.write(in: turn.db)
    }

    private func tell(
        _ kept: KeptItem, _ status: LockerItemChanged.Status, _ command: EventID, in turn: borrowing Turn
    ) throws -> Reply<LockerItemAnswer> {
        try turn.emit(
            LockerItemChanged(item: kept.item, status: status, by: turn.actor), on: .lockerItems, cause: command,
            subject: kept.item.locker.text)
        return .accept(LockerItemAnswer(item: kept.item))
    }

    /// One that holds nothing, and whose lock was well when it was last heard of. Staff who name one have looked at it.
    private func freeCompartment(of locker: Locker, wanted: DoorID?, in turn: borrowing Turn) throws -> DoorID? {
        try locker.compartments.first { compartment in
            guard wanted == nil || wanted == compartment, try KeptItem.inside(compartment, in: turn.db) == nil else { return false }
            let isDoubtful = try turn.db.first(
                "SELECT lock = 'lost' OR result IN ('refused', 'no-answer', 'not-sent') FROM door WHERE door = ?", compartment.text
            ) { $0.intIfPresent(0) == 1 }
            return wanted != nil || isDoubtful != true
        }
    }

    private static func full(_ locker: LockerID) -> String {
        "No compartment of \(locker) is free whose lock answered last time. Take back what has expired, or name a compartment you have looked at: --in."
    }

    private func objection(to until: Instant, at now: Instant) -> Objection? {
        now < until && until - now <= Self.longest
            ? nil : Objection("bad-times", "An item waits until some time ahead, and for 90 days at the most.")
    }

    private func objection<Body>(to command: Envelope<Body>, in turn: borrowing Turn) -> Objection? {
        let age = turn.now - command.time
        return turn.isLive && age < tapLife && age > .zero - tapLife
            ? nil
            : Objection(
                "stale",
                "The command came \(age.milliseconds / 1000) s after it was given, and nothing was opened. Give it again; look at this machine's clock."
            )
    }
}
