import Contracts
import ServiceKit
import Store

/// The change of token keys, after a reader was stolen: each card that is held anywhere is known under the new key from then on.
extension ResidentDirectory {
    func follow(_ former: Token, to token: Token, _ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard let old = try card(former, in: turn.db), try card(token, in: turn.db) == nil else { return }
        var new = old
        new = KeptCard(
            token: token, person: old.person, scheme: old.scheme, status: old.status, since: turn.now, until: old.until, former: former)
        try save(new, in: turn.db)
        try rule(PersonRuled(.linked, old.person, by: turn.identity.user, card: token), before: Before(card: nil), cause: tap.id, in: turn)
        try tell([old.person], cause: tap.id, in: turn)
    }

    func retire(_ command: Envelope<RetireTokenKey>, in turn: borrowing Turn) throws -> Reply<RetiredKey> {
        let prefix = "k\(command.data.number).%"
        let counts = try turn.db.first(
            """
            SELECT count(*) FILTER (WHERE other.token IS NOT NULL), count(*) FILTER (WHERE other.token IS NULL)
            FROM card LEFT JOIN card AS other ON other.former = card.token WHERE card.token LIKE ? AND card.status = 'active'
            """, prefix
        ) { (Int($0.int(0)), Int($0.int(1))) }
        let (followed, stranded) = counts ?? (0, 0)
        guard followed + stranded > 0 else {
            return .refuse("unknown-key", "No card works under token key \(command.data.number).")
        }
        if !command.data.dry {
            try turn.db.run(
                "UPDATE card SET status = 'replaced', until = ? WHERE token LIKE ? AND status = 'active'", turn.now.milliseconds, prefix)
            try beginSweep(again: false, in: turn)
        }
        return .accept(RetiredKey(followed: followed, stranded: stranded))
    }
}
