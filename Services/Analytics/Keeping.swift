import Contracts
import ServiceKit
import Store

/// What is kept, and for how long.
extension Analytics {
    /// The first day whose visits are kept.
    func firstKeptDay(in turn: borrowing Turn) -> VisitDay { day(of: turn.now - policy.keeps, in: turn) }

    /// Of days of which no visit can be made anew the taps go, and with its last day a month's key.
    func forgetTaps(in turn: borrowing Turn) throws {
        let first = firstOpenDay(in: turn).number
        try turn.db.run(
            """
            DELETE FROM tap WHERE (day, facility, who, at, id) IN (SELECT day, facility, who, at, id FROM tap WHERE day < ? LIMIT 5000)
            """, first)
        try turn.db.run("DELETE FROM unplaced WHERE heard < ?", first)
        try turn.db.run("DELETE FROM at_door WHERE heard < ?", first)
        try turn.db.run("DELETE FROM started WHERE heard < ?", first)
        try forgetKeys(in: turn)
    }

    func forgetVisits(in turn: borrowing Turn) throws {
        try forgetRides(before: firstKeptDay(in: turn), in: turn.db)
        let first = firstKeptDay(in: turn).number
        try turn.db.run(
            """
            DELETE FROM visit WHERE (day, facility, who, n) IN (SELECT day, facility, who, n FROM visit WHERE day < ? LIMIT 5000)
            """, first)
        try turn.db.run("DELETE FROM odd WHERE day < ?", first)
        try turn.db.run("DELETE FROM counted WHERE day < ?", first)
        try turn.db.run("DELETE FROM unlocked WHERE day < ?", first)
        try turn.db.run("DELETE FROM received WHERE day < ?", first)
    }

    /// Visits of today.
    func visitsToday(in turn: borrowing Turn) throws -> Int64 {
        try turn.db.first("SELECT count(*) FROM visit WHERE day = ?", day(of: turn.now, in: turn).number) { $0.int(0) } ?? 0
    }

    /// Taps in no visit are somebody's to look at.
    func oddProblems(in turn: borrowing Turn) throws -> [Problem] {
        try odd(on: day(of: turn.now, in: turn), in: turn.db).prefix(20).map { odd in
            let (agent, taps) = (odd.agent, odd.count == 1 ? "1 tap" : "\(odd.count) taps")
            let text =
                switch odd.reason {
                case .noClock:
                    "\(agent): \(taps) without a time and so in no visit: the machine there does not know what time it is. Bring its network back; when it has learnt the time they are counted."
                case .future:
                    "\(agent): \(taps) of a time to come and so in no visit: the clock there is ahead. Let that machine keep its time by NTP."
                case .tooOld:
                    "\(agent): \(taps) of more than \(policy.waitsFor.milliseconds / 86_400_000) days ago and so in no visit. Was the machine there cut off for so long, or is its clock behind? Let it keep its time by NTP."
                }
            return Problem(.amber, "odd-taps", text)
        }
    }
}
