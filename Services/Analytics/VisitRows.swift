import Contracts
import ServiceKit
import Store

/// A house as rows have it.
struct House {
    /// Its name, as a word.
    let word: Int64
    let facility: Facility
}

/// A person at one house on one day.
struct VisitKey {
    let day: VisitDay
    let house: House
    let who: Int64
}

/// A visit with what is known of whoever came.
private struct VisitRow: Equatable {
    var visit: Visit
    var age: Int?
    var district: Int64?
    var residency: Int64?
}

extension Analytics {
    /// Makes the visits of one person at one house on one day anew, of all their taps, and writes down what is different.
    func fold(_ key: VisitKey, as known: Known?, in turn: borrowing Turn) throws {
        let new = try rows(of: key, as: known, in: turn)
        let old = try kept(key, in: turn.db)
        var changed: Int64 = 0
        for n in 0..<max(new.count, old.count) where n >= new.count || n >= old.count || new[n] != old[n] {
            changed += 1
            if n < new.count { try write(new[n], n, of: key, in: turn.db) } else { try delete(n, of: key, in: turn.db) }
        }
        guard changed > 0 else { return }
        try noteStale(key.day, at: key.house, in: turn)
        try noteLate(changed, in: key.day.month, in: turn)
    }

    /// What was told of a house and a day does not hold any more.
    func noteStale(_ day: VisitDay, at house: House, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT INTO house_day (day, facility, stale) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET stale = 1 WHERE stale = 0", day.number,
            house.word)
    }

    /// The figures of a month that is over may be made already.
    private func noteLate(_ visits: Int64, in month: Int64, in turn: borrowing Turn) throws {
        guard month < day(of: turn.now, in: turn).month else { return }
        try turn.db.run(
            """
            INSERT INTO late (month, visits) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM figures WHERE month = ?1)
            ON CONFLICT DO UPDATE SET visits = visits + ?2
            """, month, visits)
    }

    private func rows(of key: VisitKey, as known: Known?, in turn: borrowing Turn) throws -> [VisitRow] {
        let held = try turn.db.all(
            "SELECT at, direction, purpose FROM tap WHERE day = ? AND facility = ? AND who = ? ORDER BY at, id", key.day.number,
            key.house.word, key.who
        ) { Held(at: Instant(milliseconds: $0.int(0)), direction: Direction(number: $0.int(1)), purpose: $0.int(2)) }
        let facility = key.house.facility
        let closing = Closing(
            slots: facility.schedule?.slots(on: TownDay(key.day.date, turn.identity.offset)) ?? [], longestStay: facility.longestStay)
        let made = visits(of: held, counting: facility.counting, repeatWithin: policy.repeatWithin, closing: closing)
        guard let known, !made.isEmpty else { return made.map { VisitRow(visit: $0) } }
        let district = try known.district.map { try word($0, in: turn.db) }
        let residency = try known.residency.map { try word($0.rawValue, in: turn.db) }
        return made.map {
            var row = VisitRow(visit: $0, age: known.ageBand, district: district, residency: residency)
            row.visit.marks.insert(.agreed)
            return row
        }
    }

    private func kept(_ key: VisitKey, in db: borrowing Transaction) throws -> [VisitRow] {
        try db.all(
            """
            SELECT came, "left", marks, purpose, age, district, residency FROM visit WHERE day = ? AND facility = ? AND who = ? ORDER BY n
            """, key.day.number, key.house.word, key.who
        ) { row in
            VisitRow(
                visit: Visit(row), age: row.intIfPresent(4).map { Int($0) }, district: row.intIfPresent(5), residency: row.intIfPresent(6))
        }
    }

    private func write(_ row: VisitRow, _ n: Int, of key: VisitKey, in db: borrowing Transaction) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO visit (day, facility, who, n, came, "left", marks, purpose, age, district, residency)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, key.day.number, key.house.word, key.who, n, row.visit.came?.milliseconds, row.visit.left?.milliseconds,
            row.visit.marks.rawValue, row.visit.purpose, row.age, row.district, row.residency)
    }

    private func delete(_ n: Int, of key: VisitKey, in db: borrowing Transaction) throws {
        try db.run(
            "DELETE FROM visit WHERE day = ? AND facility = ? AND who = ? AND n = ?", key.day.number, key.house.word, key.who, n)
    }

    // MARK: Houses

    func house(_ facility: Facility, in db: borrowing Transaction) throws -> House {
        House(word: try word(facility.id.text, in: db), facility: facility)
    }

    /// Those that are in the town's file no more are houses of their own.
    func facility(_ id: FacilityID) -> Facility { policy.facility(id) ?? Facility(id, title: id.text, places: []) }

    /// Where visits were made from a day on, in order of days and then of names.
    func houseDays(from day: VisitDay, in db: borrowing Transaction) throws -> [(day: VisitDay, house: House)] {
        try db.all(
            "SELECT day, facility, text FROM house_day JOIN word ON word.id = facility WHERE day >= ? ORDER BY day, text", day.number
        ) { row in
            guard let id = FacilityID(row.text(2)) else { preconditionFailure("a house was written down by its name") }
            return (VisitDay(number: row.int(0)), House(word: row.int(1), facility: facility(id)))
        }
    }
}

extension Visit {
    /// `came`, `left`, `marks` and `purpose`, in this order.
    init(_ row: Row) {
        self.init(
            came: row.intIfPresent(0).map { Instant(milliseconds: $0) }, left: row.intIfPresent(1).map { Instant(milliseconds: $0) },
            marks: Marks(rawValue: row.int(2)), purpose: row.int(3))
    }
}

extension Direction {
    /// As rows have it; 0 is none.
    var number: Int64 {
        switch self {
        case .in: 1
        case .out: 2
        }
    }

    init?(number: Int64) {
        switch number {
        case 1: self = .in
        case 2: self = .out
        default: return nil
        }
    }
}
