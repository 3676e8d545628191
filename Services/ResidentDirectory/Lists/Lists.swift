import Contracts
import Seal
import ServiceKit
import Store

/// A list of the town on its way into the directory.
struct OpenedList {
    let id: EventID
    let rule: ListRule
    let columns: ListColumns
    let rows: Int
    var stage: ListReview.Stage
    let openedBy: UserID
    let approvedBy: UserID?
    let appliedBy: UserID?
    /// Lines up to here are applied; `allLines` once those are gone who stand in it no more.
    let line: Int

    static let allLines = Int.max

    /// Whether its rows are all here, and it is not done.
    var isWhole: Bool { [.ready, .approved].contains(stage) || stage == .applying && line < Self.allLines }
}

/// Lists are handed over row by row, reviewed, approved by a second person and then applied; until then nothing has happened.
extension ResidentDirectory {
    static let mostRows = 2_000_000

    func openList(_ command: Envelope<OpenList>, in turn: borrowing Turn) throws -> Reply<ListReview> {
        try turn.obey {
            let wish = command.data
            guard let rule = policy.lists.first(where: { $0.id == wish.list }) else {
                let known = policy.lists.map(\.id.text).joined(separator: ", ")
                throw Objection("unknown-list", "The town's file has no list \(wish.list). Lists: \(known.isEmpty ? "none" : known).")
            }
            let missing = rule.columns.values.filter { !wish.header.contains($0) }.sorted()
            guard missing.isEmpty else {
                throw Objection(
                    "missing-columns",
                    "The file has no column \(missing.map { "“\($0)”" }.joined(separator: ", ")). Its columns: \(wish.header.prefix(30).joined(separator: ", "))."
                )
            }
            guard (1...Self.mostRows).contains(wish.rows), wish.header.count <= 200 else {
                throw Objection("bad-size", "A list has 1 to \(Self.mostRows) rows and at most 200 columns.")
            }
            // A file that was half handed over goes on where it was.
            let half = try turn.db.first(
                "SELECT id FROM list WHERE name = ? AND sha256 = ? AND opened_by = ? AND stage IN ('incomplete', 'ready')", rule.id.text,
                wish.sha256, turn.actor.text
            ) { EventID(bytes: $0.blob(0)) }
            if let id = half ?? nil { return .accept(try review(try opened(id, in: turn.db), in: turn)) }
            let id = EventID.derived(from: command.id, type: "list")
            try turn.db.run(
                "INSERT INTO list (id, name, header, rows, sha256, stage, opened_by, at) VALUES (?, ?, ?, ?, ?, 'incomplete', ?, ?)",
                id.bytes,
                rule.id.text, vault.seal(try wish.header.json(), context: "list/\(id)"), wish.rows, wish.sha256, turn.actor.text,
                turn.now.milliseconds)
            var review = try review(try opened(id, in: turn.db), in: turn)
            let unused = wish.header.filter { !rule.columns.values.contains($0) }
            review.unused = unused.isEmpty ? nil : unused
            return .accept(review)
        }
    }

    func addRows(_ command: Envelope<AddRows>, in turn: borrowing Turn) throws -> Reply<ListReview> {
        try turn.obey {
            var list = try opened(command.data.list, in: turn.db)
            guard list.openedBy == turn.actor else { throw Objection("not-yours", "This list was begun by \(list.openedBy).") }
            guard list.stage == .incomplete else { return .accept(try review(list, in: turn)) }
            var room = list.rows - (try counted(list.id, in: turn.db).values.reduce(0, +))
            var found: [ListLine.What: Int] = [:]
            for row in command.data.rows where room > 0 {
                guard (1...Int(Int32.max)).contains(row.line) else { throw Objection("bad-line", "A row of a file has a line from 1 on.") }
                let plan = try plan(row.cells, line: row.line, of: list, in: turn)
                let isNew = try turn.db.run(
                    "INSERT INTO list_row (list, line, cells, what, person, number, anybody) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    list.id.bytes, row.line, vault.seal(try row.cells.json(), context: "list/\(list.id)/\(row.line)"), plan.what.rawValue,
                    plan.person?.text, plan.number, plan.mayMeanAnybody)
                guard isNew > 0 else { continue }
                found[plan.what, default: 0] += 1
                room -= 1
            }
            for what in ListLine.What.allCases {
                if let number = found[what] { try count(what.rawValue, of: list.id, by: number, in: turn.db) }
            }
            if room == 0 {
                list.stage = .ready
                try turn.db.run("UPDATE list SET stage = 'ready' WHERE id = ?", list.id.bytes)
                let left = try leaving(list, after: nil, limit: .max, in: turn.db).count
                if left > 0 { try count("left", of: list.id, by: left, in: turn.db) }
            }
            return .accept(try review(list, in: turn))
        }
    }

    func reviewList(_ command: Envelope<ReviewList>, in turn: borrowing Turn) throws -> Reply<ListReview> {
        try turn.obey {
            let list = try opened(command.data.list, in: turn.db)
            var review = try review(list, in: turn)
            (review.lines, review.more) = try lines(of: list, command.data, in: turn)
            return .accept(review)
        }
    }

    func decideList(_ command: Envelope<DecideList>, in turn: borrowing Turn) throws -> Reply<ListReview> {
        try turn.obey {
            let list = try opened(command.data.list, in: turn.db)
            let (id, by) = (list.id.bytes, turn.actor.text)
            switch (command.data.decision, list.stage) {
            case (.approve, .ready):
                guard list.openedBy != turn.actor else {
                    throw Objection("second-person", "Whoever handed the list over does not approve it. Ask a colleague.")
                }
                try turn.checkApprover()
                try checkLeaving(list, evenIfMany: command.data.evenIfMany == true, in: turn.db)
                try turn.db.run("UPDATE list SET stage = 'approved', approved_by = ? WHERE id = ?", by, id)
            case (.apply, .approved): try turn.db.run("UPDATE list SET stage = 'applying', applied_by = ? WHERE id = ?", by, id)
            case (.apply, .applying), (.apply, .applied): break
            case (.discard, .incomplete), (.discard, .ready), (.discard, .approved), (.discard, .discarded):
                try turn.db.run("UPDATE list SET stage = 'discarded' WHERE id = ?", id)
                try turn.db.run("DELETE FROM list_row WHERE list = ?", id)
            case (.apply, _): throw Objection("not-approved", "The list is \(list.stage.rawValue). A second person approves it first.")
            case (.approve, let stage): throw Objection("bad-stage", "A list that is \(stage.rawValue) is not approved.")
            case (.discard, let stage): throw Objection("bad-stage", "A list that is \(stage.rawValue) is not thrown away any more.")
            }
            return .accept(try review(try opened(list.id, in: turn.db), in: turn))
        }
    }

    /// A file that holds half the town makes the other half leave.
    private func checkLeaving(_ list: OpenedList, evenIfMany: Bool, in db: borrowing Transaction) throws {
        let (left, lines) = (try counted(list.id, in: db)["left"] ?? 0, list.rows)
        guard left <= 20 || left * 10 <= lines || evenIfMany else {
            throw Objection(
                "many-leave",
                "\(left) of those known from this list would leave it. Is the file whole? Approve with --even-if-many if it is.")
        }
    }

    // MARK: Parts

    func opened(_ id: EventID, in db: borrowing Transaction) throws -> OpenedList {
        let row = try db.first(
            "SELECT name, header, rows, stage, opened_by, approved_by, applied_by, line FROM list WHERE id = ?", id.bytes
        ) {
            (
                Name<TownList>($0.text(0)), $0.blob(1), Int($0.int(2)), ListReview.Stage(rawValue: $0.text(3)), UserID($0.text(4)),
                $0.textIfPresent(5).flatMap { UserID($0) }, $0.textIfPresent(6).flatMap { UserID($0) }, Int($0.int(7))
            )
        }
        guard let row, let stage = row.3, let openedBy = row.4 else {
            throw Objection("unknown-list", "There is no list \(id), or it was thrown away. Hand the file over again.")
        }
        guard let rule = policy.lists.first(where: { $0.id == row.0 }) else {
            throw Objection("unknown-list", "The town's file has no list \(row.0?.text ?? "") any more.")
        }
        let columns = ListColumns(rule, under: try vault.open(row.1, context: "list/\(id)").decoded())
        return OpenedList(
            id: id, rule: rule, columns: columns, rows: row.2, stage: stage, openedBy: openedBy, approvedBy: row.5, appliedBy: row.6,
            line: row.7)
    }

    func count(_ what: String, of list: EventID, by number: Int = 1, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT INTO list_count (list, what, count) VALUES (?1, ?2, ?3) ON CONFLICT (list, what) DO UPDATE SET count = count + ?3",
            list.bytes, what, number)
    }

    func counted(_ list: EventID, in db: borrowing Transaction) throws -> [String: Int] {
        Dictionary(
            try db.all("SELECT what, count FROM list_count WHERE list = ?", list.bytes) { ($0.text(0), Int($0.int(1))) },
            uniquingKeysWith: { $1 })
    }

    private func review(_ list: OpenedList, in turn: borrowing Turn) throws -> ListReview {
        ListReview(
            list.id, list.rule.id, list.stage, rows: list.rows, counts: try counted(list.id, in: turn.db), openedBy: list.openedBy)
    }

    /// A page, below 32 KiB whatever the lines say: those that change something, and then those who leave.
    private func lines(of list: OpenedList, _ wish: ReviewList, in turn: borrowing Turn) throws -> (lines: [ListLine], more: Bool) {
        var page = Page()
        if wish.afterLeft == nil {
            let rows = try turn.db.all(
                """
                SELECT line, cells FROM list_row WHERE list = ?1 AND line > ?2 AND what <> 'same' AND (?3 IS NULL OR what = ?3)
                ORDER BY line LIMIT ?4
                """, list.id.bytes, wish.after ?? 0, wish.only?.rawValue, Page.most + 1
            ) { (Int($0.int(0)), $0.blob(1)) }
            for (line, cells) in rows {
                let plan = try plan(try self.cells(cells, line, list), line: line, of: list, in: turn)
                guard page.take(ListLine(plan.what, line: line, person: plan.person, plan.sentence)) else { return (page.lines, true) }
            }
        }
        guard list.isWhole, wish.only == nil || wish.only == .left else { return (page.lines, false) }
        for id in try leaving(list, after: wish.afterLeft, limit: Page.most + 1, in: turn.db) {
            let facts = try person(id, in: turn.db)?.facts
            let name = [facts?.name, facts?.born.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
            guard page.take(ListLine(.left, line: nil, person: id, name)) else { return (page.lines, true) }
        }
        return (page.lines, false)
    }

    private struct Page {
        static let most = 100
        private static let mostBytes = 20 * 1024
        private(set) var lines: [ListLine] = []
        private var bytes = 0

        /// - Returns: whether there was room.
        mutating func take(_ line: ListLine) -> Bool {
            bytes += line.sentence.utf8.count + 100
            guard lines.isEmpty || lines.count < Self.most && bytes <= Self.mostBytes else { return false }
            lines.append(line)
            return true
        }
    }

    func cells(_ sealed: [UInt8], _ line: Int, _ list: OpenedList) throws -> [String] {
        try vault.open(sealed, context: "list/\(list.id)/\(line)").decoded()
    }
}
