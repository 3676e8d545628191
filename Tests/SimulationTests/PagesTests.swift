import Contracts
import Testing

@testable import Simulation

/// What is done at the pages of the simulated town comes to pass, or its invariants would show nothing.
@Suite("Pages of a simulated town")
struct PagesTests {
    @Test("In a quiet town a clerk signs in, looks at a week and books, and is told so each time")
    func day() throws {
        let history = try History(seed: 1, layout: .small, taps: 80, over: .seconds(160), faults: Faults.none)
        #expect(history.wrong.isEmpty, "\(history.report())")
        let clerk = history.world.participant(PortalInSimulation.self).clerk
        #expect(clerk.looks > 10)
        #expect(clerk.bookings.values.count { $0 == .booked } > 10, "\(clerk.bookings)")
        #expect(clerk.bookings.values.allSatisfy { $0 == .booked }, "\(clerk.bookings)")
    }

    @Test("In unkind towns some bookings are answered, some refused, and of some nobody knows")
    func faults() throws {
        var outcomes: [String: Int] = [:]
        for seed in 2...4 as ClosedRange<UInt64> {
            let history = try History(seed: seed, layout: .small, taps: 120, over: .seconds(240))
            #expect(history.wrong.isEmpty, "\(history.report())")
            let clerk = history.world.participant(PortalInSimulation.self).clerk
            for outcome in clerk.bookings.values { outcomes["\(outcome)", default: 0] += 1 }
        }
        #expect(outcomes["booked", default: 0] > 10, "\(outcomes)")
        #expect(outcomes["unknown", default: 0] > 0, "\(outcomes)")
    }
}
