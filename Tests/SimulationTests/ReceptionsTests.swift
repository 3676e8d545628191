import Contracts
import Testing

@testable import Simulation

/// What happens at the receptions of the simulated town, and what its statistics count, comes to pass, or its invariants would show nothing.
@Suite("Receptions and statistics of a simulated town")
struct ReceptionsTests {
    @Test("In a few quiet towns people are received in every way, turned away and taken back, and lamps say so")
    func day() throws {
        var (answers, rulings): ([String: Int], [String: Int]) = ([:], [:])
        var (reversals, lamps, same): (Set<ReversalChanged.Stage>, Int, Int) = ([], 0, 0)
        for seed in 1...3 as ClosedRange<UInt64> {
            let history = try History(seed: seed, layout: .small, taps: 160, over: .seconds(320), faults: Faults.none)
            #expect(history.wrong.isEmpty, "\(history.report())")
            let reception = history.world.participant(ReceptionInSimulation.self)
            answers.merge(reception.staff.answers) { $0 + $1 }
            lamps += reception.lamps.count
            let said = try history.world.auditor.heard(.receptionRulings)
            for ruling in said.map(\.data) { rulings["\(ruling.outcome) by \(ruling.by == nil ? "card" : "desk")", default: 0] += 1 }
            reversals.formUnion(try history.world.auditor.heard(.receptionReversals).map(\.data.stage))
            let readers = history.world.layout.receptionReaders.map(\.purpose)
            let taps = try history.world.participant(ReaderAgentsInSimulation.self).taps().filter { readers.contains($0.purpose) }
            same += taps.count - said.count { $0.data.by == nil }
        }
        for command in [
            DecideReception.type, AddExpected.type, FindExpected.type, Receive.type, ReverseReceived.type, CountPaper.type,
            ListAttendance.type, ShowHandOver.type,
        ] {
            #expect(answers[command, default: 0] > 0, "\(command): \(answers)")
        }
        for word in ["second-person", "unknown-number", "not-possible"] { #expect(answers[word, default: 0] > 0, "\(word): \(answers)") }
        for ruling in [
            "accepted by card", "accepted by desk", "repeated by card", "repeated by desk", "unknownCard by card", "notListed by desk",
            "notListed by card", "elsewhere by card", "elsewhere by desk", "closed by desk", "full by desk",
        ] {
            #expect(rulings[ruling, default: 0] > 0, "\(ruling): \(rulings)")
        }
        #expect(reversals == Set(ReversalChanged.Stage.allCases))
        #expect(lamps > 100)
        #expect(same > 0, "nobody's card lay there still")
    }
}
