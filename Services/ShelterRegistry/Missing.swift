import Contracts
import People
import ServiceKit
import Store

/// Who has not come: whoever a list names, without those who are somewhere.
extension ShelterRegistry {
    func list(_ command: Envelope<ListMissing>, in turn: borrowing Turn) throws -> Reply<MissingPage> {
        let page = 100
        let list = command.data.list.description
        guard try turn.db.first("SELECT 1 FROM member WHERE list = ? LIMIT 1", list, read: { _ in }) != nil else {
            let kind = command.data.list.kind.rawValue
            let some = try turn.db.all("SELECT DISTINCT list FROM member WHERE list >= ? AND list < ? LIMIT 10", "\(kind)/", "\(kind)0") {
                $0.text(0)
            }
            return .refuse(
                "unknown-list", "The directory has nobody in \(list). Known: \(some.isEmpty ? "none" : some.joined(separator: ", ")).")
        }
        // Whoever has an open stay is somewhere; whoever had one only is known to be alive.
        let counts = try turn.db.first(
            """
            SELECT count(*) FILTER (WHERE kind IN ('night', 'day')), count(*) FILTER (WHERE kind IN ('car', 'home')),
                count(*) FILTER (WHERE kind IS NULL AND was), count(*) FILTER (WHERE kind IS NULL AND NOT was)
            FROM (SELECT s.kind AS kind, s.kind IS NULL AND EXISTS (
                    SELECT 1 FROM stay WHERE key = m.person AND drill = 0) AS was
                FROM member AS m LEFT JOIN stay AS s ON s.key = m.person AND s.drill = 0 AND s.ends IS NULL WHERE m.list = ?)
            """, list
        ) { (Int($0.int(0)), Int($0.int(1)), Int($0.int(2)), Int($0.int(3))) }
        let people = try turn.db.all(
            """
            SELECT person FROM member AS m WHERE list = ? AND person > ?
            AND NOT EXISTS (SELECT 1 FROM stay WHERE key = m.person AND drill = 0 AND ends IS NULL) ORDER BY person LIMIT ?
            """, list, command.data.after?.text ?? "", page + 1
        ) { PersonID($0.text(0)) }.compactMap(\.self)
        turn.log(
            "missing persons of a \(command.data.list.kind.rawValue) read by \(turn.actor)\(command.data.after == nil ? "" : ", another page")"
        )
        let (here, elsewhere, left, missing) = counts ?? (0, 0, 0, 0)
        return .accept(
            MissingPage(
                here: here, elsewhere: elsewhere, left: left, missing: missing,
                people: try people.prefix(page).map { try brief(.person($0), false, in: turn.db) }, more: people.count > page))
    }
}
