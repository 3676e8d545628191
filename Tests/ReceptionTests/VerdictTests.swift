import Contracts
import Harness
import Testing

@testable import Reception

/// The rules alone: by table, and over histories in any order.
@Suite struct VerdictTests {
    private static let noon = Instant(milliseconds: 1_795_230_000_000)

    private static func terms(_ mode: ReceptionTerms.WhenCutOff, list: Bool = true, walkIns: Bool = false) -> ReceptionTerms {
        var terms = ReceptionTerms("ballot", title: "投票受付")
        (terms.hasList, terms.takesWalkIns, terms.whenCutOff) = (list, walkIns, mode)
        terms.stations = [.init("n"), .init("s")]
        return terms
    }

    private func claim(
        _ station: ReceptionStationID = "n", at moment: Instant = noon, answered: Bool = true, way: ReceptionWay = .card
    ) -> Claim {
        Claim(at: moment, station: station, way: way, isAnswered: answered)
    }

    private let before = ReceptionRuling.First(1, at: noon - .seconds(3600), "s")

    @Test("Whoever is on the list is received once; the second time is said to be the second, with when and where of the first")
    func once() {
        let terms = Self.terms(.central)
        let mine = Claimant.listed(station: nil)
        #expect(verdict(on: claim(), of: mine, Standing(stage: .open), under: terms) == .accept(asWalkIn: false))
        #expect(verdict(on: claim(), of: mine, Standing(stage: .open, first: before), under: terms) == .refuse(.repeated))
        var each = terms
        each.isOnceOnly = false
        #expect(verdict(on: claim(), of: mine, Standing(stage: .open, first: before), under: each) == .accept(asWalkIn: false))
    }

    @Test("A card that lies there, or is held twice, is one coming; a ticket read twice is not")
    func held() {
        let just = Standing(stage: .open, first: .init(1, at: Self.noon - .seconds(5), "n"))
        let mine = Claimant.listed(station: nil)
        #expect(verdict(on: claim(), of: mine, just, under: Self.terms(.central)) == .same)
        #expect(verdict(on: claim("s"), of: mine, just, under: Self.terms(.central)) == .refuse(.repeated))
        #expect(verdict(on: claim(way: .ticket), of: mine, just, under: Self.terms(.central)) == .refuse(.repeated))
        #expect(verdict(on: claim(at: Self.noon + .seconds(60)), of: mine, just, under: Self.terms(.central)) == .refuse(.repeated))
    }

    @Test("Nobody is received before it opens, after it closes or once it is called off", arguments: ReceptionChanged.Stage.allCases)
    func stages(stage: ReceptionChanged.Stage) {
        let expected: Judgement =
            switch stage {
            case .open: .accept(asWalkIn: false)
            case .planned, .closed: .refuse(.closed)
            case .cancelled: .refuse(.cancelled)
            }
        #expect(verdict(on: claim(), of: .listed(station: nil), Standing(stage: stage), under: Self.terms(.central)) == expected)
    }

    @Test("The town's window is kept: from its first moment to before its last")
    func window() {
        var terms = Self.terms(.central)
        (terms.from, terms.until) = (Self.noon, Self.noon + .seconds(60))
        func at(_ seconds: Int64) -> Judgement {
            verdict(on: claim(at: Self.noon + .seconds(seconds)), of: .listed(station: nil), Standing(stage: .open), under: terms)
        }
        #expect(at(0) == .accept(asWalkIn: false) && at(59) == .accept(asWalkIn: false))
        #expect(at(-1) == .refuse(.closed) && at(60) == .refuse(.closed))
    }

    @Test("Who is not on the list walks in where that is allowed; an unknown card never does")
    func walkIns() {
        #expect(verdict(on: claim(), of: .unlisted, Standing(stage: .open), under: Self.terms(.central)) == .refuse(.notListed))
        let open = Self.terms(.central, walkIns: true)
        #expect(verdict(on: claim(), of: .unlisted, Standing(stage: .open), under: open) == .accept(asWalkIn: true))
        #expect(verdict(on: claim(), of: .unknown, Standing(stage: .open), under: open) == .refuse(.unknownCard))
        #expect(verdict(on: claim(way: .ticket), of: .unknown, Standing(stage: .open), under: open) == .refuse(.notListed))
        let free = Self.terms(.central, list: false, walkIns: true)
        #expect(verdict(on: claim(), of: .unlisted, Standing(stage: .open), under: free) == .accept(asWalkIn: false))
    }

    @Test("A full room turns away whoever asks, and nobody who has been let in by a station that was cut off")
    func full() {
        var terms = Self.terms(.conflict)
        terms.capacity = 3
        let full = Standing(stage: .open, total: 3)
        #expect(verdict(on: claim(), of: .listed(station: nil), full, under: terms) == .refuse(.full))
        #expect(verdict(on: claim(answered: false), of: .listed(station: nil), full, under: terms) == .accept(asWalkIn: false))
        #expect(verdict(on: claim(), of: .listed(station: nil), Standing(stage: .open, total: 2), under: terms) == .accept(asWalkIn: false))
    }

    @Test("A partition receives a row where it belongs, and elsewhere by a desk's word alone")
    func partition() {
        let terms = Self.terms(.partition, walkIns: true)
        let open = Standing(stage: .open)
        #expect(verdict(on: claim("s"), of: .listed(station: "n"), open, under: terms) == .refuse(.elsewhere))
        #expect(verdict(on: claim("s", answered: false), of: .listed(station: "n"), open, under: terms) == .refuse(.elsewhere))
        #expect(verdict(on: claim("n", answered: false), of: .listed(station: "n"), open, under: terms) == .accept(asWalkIn: false))
        var override = claim("s", way: .name)
        override.isOverride = true
        #expect(verdict(on: override, of: .listed(station: "n"), open, under: terms) == .accept(asWalkIn: false))
        // Nobody's rows are received while the town can be asked.
        for claimant in [Claimant.unlisted, .listed(station: nil)] {
            #expect(verdict(on: claim("s", answered: false), of: claimant, open, under: terms) == .refuse(.late))
        }
        #expect(verdict(on: claim("s"), of: .listed(station: nil), open, under: terms) == .accept(asWalkIn: false))
        // Overridden meanwhile.
        let taken = Standing(stage: .open, first: before)
        #expect(verdict(on: claim("n", answered: false), of: .listed(station: "n"), taken, under: terms) == .conflict)
    }

    @Test("How it stood at a moment is read off its changes")
    func changes() {
        let changes = [
            StageChange(at: Self.noon, stage: .open), .init(at: Self.noon + .seconds(60), stage: .closed),
            .init(at: Self.noon + .seconds(120), stage: .open),
        ]
        let found = [-1, 0, 59, 60, 119, 500].map { stage(at: Self.noon + .seconds($0), after: changes) }
        #expect(found == [.planned, .open, .open, .closed, .closed, .open])
    }

    @Test("Nobody takes back alone, twice, or what nobody has proposed")
    func reversals() {
        var open = ReversalChanged("ballot", 1, why: "wrong-person", by: "reception-desk-north", at: Self.noon)
        #expect(objection(to: .propose, by: "reception-desk-north", nil) == nil)
        #expect(objection(to: .propose, by: "reception-desk-south", open) == .alreadyProposed)
        #expect(objection(to: .agree, by: "reception-desk-north", open) == .secondPerson)
        #expect(objection(to: .agree, by: "reception-desk-south", open) == nil)
        #expect(objection(to: .agree, by: "reception-desk-south", nil) == .notProposed)
        open.stage = .withdrawn
        #expect(objection(to: .agree, by: "reception-desk-south", open) == .notProposed)
        #expect(objection(to: .propose, by: "reception-desk-north", open) == nil)
        open.stage = .reversed
        #expect(objection(to: .propose, by: "reception-desk-north", open) == .alreadyReversed)
    }

    // MARK: Histories

    /// A model: what every station that was cut off has written down, in the order in which it becomes known.
    private struct Town {
        var standing: [Int: ReceptionRuling.First] = [:]
        var disputed: [Int: Int] = [:]
        var late = 0
        var elsewhere = 0
        var number = 0

        mutating func take(_ row: Int, of own: ReceptionStationID, _ claim: Claim, under terms: ReceptionTerms) {
            let state = Standing(stage: .open, total: standing.count, first: standing[row])
            switch verdict(on: claim, of: .listed(station: own), state, under: terms) {
            case .accept:
                number += 1
                standing[row] = .init(number, at: claim.at, claim.station)
            case .conflict: disputed[row, default: 0] += 1
            case .refuse(.late): late += 1
            case .refuse(.elsewhere): elsewhere += 1
            case .refuse, .same: Issue.record("no such answer to a station that was cut off")
            }
        }
    }

    /// Claims of stations that are all cut off: minutes apart, so that none is the same coming as another.
    private static func history(_ chance: inout Seeded) -> [(row: Int, claim: Claim)] {
        (0..<40).map { index in
            let station: ReceptionStationID = chance.oneIn(2) ? "n" : "s"
            let claim = Claim(at: noon + .seconds(Int64(index) * 60), station: station, way: .card, isAnswered: false)
            return (chance.below(12), claim)
        }
    }

    private static func own(_ row: Int) -> ReceptionStationID { row % 2 == 0 ? "n" : "s" }

    @Test(
        "In whatever order it becomes known: nobody is lost, nobody wins silently, and each second acceptance is a conflict",
        arguments: 0..<200)
    func conflictsInAnyOrder(seed: UInt64) {
        var chance = Seeded(seed)
        let history = Self.history(&chance)
        for _ in 0..<4 {
            var town = Town()
            for (row, claim) in history.shuffled(using: &chance) { town.take(row, of: Self.own(row), claim, under: Self.terms(.conflict)) }
            let comings = Dictionary(grouping: history, by: \.row).mapValues(\.count)
            #expect(Set(town.standing.keys) == Set(comings.keys))
            for (row, count) in comings { #expect(town.disputed[row, default: 0] == count - 1) }
            #expect(town.late == 0 && town.elsewhere == 0)
        }
    }

    @Test("In whatever order: a partition receives its own rows alone, so that two stations never receive one", arguments: 0..<200)
    func partitionsInAnyOrder(seed: UInt64) {
        var chance = Seeded(seed)
        let history = Self.history(&chance)
        for _ in 0..<4 {
            var town = Town()
            for (row, claim) in history.shuffled(using: &chance) { town.take(row, of: Self.own(row), claim, under: Self.terms(.partition)) }
            let own = history.filter { $0.claim.station == Self.own($0.row) }
            #expect(Set(town.standing.keys) == Set(own.map(\.row)))
            #expect(town.standing.allSatisfy { $1.station == Self.own($0) })
            #expect(town.elsewhere == history.count - own.count)
            #expect(town.disputed.values.reduce(0, +) == own.count - town.standing.count)
        }
    }

    @Test("In whatever order: where the town alone decides, a station that was cut off receives nobody", arguments: 0..<50)
    func centralInAnyOrder(seed: UInt64) {
        var chance = Seeded(seed)
        var town = Town()
        for (row, claim) in Self.history(&chance).shuffled(using: &chance) {
            town.take(row, of: Self.own(row), claim, under: Self.terms(.central))
        }
        #expect(town.standing.isEmpty && town.late == 40)
    }
}
