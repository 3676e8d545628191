import Contracts
import Seal
import ServiceKit
import Store

/// Forgetting somebody. What was decided and who looked is kept for as long as the town answers for it.
extension ResidentDirectory {
    func erase(_ command: Envelope<ErasePerson>, in turn: borrowing Turn) throws -> Reply<Erased> {
        try turn.obey {
            // The reason is kept, so it names nobody.
            let why = try reason(command.data.why)
            let person = try known(command.data.person, in: turn.db)
            guard person.standing != .erased else { throw Self.gone(person) }
            guard person.standing != .merged else { throw Self.gone(person) }
            let gone = try forget(person, why: why, by: turn.actor, cause: command.id, in: turn)
            let until = (turn.now + policy.keepsRulings).date(turn.identity.offset)
            let rulings = try turn.db.first("SELECT count(*) FROM ruling WHERE person = ?", person.id.text) { Int($0.int(0)) } ?? 0
            return .accept(
                Erased(
                    gone: gone,
                    kept: [
                        "id": "\(person.id), so that it is never given to anybody else",
                        "history":
                            "\(rulings) entries of who decided and who looked, without names or reasons, until \(until) at the latest: a public body answers for its acts (公文書管理法 第6条, 個人情報保護法 第66条)",
                        "journals of other services":
                            "taps and what followed from them under the cards' pseudonyms, at most 30 days after they were sent",
                        "lists on their way": "the line about them, sealed, until the list is applied or thrown away, at most 30 days",
                        "answers given to counters": "what was shown of the file lately, sealed, at most a day longer",
                        "copies": "backups of this database that were made before, until the town deletes them",
                    ]))
        }
    }

    /// - Returns: how much of what is gone.
    func forget(_ person: Person, why: String, by: UserID, cause: EventID, in turn: borrowing Turn) throws -> [String: Int] {
        let id = person.id.text
        let concerned = try touched(by: person.id, in: turn.db)
        var gone = ["facts": 1]
        gone["cards"] = try turn.db.run("DELETE FROM card WHERE person = ?", id)
        gone["relations"] = try turn.db.run("DELETE FROM relation WHERE person = ?1 OR other = ?1", id)
        gone["groups"] = try turn.db.run("DELETE FROM member WHERE person = ?", id)
        gone["consents"] = try turn.db.run("DELETE FROM consent WHERE person = ?", id)
        gone["entitlements"] = try turn.db.run("DELETE FROM eligibility WHERE person = ?", id)
        gone["numbers"] = try turn.db.run("DELETE FROM person_number WHERE person = ?", id)
        gone["reasons"] = try turn.db.run(
            """
            UPDATE ruling SET why = NULL, before = NULL WHERE (why IS NOT NULL OR before IS NOT NULL)
            AND person IN (SELECT ?1 UNION SELECT id FROM person WHERE merged = ?1)
            """, id)
        var ghost = person
        (ghost.facts, ghost.standing, ghost.ended) = (PersonFacts(), .erased, turn.now)
        try save(ghost, in: turn.db)
        // Whoever was merged into them goes with them.
        for other in try turn.db.all("SELECT id FROM person WHERE merged = ?", id, read: { PersonID($0.text(0)) }).compactMap({ $0 }) {
            guard var ghost = try self.person(other, in: turn.db) else { continue }
            (ghost.facts, ghost.standing, ghost.merged, ghost.ended) = (PersonFacts(), .erased, nil, turn.now)
            try save(ghost, in: turn.db)
            try tell([other], cause: cause, in: turn)
        }
        try rule(PersonRuled(.erased, person.id, by: by), why: why, cause: cause, in: turn)
        try tell(concerned, cause: cause, in: turn)
        return gone.filter { $0.value > 0 }
    }
}
