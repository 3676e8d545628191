import Contracts
import Seal

/// One thing a lock has told of its door: a grant it obeyed, or how it found itself.
struct Sign: Equatable {
    let at: Instant
    let id: EventID
    /// The grant it obeyed.
    var grant: EventID?
    var condition: LockCondition

    /// What lets somebody through comes before a door that opens in the same moment.
    var rank: Int64 { grant != nil || condition.exit == true ? 0 : 1 }
}

/// What is known of a door: a fold over the signs of its lock, in the order of their own time (`at`, `rank`, `id`), whatever order they came in.
struct DoorLife: Codable, Equatable {
    /// A grant that was obeyed, and until when the door may be opened by it.
    struct Granted: Codable, Equatable {
        var until: Instant
        var grant: EventID
    }

    struct Opened: Codable, Equatable {
        var since: Instant
        var sign: EventID
        var by: DoorLifeChanged.Reason
        var grant: EventID?
    }

    /// What a sign has made of the door.
    struct Change: Codable, Equatable {
        var word: DoorLifeChanged.Word
        var opened: Opened?
    }

    struct Alarm: Codable, Equatable {
        var kind: DoorAlarm.Kind
        /// The sign that raised it.
        var sign: EventID
        var raised: Instant
        var cleared: Instant?
    }

    var bolt: LockCondition.Bolt?
    var contact: LockCondition.Contact?
    var battery: Int?
    var granted: Granted?
    /// Until when it may be opened because of the exit button.
    var exit: Instant?
    var opened: Opened?
    /// Those that are on, and those that ended with the newest sign.
    var alarms: [Alarm] = []
    /// What the newest sign has changed.
    var change: Change?
}

/// How long after the exit button a door may be opened.
let exitLeave = Duration.seconds(30)
/// A lock says that it is unlocked a moment after its bolt has moved, and a contact has to settle.
private let contactDelay = Duration.seconds(2)
/// A battery is low at the first and well again above the second, so that it does not swing between the two.
let batteryLow = 20
private let batteryWell = 25

extension DoorLife {
    /// The word for it at a moment not before the newest sign; `nil` while no sensor has told anything.
    func word(at now: Instant, heldAfter: Duration) -> DoorLifeChanged.Word? {
        if let opened { return opened.by == .nothing ? .forced : now - opened.since >= heldAfter ? .heldOpen : .open }
        return switch bolt {
        case .jammed: .jammed
        case .unlocked: .unlocked
        case .locked: .locked
        case nil: contact == nil ? nil : .closed
        }
    }

    func after(_ sign: Sign, at door: Door) -> Self {
        var next = self
        next.alarms.removeAll { $0.cleared != nil }
        next.take(sign, at: door)
        let word = next.word(at: sign.at, heldAfter: door.heldAfter)
        let isNews = word != self.word(at: sign.at, heldAfter: door.heldAfter)
        next.change = isNews ? word.map { Change(word: $0, opened: next.opened) } : nil
        return next
    }

    /// The same a while later: a door that is still open becomes one that is held open.
    func waited(until now: Instant, at door: Door) -> Self {
        guard let opened, now - opened.since >= door.heldAfter else { return self }
        var next = self
        next.raise(.heldOpen, by: opened.sign, at: opened.since + door.heldAfter)
        return next
    }

    private mutating func take(_ sign: Sign, at door: Door) {
        let condition = sign.condition
        self = waited(until: sign.at, at: door)
        if let grant = sign.grant {
            let until = sign.at + door.openFor + contactDelay
            if until >= granted?.until ?? .distantPast { granted = Granted(until: until, grant: grant) }
            // It has moved: where it is now, its own sensor says, if it has one.
            if bolt == .jammed { bolt = nil }
            clear(.jammed, at: sign.at)
        }
        if condition.exit == true { exit = sign.at + exitLeave }
        if let contact = condition.contact { move(to: contact, sign) }
        if let bolt = condition.bolt {
            self.bolt = bolt
            if bolt == .jammed { raise(.jammed, by: sign.id, at: sign.at) } else { clear(.jammed, at: sign.at) }
        }
        if let battery = condition.battery {
            self.battery = battery
            if battery <= batteryLow { raise(.batteryLow, by: sign.id, at: sign.at) }
            if battery > batteryWell { clear(.batteryLow, at: sign.at) }
        }
        if let tamper = condition.tamper {
            if tamper { raise(.tamper, by: sign.id, at: sign.at) } else { clear(.tamper, at: sign.at) }
        }
    }

    private mutating func move(to contact: LockCondition.Contact, _ sign: Sign) {
        let before = self.contact
        self.contact = contact
        switch contact {
        case .closed:
            opened = nil
            clear(.forced, at: sign.at)
            clear(.heldOpen, at: sign.at)
        case .open where opened == nil:
            let reason = reason(at: sign.at, before: before, bolt: sign.condition.bolt ?? bolt)
            opened = Opened(since: sign.at, sign: sign.id, by: reason, grant: reason == .grant ? granted?.grant : nil)
            if reason == .nothing { raise(.forced, by: sign.id, at: sign.at) }
        case .open: break
        }
    }

    private func reason(at now: Instant, before: LockCondition.Contact?, bolt: LockCondition.Bolt?) -> DoorLifeChanged.Reason {
        if let granted, now <= granted.until { return .grant }
        if let exit, now <= exit { return .exit }
        if bolt == .unlocked { return .unlocked }
        return before == nil ? .unknown : .nothing
    }

    private mutating func raise(_ kind: DoorAlarm.Kind, by sign: EventID, at moment: Instant) {
        guard !alarms.contains(where: { $0.kind == kind && $0.cleared == nil }) else { return }
        alarms.append(Alarm(kind: kind, sign: sign, raised: moment))
    }

    private mutating func clear(_ kind: DoorAlarm.Kind, at moment: Instant) {
        for index in alarms.indices where alarms[index].kind == kind && alarms[index].cleared == nil { alarms[index].cleared = moment }
    }
}

extension DoorLife.Alarm {
    /// Named after the sign that raised it, so that whoever finds it again finds the same.
    var id: EventID { .derived(from: sign, type: AlarmChanged.type, discriminator: kind.rawValue) }
}
