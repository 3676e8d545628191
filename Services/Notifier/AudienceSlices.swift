import Contracts
import People
import ServiceKit
import Store

/// Some hundred people at a time for whom a message may be meant, each once, in the order of their ids: found by what narrows it down most.
extension Notifier {
    /// - Parameter cursor: the last of the page before.
    /// - Returns: `next` is `nil` at the end.
    func audience(
        _ audience: Audience, after cursor: String, in db: borrowing Transaction
    ) throws -> (people: [PersonID], next: String?) {
        let found: [String]
        if audience.shelters != nil {
            found = try db.all(
                "SELECT person FROM sheltered WHERE presence <> 'left' AND person > ? ORDER BY person LIMIT ?", cursor, Self.slice
            ) { $0.text(0) }
        } else if let id = audience.school {
            guard let school = policy.school(id) else { return ([], nil) }
            found = try around(school, after: cursor, in: db)
        } else if let group = audience.group {
            found = try db.all(
                "SELECT person FROM member WHERE \"group\" = ? AND person > ? ORDER BY person LIMIT ?", group.text, cursor, Self.slice
            ) { $0.text(0) }
        } else if let districts = audience.districts {
            let each = try districts.map { district in
                try db.all(
                    "SELECT person FROM known WHERE district = ? AND person > ? ORDER BY person LIMIT ?", index(district: district), cursor,
                    Self.slice
                ) { $0.text(0) }
            }
            found = Array(Set(each.joined()).sorted().prefix(Self.slice))
        } else {
            found = try People<NoticeView>.ids(after: cursor, limit: Self.slice, in: db).map(\.text)
        }
        return (found.compactMap { PersonID($0) }, found.count < Self.slice ? nil : found.last)
    }

    /// The pupils of a school, whoever is told about them and whoever may collect them.
    private func around(_ school: School, after cursor: String, in db: borrowing Transaction) throws -> [String] {
        if let group = school.group {
            return try db.all(
                """
                SELECT person FROM member WHERE "group" = ?1 AND person > ?2
                UNION SELECT recipient FROM member JOIN told_of ON subject = person WHERE "group" = ?1 AND recipient > ?2
                UNION SELECT collector FROM member JOIN collects ON child = person WHERE "group" = ?1 AND collector > ?2
                ORDER BY 1 LIMIT ?3
                """, group.text, cursor, Self.slice
            ) { $0.text(0) }
        }
        return try db.all(
            """
            SELECT person FROM known WHERE school = ?1 AND person > ?2
            UNION SELECT recipient FROM known JOIN told_of ON subject = person WHERE school = ?1 AND recipient > ?2
            UNION SELECT collector FROM known JOIN collects ON child = person WHERE school = ?1 AND collector > ?2
            ORDER BY 1 LIMIT ?3
            """, index(school: school.register ?? school.title), cursor, Self.slice
        ) { $0.text(0) }
    }

    func count(_ command: Envelope<CountAudience>, in turn: borrowing Turn) throws -> Reply<AudienceCount> {
        try turn.obey {
            let ask = command.data
            try mayDo(ask.audience.school, in: turn)
            try check(ask.audience)
            let page = try audience(ask.audience, after: ask.after?.text ?? "", in: turn.db)
            let wish = Wish(ask.audience, ask.kind, ask.tier)
            var count = AudienceCount(recipients: 0, declined: 0, unreachable: 0, next: page.next.flatMap { PersonID($0) })
            for candidate in page.people {
                switch try recipient(candidate, wish, on: turn.now.date(turn.identity.offset), in: turn.db)?.verdict {
                case .told: count.recipients += 1
                case .declined: count.declined += 1
                case .unreachable, .beyondReach: count.unreachable += 1
                case nil: break
                }
            }
            return .accept(count)
        }
    }
}
