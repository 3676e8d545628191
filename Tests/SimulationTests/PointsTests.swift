import Contracts
import Testing

@testable import Simulation

/// What is done with points in the simulated town comes to pass, or its invariants would show nothing.
@Suite("Points of a simulated town")
struct PointsInTownTests {
    @Test("In a few quiet towns people earn, pay, are paid twice by nobody, and everything a desk or a till can do is done")
    func day() throws {
        var answers: [String: Int] = [:]
        var statuses: [Payment.Status: Int] = [:]
        var codes: [TransferCode: Int] = [:]
        for seed in 1...3 as ClosedRange<UInt64> {
            let history = try History(seed: seed, layout: .small, taps: 160, over: .seconds(320), faults: Faults.none)
            #expect(history.wrong.isEmpty, "\(history.report())")
            answers.merge(history.world.participant(PointsInSimulation.self).answers) { $0 + $1 }
            for said in try history.world.auditor.heard(.payments) { statuses[said.data.payment.status, default: 0] += 1 }
            for said in try history.world.auditor.heard(.transfers) { codes[said.data.code, default: 0] += 1 }
        }
        for command in [
            MovePoints.type, ReverseTransfer.type, ShowPoints.type, DecideCampaign.type,
            ChangePayment.type,
        ] {
            #expect(answers[command, default: 0] > 0, "\(command): \(answers)")
        }
        for word in ["second-person", "reversed", "not-possible"] { #expect(answers[word, default: 0] > 0, "\(word): \(answers)") }
        #expect([.paid, .held, .refused].allSatisfy { statuses[$0, default: 0] > 0 }, "\(statuses)")
        #expect(["visit", "stamp", "prize", "payment", "refund"].allSatisfy { codes[$0, default: 0] > 0 }, "\(codes)")
        #expect(codes.keys.contains { $0.text.hasPrefix("c-") }, "no campaign was paid: \(codes)")
    }
}
