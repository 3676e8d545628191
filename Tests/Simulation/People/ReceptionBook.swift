import Contracts
import ServiceKit

/// The town's receptions, reckoned a second time from what their service has said, in the order in which it did.
struct ReceptionBook {
    enum Stage: String { case standing, disputed, struck, reversed }

    struct Page {
        var stage = ReceptionChanged.Stage.planned
        var rulings: [Int: ReceptionRuling] = [:]
        var stages: [Int: Stage] = [:]
        /// Of numbers that are one person: the one that was known first.
        var first: [Int: Int] = [:]
        var paper: [ReceptionStationID: Int] = [:]
        var late = 0
        var reversed = 0

        var standing: [Int] { stages.filter { $0.value == .standing }.keys.sorted() }
        var total: Int { standing.count + paper.values.reduce(0, +) }

        fileprivate func root(_ number: Int) -> Int { first[number].map { root($0) } ?? number }

        /// All numbers, as whoever looks at the broker has them.
        func count(_ id: ReceptionID, expected: Int?, capacity: Int?, at moment: Instant) -> ReceptionCount {
            var count = ReceptionCount(id, stage, at: moment)
            let standing = standing.compactMap { rulings[$0] }
            (count.accepted, count.walkIns) = (standing.count, standing.count { $0.walkIn == true })
            count.byCard = standing.count { $0.way == .card }
            count.byTicket = standing.count { $0.way == .ticket }
            count.byName = standing.count { $0.way == .name }
            count.conflicts = stages.values.count { $0 == .disputed }
            (count.paper, count.late, count.reversed) = (paper.values.reduce(0, +), late, reversed)
            (count.expected, count.capacity) = (expected, capacity)
            return count
        }
    }

    private let policy: ReceptionsPolicy
    private(set) var pages: [ReceptionID: Page] = [:]
    /// By what was held or commanded.
    private(set) var byCause: [EventID: [ReceptionRuling]] = [:]
    private(set) var wrong: [String] = []

    /// - Parameter journal: of the service, in order.
    init(_ journal: [ForgottenRow], _ policy: ReceptionsPolicy) throws {
        self.policy = policy
        for row in journal { try hear(row) }
    }

    private mutating func hear(_ row: ForgottenRow) throws {
        switch row.topic.split(separator: "/").last {
        case "reception":
            let changed = try Envelope<ReceptionChanged>(json: row.event).data
            pages[changed.reception, default: Page()].stage = changed.stage
        case "reception-ruling":
            let ruling = try Envelope<ReceptionRuling>(json: row.event)
            if let cause = ruling.cause { byCause[cause, default: []].append(ruling.data) }
            take(ruling.data)
        case "reception-reversal": take(try Envelope<ReversalChanged>(json: row.event).data)
        case "reception-conflict": take(try Envelope<ReceptionConflict>(json: row.event).data)
        case "reception-paper":
            let counted = try Envelope<PaperCounted>(json: row.event).data
            pages[counted.reception, default: Page()].paper[counted.station] = counted.count
        default: break
        }
    }

    private mutating func take(_ ruling: ReceptionRuling) {
        var page = pages[ruling.reception, default: Page()]
        defer { pages[ruling.reception] = page }
        if ruling.outcome == .late { page.late += 1 }
        let isReceived = ruling.outcome == .accepted || ruling.outcome == .conflict
        if isReceived != (ruling.number != nil) { wrong.append("\(ruling) has a number that it should not have, or none") }
        guard let number = ruling.number else { return }
        let what = "number \(number) of \(ruling.reception)"
        if page.rulings[number] != nil { wrong.append("\(what) was given twice") }
        let before = page.standing.filter { page.rulings[$0].map { isSame($0, ruling) } ?? false }
        let terms = policy.terms(ruling.reception)
        if terms?.isOnceOnly == true, ruling.outcome == .accepted, let first = before.first {
            wrong.append("\(what) was received, who stands received under \(first)")
        }
        // Of a card that became known late nobody knows here when that was.
        if ruling.by != nil, page.stage != .open { wrong.append("\(what) was received by a desk while it was \(page.stage)") }
        if ruling.by != nil, let most = terms?.capacity, page.total >= most { wrong.append("\(what) was received beyond \(most)") }
        page.rulings[number] = ruling
        page.stages[number] = ruling.outcome == .accepted ? .standing : .disputed
    }

    private func isSame(_ one: ReceptionRuling, _ other: ReceptionRuling) -> Bool {
        one.row != nil && one.row == other.row || one.person != nil && one.person == other.person
    }

    private mutating func take(_ reversal: ReversalChanged) {
        guard reversal.stage == .reversed else { return }
        let what = "number \(reversal.number) of \(reversal.reception)"
        if reversal.agreedBy == nil || reversal.agreedBy == reversal.proposedBy { wrong.append("\(what) was taken back by one alone") }
        if pages[reversal.reception]?.stages[reversal.number] != .standing { wrong.append("\(what) was taken back and did not stand") }
        pages[reversal.reception]?.stages[reversal.number] = .reversed
        pages[reversal.reception]?.reversed += 1
    }

    private mutating func take(_ conflict: ReceptionConflict) {
        guard var page = pages[conflict.reception] else { return wrong.append("a conflict at \(conflict.reception), where nobody was") }
        defer { pages[conflict.reception] = page }
        let (first, second) = (conflict.first.number, conflict.second.number)
        guard let verdict = conflict.verdict else {
            if page.stages[first] != .standing { wrong.append("conflict \(second) of \(conflict.reception) is with nobody who stands") }
            page.stages[second] = .disputed
            if page.root(first) != page.root(second) { page.first[page.root(second)] = page.root(first) }
            return
        }
        if page.stages[second] != .disputed { wrong.append("conflict \(second) of \(conflict.reception) was settled and was none") }
        if verdict != .first {
            for number in page.standing where page.root(number) == page.root(second) { page.stages[number] = .struck }
        }
        page.stages[second] = verdict == .second ? .standing : .struck
    }
}
