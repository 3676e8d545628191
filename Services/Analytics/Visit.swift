import Contracts

/// A card that was held, as visits are made of it.
struct Held: Equatable {
    let at: Instant
    let direction: Direction?
    /// A word.
    let purpose: Int64
}

/// One visit of one person to one house.
struct Visit: Equatable {
    /// `nil`: nobody saw it.
    var came: Instant?
    /// `nil`: nobody saw it. One that is assumed may lie ahead: until then the person is inside.
    var left: Instant?
    var marks: Marks
    var purpose: Int64

    struct Marks: OptionSet {
        let rawValue: Int64

        static let agreed = Marks(rawValue: 1)
        static let endAssumed = Marks(rawValue: 2)
        static let endNotSeen = Marks(rawValue: 4)
        static let beginningNotSeen = Marks(rawValue: 8)
    }

    func isInside(at moment: Instant) -> Bool { marks.contains(.endAssumed) && left.map { $0 > moment } ?? false }
}

/// When somebody who was not seen to leave is taken to have left.
struct Closing {
    /// The openings of the day, in order.
    let slots: [Schedule.Slot]
    let longestStay: Duration

    func end(of came: Instant) -> Instant {
        let longest = came + longestStay
        return slots.first { $0.upperBound > came }.map { min($0.upperBound, longest) } ?? longest
    }

    /// Until when a card held again where people take turns means leaving: people leave a little after the house has closed, and nobody forgets for half a
    /// day that they are here. From the next opening on it means coming.
    func turns(after came: Instant) -> Instant {
        let (longest, end) = (came + longestStay, end(of: came))
        return slots.first { $0.lowerBound > end }.map { min($0.lowerBound, longest) } ?? longest
    }
}

/// What a person's cards at one house on one day come to. `held` is in order of time and id; nothing else is known or asked.
///
/// Within `repeatWithin` of the one before, a card held again says nothing new, however long that goes on, unless a reader says that the person went the
/// other way.
func visits(of held: [Held], counting: Facility.Counting, repeatWithin: Duration, closing: Closing) -> [Visit] {
    var visits: [Visit] = []
    var last: (at: Instant, way: Direction)?
    for card in held where counting != .arrivals || card.direction != .out {
        let said = counting == .arrivals ? nil : card.direction
        let open = visits.last.flatMap { $0.marks.contains(.endAssumed) ? $0 : nil }
        if let before = last, card.at - before.at < repeatWithin, said == nil || said == before.way {
            last = (card.at, before.way)
            continue
        }
        guard let way = said ?? way(of: card, behind: open, counting: counting, closing: closing) else { continue }
        last = (card.at, way)
        switch way {
        case .in:
            if let left = open?.left, card.at < left {
                visits[visits.count - 1].left = nil
                visits[visits.count - 1].marks = .endNotSeen
            }
            let leaves = counting != .arrivals
            visits.append(
                Visit(
                    came: card.at, left: leaves ? closing.end(of: card.at) : nil, marks: leaves ? .endAssumed : [], purpose: card.purpose))
        case .out where open != nil:
            visits[visits.count - 1].left = card.at
            visits[visits.count - 1].marks = []
        case .out: visits.append(Visit(came: nil, left: card.at, marks: .beginningNotSeen, purpose: card.purpose))
        }
    }
    return visits
}

/// What a card says at a reader that tells no direction. `nil`: somebody who is known to be inside is inside.
private func way(of card: Held, behind open: Visit?, counting: Facility.Counting, closing: Closing) -> Direction? {
    guard let open, let came = open.came, let left = open.left else { return .in }
    switch counting {
    case .arrivals: return .in
    case .directions: return card.at < left ? nil : .in
    case .turns: return card.at < closing.turns(after: came) ? .out : .in
    }
}
