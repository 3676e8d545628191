import Contracts
import Store

/// A bus whose machine is cut off, restored and cloned like any other.
extension PointsInSimulation {
    static var line: Line {
        var line = Line("country", title: "山線", carrier: "nagai-bus", fare: .flat(20))
        (line.stored, line.alights, line.dayCap, line.runEndsAfter) = (["points"], true, 50, .seconds(600))
        return line
    }

    /// Whatever became known in which order: rides are paid with what is held for them, and nobody pays twice for one card.
    func rideFaults(_ taps: [EventID], in db: borrowing Transaction) throws -> [String] {
        var wrong: [String] = []
        let carrier = try db.first("SELECT sum(credits_posted - debits_posted) FROM account WHERE kind = 'carrier'") { $0.int(0) } ?? 0
        let held = try db.first("SELECT sum(amount) FROM ride_part") { $0.int(0) } ?? 0
        if carrier != held { wrong.append("the carrier has \(carrier), and its rides hold \(held)") }
        wrong += try db.all(
            """
            SELECT due, outcome, coalesce((SELECT sum(amount) FROM ride_part WHERE ride = ride.id), 0) AS held FROM ride WHERE decided
            AND CASE WHEN outcome IN ('paid', 'overdrawn') THEN held <> due ELSE held <> 0 END
            """
        ) { "a ride of \($0.int(0)) yen is \($0.text(1)) and holds \($0.int(2))" }
        wrong += try db.all(
            "SELECT count(*) FROM (SELECT boarding AS tap FROM ride UNION ALL SELECT alighting FROM ride) WHERE tap IS NOT NULL GROUP BY tap HAVING count(*) > 1"
        ) { "a card held once is in \($0.int(0)) rides" }
        wrong += try db.all(
            "SELECT sum(due) FROM ride WHERE decided AND rider LIKE 'p-%' GROUP BY rider, (at + 32400000) / 86400000 HAVING sum(due) > 50"
        ) { "a day's rides cost \($0.int(0)) yen, above the cap" }
        let known = Set(try db.all("SELECT id FROM ride_tap") { EventID(bytes: $0.blob(0)) }.compactMap(\.self))
        return wrong + taps.filter { !known.contains($0) }.map { "tap \($0) on board is not known" }
    }
}
