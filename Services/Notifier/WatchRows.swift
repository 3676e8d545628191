import Contracts
import People
import Seal
import ServiceKit
import Store

/// Somebody who is watched over, as it was written down.
struct KeptWatch: Equatable {
    let person: PersonID
    var days: Int
    /// Where alone a card counts; anywhere if empty.
    var places: [PlaceID]
    var pausedUntil: CalendarDate?
    /// Since when somebody watches.
    let begun: Instant
    var last: Instant
    var stage: Watch.Stage
    /// When it is looked at next; never while the office knows and nobody has been there.
    var due: Instant?
    /// What `last` was when the alarm was raised, and when that was.
    var alarm: Instant?
    var raised: Instant?
    /// The `last` for which the office was told that nobody knows.
    var unsure: Instant?

    init(_ person: PersonID, days: Int, at moment: Instant) {
        (self.person, self.days, places, begun, last, stage) = (person, days, [], moment, moment, .quiet)
    }

    /// Columns in the order of `KeptWatch.columns`.
    init?(_ row: Row) {
        guard let person = PersonID(row.text(0)), let stage = Watch.Stage(rawValue: row.text(6)) else { return nil }
        (self.person, self.stage, days) = (person, stage, Int(row.int(1)))
        places = row.text(2).split(separator: " ").compactMap { PlaceID($0) }
        pausedUntil = row.textIfPresent(3).flatMap { CalendarDate($0) }
        (begun, last) = (Instant(milliseconds: row.int(4)), Instant(milliseconds: row.int(5)))
        due = row.intIfPresent(7).map(Instant.init(milliseconds:))
        alarm = row.intIfPresent(8).map(Instant.init(milliseconds:))
        raised = row.intIfPresent(9).map(Instant.init(milliseconds:))
        unsure = row.intIfPresent(10).map(Instant.init(milliseconds:))
    }

    /// The alarm is over, or there was none.
    mutating func rest(_ stage: Watch.Stage) { (self.stage, alarm, raised, unsure) = (stage, nil, nil, nil) }
}

/// An agent at which somebody has held a card.
struct Habit: Equatable {
    let agent: AgentID
    let first: Instant
    let last: Instant

    /// On more than one day. Where somebody was once, at a festival, they are not missed.
    var isUsual: Bool { last - first > .seconds(43_200) }
}

extension Notifier {
    /// An agent at which nobody was seen for so long is none of theirs any more.
    static let habit = Duration.seconds(60 * 86_400)

    func watch(of person: PersonID, in db: borrowing Transaction) throws -> KeptWatch? {
        try db.first(
            """
            SELECT person, days, places, paused_until, begun, last, stage, due, alarm, raised, unsure FROM watch WHERE person = ?
            """, person.text, read: KeptWatch.init) ?? nil
    }

    /// Under the name they have now, or one they had.
    func watch(ofAny person: PersonID, in db: borrowing Transaction) throws -> KeptWatch? {
        for name in try names(of: People<NoticeView>.present(person, in: db), in: db) {
            if let watch = try watch(of: name, in: db) { return watch }
        }
        return nil
    }

    /// A person's name of now and those they had.
    func names(of person: PersonID, in db: borrowing Transaction) throws -> [PersonID] {
        [person] + (try People<NoticeView>.merged(into: person, in: db))
    }

    func write(_ watch: KeptWatch, in db: borrowing Transaction) throws {
        try db.run(
            """
            INSERT INTO watch (person, days, places, paused_until, begun, last, stage, due, alarm, raised, unsure)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (person) DO UPDATE SET days = ?2, places = ?3, paused_until = ?4, last = ?6, stage = ?7, due = ?8, alarm = ?9,
                raised = ?10, unsure = ?11
            """, watch.person.text, watch.days, watch.places.map(\.text).joined(separator: " "), watch.pausedUntil?.description,
            watch.begun.milliseconds, watch.last.milliseconds, watch.stage.rawValue, watch.due?.milliseconds, watch.alarm?.milliseconds,
            watch.raised?.milliseconds, watch.unsure?.milliseconds)
    }

    func habits(of person: PersonID, at now: Instant, in db: borrowing Transaction) throws -> [Habit] {
        try db.all(
            "SELECT agent, first, last FROM watch_gate WHERE person = ? AND last > ? ORDER BY agent", person.text,
            (now - Self.habit).milliseconds, read: { Habit($0, from: 0) }
        ).compactMap(\.self)
    }

    /// What a desk is shown.
    func shown(_ kept: KeptWatch, in turn: borrowing Turn) throws -> Watch {
        var watch = Watch(kept.person, days: kept.days, last: kept.last, stage: kept.stage)
        (watch.due, watch.pausedUntil) = (kept.stage == .paused ? nil : kept.due, kept.pausedUntil)
        watch.places = kept.places.isEmpty ? nil : kept.places
        let words = try turn.db.first("SELECT words FROM watch WHERE person = ?", kept.person.text) { $0.isNull(0) ? nil : $0.blob(0) }
        if case let sealed?? = words {
            watch.words = String(decoding: try turn.db.open(sealed, "watch/\(kept.person)"), as: UTF8.self)
        }
        if kept.stage == .unknown {
            let rest = try gates(in: turn).behind(habits(of: kept.person, at: turn.now, in: turn.db), since: kept.last)
            watch.silent = silent(among: rest.gates)
        }
        return watch
    }
}

extension Habit {
    init?(_ row: Row, from column: Int32) {
        guard let agent = AgentID(row.text(column)) else { return nil }
        self.init(
            agent: agent, first: Instant(milliseconds: row.int(column + 1)), last: Instant(milliseconds: row.int(column + 2)))
    }
}
