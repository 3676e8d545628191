import Contracts
import ServiceKit
import Store

/// What was noted in a rehearsal (訓練) need not wait for the end of its time: it is wiped by one word of the registry that keeps the shelter, at every
/// other one too, and what is heard late of it is wiped already.
extension ShelterRegistry {
    func wipe(_ command: Envelope<WipeDrill>, in turn: borrowing Turn) throws -> Reply<ShelterChanged> {
        let shelter = command.data.shelter
        if let objection = elsewhere(shelter) { return objection.reply() }
        guard var known = try known(shelter, in: turn.db) else { return try unknown(shelter, in: turn.db).reply() }
        guard known.run.stage == .closed || !known.run.isDrill else {
            return .refuse("drill-on", "A rehearsal is on at \(shelter). End it first: kazasu shelter close \(shelter) --empty")
        }
        known.run.wiped = turn.now
        return .accept(try rule(known, in: turn))
    }

    func isWiped(_ shelter: ShelterID, _ moment: Instant, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM shelter WHERE id = ? AND wiped >= ?", shelter.text, moment.milliseconds, read: { _ in }) != nil
    }

    func wipeDrills(at shelter: ShelterID, until wiped: Instant, in turn: borrowing Turn) throws {
        // Receipts first: a rehearsal may have been of goods alone.
        try turn.db.run(
            "DELETE FROM handed WHERE hand_out IN (SELECT id FROM hand_out WHERE drill AND shelter = ? AND ends <= ?)", shelter.text,
            wiped.milliseconds)
        try turn.db.run("DELETE FROM hand_out WHERE drill AND shelter = ? AND ends <= ?", shelter.text, wiped.milliseconds)
        let keys = try turn.db.all(
            "SELECT DISTINCT key FROM note WHERE drill AND shelter = ? AND at <= ?", shelter.text, wiped.milliseconds
        ) { $0.text(0) }
        guard !keys.isEmpty else { return }
        try turn.db.run(
            "DELETE FROM correction WHERE note IN (SELECT id FROM note WHERE drill AND shelter = ? AND at <= ?)", shelter.text,
            wiped.milliseconds)
        try turn.db.run("DELETE FROM note WHERE drill AND shelter = ? AND at <= ?", shelter.text, wiped.milliseconds)
        for key in keys {
            try refold(key, in: turn)
            // Guests who were made up for it.
            if try turn.db.first("SELECT 1 FROM note WHERE key = ?", key, read: { _ in }) == nil { try forgetFiles(of: key, in: turn) }
        }
        turn.log("\(shelter): \(keys.count) people of a rehearsal were wiped")
    }
}
