import Contracts
import Seal
import ServiceKit
import Store

/// Tells each service how a person is now, where that differs from what it was told last.
extension ResidentDirectory {
    /// Once a person and cause: of several changes of one command only the last is told.
    func tell(_ persons: Set<PersonID>, cause: EventID, again: Bool = false, in turn: borrowing Turn) throws {
        for id in persons.sorted() { try tell(id, cause: cause, again: again, in: turn) }
    }

    private func tell(_ id: PersonID, cause: EventID, again: Bool, in turn: borrowing Turn) throws {
        guard let views = try views(of: id, in: turn) else { return }
        let isMerged = views.lock?.into != nil
        func say<View: EventBody>(_ view: View?, else nothing: View, _ channel: Channel<View>, _ key: String) throws {
            let word = channel.name.text
            let told = try turn.db.first("SELECT digest FROM told WHERE view = ? AND key = ?", word, key) { $0.blob(0) }
            // Who was never told of somebody need not be told that they are gone; but what this copy does not know of may have been told.
            guard view != nil || told != nil || again else { return }
            // A merge is told to those alone who knew the person, as far as this copy knows.
            guard told != nil || !isMerged || again else { return }
            let news = view ?? nothing
            let digest = vault.blindIndex(try news.json(), for: "told")
            guard told != digest || again else { return }
            try turn.db.run("INSERT OR REPLACE INTO told (view, key, digest) VALUES (?, ?, ?)", word, key, digest)
            try turn.put(news, on: channel, key: key, cause: cause)
        }
        let visitor = vault.visitor(id)
        try say(views.lock, else: LockView(id), .lockView, id.text)
        try say(views.shelter, else: ShelterView(id), .shelterView, id.text)
        try say(views.points, else: PointsView(id), .pointsView, id.text)
        try say(views.notice, else: NoticeView(id), .noticeView, id.text)
        try say(views.reception, else: ReceptionView(id), .receptionView, id.text)
        try say(views.visit, else: VisitView(visitor), .visitView, visitor.text)
    }

    func views(of id: PersonID, in turn: borrowing Turn) throws -> Views? {
        guard let person = try person(id, in: turn.db) else { return nil }
        let known = person.isPresent ? try known(of: person, in: turn.db) : Known(person: person)
        return Views(
            of: known, visitor: vault.visitor(id), on: turn.now.date(turn.identity.offset), programmes: policy.programmes)
    }

    private func known(of person: Person, in db: borrowing Transaction) throws -> Known {
        var known = Known(person: person)
        let id = person.id.text
        let cards = try db.all("SELECT token, status FROM card WHERE person = ? AND status IN ('active', 'suspended', 'lost')", id) {
            (Token($0.text(0)), $0.text(1) == "active")
        }
        known.tokens = cards.compactMap { $1 ? $0 : nil }.sorted()
        known.barred = cards.compactMap { $1 ? nil : $0 }.sorted()
        known.groups = try db.all("SELECT \"group\" FROM member WHERE person = ?", id) { GroupID($0.text(0)) }.compactMap { $0 }.sorted()
        known.household = person.facts.household.map { HouseholdID(vault.index(household: $0)) }
        known.agreed = Set(try consents(of: person.id, in: db).filter(\.given).map { "\($0.service)/\($0.kind)" })
        known.listed = try listed(person.id, in: db)
        known.hasPupil = try hasPupil(person.id, in: db)
        let relations = try db.all(
            "SELECT person, kind, standing IN ('provisional', 'registered') FROM relation JOIN person ON id = person WHERE other = ?", id
        ) { (PersonID($0.text(0)), RelationKind(rawValue: $0.text(1)), $0.int(2) == 1) }
        for case (let relative?, let kind?, let isPresent) in relations {
            let agreed = try consents(of: relative, in: db).filter { $0.given && $0.service == "notifier" }.map(\.kind).sorted()
            known.relatives.append(Known.Relative(person: relative, kind: kind, isPresent: isPresent, agreed: agreed))
        }
        known.relatives.sort { ($0.person, $0.kind.rawValue) < ($1.person, $1.kind.rawValue) }
        return known
    }

    /// Whether somebody speaks for a pupil, and so can have messages sent to a browser of theirs though the town knows no address.
    private func hasPupil(_ guardian: PersonID, in db: borrowing Transaction) throws -> Bool {
        try db.all("SELECT other FROM relation WHERE person = ? AND kind = 'guardian'", guardian.text) { PersonID($0.text(0)) }.contains {
            guard let child = try $0.flatMap({ try person($0, in: db) }) else { return false }
            return child.isPresent && child.facts.school != nil && child.facts.isProtected != true
        }
    }

    /// What holds now: the newest of each service and kind.
    func consents(of person: PersonID, in db: borrowing Transaction) throws -> [Consent] {
        try db.all("SELECT service, kind, max(at), given, wording, how FROM consent WHERE person = ? GROUP BY service, kind", person.text) {
            row -> Consent? in
            guard let service = ServiceID(row.text(0)), let kind = Name<Consent>(row.text(1)) else { return nil }
            return Consent(
                service, kind, given: row.int(3) == 1, wording: row.text(4), how: row.text(5), at: Instant(milliseconds: row.int(2)))
        }.compactMap { $0 }
    }

    func listed(_ person: PersonID, in db: borrowing Transaction) throws -> [Eligibility] {
        try db.all("SELECT programme, starts, ends FROM eligibility WHERE person = ? ORDER BY programme, list", person.text) {
            row -> Eligibility? in
            guard let programme = ProgrammeID(row.text(0)), let from = CalendarDate(row.text(1)) else { return nil }
            return Eligibility(programme, from: from, to: row.textIfPresent(2).flatMap { CalendarDate($0) })
        }.compactMap { $0 }
    }
}
