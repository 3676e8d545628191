import Contracts

/// When to ask whom for what is missing: one ask a stream in flight, first after a second, then ever more rarely up to a minute.
///
/// Not stored: after a start the gaps are still there and are asked for anew.
package struct Asks {
    private var plans: [String: Plan] = [:]

    private struct Plan {
        var due: Instant
        var wait: Duration
    }

    private static let first = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    package init() {}

    /// The asks whose time has come. A plan is made for each topic with a gap and dropped with its last gap.
    package mutating func due(at now: Instant, for inbox: Inbox, jitter: () -> UInt64) -> [Ask] {
        plans = plans.filter { inbox.gapped.contains($0.key) }
        var asks: [Ask] = []
        for topic in inbox.gapped.sorted() {
            guard let gap = inbox.gaps(of: topic) else { continue }
            guard var plan = plans[topic] else {
                plans[topic] = Plan(due: now + Self.first, wait: Self.first)
                continue
            }
            guard plan.due <= now else { continue }
            asks.append(Ask(topic: topic, epoch: gap.epoch, from: gap.range.lowerBound, to: gap.range.upperBound))
            plan.wait = min(plan.wait * 2, Self.longest)
            plan.due = now + plan.wait + .milliseconds(Int64(jitter() % 500))
            plans[topic] = plan
        }
        return asks
    }

    /// The producer has answered: what is still missing may be asked for at once.
    package mutating func answered(_ topic: String, at now: Instant) {
        if plans[topic] != nil { plans[topic] = Plan(due: now, wait: Self.first) }
    }

    /// A connection is new: nothing is in flight.
    package mutating func restart(at now: Instant) {
        for topic in plans.keys { plans[topic] = Plan(due: now + Self.first, wait: Self.first) }
    }

    package var next: Instant? { plans.values.map(\.due).min() }
}
