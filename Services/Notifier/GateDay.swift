import Contracts

/// A card held at a gate, or on a bus.
struct GateTap: Equatable {
    let id: EventID
    let at: Instant
    var direction: Direction?
    /// Whose card it was, where somebody brings or collects a child.
    var by: PersonID?
    /// Somebody was told because of it.
    var isTold = false
}

/// How somebody came and went on one day. It follows from the cards that were held, in whatever order and however often they become known.
struct GateDay: Equatable {
    struct Change: Equatable {
        let way: Direction
        let first: GateTap
        /// All that say it: one burst, and whatever says the same again.
        var taps: [GateTap]

        var isTold: Bool { taps.contains(where: \.isTold) }
    }

    private(set) var changes: [Change] = []

    var isIn: Bool { changes.last?.way == .in }
    var arrived: Instant? { changes.first { $0.way == .in }?.first.at }
    var left: Instant? { changes.last.flatMap { $0.way == .out ? $0.first.at : nil } }

    /// - Parameters:
    ///   - taps: where the reader says no way, the first of the day is in, and from then on they alternate.
    ///   - pause: readings with no longer a pause between them are one, unless a reader says otherwise.
    ///   - lasting: whoever came in so long ago has gone out unseen.
    init(following taps: [GateTap], pause: Duration, lasting: Duration? = nil) {
        var before: GateTap?
        for tap in taps.sorted(by: { ($0.at, $0.id) < ($1.at, $1.id) }) where tap.id != before?.id {
            defer { before = tap }
            guard let current = changes.last else {
                changes.append(Change(way: tap.direction ?? .in, first: tap, taps: [tap]))
                continue
            }
            let isOver = current.way == .in && lasting.map { tap.at - current.first.at >= $0 } ?? false
            let isAgain = before.map { tap.at - $0.at < pause } ?? false
            let way = tap.direction ?? (isAgain ? current.way : current.way == .in && !isOver ? .out : .in)
            if way == current.way, isAgain || !isOver {
                changes[changes.count - 1].taps.append(tap)
            } else {
                changes.append(Change(way: way, first: tap, taps: [tap]))
            }
        }
    }
}
