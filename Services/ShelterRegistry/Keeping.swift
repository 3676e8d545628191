import Contracts
import ServiceKit
import Store

/// What is known of people at shelters is forgotten when the time after a shelter's closing is over.
extension ShelterRegistry {
    private static let step = 200

    func forgetWhatIsOver(in turn: borrowing Turn) throws {
        let limit = (turn.now - rules.keep).milliseconds
        // Whoever has been nowhere since, and at no shelter that is open or was closed lately.
        let over = try turn.db.all(
            """
            SELECT DISTINCT key, drill FROM note AS n WHERE at < ?1
            AND NOT EXISTS (SELECT 1 FROM stay WHERE key = n.key AND drill = n.drill AND ends IS NULL)
            AND NOT EXISTS (
                SELECT 1 FROM note JOIN shelter ON shelter.id = note.shelter WHERE note.key = n.key AND note.drill = n.drill
                AND (note.at >= ?1 OR shelter.stage <> 'closed' OR shelter.since >= ?1)) LIMIT ?2
            """, limit, Self.step
        ) { ($0.text(0), $0.int(1) == 1) }
        for (key, isDrill) in over { try forget(key, isDrill, in: turn) }
        // Guests who were written down and never came.
        let unseen = try turn.db.all(
            "SELECT DISTINCT who FROM evacuee_file AS f WHERE at < ? AND NOT EXISTS (SELECT 1 FROM note WHERE raw = f.who OR key = f.who) LIMIT ?",
            limit, Self.step
        ) { $0.text(0) }
        for who in unseen { try forgetFiles(of: who, in: turn) }
        let told = try turn.db.all(
            "SELECT key FROM told_whereabouts AS t WHERE at < ? AND NOT EXISTS (SELECT 1 FROM note WHERE key = t.key) LIMIT ?", limit,
            Self.step
        ) { $0.text(0) }
        for key in told {
            try turn.db.run("DELETE FROM told_whereabouts WHERE key = ?", key)
            try turn.retire(key, on: .whereabouts)
        }
        try turn.db.run(
            "DELETE FROM look_up WHERE id IN (SELECT id FROM look_up WHERE at < ? AND who NOT IN (SELECT key FROM note) OR at < ? AND who IS NULL LIMIT 200)",
            limit, limit)
        try turn.db.run("DELETE FROM evacuee_seen WHERE id IN (SELECT id FROM evacuee_seen WHERE at < ? LIMIT 200)", limit)
        try forgetHandOuts(before: Instant(milliseconds: limit), in: turn)
    }

    private func forget(_ key: String, _ isDrill: Bool, in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM correction WHERE note IN (SELECT id FROM note WHERE key = ? AND drill = ?)", key, isDrill)
        try turn.db.run("DELETE FROM note WHERE key = ? AND drill = ?", key, isDrill)
        try turn.db.run("DELETE FROM stay WHERE key = ? AND drill = ?", key, isDrill)
        guard try turn.db.first("SELECT 1 FROM note WHERE key = ?", key, read: { _ in }) == nil else { return }
        try forgetFiles(of: key, in: turn)
        // Guests who were found to be this one.
        for guest in try turn.db.all("SELECT guest FROM identity WHERE \"into\" = ?", key, read: { $0.text(0) }) {
            try forgetFiles(of: guest, in: turn)
        }
    }

    func forgetFiles(of who: String, in turn: borrowing Turn) throws {
        let own = turn.identity.address.instance.text
        for part in try turn.db.all("SELECT part FROM evacuee_file WHERE who = ? AND source = ?", who, own, read: { $0.text(0) }) {
            try turn.retire("\(who)/\(part)", on: .evacueeFiles)
        }
        try turn.db.run("DELETE FROM evacuee_file WHERE who = ?", who)
        // Residents are found by what the directory says of them.
        if GuestID(who) != nil { try turn.db.run("DELETE FROM reading_index WHERE who = ?", who) }
        try turn.db.run("DELETE FROM identity WHERE guest = ?", who)
        try turn.db.run("DELETE FROM card_guest WHERE guest = ?", who)
    }
}
