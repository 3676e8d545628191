import Contracts
import Seal
import ServiceKit
import Store

/// What is kept no longer than its time: a little of it once a minute. The log says how much, and names nobody.
extension ResidentDirectory {
    /// Of a list that nobody finished, or that was thrown away.
    private static let keepsList = Duration.seconds(30 * 86_400)

    func forgetWhatIsOver(in turn: borrowing Turn) throws {
        let gone = [
            (try forgetPersons(in: turn), "persons"), (try forgetRulings(in: turn), "rulings and looks"),
            (try forgetLists(in: turn), "unfinished lists"),
        ].filter { $0.0 > 0 }
        guard !gone.isEmpty else { return }
        turn.log("erased, because the time for keeping it is over: \(gone.map { "\($1) \($0)" }.joined(separator: ", "))")
    }

    private func forgetPersons(in turn: borrowing Turn) throws -> Int {
        let over = try turn.db.all(
            """
            SELECT id FROM person WHERE standing = 'left' AND ended < ?1
            UNION ALL SELECT id FROM person WHERE standing = 'provisional' AND since < ?2
            AND NOT EXISTS (SELECT 1 FROM card WHERE card.person = person.id AND status = 'active') LIMIT 50
            """, (turn.now - policy.keepsLeft).milliseconds, (turn.now - policy.keepsProvisional).milliseconds
        ) { PersonID($0.text(0)) }.compactMap { $0 }
        for id in over {
            guard let person = try person(id, in: turn.db) else { continue }
            let cause = EventID.derived(ofType: "retention", identity: id.text, at: turn.now)
            _ = try forget(person, why: "the time for keeping it is over", by: turn.identity.user, cause: cause, in: turn)
        }
        return over.count
    }

    private func forgetRulings(in turn: borrowing Turn) throws -> Int {
        let limit = (turn.now - policy.keepsRulings).milliseconds
        try turn.db.run("DELETE FROM told_again WHERE at < ?", limit)
        return try turn.db.run("DELETE FROM ruling WHERE id IN (SELECT id FROM ruling WHERE at < ? ORDER BY at LIMIT 500)", limit)
    }

    /// The rows of a long list go a part at a time, and the list with the last of them.
    private func forgetLists(in turn: borrowing Turn) throws -> Int {
        let limit = (turn.now - Self.keepsList).milliseconds
        // Nobody goes on with it while its rows go. What was ready a month ago says nothing of today.
        try turn.db.run("UPDATE list SET stage = 'discarded' WHERE stage IN ('incomplete', 'ready', 'approved') AND at < ?", limit)
        let old = try turn.db.first("SELECT id FROM list WHERE stage = 'discarded' AND at < ? ORDER BY at LIMIT 1", limit) { $0.blob(0) }
        guard let old else { return 0 }
        let rows = try turn.db.run(
            "DELETE FROM list_row WHERE list = ?1 AND line IN (SELECT line FROM list_row WHERE list = ?1 ORDER BY line LIMIT 5000)", old)
        guard rows < 5000 else { return 0 }
        try turn.db.run("DELETE FROM list_count WHERE list = ?", old)
        return try turn.db.run("DELETE FROM list WHERE id = ?", old)
    }
}
