import Contracts
import ServiceKit
import Store

/// Rides follow from cards held on board, fares from rides, and what moves from fares. A card that becomes known late, out of order or a day after it was
/// held gives the rides and fares that would have been, had it been known at once; what was taken too much is given back by new transfers.
///
/// Rulings: `ride`, of which the newest about a ride counts, and `left-on-board`.
extension Points {
    /// A card is held in a vehicle.
    /// - Parameter agent: the machine on board.
    /// - Returns: what to tell whoever holds it; `nil` where the reader rides on no line of this town.
    func ride(
        _ tap: Envelope<Tapped>, at moment: Instant, by person: PersonID?, in agent: AgentID, in turn: borrowing Turn
    ) throws -> PointsFeedback? {
        guard let line = tap.data.purpose.line.flatMap({ policy.line($0) }) else { return nil }
        guard turn.now - moment <= policy.keepsTaps else {
            turn.log("A card was held on \(line.id) in \(agent) longer ago than taps are kept: it is no ride any more.")
            return nil
        }
        let vehicle = Vehicle(line: line.id, agent: agent)
        let rider = person.map { Rider($0) } ?? Rider(tap.data.token)
        try carryOver([tap.data.token, tap.data.former ?? tap.data.token], to: rider, in: vehicle, turn.db)
        let held = RideTap(
            id: tap.id, at: moment, direction: tap.data.direction, spot: RideSpot(tap.data.place, tap.data.position),
            isCutOff: turn.now - moment > Self.liveFor)
        let run = try note(held, tap.data.token, of: rider, in: vehicle, on: line, in: turn)
        let rides = try refold(rider, in: vehicle, run, cause: tap.id, in: turn)
        if run.isJoined {
            for other in try riders(of: vehicle, run, in: turn.db) where other != rider {
                _ = try refold(other, in: vehicle, run, cause: tap.id, in: turn)
            }
        }
        return try feedback(on: tap, rides, rider, in: turn.db)
    }

    /// Finds a rider's rides in one run of a vehicle anew, and what they cost.
    /// - Parameters:
    ///   - cause: what has become known.
    ///   - suffix: keeps what time brings about apart from what the card itself did.
    func refold(
        _ rider: Rider, in vehicle: Vehicle, _ run: Run, cause: EventID, _ suffix: String = "", in turn: borrowing Turn
    ) throws -> [Ride] {
        guard let line = policy.line(vehicle.line) else { return [] }
        let known = try RideBook.rides(of: rider, from: run.start, before: run.end, in: turn.db).filter { $0.vehicle == vehicle }
        let rides = Ride.all(following: try taps(of: rider, in: vehicle, run, turn.db), alights: line.alights)
        let change = RideChange(cause: cause, suffix: suffix)
        // Whoever changes after it, and whatever comes after it on its day, may be cheaper for it.
        let within = policy.lines.compactMap { $0.transfer?.within }.max() ?? .zero
        var days: Set<CalendarDate> = []
        for old in known where !rides.contains(where: { $0.id == old.id && ($0.isDecided || !old.isDecided) }) {
            try withdraw(old, change, in: turn)
            days.formUnion([old.at, old.ended + within].map { $0.date(turn.identity.offset) })
        }
        for ride in rides {
            let old = known.first { $0.id == ride.id }
            guard old?.has(ride) != true else { continue }
            let fare = line.fare(
                from: ride.boarding?.spot, to: ride.alighting?.spot, eligible: try programmes(of: rider, at: ride.at, in: turn))
            try RideBook.write(ride, of: rider, in: vehicle, fare, carrier: line.carrier, to: turn.db)
            try watch(ride, old, of: rider, on: line, vehicle, change, in: turn)
            if ride.isDecided { days.formUnion([ride.at, ride.ended + within].map { $0.date(turn.identity.offset) }) }
        }
        for day in days.sorted() { try price(day, of: rider, with: line.carrier, change, in: turn) }
        return rides
    }

    /// What is said and moved because something has become known.
    struct RideChange {
        let cause: EventID
        let suffix: String
    }

    private func taps(of rider: Rider, in vehicle: Vehicle, _ run: Run, _ db: borrowing Transaction) throws -> [RideTap] {
        try db.all(
            """
            SELECT id, at, direction, place, position, cut_off, over FROM ride_tap
            WHERE rider = ? AND line = ? AND agent = ? AND at >= ? AND at < ?
            """, rider.text, vehicle.line.text, vehicle.agent.text, run.start.milliseconds, run.end.milliseconds, read: RideTap.init)
    }

    private func riders(of vehicle: Vehicle, _ run: Run, in db: borrowing Transaction) throws -> [Rider] {
        try db.all(
            "SELECT DISTINCT rider FROM ride_tap WHERE line = ? AND agent = ? AND at >= ? AND at < ? ORDER BY rider", vehicle.line.text,
            vehicle.agent.text, run.start.milliseconds, run.end.milliseconds
        ) { Rider($0.text(0)) }
    }

    /// Whoever's card it was when boarding is who alights with it now.
    private func carryOver(_ tokens: [Token], to rider: Rider, in vehicle: Vehicle, _ db: borrowing Transaction) throws {
        for token in Set(tokens) {
            let open = try db.all(
                """
                SELECT ride.id FROM ride JOIN ride_tap USING (id)
                WHERE ride.line = ? AND ride.agent = ? AND NOT decided AND token = ? AND ride.rider <> ?
                """, vehicle.line.text, vehicle.agent.text, token.text, rider.text
            ) { $0.blob(0) }
            for ride in open {
                try db.run("UPDATE ride_tap SET rider = ? WHERE id = ?", rider.text, ride)
                try db.run("UPDATE ride SET rider = ? WHERE id = ?", rider.text, ride)
            }
        }
    }

    // MARK: Fares of a day

    /// A day's rides with a carrier are priced in their order, since each may make the next one cheaper.
    private func price(
        _ day: CalendarDate, of rider: Rider, with carrier: CarrierID, _ change: RideChange, in turn: borrowing Turn
    ) throws {
        let start = Instant(startOf: day, turn.identity.offset)
        var spent: Int64 = 0
        for ride in try RideBook.rides(of: rider, from: start, before: start + .seconds(86_400), in: turn.db)
        where ride.carrier == carrier && ride.isDecided {
            guard let line = policy.line(ride.vehicle.line) else { continue }
            // Whoever is not known pays as anybody does.
            let fare =
                rider.person == nil
                ? ride.fare : line.lessened(ride.fare, hasChanged: try hasChanged(for: ride, to: line, in: turn.db), spent: spent)
            let outcome = fare.due == ride.due ? ride.outcome : try settle(ride, fare.due, on: line, change, in: turn)
            let isInYen = try outcome != .pass && !isPaidByTicket(ride, on: line, in: turn.db)
            if isInYen { spent += fare.due }
        }
    }

    private func hasChanged(for ride: RideRow, to line: Line, in db: borrowing Transaction) throws -> Bool {
        guard let transfer = line.transfer, let before = try RideBook.ride(before: ride, in: db), before.vehicle.line != line.id else {
            return false
        }
        return (.zero...transfer.within).contains(ride.at - before.ended)
    }

    private func isPaidByTicket(_ ride: RideRow, on line: Line, in db: borrowing Transaction) throws -> Bool {
        try RideBook.parts(of: ride.id, in: db).keys.contains { line.tickets.contains($0.purse) }
    }

    private func programmes(of rider: Rider, at moment: Instant, in turn: borrowing Turn) throws -> Set<ProgrammeID> {
        try rider.person.map { try eligible($0, on: moment.date(turn.identity.offset), in: turn.db) } ?? []
    }

    // MARK: Told

    /// A child who has not alighted is told of, and so is one who has after all.
    private func watch(
        _ ride: Ride, _ old: RideRow?, of rider: Rider, on line: Line, _ vehicle: Vehicle, _ change: RideChange, in turn: borrowing Turn
    ) throws {
        guard let person = rider.person, let boarding = ride.boarding else { return }
        let isMissed = try ride.isForgotten && !line.watched.isDisjoint(with: programmes(of: rider, at: ride.at, in: turn))
        guard old?.isTold == true ? ride.alighting != nil : isMissed else { return }
        try tell(
            LeftOnBoard(person, on: line.id, in: vehicle.agent, boarded: boarding.end, alighted: ride.alighting?.end), ride.id, change,
            in: turn)
    }

    func tell(_ left: LeftOnBoard, _ ride: EventID, _ change: RideChange, in turn: borrowing Turn) throws {
        try turn.db.run("UPDATE ride SET told = ? WHERE id = ?", left.alighted == nil, ride.bytes)
        try turn.emit(
            left, on: .leftOnBoard, cause: change.cause, discriminator: "\(ride)\(change.suffix)", subject: left.person.text)
    }

    /// Never why: only that it is well and how much it is.
    private func feedback(
        on tap: Envelope<Tapped>, _ rides: [Ride], _ rider: Rider, in db: borrowing Transaction
    ) throws -> PointsFeedback {
        let ride = rides.first { $0.boarding?.id == tap.id || $0.alighting?.id == tap.id }
        var (signal, amount): (PointsFeedback.Signal, Int64?) = (.paid, nil)
        if let ride, ride.isDecided, let row = try RideBook.row(ride.id, in: db), let outcome = row.outcome {
            switch outcome {
            case .pass: amount = 0
            case .paid, .overdrawn, .void: amount = row.due
            case .part: (signal, amount) = (.part, row.due)
            case .unpaid: (signal, amount) = (.cash, row.due)
            }
        }
        return PointsFeedback(tap: tap.id, reader: tap.data.reader, signal: signal, amount: amount)
    }
}
