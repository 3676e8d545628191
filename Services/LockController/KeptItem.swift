import Contracts

/// A locker of the town.
package struct Locker: Sendable {
    package let id: LockerID
    /// In the order in which free ones are taken.
    package let compartments: [DoorID]
    package let keep: Keeping
    /// How long before its end an item is reminded of; zero for never.
    package let remind: Duration

    package init(id: LockerID, compartments: [DoorID], keep: Keeping, remind: Duration) {
        self.id = id
        self.compartments = compartments
        self.keep = keep
        self.remind = remind
    }
}

/// An item with the last order to open its compartment. The state changes when the opening has ended, never with the order: what the lock said of it,
/// or did not say, decides whether the item went in or out.
struct KeptItem: Equatable {
    /// What a compartment is opened for.
    enum Errand: String { case fill, collect, takeBack = "take-back" }

    var item: LockerItem
    var put: Instant
    /// When it is to be reminded of; `nil` when that is done.
    var remind: Instant?
    /// The last order, until it has ended.
    var decision: EventID?
    var errand: Errand?
    /// The lock has not spoken yet.
    var isUnderway = false
    /// The compartment was opened, and from here on nobody expects to hear that its door stayed shut.
    var settles: Instant?

    /// When time changes something.
    var due: Instant? {
        if let settles { return settles }
        guard item.state == .filled, !isUnderway else { return nil }
        return min(item.until, remind ?? item.until)
    }

    /// Ordered to open, or opened a while ago.
    var isOpen: Bool { isUnderway || settles != nil }

    /// A person who has opened the compartment and was too slow opens it again, also when the item's time has ended meanwhile.
    func opens(at moment: Instant) -> Bool {
        guard item.state == .filled || item.state == .expired, errand != .takeBack || !isOpen else { return false }
        return moment < item.until || errand == .collect && settles.map { moment < $0 } ?? false
    }

    enum Happening {
        /// The bolt was drawn; when no word of a door that stayed shut is to be expected any more.
        case opened(settles: Instant)
        /// The bolt was drawn, and nobody opened the door.
        case stayedShut
        case failed(DoorOutcome.Result)
        case time(Instant)
    }

    /// - Returns: what is told of it.
    mutating func take(_ happening: Happening) -> LockerItemChanged.Status? {
        guard item.state.isThere else { return nil }
        switch happening {
        case .opened(let end):
            guard errand != nil else { return nil }
            (isUnderway, settles, item.trouble) = (false, end, nil)
            return nil
        case .stayedShut:
            guard let errand, isOpen else { return nil }
            (isUnderway, settles, self.errand) = (false, nil, nil)
            // Whoever came for it may have changed their mind; staff who were to act must know that nothing was done.
            guard errand != .collect else { return nil }
            item.trouble = .stayedShut
            return .stuck
        case .failed(let result):
            // The errand stays: a lock that was only cut off says later that it did open.
            guard isUnderway else { return nil }
            (isUnderway, item.trouble) = (false, result)
            return .stuck
        case .time(let now): return pass(now)
        }
    }

    private mutating func pass(_ now: Instant) -> LockerItemChanged.Status? {
        if let end = settles, end <= now, let done = errand {
            (settles, errand) = (nil, nil)
            switch done {
            case .fill:
                item.state = .filled
                return .filled
            case .collect:
                item.state = .collected
                return .collected
            case .takeBack:
                item.state = .returned
                return .returned
            }
        }
        guard item.state == .filled, !isOpen else { return nil }
        if item.until <= now {
            item.state = .expired
            return .expired
        }
        guard let moment = remind, moment <= now else { return nil }
        remind = nil
        return .reminder
    }

    mutating func order(_ errand: Errand, by decision: EventID) {
        (self.errand, self.decision, isUnderway, settles) = (errand, decision, true, nil)
    }

    mutating func wait(until end: Instant, remind before: Duration, now: Instant) {
        let moment = end - before
        (item.until, remind) = (end, before > .zero && moment > now ? moment : nil)
        if item.state == .expired { item.state = .filled }
    }
}

/// Which of somebody's items a tap opens: the oldest that is not open already, so that one tap after another brings them all.
func choice(among items: [KeptItem], at moment: Instant) -> KeptItem? {
    func comesBefore(_ one: KeptItem, _ other: KeptItem) -> Bool {
        one.isOpen == other.isOpen ? (one.put, one.item.id) < (other.put, other.item.id) : !one.isOpen
    }
    return items.filter { $0.opens(at: moment) }.min(by: comesBefore)
}
