import Contracts

/// What a driver knows of one device, and what it does about it. Times are a clock's that nobody sets, so that a changed date holds no door open.
///
/// An order leaves only while the device is there and has been for some seconds; it is sent once, kept by nobody, and what the device has not confirmed
/// in time is said to have failed. Only locking again is repeated.
package struct Device: Sendable {
    /// Something the driver is to do now.
    package enum Deed: Equatable, Sendable {
        case send(topic: String, payload: [UInt8])
        /// Takes a retained order from the broker.
        case clear(topic: String)
        /// Subscribes to the command topics once more, which shows what is retained there.
        case look
        case conclude(grant: EventID, LockOutcome.Result)
        /// A sentence for the log.
        case note(String)
    }

    /// An order that was sent.
    private struct Order {
        let grant: EventID
        /// When its time to be confirmed is over.
        let due: Instant
        let shut: Instant
        var isGivenUp = false
    }

    /// A bolt to be thrown again.
    private struct Debt {
        var due: Instant
        var attempts = 0
    }

    package let dialect: Dialect
    /// What the device has said of itself last.
    package private(set) var condition = LockCondition()
    package private(set) var batteryIsLow = false
    package private(set) var retainedOrderFound: Instant?
    private var online: Set<String> = []
    /// When our own connection and the device's are both old enough; `nil` without ours.
    private var quietUntil: Instant?
    private var orders: [Order] = []
    private var debt: Debt?

    /// Seconds after a reconnect, the device's or ours, in which nothing is sent: what was queued anywhere comes out now, and is nobody's order.
    static let settling = Duration.seconds(5)
    /// How long a late confirmation is still taken for an order's.
    static let lateness = Duration.seconds(60)
    static let mostOrders = 8
    static let mostAttempts = 3

    package init(_ dialect: Dialect) { self.dialect = dialect }

    package var isPresent: Bool { quietUntil != nil && dialect.presence.allSatisfy { online.contains($0.topic) } }
    /// It was told to lock, several times, and has not.
    package var standsOpen: Bool { (debt?.attempts ?? 0) >= Self.mostAttempts }

    private func isReady(_ now: Instant) -> Bool { isPresent && quietUntil.map { $0 <= now } ?? false }

    // MARK: What happens to it

    package mutating func connected(at now: Instant) {
        online = []
        quietUntil = now + Self.settling
    }

    package mutating func disconnected() { quietUntil = nil }

    package mutating func hear(_ payload: [UInt8], on topic: String, isRetained: Bool, at now: Instant) -> [Deed] {
        if dialect.commandTopics.contains(topic) { return isRetained ? retained(payload, on: topic, now) : [] }
        var deeds: [Deed] = []
        for sign in dialect.presence where sign.topic == topic {
            deeds += appear(topic, sign.isOnline(payload), isRetained: isRetained, now)
        }
        // In the seconds after a reconnect a device repeats what it remembers, and that confirms nothing.
        let isFresh = !isRetained && isReady(now)
        var hasToldBolt = false
        for report in dialect.reports where report.topic == topic {
            guard let fact = report.fact(in: payload) else { continue }
            if case .bolt = fact {
                // Of two words on it in one message the one listed first is the better.
                guard !hasToldBolt else { continue }
                hasToldBolt = true
            }
            deeds += learn(fact, isFresh: isFresh, now)
        }
        return deeds
    }

    package mutating func open(_ grant: EventID, seconds: Int, at now: Instant) -> [Deed] {
        guard isReady(now) else {
            let why = isPresent ? "the device has only just connected" : "the device is away"
            return [.conclude(grant: grant, .refused), .note("not sent: \(why)")]
        }
        let shut = max(now + .seconds(seconds), debt?.due ?? now)
        debt = Debt(due: shut)
        let send = Deed.send(topic: dialect.unlock.topic, payload: dialect.unlock.payload(seconds: seconds))
        if condition.bolt == .unlocked { return [send, .conclude(grant: grant, .opened)] }
        orders = (orders + [Order(grant: grant, due: now + dialect.patience, shut: shut)]).suffix(Self.mostOrders)
        return [send]
    }

    /// What is due now.
    package mutating func wake(at now: Instant) -> [Deed] {
        if let found = retainedOrderFound, found + .seconds(3600) <= now { retainedOrderFound = nil }
        let deeds = giveUp("the device did not confirm in time; it is not told again") { $0.due <= now }
        orders.removeAll { $0.isGivenUp && $0.due + Self.lateness <= now }
        return deeds + payDebt(now)
    }

    /// When `wake` must be called at the latest.
    package var due: Instant? {
        let open = orders.map { $0.isGivenUp ? $0.due + Self.lateness : $0.due }
        let owed = isPresent && condition.contact != .open ? debt.map { max($0.due, quietUntil ?? $0.due) } : nil
        return (open + [owed].compactMap { $0 }).min()
    }

    // MARK: Parts

    private mutating func retained(_ payload: [UInt8], on topic: String, _ now: Instant) -> [Deed] {
        guard !payload.isEmpty, !dialect.harmless.contains(String(decoding: payload, as: UTF8.self)) else { return [] }
        retainedOrderFound = now
        return [.clear(topic: topic), .note("an order was retained on \(topic), by nobody of ours: cleared")]
    }

    private mutating func appear(_ topic: String, _ isOnline: Bool, isRetained: Bool, _ now: Instant) -> [Deed] {
        guard isOnline else {
            return online.remove(topic) == nil ? [] : [.note("the device is away")]
        }
        let wasAway = online.insert(topic).inserted
        guard !isRetained, wasAway || dialect.greetsOnce else { return [] }
        quietUntil = now + Self.settling
        return [.note("the device has connected"), .look]
    }

    private mutating func learn(_ fact: Fact, isFresh: Bool, _ now: Instant) -> [Deed] {
        switch fact {
        case .contact(let contact): condition.contact = contact
        case .battery(let percent): condition.battery = percent
        case .batteryIsLow(let isLow): batteryIsLow = isLow
        case .tamper(let isTampered): condition.tamper = isTampered
        case .failed: return isFresh ? giveUp("the device says that it failed") { _ in true } : []
        case .bolt(let bolt):
            let before = condition.bolt
            condition.bolt = bolt
            switch bolt {
            case .jammed: return isFresh ? giveUp("the device says that it is jammed") { _ in true } : []
            case .locked: if !orders.contains(where: { !$0.isGivenUp }) { debt = nil }
            // Said from memory it confirms only what is new to us: the order may have been obeyed while a line was cut.
            case .unlocked: if isFresh || before == .locked { return confirm(now) }
            }
        }
        return []
    }

    /// The bolt is drawn, in time or late. Late is told as well, and what should be shut by then is shut at once.
    private mutating func confirm(_ now: Instant) -> [Deed] {
        if let shut = orders.map(\.shut).max() { debt = Debt(due: max(shut, debt?.due ?? shut)) }
        defer { orders = [] }
        return orders.map { .conclude(grant: $0.grant, .opened) }
    }

    private mutating func giveUp(_ why: String, where isOver: (Order) -> Bool) -> [Deed] {
        var deeds: [Deed] = []
        for index in orders.indices where !orders[index].isGivenUp && isOver(orders[index]) {
            orders[index].isGivenUp = true
            deeds += [.conclude(grant: orders[index].grant, .refused), .note(why)]
        }
        return deeds
    }

    private mutating func payDebt(_ now: Instant) -> [Deed] {
        guard var owed = debt, owed.due <= now else { return [] }
        if condition.bolt == .locked {
            debt = nil
            return []
        }
        // A bolt thrown while the door stands open would hit its frame.
        guard isReady(now), condition.contact != .open else { return [] }
        owed.attempts += 1
        owed.due = now + (owed.attempts < Self.mostAttempts ? dialect.patience : .seconds(30))
        debt = owed
        return [.send(topic: dialect.lock.topic, payload: dialect.lock.payload(seconds: 0))]
    }
}
