import Contracts
import Seal
import ServiceKit
import Store

/// Applying a list: a few rows a turn, going on after a crash where it was, so that a clerk's card waits for one turn of it at the most.
extension ResidentDirectory {
    private static let step = 100

    /// - Returns: when to go on, if there is something to apply.
    func applyLists(in turn: borrowing Turn) throws -> Instant? {
        let next = try turn.db.first("SELECT id FROM list WHERE stage = 'applying' ORDER BY at LIMIT 1") { EventID(bytes: $0.blob(0)) }
        guard let id = next ?? nil, let list = try? opened(id, in: turn.db), let by = list.appliedBy else { return nil }
        guard list.line < OpenedList.allLines else {
            try clear(list, in: turn)
            return turn.now
        }
        let rows = try turn.db.all(
            "SELECT line, cells FROM list_row WHERE list = ? AND line > ? ORDER BY line LIMIT ?", id.bytes, list.line, Self.step
        ) { (Int($0.int(0)), $0.blob(1)) }
        // Of each person one thing is said a turn, so each turn has a cause of its own.
        let cause = EventID.derived(from: id, type: "apply", discriminator: "\(rows.last?.0 ?? -list.line)")
        var concerned: Set<PersonID> = []
        var done = 0
        for (line, cells) in rows {
            let plan = try plan(try self.cells(cells, line, list), line: line, of: list, in: turn)
            guard let person = try apply(plan, of: list, by: by, cause: cause, in: turn) else { continue }
            concerned.formUnion(try touched(by: person, in: turn.db))
            done += 1
        }
        if done > 0 { try count("done", of: id, by: done, in: turn.db) }
        guard let last = rows.last?.0 else {
            let leaving = try leaving(list, after: nil, limit: Self.step, in: turn.db)
            // The reason they leave is this list; what they were told before comes back with them.
            let cause = EventID.derived(from: id, type: "leave", discriminator: leaving.first?.text ?? "")
            for person in leaving {
                concerned.formUnion(try touched(by: person, in: turn.db))
                try leave(person, list, by: by, cause: cause, in: turn)
            }
            if leaving.isEmpty {
                try turn.db.run("UPDATE list SET line = ? WHERE id = ?", OpenedList.allLines, id.bytes)
            } else {
                try count("done", of: id, by: leaving.count, in: turn.db)
            }
            try tell(concerned, cause: cause, in: turn)
            return turn.now
        }
        try turn.db.run("UPDATE list SET line = ? WHERE id = ?", last, id.bytes)
        try tell(concerned, cause: cause, in: turn)
        return turn.now
    }

    /// What the list said stands in the files now; its rows are personal data without a use. They go some a turn as well.
    private func clear(_ list: OpenedList, in turn: borrowing Turn) throws {
        let gone = try turn.db.run(
            "DELETE FROM list_row WHERE list = ?1 AND line IN (SELECT line FROM list_row WHERE list = ?1 ORDER BY line LIMIT 500)",
            list.id.bytes)
        if gone == 0 { try turn.db.run("UPDATE list SET stage = 'applied' WHERE id = ?", list.id.bytes) }
    }

    /// - Returns: whose file was changed.
    private func apply(
        _ plan: ListPlan, of list: OpenedList, by: UserID, cause: EventID, in turn: borrowing Turn
    ) throws -> PersonID? {
        guard let entry = plan.entry, plan.what != .unclear, plan.what != .same || list.rule.says == .residents else { return nil }
        if list.rule.says == .residents { return try enter(entry, plan, list, by: by, cause: cause, in: turn) }
        guard let id = plan.person else { return nil }
        if list.rule.givesNumbers {
            try turn.db.run("DELETE FROM person_number WHERE list = ? AND person = ?", list.rule.id.text, id.text)
            try note(plan.number, entry, of: id, list, in: turn.db)
        }
        if plan.what == .changed {
            try rule(PersonRuled(.changed, id, by: by, list: list.id), cause: cause, in: turn)
            return id
        }
        let today = turn.now.date(turn.identity.offset)
        switch list.rule.says {
        case .residents: return nil
        case .members(let group):
            try turn.db.run(
                "INSERT INTO member (\"group\", person, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", group.text, id.text,
                turn.now.milliseconds)
            try rule(PersonRuled(.joined, id, by: by, group: group, list: list.id), cause: cause, in: turn)
        case .eligible(let programme):
            try turn.db.run(
                "INSERT OR REPLACE INTO eligibility (person, programme, list, starts, ends) VALUES (?, ?, ?, ?, ?)", id.text,
                programme.text,
                list.rule.id.text, (entry.from ?? today).description, entry.to?.description)
            try rule(PersonRuled(.changed, id, by: by, list: list.id), cause: cause, in: turn)
        case .attribute(let kind):
            guard var person = try person(id, in: turn.db), let value = entry.value else { return nil }
            var attributes = (person.facts.attributes ?? []).filter { $0.kind != kind || $0.source != list.rule.id.text }
            attributes.append(Attribute(kind, value, from: entry.from ?? today, to: entry.to, source: list.rule.id.text))
            person.facts.attributes = attributes
            try save(person, in: turn.db)
            try rule(PersonRuled(.changed, id, by: by, list: list.id), cause: cause, in: turn)
        }
        return id
    }

    private func enter(
        _ entry: ListEntry, _ plan: ListPlan, _ list: OpenedList, by: UserID, cause: EventID, in turn: borrowing Turn
    ) throws -> PersonID? {
        let id = plan.person ?? PersonID(sha256("\(list.id)\n\(plan.sentence)\n\(entry.number ?? "")"))
        if plan.what != .same {
            var person =
                try person(id, in: turn.db)
                ?? Person(
                    id: id, residency: .resident, standing: .registered, facts: PersonFacts(), merged: nil, since: turn.now, ended: nil)
            let what: PersonRuled.What = plan.what == .new ? .enrolled : person.standing == .left ? .returned : .changed
            person.facts = person.facts.changed(by: entry, of: list.rule)
            person.residency = entry.residency ?? person.residency
            (person.standing, person.ended) = (.registered, nil)
            try save(person, in: turn.db)
            try rule(PersonRuled(what, id, by: by, list: list.id), cause: cause, in: turn)
        }
        try note(plan.number, entry, of: id, list, in: turn.db)
        return plan.what == .same ? nil : id
    }

    private func note(_ number: [UInt8]?, _ entry: ListEntry, of id: PersonID, _ list: OpenedList, in db: borrowing Transaction) throws {
        guard let number, let text = entry.number else { return }
        try db.run(
            "INSERT INTO person_number (list, number, person, written) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", list.rule.id.text,
            number, id.text, vault.seal(Array(text.utf8), context: "number/\(list.rule.id)"))
    }

    // MARK: Who stands in it no more

    /// Nobody while there is a line of which nobody can tell whom it means.
    func leaving(_ list: OpenedList, after: PersonID?, limit: Int, in db: borrowing Transaction) throws -> [PersonID] {
        guard try db.first("SELECT 1 FROM list_row WHERE list = ? AND anybody LIMIT 1", list.id.bytes, read: { _ in }) == nil else {
            return []
        }
        let (id, name, after) = (list.id.bytes, list.rule.id.text, after?.text ?? "")
        let texts: [String] =
            switch list.rule.says {
            case .residents:
                try db.all(
                    """
                    SELECT DISTINCT person FROM person_number JOIN person ON person.id = person_number.person WHERE list = ?1
                    AND standing IN ('provisional', 'registered')
                    AND NOT EXISTS (SELECT 1 FROM list_row WHERE list_row.list = ?2 AND list_row.number = person_number.number)
                    AND NOT EXISTS (SELECT 1 FROM list_row WHERE list_row.list = ?2 AND list_row.person = person_number.person)
                    AND person > ?3 ORDER BY person LIMIT ?4
                    """, name, id, after, limit
                ) { $0.text(0) }
            case .members(let group):
                try db.all(
                    """
                    SELECT person FROM member WHERE "group" = ?1
                    AND NOT EXISTS (SELECT 1 FROM list_row WHERE list_row.list = ?2 AND list_row.person = member.person)
                    AND person > ?3 ORDER BY person LIMIT ?4
                    """, group.text, id, after, limit
                ) { $0.text(0) }
            case .eligible(let programme):
                try db.all(
                    """
                    SELECT person FROM eligibility WHERE programme = ?1 AND list = ?2
                    AND NOT EXISTS (SELECT 1 FROM list_row WHERE list_row.list = ?3 AND list_row.person = eligibility.person)
                    AND person > ?4 ORDER BY person LIMIT ?5
                    """, programme.text, name, id, after, limit
                ) { $0.text(0) }
            // Attributes lie sealed: they end when their time is over, or by a later line.
            case .attribute: []
            }
        return texts.compactMap { PersonID($0) }
    }

    private func leave(_ id: PersonID, _ list: OpenedList, by: UserID, cause: EventID, in turn: borrowing Turn) throws {
        if list.rule.givesNumbers {
            try turn.db.run("DELETE FROM person_number WHERE list = ? AND person = ?", list.rule.id.text, id.text)
        }
        switch list.rule.says {
        case .residents:
            guard var person = try person(id, in: turn.db) else { return }
            (person.standing, person.ended) = (.left, turn.now)
            try save(person, in: turn.db)
            try rule(PersonRuled(.left, id, by: by, list: list.id), cause: cause, in: turn)
        case .members(let group):
            try turn.db.run("DELETE FROM member WHERE \"group\" = ? AND person = ?", group.text, id.text)
            try rule(PersonRuled(.parted, id, by: by, group: group, list: list.id), cause: cause, in: turn)
        case .eligible(let programme):
            try turn.db.run(
                "DELETE FROM eligibility WHERE person = ? AND programme = ? AND list = ?", id.text, programme.text, list.rule.id.text)
            try rule(PersonRuled(.changed, id, by: by, list: list.id), cause: cause, in: turn)
        case .attribute: break
        }
    }
}
