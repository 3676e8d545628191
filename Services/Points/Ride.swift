import Contracts

/// A card held on board, as rides are found from them.
struct RideTap: Equatable {
    let id: EventID
    let at: Instant
    let direction: Direction?
    let spot: RideSpot
    /// The vehicle could not be reached when it was held: whoever held it was told nothing.
    var isCutOff = false
    /// Nothing more is waited for that would belong to it.
    var isOver = false

    var end: RideEnd { RideEnd(id, at: at, spot.place, spot.position) }
}

/// A ride of one person in one run of one vehicle. It follows from the cards that were held, in whatever order they become known.
struct Ride: Equatable {
    let boarding: RideTap?
    let alighting: RideTap?
    /// The card held first.
    let id: EventID
    let at: Instant
    /// Whether what it costs is known: nothing is missing, or nothing is waited for any more.
    let isDecided: Bool
    let isForgotten: Bool

    /// Held again so soon in the same way, a card says nothing new.
    static let again = Duration.seconds(60)

    /// When it was over, as far as is known.
    var ended: Instant { alighting?.at ?? at }
    /// The card with which it was decided, by whoever held it or by time.
    var last: RideTap? { alighting ?? boarding }

    /// - Parameter alights: a card is held when boarding and when alighting. Where the reader does not say which, the two alternate.
    static func all(following taps: [RideTap], alights: Bool) -> [Ride] {
        var rides: [Ride] = []
        var open: RideTap?
        var last: RideTap?
        for tap in taps.sorted(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
            if let last, last.direction == tap.direction, tap.at - last.at < again { continue }
            last = tap
            guard alights else {
                rides.append(Ride(tap))
                continue
            }
            switch tap.direction ?? (open == nil ? .in : .out) {
            case .in:
                if let open { rides.append(Ride(boarding: open)) }
                open = tap
            case .out:
                rides.append(open.map { Ride($0, tap) } ?? Ride(alighting: tap))
                open = nil
            }
        }
        if let open { rides.append(Ride(boarding: open)) }
        return rides
    }

    /// One for which a card is held once.
    private init(_ tap: RideTap) {
        (boarding, alighting, id, at, isDecided, isForgotten) = (tap, nil, tap.id, tap.at, true, false)
    }

    private init(_ boarding: RideTap, _ alighting: RideTap) {
        (self.boarding, self.alighting, id, at, isDecided, isForgotten) = (boarding, alighting, boarding.id, boarding.at, true, false)
    }

    private init(boarding tap: RideTap) {
        (boarding, alighting, id, at, isDecided, isForgotten) = (tap, nil, tap.id, tap.at, tap.isOver, tap.isOver)
    }

    private init(alighting tap: RideTap) {
        (boarding, alighting, id, at, isDecided, isForgotten) = (nil, tap, tap.id, tap.at, tap.isOver, tap.isOver)
    }
}
