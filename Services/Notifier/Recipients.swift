import Contracts
import People
import Seal
import ServiceKit
import Store

/// Who is who: read off the directory's rows, and found by what is kept beside them.
extension Notifier {
    func view(of person: PersonID, in db: borrowing Transaction) throws -> NoticeView? { try People<NoticeView>.view(of: person, in: db) }

    /// Whose card it is, under the name they have now.
    func holder(of tap: Tapped, in db: borrowing Transaction) throws -> PersonID? {
        for token in [tap.token, tap.former].compactMap(\.self) {
            if let person = try People<NoticeView>.person(of: token, in: db) { return try People<NoticeView>.present(person, in: db) }
        }
        return nil
    }

    /// Who may be told about somebody, and wants to.
    func listeners(of subject: PersonID, for kind: NoticeKind?, in db: borrowing Transaction) throws -> [NoticeView.Tell] {
        let tell = try view(of: subject, in: db)?.tell ?? []
        return kind.map { kind in tell.filter { $0.kinds.contains(kind) } } ?? tell
    }

    /// Whether a message that was to leave is still wanted: asked when it leaves, since a relation or a consent may have ended by then.
    func isWanted(_ notice: KeptNotice, by recipient: NoticeRecipient, in db: borrowing Transaction) throws -> Bool {
        if let message = notice.values.message, try isWithdrawn(message, in: db) { return false }
        guard case .person(let person) = recipient else { return true }
        guard let kind = notice.values.kind else { return true }
        guard let subject = notice.subject, subject != person else {
            return try view(of: person, in: db)?.agreed?.contains(kind) ?? false
        }
        return try listeners(of: subject, for: kind, in: db).contains { $0.person == person }
    }

    /// Children, parents, neighbours: of whom a recipient may be told.
    func subjects(of recipient: PersonID, in db: borrowing Transaction) throws -> [PersonID] {
        try db.all("SELECT subject FROM told_of WHERE recipient = ? ORDER BY subject", recipient.text) { PersonID($0.text(0)) }.compactMap(
            \.self)
    }

    /// Whom a person may bring or collect.
    func children(of collector: PersonID, in db: borrowing Transaction) throws -> [PersonID] {
        try db.all("SELECT child FROM collects WHERE collector = ? ORDER BY child", collector.text) { PersonID($0.text(0)) }.compactMap(
            \.self)
    }

    /// The pupils for whom a person speaks.
    func wards(of guardian: PersonID, in db: borrowing Transaction) throws -> [PersonID] {
        try db.all("SELECT child FROM guards WHERE guardian = ? ORDER BY child", guardian.text) { PersonID($0.text(0)) }.compactMap(\.self)
    }

    /// The pupils of a school, in the order of their ids.
    func pupils(of school: School, in db: borrowing Transaction) throws -> [PersonID] {
        let found =
            if let group = school.group {
                try db.all("SELECT person FROM member WHERE \"group\" = ? ORDER BY person", group.text) { PersonID($0.text(0)) }
            } else {
                try db.all("SELECT person FROM known WHERE school = ? ORDER BY person", index(school: school.register ?? school.title)) {
                    PersonID($0.text(0))
                }
            }
        return found.compactMap(\.self)
    }

    func isPupil(_ person: PersonID, of school: School, in db: borrowing Transaction) throws -> Bool {
        guard let view = try view(of: person, in: db) else { return false }
        if let group = school.group { return view.groups?.contains(group) ?? false }
        return view.school == school.register ?? school.title
    }

    func index(school: String) -> [UInt8] { vault.blindIndex(Array(school.utf8), for: "school") }
    func index(district: String) -> [UInt8] { vault.blindIndex(Array(district.utf8), for: "district") }

    /// Before a person's row changes and after it: what they are found by is as the row says.
    func recognize(_ person: PersonID, in turn: borrowing Turn) throws {
        let id = person.text
        try turn.db.run("DELETE FROM known WHERE person = ?", id)
        try turn.db.run("DELETE FROM member WHERE person = ?", id)
        try turn.db.run("DELETE FROM told_of WHERE subject = ?", id)
        try turn.db.run("DELETE FROM collects WHERE child = ?", id)
        try turn.db.run("DELETE FROM guards WHERE child = ?", id)
        try moveWays(of: person, in: turn)
        guard let view = try view(of: person, in: turn.db) else { return }
        try turn.db.run(
            "INSERT INTO known (person, school, district) VALUES (?, ?, ?)", id, view.school.map(index(school:)),
            view.district.map(index(district:)))
        for group in Set(view.groups ?? []) { try turn.db.run("INSERT INTO member (\"group\", person) VALUES (?, ?)", group.text, id) }
        for listener in Set((view.tell ?? []).map(\.person)) {
            try turn.db.run("INSERT INTO told_of (recipient, subject) VALUES (?, ?)", listener.text, id)
        }
        for collector in Set(view.collectors ?? []) {
            try turn.db.run("INSERT INTO collects (collector, child) VALUES (?, ?)", collector.text, id)
        }
        for guardian in Set(view.guardians ?? []) {
            try turn.db.run("INSERT INTO guards (guardian, child) VALUES (?, ?)", guardian.text, id)
        }
        try recognizeAtGates(person, in: turn)
    }

    // MARK: Desks

    /// What a station may see. Only stations of the town's file have a name on the bus.
    func desk(of turn: borrowing Turn) -> NoticeDesk? {
        policy.desks.first { Role.noticeDesk.user($0.id.named()) == turn.actor }
    }

    /// A school's own station speaks for its schools alone.
    func mayDo(_ school: SchoolID?, in turn: borrowing Turn) throws {
        guard let desk = desk(of: turn) else { throw Objection("unknown-desk", "\(turn.actor) is no station of this town.") }
        guard let schools = desk.schools else { return }
        guard let school, schools.contains(school) else {
            let own = schools.sorted().map(\.text).joined(separator: ", ")
            throw Objection("not-yours", "\(desk.id) speaks for \(own) alone. Ask a station of the town.")
        }
    }
}
