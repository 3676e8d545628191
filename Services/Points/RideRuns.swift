import Contracts
import ServiceKit
import Store

/// The runs of a vehicle: cards held on board with no long pause between them. Who has boarded in one and not alighted when it is over has forgotten to,
/// or is still on board.
extension Points {
    /// What a vehicle that comes back into reach has kept is there within this, so that nobody is missed of whom it is only not known yet.
    static let catchesUp = Duration.seconds(60)

    struct Run {
        let start: Instant
        /// Where the next one begins.
        let end: Instant
        /// The card has joined two that were apart: others in it may have ridden otherwise than it looked.
        var isJoined = false
    }

    /// Writes down a card held on board.
    func note(_ tap: RideTap, _ token: Token, of rider: Rider, in vehicle: Vehicle, on line: Line, in turn: borrowing Turn) throws -> Run {
        let (name, agent, at) = (vehicle.line.text, vehicle.agent.text, tap.at.milliseconds)
        let quiet = line.runEndsAfter.milliseconds
        let before =
            try turn.db.first(
                "SELECT max(at) FROM ride_tap WHERE line = ? AND agent = ? AND at <= ?", name, agent, at
            ) { $0.intIfPresent(0) } ?? nil
        let after = try turn.db.first(
            "SELECT id, at FROM ride_tap WHERE line = ? AND agent = ? AND at > ? AND opens ORDER BY at LIMIT 1", name, agent, at
        ) { ($0.blob(0), $0.int(1)) }
        func isApart(_ first: Int64, _ second: Int64) throws -> Bool {
            try second - first >= quiet
                || turn.db.first(
                    "SELECT 1 FROM run_end WHERE line = ? AND agent = ? AND at >= ? AND at < ?", name, agent, first, second, read: { _ in })
                    != nil
        }
        let opens = try before.map { try isApart($0, at) } ?? true
        try turn.db.run(
            """
            INSERT INTO ride_tap (id, line, agent, at, rider, token, direction, place, position, cut_off, opens, over)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, tap.id.bytes, name, agent, at, rider.text, token.text, tap.direction?.rawValue, tap.spot.place.text,
            tap.spot.position?.row, tap.isCutOff, opens, !line.alights)
        var isJoined = false
        if let after, try !isApart(at, after.1), try isNext(after.1, to: at, in: vehicle, turn.db) {
            try turn.db.run("UPDATE ride_tap SET opens = 0 WHERE id = ?", after.0)
            isJoined = !opens
        }
        if line.alights { try watch(vehicle, at, quiet: line.runEndsAfter, in: turn) }
        return try run(at: tap.at, of: vehicle, isJoined: isJoined, in: turn.db)
    }

    /// Whether nothing lies between.
    private func isNext(_ later: Int64, to at: Int64, in vehicle: Vehicle, _ db: borrowing Transaction) throws -> Bool {
        try db.first(
            "SELECT 1 FROM ride_tap WHERE line = ? AND agent = ? AND at > ? AND at < ?", vehicle.line.text, vehicle.agent.text, at, later,
            read: { _ in }) == nil
    }

    func run(at moment: Instant, of vehicle: Vehicle, isJoined: Bool = false, in db: borrowing Transaction) throws -> Run {
        let start =
            try db.first(
                "SELECT max(at) FROM ride_tap WHERE line = ? AND agent = ? AND at <= ? AND opens", vehicle.line.text, vehicle.agent.text,
                moment.milliseconds
            ) { $0.intIfPresent(0) } ?? nil
        let end =
            try db.first(
                "SELECT min(at) FROM ride_tap WHERE line = ? AND agent = ? AND at > ? AND opens", vehicle.line.text, vehicle.agent.text,
                moment.milliseconds
            ) { $0.intIfPresent(0) } ?? nil
        return Run(
            start: Instant(milliseconds: start ?? moment.milliseconds), end: Instant(milliseconds: end ?? .max), isJoined: isJoined)
    }

    private func watch(_ vehicle: Vehicle, _ at: Int64, quiet: Duration, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            INSERT INTO ride_vehicle (line, agent, last, due) VALUES (?1, ?2, ?3, max(?3 + ?4, ?5))
            ON CONFLICT (line, agent) DO UPDATE SET last = max(last, ?3), due = max(max(last, ?3) + ?4, ?5)
            """, vehicle.line.text, vehicle.agent.text, at, quiet.milliseconds, (turn.now + Self.catchesUp).milliseconds)
    }

    // MARK: Over

    func endRun(_ command: Envelope<EndRun>, in turn: borrowing Turn) throws -> Reply<RunEnded> {
        let vehicle = Vehicle(line: command.data.line, agent: command.data.agent)
        guard let line = policy.line(vehicle.line) else {
            let known = policy.lines.map(\.id.text).joined(separator: ", ")
            return .refuse("unknown-line", "There is no line \(vehicle.line). There are: \(known.isEmpty ? "none" : known).")
        }
        guard line.alights else {
            return .refuse("no-alighting", "On \(line.id) a card is held once a ride: there is no run to end.")
        }
        guard
            try turn.db.first(
                "SELECT 1 FROM ride_vehicle WHERE line = ? AND agent = ?", line.id.text, vehicle.agent.text, read: { _ in }) != nil
        else { return .refuse("unknown-vehicle", "No card has been held in \(vehicle.agent) on \(line.id) yet.") }
        try turn.db.run(
            "INSERT INTO run_end (line, agent, at, due) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", line.id.text, vehicle.agent.text,
            turn.now.milliseconds, (turn.now + Self.catchesUp).milliseconds)
        let aboard =
            try turn.db.first(
                "SELECT count(*) FROM ride WHERE line = ? AND agent = ? AND NOT decided AND boarding IS NOT NULL", line.id.text,
                vehicle.agent.text
            ) { Int($0.int(0)) } ?? 0
        let ended = RunEnded(line.id, of: vehicle.agent, at: turn.now, aboard: aboard, by: turn.actor)
        try turn.emit(ended, on: .runs, cause: command.id, subject: line.id.text)
        return .accept(ended)
    }

    /// Decides the rides of runs that are over.
    /// - Returns: when the next one will be.
    func endRuns(in turn: borrowing Turn) throws -> Instant? {
        let quiet = try turn.db.all(
            "SELECT line, agent, last, due FROM ride_vehicle WHERE due <= ? ORDER BY due, line, agent LIMIT 20", turn.now.milliseconds,
            read: Over.init)
        for over in quiet where try forget(over, in: turn) {
            try turn.db.run(
                "UPDATE ride_vehicle SET due = NULL WHERE line = ? AND agent = ?", over.vehicle.line.text, over.vehicle.agent.text)
        }
        let ended = try turn.db.all(
            "SELECT line, agent, at, due FROM run_end WHERE due <= ? ORDER BY due, line, agent LIMIT 20", turn.now.milliseconds,
            read: Over.init)
        for over in ended where try forget(over, in: turn) {
            try turn.db.run(
                "UPDATE run_end SET due = NULL WHERE line = ? AND agent = ? AND at = ?", over.vehicle.line.text, over.vehicle.agent.text,
                over.through.milliseconds)
        }
        let next = try turn.db.first(
            "SELECT min(due) FROM (SELECT min(due) AS due FROM ride_vehicle UNION ALL SELECT min(due) FROM run_end)"
        ) { $0.intIfPresent(0) }
        return (next ?? nil).map { Instant(milliseconds: $0) }
    }

    /// A vehicle, and until when everything in it is over.
    private struct Over {
        let vehicle: Vehicle
        let through: Instant

        init(_ row: Row) {
            guard let line = LineID(row.text(0)), let agent = AgentID(row.text(1)) else {
                preconditionFailure("a vehicle was written with a line and an agent")
            }
            (vehicle, through) = (Vehicle(line: line, agent: agent), Instant(milliseconds: row.int(2)))
        }
    }

    /// - Returns: whether that was all; the rest comes in the next turn.
    private func forget(_ over: Over, in turn: borrowing Turn) throws -> Bool {
        let (line, agent, through) = (over.vehicle.line.text, over.vehicle.agent.text, over.through.milliseconds)
        guard policy.line(over.vehicle.line) != nil else {
            // The town has given the line up: what is not known of its rides never will be.
            try turn.db.run("DELETE FROM ride WHERE line = ? AND agent = ? AND at <= ? AND NOT decided", line, agent, through)
            return true
        }
        try turn.db.run("UPDATE ride_tap SET over = 1 WHERE line = ? AND agent = ? AND at <= ? AND NOT over", line, agent, through)
        let open = try turn.db.all(
            "SELECT id, rider, at FROM ride WHERE line = ? AND agent = ? AND at <= ? AND NOT decided ORDER BY at, id LIMIT 100", line,
            agent,
            through
        ) { (EventID(bytes: $0.blob(0)), Rider($0.text(1)), Instant(milliseconds: $0.int(2))) }
        for case (let id?, let rider, let at) in open {
            let run = try run(at: at, of: over.vehicle, in: turn.db)
            _ = try refold(rider, in: over.vehicle, run, cause: id, " over", in: turn)
        }
        return open.count < 100
    }
}
