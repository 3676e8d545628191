import Bus
import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Reception

/// Stations that were cut off, and whose cards become known later.
@Suite struct CutOffTests {
    @Test("Where the town alone decides, a late card receives nobody and is counted beside the paper")
    func central() throws {
        let town = try TestReception()
        try town.expect()
        try town.hold(1, ago: 600)
        #expect(try town.outcomes() == [.late] && town.count().late == 1 && town.count().accepted == 0)
        // Nobody stands there any more.
        #expect(try town.feedback().isEmpty)
        try town.hold(2, ago: 20)
        #expect(try town.outcomes() == [.late, .accepted] && town.feedback() == [.accepted])
    }

    @Test("A partition's late card is received where its row belongs; the other station is told whose it is")
    func partition() throws {
        let town = try TestReception(.partition)
        try town.expect()
        try town.hold(1, ago: 600)
        try town.hold(2, ago: 600)
        try town.hold(2, ago: 500, at: "gate-2")
        #expect(try town.outcomes() == [.accepted, .elsewhere, .accepted])
        #expect(try town.rulings()[1].rowStation == "s" && town.rulings().map(\.row) == [1, 2, 2])
        #expect(try town.receive { $0.row = 4 }.answer?.ruling.outcome == .elsewhere)
        let overridden = try #require(try town.receive { ($0.row, $0.override) = (4, true) }.answer)
        #expect(overridden.ruling.outcome == .accepted && overridden.ruling.override == true)
        // Cut off, the row's own station has received it too.
        try town.hold(4, ago: 300, at: "gate-2")
        #expect(try town.rulings().last?.outcome == .conflict && town.count().conflicts == 1)
    }

    @Test(
        "A second acceptance found later is a conflict that stays open until a desk settles it",
        arguments: ReceptionConflict.Verdict.allCases)
    func conflict(verdict: ReceptionConflict.Verdict) throws {
        let town = try TestReception(.conflict)
        try town.expect()
        try town.hold(1)
        try town.hold(1, ago: 600, at: "gate-2")
        #expect(try town.outcomes() == [.accepted, .conflict])
        let found = try #require(try town.conflicts().last)
        #expect(
            found.first.number == 1 && found.second.number == 2 && found.second.station == "s" && found.row == 1 && found.verdict == nil)
        #expect(try town.count().accepted == 1 && town.count().conflicts == 1)
        // Its life is said every ten seconds.
        try town.rig.pass(.seconds(20))
        #expect(try town.rig.life().problems?.map(\.code).contains("reception-conflicts") == true)
        let wrong = ReverseReceived(.propose, 1, in: "ballot", why: "wrong-person")
        #expect(try town.ask(.reverseReceived, wrong).refusal == "conflict")

        #expect(try town.ask(.settleConflict, SettleConflict(verdict, 1, in: "ballot")).refusal == "unknown-conflict")
        let settled = try #require(try town.ask(.settleConflict, SettleConflict(verdict, 2, in: "ballot")).answer)
        #expect(settled.verdict == verdict && settled.settledBy == "reception-desk-north")
        #expect(try town.ask(.settleConflict, SettleConflict(.first, 2, in: "ballot")).refusal == "settled")
        #expect(try town.conflicts().map(\.verdict) == [nil, verdict])
        let count = try town.count()
        #expect(count.conflicts == 0 && count.accepted == (verdict == .neither ? 0 : 1) && count.byCard == count.accepted)
        let came = try #require(try town.ask(.listAttendance, ListAttendance(of: "ballot")).answer).entries
        #expect(came.map(\.number) == (verdict == .first ? [1] : verdict == .second ? [2] : []))
    }

    @Test("A late card is judged by how it stood when it was held")
    func closedMeanwhile() throws {
        let town = try TestReception(.conflict)
        try town.expect()
        try town.pass(.seconds(600))
        #expect(try town.ask(.decideReception, DecideReception(.close, "ballot")).accepted)
        try town.pass(.seconds(600))
        try town.hold(1, ago: 900)
        try town.hold(2, ago: 300)
        try town.hold(3, ago: 100_000)
        #expect(try town.outcomes() == [.accepted, .closed, .closed])
    }

    @Test("A machine that was never told the time proves no moment: read live it counts, read later it does not")
    func withoutClock() throws {
        let town = try TestReception()
        try town.expect()
        try town.hold(1, ago: 900_000, clock: .boot)
        #expect(try town.outcomes() == [.accepted])
    }

    @Test("Whatever comes late and in whatever order: one acceptance a row, a conflict for each further one", arguments: 0..<40)
    func anyOrder(seed: UInt64) throws {
        var chance = Seeded(seed)
        let town = try TestReception(.conflict)
        try town.expect()
        let comings = (0..<12).map { index in
            (card: 1 + chance.below(4), agent: chance.oneIn(2) ? "gate-1" : "gate-2" as AgentID, ago: Int64(3000 - index * 120))
        }
        for coming in comings.shuffled(using: &chance) { try town.hold(coming.card, ago: coming.ago, at: coming.agent) }
        let rows = Dictionary(grouping: comings, by: \.card)
        let count = try town.count()
        #expect(count.accepted == rows.count && count.conflicts == comings.count - rows.count)
        #expect(try town.conflicts().count == count.conflicts)
        #expect(try town.rulings().compactMap(\.number) == Array(1...12))
    }
}
