import Contracts
import People
import Seal
import ServiceKit
import Sheets
import Store

/// Lists of those who are expected (名簿): sealed, and found by blind indexes alone.
extension Reception {
    private static let mostFound = 20

    func add(_ command: Envelope<AddExpected>, in turn: borrowing Turn) throws -> Reply<ExpectedAdded> {
        let wish = command.data
        return try turn.obey {
            let terms = try terms(wish.reception)
            _ = try station(of: turn, in: terms)
            guard terms.hasList else { throw Objection("no-list", "The town's file gives \(terms.id) no list. Add list: true to it.") }
            var kept = try kept(terms, in: turn)
            guard kept.count.stage != .cancelled else { throw Objection("cancelled", "\(terms.id) was called off.") }
            guard (1...AddExpected.most).contains(wish.rows.count), kept.listed + wish.rows.count <= ReceptionTerms.mostRows else {
                throw Objection("too-many", "At most \(AddExpected.most) rows at once and \(ReceptionTerms.mostRows) in all are taken.")
            }
            for row in wish.rows { try check(row) }
            let isDry = wish.dry == true
            let lines = try wish.rows.map { row in
                let (verdict, met) = try judge(row, in: terms, turn.db)
                guard verdict.isAdded, !isDry else { return ExpectedAdded.Line(row.line, verdict, row: met) }
                (kept.rows, kept.listed) = (kept.rows + 1, kept.listed + 1)
                try insert(row, as: kept.rows, in: terms.id, turn.db)
                return ExpectedAdded.Line(row.line, verdict, row: kept.rows)
            }
            if !isDry {
                kept.count.expected = kept.listed
                try write(&kept, in: turn)
            }
            return .accept(ExpectedAdded(lines))
        }
    }

    private func judge(
        _ row: AddExpected.Row, in terms: ReceptionTerms, _ db: borrowing Transaction
    ) throws -> (ExpectedAdded.Verdict, met: Int?) {
        if let known = try db.first(
            "SELECT row FROM expected WHERE reception = ? AND mark = ?", terms.id.text, try mark(of: row), read: { Int($0.int(0)) })
        {
            return (.known, known)
        }
        if let ticket = row.ticket, let other = try self.row(withTicket: ticket, in: terms.id, db) { return (.ticketTwice, other) }
        if let station = row.station, !terms.stations.contains(where: { $0.id == station }) { return (.unknownStation, nil) }
        guard let person = row.person else { return (.new, nil) }
        let other = try db.first("SELECT row FROM expected WHERE reception = ? AND person = ?", terms.id.text, person.text) {
            Int($0.int(0))
        }
        if let other { return (.personTwice, other) }
        let present = try People<ReceptionView>.present(person, in: db)
        return (try People<ReceptionView>.view(of: present, in: db) == nil ? .withoutCard : .new, nil)
    }

    func insert(_ row: AddExpected.Row, as number: Int, in id: ReceptionID, _ db: borrowing Transaction) throws {
        var shown = ExpectedRow(number, name: row.name)
        (shown.reading, shown.born, shown.ticket) = (row.reading, row.born, row.ticket)
        try db.run(
            """
            INSERT INTO expected (reception, row, person, station, ticket, name, reading, mark, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, id.text, number, row.person?.text, row.station?.text, row.ticket.map(index(ticket:)), index(name: row.name),
            row.reading.flatMap(index(reading:)), try mark(of: row), db.close(try shown.json(), "expected/\(id)/\(number)"))
    }

    func find(_ command: Envelope<FindExpected>, in turn: borrowing Turn) throws -> Reply<ExpectedFound> {
        try turn.obey {
            let terms = try termsRuledOn(command.data.reception)
            _ = try station(of: turn, in: terms)
            let rows = try rows(called: command.data.name, in: terms.id, limit: Self.mostFound + 1, turn.db)
            let found = try rows.prefix(Self.mostFound).compactMap { try expected($0, of: terms.id, in: turn.db) }
            return .accept(ExpectedFound(found, more: rows.count > Self.mostFound))
        }
    }

    // MARK: Rows

    /// By the whole name, or the whole reading.
    func rows(called name: String, in id: ReceptionID, limit: Int, _ db: borrowing Transaction) throws -> [Int] {
        try db.all(
            "SELECT row FROM expected WHERE reception = ?1 AND name = ?2 UNION SELECT row FROM expected WHERE reception = ?1 AND reading = ?3 ORDER BY row LIMIT ?4",
            id.text, index(name: name), index(reading: name), limit
        ) { Int($0.int(0)) }
    }

    func row(withTicket ticket: String, in id: ReceptionID, _ db: borrowing Transaction) throws -> Int? {
        try db.first("SELECT row FROM expected WHERE reception = ? AND ticket = ?", id.text, index(ticket: ticket)) { Int($0.int(0)) }
    }

    /// A row as a desk sees it.
    func expected(_ row: Int, of id: ReceptionID, in db: borrowing Transaction) throws -> ExpectedRow? {
        let found = try db.first("SELECT sealed, person, station FROM expected WHERE reception = ? AND row = ?", id.text, row) {
            ($0.blob(0), $0.textIfPresent(1).flatMap { PersonID($0) }, $0.textIfPresent(2).flatMap { ReceptionStationID($0) })
        }
        guard let (sealed, person, station) = found else { return nil }
        var shown: ExpectedRow = try db.open(sealed, "expected/\(id)/\(row)").decoded()
        (shown.person, shown.station) = (person, station)
        shown.first = try standing(["row/\(row)"] + (person.map { [$0.text] } ?? []), of: id, in: db)?.first
        return shown
    }

    // MARK: Blind indexes

    /// Names are written with spaces or without.
    private func index(name: String) -> [UInt8] {
        vault.blindIndex(Array(name.filter { $0 != " " && $0 != "\u{3000}" }.utf8), for: "expected name")
    }

    private func index(reading: String) -> [UInt8]? {
        foldedReading(reading).map { vault.blindIndex(Array($0.utf8), for: "expected reading") }
    }

    private func index(ticket: String) -> [UInt8] { vault.blindIndex(Array(plain(ticket: ticket).utf8), for: "expected ticket") }

    /// All that the file says, so that the same line sent again is known.
    private func mark(of row: AddExpected.Row) throws -> [UInt8] {
        var same = row
        same.line = 0
        return vault.blindIndex(try same.json(), for: "expected row")
    }

    // MARK: Limits

    private func check(_ row: AddExpected.Row) throws {
        try check(row.name, "name, line \(row.line)")
        if let reading = row.reading { try check(reading, "reading, line \(row.line)") }
        guard let ticket = row.ticket else { return }
        guard !plain(ticket: ticket).isEmpty, ticket.utf8.count <= 64, !ticket.hasControls else {
            throw Objection("bad-ticket", "Line \(row.line): a ticket has 1 to 64 letters and digits.")
        }
    }

    func check(_ text: String, _ what: String) throws {
        guard !text.isEmpty, text.utf8.count <= 180, !text.hasControls else {
            throw Objection("bad-text", "The \(what): 1 to 60 characters, none of them a control character.")
        }
    }
}

/// As a scanner reads it and as a clerk types it: no spaces, and no letters of full width (全角).
func plain(ticket: String) -> String {
    String(
        String.UnicodeScalarView(
            ticket.unicodeScalars.compactMap { scalar in
                switch scalar.value {
                case 0x20, 0x3000: nil
                case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0)
                default: scalar
                }
            }))
}
