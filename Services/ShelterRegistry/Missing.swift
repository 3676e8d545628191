import Contracts
import People
import ServiceKit
import Store

/// Who has not come: whoever a list names, without those who are somewhere.
extension ShelterRegistry {
    func list(_ command: Envelope<ListMissing>, in turn: borrowing Turn) throws -> Reply<MissingPage> {
        let page = 100
        let list = index(list: command.data.list.description)
        guard try turn.db.first("SELECT 1 FROM member WHERE list = ? LIMIT 1", list, read: { _ in }) != nil else {
            let some = try someLists(like: command.data.list, in: turn.db).joined(separator: ", ")
            return .refuse("unknown-list", "The directory has nobody in \(command.data.list). Known: \(some.isEmpty ? "none" : some).")
        }
        // Whoever has an open stay is somewhere; whoever had one only is known to be alive. One look at each of the list: it may be a whole town's.
        let after = command.data.after?.text ?? ""
        var (absent, left, people): (Int, Int, [PersonID]) = (0, 0, [])
        _ = try turn.db.all(
            """
            SELECT person, EXISTS (SELECT 1 FROM stay WHERE key = m.person AND drill = 0) FROM member AS m
            WHERE list = ? AND NOT EXISTS (SELECT 1 FROM stay WHERE key = m.person AND drill = 0 AND ends IS NULL) ORDER BY person
            """, list
        ) { row in
            absent += 1
            left += Int(row.int(1))
            if people.count <= page, row.text(0) > after, let person = PersonID(row.text(0)) { people.append(person) }
        }
        let all = try turn.db.first("SELECT count(*) FROM member WHERE list = ?", list) { Int($0.int(0)) } ?? 0
        let elsewhere =
            try turn.db.first(
                """
                SELECT count(*) FROM stay JOIN member ON list = ? AND person = key
                WHERE drill = 0 AND ends IS NULL AND kind IN ('car', 'home')
                """, list
            ) { Int($0.int(0)) } ?? 0
        turn.log(
            "missing persons of a \(command.data.list.kind.rawValue) read by \(turn.actor)\(command.data.after == nil ? "" : ", another page")"
        )
        return .accept(
            MissingPage(
                here: all - absent - elsewhere, elsewhere: elsewhere, left: left, missing: absent - left,
                people: try people.prefix(page).map { try brief(.person($0), false, in: turn.db) }, more: people.count > page))
    }

    /// As the views of some people say: what they are called is not kept in any other place.
    private func someLists(like list: PeopleList, in db: borrowing Transaction) throws -> [String] {
        let people = try db.all("SELECT DISTINCT person FROM member ORDER BY person LIMIT 300") { PersonID($0.text(0)) }.compactMap(\.self)
        let lists = try people.flatMap { person in try People<ShelterView>.view(of: person, in: db).map(Self.lists) ?? [] }
        return Array(Set(lists.filter { $0.hasPrefix("\(list.kind.rawValue)/") }).sorted().prefix(10))
    }
}
