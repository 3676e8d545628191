import Contracts
import ServiceKit
import Store

/// Whoever rides: a person, or a card of which nobody knows whose it is.
struct Rider: Hashable {
    let text: String
    var person: PersonID? { PersonID(text) }

    init(_ person: PersonID) { text = person.text }
    init(_ token: Token) { text = token.text }
    init(_ row: String) { text = row }
}

/// One vehicle on one line: its cards make its runs.
struct Vehicle: Hashable {
    let line: LineID
    let agent: AgentID
}

/// A ride as it lies in the database.
struct RideRow {
    let id: EventID
    let rider: Rider
    let vehicle: Vehicle
    let carrier: CarrierID
    let at: Instant
    let ended: Instant
    let boarding: EventID?
    let alighting: EventID?
    let isDecided: Bool
    let isForgotten: Bool
    let fare: RideFare
    let due: Int64?
    let outcome: RideSettled.Outcome?
    /// It was told that a watched person had not alighted.
    let isTold: Bool

    func has(_ ride: Ride) -> Bool {
        boarding == ride.boarding?.id && alighting == ride.alighting?.id && isDecided == ride.isDecided
    }

    init(_ row: Row) {
        guard let id = EventID(bytes: row.blob(0)), let line = LineID(row.text(2)), let agent = AgentID(row.text(3)),
            let carrier = CarrierID(row.text(4))
        else { preconditionFailure("a ride was written with an id, a line, a vehicle and a carrier") }
        (self.id, rider, vehicle, self.carrier) = (id, Rider(row.text(1)), Vehicle(line: line, agent: agent), carrier)
        (at, ended) = (Instant(milliseconds: row.int(5)), Instant(milliseconds: row.int(6)))
        (boarding, alighting) = (EventID(bytes: row.blob(7)), EventID(bytes: row.blob(8)))
        (isDecided, isForgotten) = (row.int(9) == 1, row.int(10) == 1)
        fare = RideFare(full: row.int(11), discounted: row.int(12))
        due = row.intIfPresent(13)
        outcome = row.textIfPresent(14).flatMap { RideSettled.Outcome(rawValue: $0) }
        isTold = row.int(15) == 1
    }
}

extension RideTap {
    /// - Parameter row: its columns are `id`, `at`, `direction`, `place`, `position`, `cut_off`, `over`.
    init(_ row: Row) {
        guard let id = EventID(bytes: row.blob(0)), let place = PlaceID(row.text(3)) else {
            preconditionFailure("a card held on board was written with an id and a place")
        }
        self.init(
            id: id, at: Instant(milliseconds: row.int(1)), direction: row.textIfPresent(2).flatMap { Direction(rawValue: $0) },
            spot: RideSpot(place, row.textIfPresent(4).flatMap { Position(row: $0) }), isCutOff: row.int(5) == 1, isOver: row.int(6) == 1)
    }

    init?(_ id: EventID?, in db: borrowing Transaction) throws {
        guard let id else { return nil }
        let found = try db.first(
            "SELECT id, at, direction, place, position, cut_off, over FROM ride_tap WHERE id = ?", id.bytes, read: Self.init)
        guard let found else { return nil }
        self = found
    }
}

extension Position {
    /// Degrees, with all their digits.
    var row: String { "\(lat) \(lon)" }

    init?(row: String) {
        let degrees = row.split(separator: " ").compactMap { Double($0) }
        guard degrees.count == 2 else { return nil }
        self.init(lat: degrees[0], lon: degrees[1])
    }
}

extension Points {
    /// Rides are known as long as taps are kept: what moved for them stands in the ledger.
    func forgetRides(in turn: borrowing Turn) throws {
        let limit = (turn.now - policy.keepsTaps).milliseconds
        // An id begins with its time.
        let id = EventID(at: turn.now - policy.keepsTaps, random: (0, 0)).bytes
        try turn.db.run("DELETE FROM ride_part WHERE ride IN (SELECT id FROM ride WHERE id < ? AND at < ? LIMIT 500)", id, limit)
        try turn.db.run("DELETE FROM ride WHERE id IN (SELECT id FROM ride WHERE id < ? AND at < ? LIMIT 500)", id, limit)
        try turn.db.run("DELETE FROM ride_tap WHERE id IN (SELECT id FROM ride_tap WHERE id < ? AND at < ? LIMIT 1000)", id, limit)
        try turn.db.run("DELETE FROM run_end WHERE at < ? AND due IS NULL", limit)
        try turn.db.run("DELETE FROM ride_vehicle WHERE last < ? AND due IS NULL", limit)
    }
}

/// Rides by whose they are, and what they have been paid with.
enum RideBook {
    /// Of one rider, those that began from one moment and before another, in their order.
    static func rides(of rider: Rider, from start: Instant, before end: Instant, in db: borrowing Transaction) throws -> [RideRow] {
        try db.all(
            """
            SELECT id, rider, line, agent, carrier, at, ended, boarding, alighting, decided, forgotten, whole, discounted, due, outcome, told
            FROM ride WHERE rider = ? AND at >= ? AND at < ? ORDER BY at, id
            """, rider.text, start.milliseconds, end.milliseconds, read: RideRow.init)
    }

    static func row(_ id: EventID, in db: borrowing Transaction) throws -> RideRow? {
        try db.first(
            """
            SELECT id, rider, line, agent, carrier, at, ended, boarding, alighting, decided, forgotten, whole, discounted, due, outcome, told
            FROM ride WHERE id = ?
            """, id.bytes, read: RideRow.init)
    }

    /// The one with a carrier that began before it and whose fare is known.
    static func ride(before ride: RideRow, in db: borrowing Transaction) throws -> RideRow? {
        try db.first(
            """
            SELECT id, rider, line, agent, carrier, at, ended, boarding, alighting, decided, forgotten, whole, discounted, due, outcome, told
            FROM ride WHERE rider = ? AND carrier = ? AND decided AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT 1
            """, ride.rider.text, ride.carrier.text, ride.at.milliseconds, ride.id.bytes, read: RideRow.init)
    }

    static func write(
        _ ride: Ride, of rider: Rider, in vehicle: Vehicle, _ fare: RideFare, carrier: CarrierID, to db: borrowing Transaction
    ) throws {
        try db.run(
            """
            INSERT INTO ride (id, rider, line, agent, carrier, at, ended, boarding, alighting, decided, forgotten, whole, discounted)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET rider = excluded.rider, ended = excluded.ended, boarding = excluded.boarding,
                alighting = excluded.alighting, decided = excluded.decided, whole = excluded.whole, discounted = excluded.discounted, due = NULL,
                -- Nobody was there to pay it in cash.
                outcome = CASE WHEN forgotten AND outcome = 'unpaid' THEN NULL ELSE outcome END, forgotten = excluded.forgotten
            """, ride.id.bytes, rider.text, vehicle.line.text, vehicle.agent.text, carrier.text, ride.at.milliseconds,
            ride.ended.milliseconds, ride.boarding?.id.bytes, ride.alighting?.id.bytes, ride.isDecided, ride.isForgotten, fare.full,
            fare.discounted)
    }

    static func parts(of ride: EventID, in db: borrowing Transaction) throws -> [Account: Int64] {
        let rows = try db.all("SELECT account, amount FROM ride_part WHERE ride = ?", ride.bytes) { (Account($0.text(0)), $0.int(1)) }
        return rows.reduce(into: [:]) { parts, row in
            if let account = row.0 { parts[account] = row.1 }
        }
    }

    static func put(_ parts: [Account: Int64], for ride: EventID, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM ride_part WHERE ride = ?", ride.bytes)
        for (account, amount) in parts where amount > 0 {
            try db.run("INSERT INTO ride_part (ride, account, amount) VALUES (?, ?, ?)", ride.bytes, account.description, amount)
        }
    }
}
