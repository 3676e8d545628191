import Contracts
import ServiceKit
import Store

/// How a day went, house by house.
extension Analytics {
    func show(_ question: Envelope<ShowVisits>, in turn: borrowing Turn) throws -> Reply<VisitsOfDay> {
        let day = VisitDay(question.data.day)
        guard day >= firstKeptDay(in: turn) else {
            return .refuse("not-kept", "Visits are kept for \(policy.keeps.milliseconds / 86_400_000) days. Ask for the month's figures.")
        }
        let now = turn.now
        let seen = try houses(on: day, in: turn.db)
        let others = seen.filter { house in policy.facility(house.facility.id) == nil }.sorted { $0.facility.id < $1.facility.id }
        var houses = try policy.facilities.map { try house($0, in: turn.db) } + others
        if let asked = question.data.facility {
            houses = houses.filter { $0.facility.id == asked }
            guard !houses.isEmpty else { return unknown(asked).reply() }
        }
        if let after = question.data.after, let place = houses.firstIndex(where: { $0.facility.id == after }) {
            houses.removeFirst(place + 1)
        }
        let start = start(of: day, in: turn)
        let facilities = try houses.prefix(Self.page).map { house in
            var facility = try facilityDay(house, on: day, from: start, at: now, in: turn.db)
            facility.counts = try counts(of: house, on: day, in: turn.db)
            return facility
        }
        let odd = try odd(on: day, in: turn.db).prefix(20)
        return .accept(VisitsOfDay(question.data.day, facilities, more: houses.count > Self.page, odd: Array(odd)))
    }

    /// Houses and purposes of a house in one answer, so that it stays below 32 KiB.
    private static let page = 24
    private static let mostPurposes = 16

    func unknown(_ facility: FacilityID) -> Objection {
        let known = policy.facilities.map(\.id.text).joined(separator: ", ")
        return Objection("unknown-facility", "No house of the town's file is \(facility). Known: \(known).")
    }

    private func houses(on day: VisitDay, in db: borrowing Transaction) throws -> [House] {
        try db.all(
            """
            SELECT DISTINCT facility, text FROM visit JOIN word ON word.id = facility WHERE day = ? ORDER BY text
            """, day.number
        ) { (FacilityID($0.text(1)), $0.int(0)) }
        .compactMap { id, word in id.map { House(word: word, facility: facility($0)) } }
    }

    private func facilityDay(
        _ house: House, on day: VisitDay, from start: Instant, at now: Instant, in db: borrowing Transaction
    ) throws -> FacilityDay {
        let visits = try db.all(
            """
            SELECT came, "left", marks, purpose, who FROM visit WHERE day = ? AND facility = ? ORDER BY who, n
            """, day.number, house.word
        ) { (visit: Visit($0), who: $0.int(4)) }
        var hours = [Int](repeating: 0, count: 24)
        var purposes: [Int64: Int] = [:]
        for (visit, _) in visits {
            guard let moment = visit.came ?? visit.left else { continue }
            hours[min(23, max(0, Int((moment - start).milliseconds / 3_600_000)))] += 1
            purposes[visit.purpose, default: 0] += 1
        }
        var facility = FacilityDay(house.facility.id, hours: hours)
        let all = visits.map(\.visit)
        facility.assumedEnds = all.count { $0.marks.contains(.endAssumed) && !$0.isInside(at: now) }
        facility.missedEntries = all.count { $0.marks.contains(.beginningNotSeen) }
        facility.missedExits = all.count { $0.marks.contains(.endNotSeen) }
        facility.purposes = try purposes.map { word, count in try .init(purpose(word, in: db), count) }
            .sorted { ($1.count, $0.purpose.description) < ($0.count, $1.purpose.description) }
            .prefix(Self.mostPurposes).map(\.self)
        guard house.facility.counting != .arrivals else { return facility }
        facility.inside = all.count { $0.isInside(at: now) }
        facility.medianStay = medianStay(of: all)
        facility.peak = peak(of: visits, at: now)
        return facility
    }

    private func purpose(_ word: Int64, in db: borrowing Transaction) throws -> Purpose {
        guard let text = try db.first("SELECT text FROM word WHERE id = ?", word, read: { $0.text(0) }), let purpose = Purpose(text) else {
            preconditionFailure("the purpose of a visit was written down as one")
        }
        return purpose
    }

    func odd(on day: VisitDay, in db: borrowing Transaction) throws -> [OddTaps] {
        try db.all(
            "SELECT reason, text, count FROM odd JOIN word ON word.id = agent WHERE day = ? ORDER BY text, reason", day.number
        ) { row in
            guard let reason = OddTaps.Reason(rawValue: row.text(0)), let agent = AgentID(row.text(1)) else { return nil }
            return OddTaps(reason, agent, Int(row.int(2)))
        }.compactMap(\.self)
    }
}

/// Whole minutes, in the middle of the visits whose both ends were seen; of two in the middle the longer one.
func medianStay(of visits: [Visit]) -> Int? {
    let stays = visits.compactMap { visit -> Int64? in
        guard let came = visit.came, let left = visit.left, !visit.marks.contains(.endAssumed) else { return nil }
        return (left - came).milliseconds
    }.sorted()
    return stays.isEmpty ? nil : Int(stays[stays.count / 2] / 60_000)
}

/// The most who were inside at once. Whoever is not known to have left was there until the same person came again; whose coming nobody saw counts for
/// no time at all.
/// - Parameter visits: of each person in order.
func peak(of visits: [(visit: Visit, who: Int64)], at now: Instant) -> Int {
    var changes: [(at: Instant, by: Int)] = []
    for (index, (visit, who)) in visits.enumerated() {
        guard let came = visit.came, came <= now else { continue }
        let again = visits[(index + 1)...].first.flatMap { $0.who == who ? $0.visit.came ?? $0.visit.left : nil }
        changes.append((came, 1))
        if let left = visit.left ?? again, left <= now { changes.append((left, -1)) }
    }
    var (inside, most) = (0, 0)
    // Who leaves at the same moment has left when another comes.
    for change in changes.sorted(by: { ($0.at, $0.by) < ($1.at, $1.by) }) {
        inside += change.by
        most = max(most, inside)
    }
    return most
}
