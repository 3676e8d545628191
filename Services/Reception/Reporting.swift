import Contracts
import ServiceKit
import Store

/// Who came, what one shift hands over to the next, and what was counted on paper.
extension Reception {
    private static let mostPaper = 100_000
    private static let page = 40

    func count(_ command: Envelope<CountPaper>, in turn: borrowing Turn) throws -> Reply<ReceptionCount> {
        let wish = command.data
        return try turn.obey {
            let terms = try terms(wish.reception)
            let own = try station(of: turn, in: terms)
            guard (0...Self.mostPaper).contains(wish.count) else { throw Objection("bad-count", "A count is 0 to \(Self.mostPaper).") }
            let station = wish.station ?? own
            // A station nobody stands at would be counted for ever.
            guard station == own || terms.stations.contains(where: { $0.id == station }) else {
                throw Objection(
                    "unknown-station",
                    "\(terms.id) has no station \(station). Stations: \(terms.stations.map(\.id.text).joined(separator: ", ")).")
            }
            // Whatever a site's clock has said: what is counted now counts from now on.
            let before = try turn.db.first(
                "SELECT at FROM paper WHERE reception = ? AND station = ?", terms.id.text, station.text,
                read: { Instant(milliseconds: $0.int(0)) })
            let counted = PaperCounted(
                terms.id, at: station, wish.count, by: turn.actor, at: max(turn.now, before.map { $0 + .milliseconds(1) } ?? turn.now))
            let kept = try enter(counted, in: turn)
            try turn.emit(counted, on: .receptionPaper, cause: command.id, subject: terms.id.text)
            return .accept(kept.count)
        }
    }

    @discardableResult
    private func enter(_ counted: PaperCounted, in turn: borrowing Turn) throws -> KeptReception {
        let id = counted.reception
        try turn.db.run(
            """
            INSERT INTO paper (reception, station, count, at) VALUES (?, ?, ?, ?) ON CONFLICT (reception, station)
            DO UPDATE SET count = excluded.count, at = excluded.at WHERE (excluded.at, excluded.count) > (at, count)
            """, id.text, counted.station.text, counted.count, counted.at.milliseconds)
        var kept = try kept(termsIfAny(id), in: turn)
        kept.count.paper = try turn.db.first("SELECT sum(count) FROM paper WHERE reception = ?", id.text) { Int($0.int(0)) } ?? 0
        try write(&kept, in: turn)
        return kept
    }

    /// What was counted elsewhere. The town tells all sites what one has counted.
    func learn(_ told: Envelope<PaperCounted>, in turn: borrowing Turn) throws {
        try enter(told.data, in: turn)
        if isOfTheTown { try turn.emit(told.data, on: .receptionPaper, cause: told.id, subject: told.data.reception.text) }
    }

    func list(_ command: Envelope<ListAttendance>, in turn: borrowing Turn) throws -> Reply<AttendancePage> {
        let wish = command.data
        return try turn.obey {
            let terms = try termsRuledOn(wish.reception)
            _ = try station(of: turn, in: terms)
            let found = try turn.db.all(
                """
                SELECT number, who, row, person, at, station, way, walk_in, stage, site, site_number, sealed FROM entry
                WHERE reception = ?1 AND number > ?2 AND (?3 IS NULL OR number = ?3) AND stage = 'standing' ORDER BY number LIMIT ?4
                """, terms.id.text, wish.after ?? 0, wish.number, Self.page + 1
            ) { (Entry($0), $0.isNull(11) ? nil : $0.blob(11)) }
            guard wish.number == nil || !found.isEmpty else {
                throw Objection("unknown-number", "Nobody stands received under number \(wish.number ?? 0) of \(terms.id).")
            }
            let entries = try found.prefix(Self.page).map { entry, sealed in
                var line = Attendance(entry.number, at: entry.at, entry.way, entry.station)
                (line.row, line.person, line.walkIn) = (entry.row, entry.person, entry.isWalkIn ? true : nil)
                let row = try entry.row.flatMap { try expected($0, of: terms.id, in: turn.db) }
                (line.name, line.reading, line.ticket) = (row?.name, row?.reading, row?.ticket)
                if let sealed { line.name = try name(sealed, of: entry.number, in: terms.id, turn.db) }
                return line
            }
            return .accept(AttendancePage(entries, more: found.count > Self.page, title: terms.title))
        }
    }

    // MARK: Hand-over

    private static let mostHours = 200
    private static let mostOthers = 20

    func show(_ command: Envelope<ShowHandOver>, in turn: borrowing Turn) throws -> Reply<HandOver> {
        try turn.obey {
            let terms = try termsRuledOn(command.data.reception)
            _ = try station(of: turn, in: terms)
            let day = command.data.day ?? turn.now.date(turn.identity.offset)
            let (id, start) = (terms.id.text, Instant(startOf: day, turn.identity.offset))
            // Hours of the town's own day.
            let hours = try turn.db.all(
                """
                SELECT (at - ?2) / 3600000, station, count(*) FROM entry WHERE reception = ?1 AND stage = 'standing' AND at >= ?2 AND at < ?2 + 86400000
                GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?3
                """, id, start.milliseconds, Self.mostHours + 1
            ) { row in ReceptionStationID(row.text(1)).map { HandOver.Hour(start + .seconds(row.int(0) * 3600), $0, Int(row.int(2))) } }
            .compactMap(\.self)
            let paper = try turn.db.all(
                "SELECT station, count FROM paper WHERE reception = ? ORDER BY station LIMIT ?", id, Self.mostOthers + 1
            ) {
                row in ReceptionStationID(row.text(0)).map { HandOver.Paper($0, Int(row.int(1))) }
            }.compactMap(\.self)
            let reversals = try turn.db.all(
                "SELECT row FROM reversal WHERE reception = ? ORDER BY number DESC LIMIT ?", id, Self.mostOthers + 1
            ) { try $0.blob(0).decoded(as: ReversalChanged.self) }
            let conflicts = try turn.db.all(
                "SELECT row FROM conflict WHERE reception = ? ORDER BY open DESC, number DESC LIMIT ?", id,
                Self.mostOthers + 1
            ) { try $0.blob(0).decoded(as: ReceptionConflict.self) }
            let isCut =
                hours.count > Self.mostHours || [paper.count, reversals.count, conflicts.count].contains { $0 > Self.mostOthers }
            return .accept(
                HandOver(
                    terms.title, day, try kept(terms, in: turn).count, hours: Array(hours.prefix(Self.mostHours)),
                    paper: Array(paper.prefix(Self.mostOthers)), reversals: Array(reversals.prefix(Self.mostOthers)),
                    conflicts: Array(conflicts.prefix(Self.mostOthers)), isCut: isCut))
        }
    }
}
