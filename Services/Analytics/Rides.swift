import Contracts
import ServiceKit
import Store

/// Rides: when and on which line, from points; who, under the month's pseudonym, from the card that was held first. Either may be heard first, and is kept
/// until a month's figures bring them together. A ride whose card is not known is counted, and nobody is taken to stand behind it.
extension Analytics {
    /// A card was held on board.
    func noteRider(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard let line = tap.data.purpose.line, tap.data.clock != .boot, tap.time <= turn.now + .seconds(60) else { return }
        let day = day(of: tap.time, in: turn)
        guard day >= firstOpenDay(in: turn) else { return }
        let known = try known(tap.data, on: day, in: turn.db)
        let key = try key(of: day.month, in: turn.db)
        let who =
            known.map { pseudonym(of: $0.visitor, key: key) }
            ?? pseudonym(of: tap.data.former ?? tap.data.token, on: day, at: line.named(), key: key)
        try turn.db.run(
            "INSERT OR IGNORE INTO rider (tap, day, line, who, agreed) VALUES (?, ?, ?, ?, ?)", tap.id.bytes, day.number,
            word(line.text, in: turn.db), who, known == nil ? 0 : 1)
    }

    /// How a ride stands: the newest that points said of it holds, in whatever order it is heard.
    func count(_ event: Envelope<RideSettled>, in turn: borrowing Turn) throws {
        let ride = event.data
        guard let position = event.position else { return }
        let at = ride.boarded?.at ?? ride.alighted?.at ?? event.time
        try turn.db.run(
            """
            INSERT INTO ride (id, day, line, hour, void, epoch, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET day = ?2, line = ?3, hour = ?4, void = ?5, epoch = ?6, n = ?7 WHERE (epoch, n) < (?6, ?7)
            """, ride.ride.bytes, day(of: at, in: turn).number, word(ride.line.text, in: turn.db), hour(of: at, in: turn),
            ride.outcome == .void ? 1 : 0, position.epoch.text, position.number)
    }

    /// Of the town's clock.
    private func hour(of moment: Instant, in turn: borrowing Turn) -> Int64 {
        (moment.milliseconds + Int64(turn.identity.offset.minutes) * 60_000) / 3_600_000 % 24
    }

    /// A day's rides, those of one rider on one line one after the other.
    func rides(on day: Int, in db: borrowing Transaction) throws -> [MonthCount.Ride] {
        try db.all(
            """
            SELECT ride.line, hour, who, agreed FROM ride LEFT JOIN rider ON tap = ride.id
            WHERE ride.day = ? AND NOT void ORDER BY ride.line, who, ride.id
            """, day
        ) { MonthCount.Ride(day: day, line: $0.int(0), hour: Int($0.int(1)), who: $0.intIfPresent(2), isAgreed: $0.intIfPresent(3) == 1) }
    }

    /// Rides of somebody who agrees no more become nobody's, as their visits do.
    func releaseRides(of who: Int64, in month: Int64, _ db: borrowing Transaction) throws {
        let ridden = try db.all("SELECT DISTINCT day, line FROM rider WHERE who = ?", who) {
            (day: VisitDay(number: $0.int(0)), line: $0.int(1))
        }
        for (day, line) in ridden where day.month == month {
            try db.run(
                "UPDATE rider SET who = ?, agreed = 0 WHERE who = ? AND day = ? AND line = ?", try drawnPseudonym(), who, day.number, line)
        }
    }

    func forgetRides(before first: VisitDay, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM ride WHERE id IN (SELECT id FROM ride WHERE day < ? LIMIT 5000)", first.number)
        try db.run("DELETE FROM rider WHERE tap IN (SELECT tap FROM rider WHERE day < ? LIMIT 5000)", first.number)
    }
}
