import Contracts
import Testing

@testable import Simulation

/// What is in the simulated town beside cards at doors comes to pass, or its invariants would show nothing.
@Suite("Modes, lockers, codes and a site of a simulated town")
struct OtherDoorsTests {
    @Test("In a few quiet towns everything of it is done, and refused")
    func day() throws {
        var opened: [String: Int] = [:]
        var refused: [String: Int] = [:]
        for seed in 1...6 as ClosedRange<UInt64> {
            var layout = Layout.small
            (layout.siteShare, layout.hasNotifier) = (1, false)
            let history = try History(seed: seed, layout: layout, taps: 120, over: .seconds(240), faults: Faults.none)
            #expect(history.wrong.isEmpty, "\(history.report())")
            for (door, _, decision) in try history.world.participant(LocksInSimulation.self).openings(history.world) {
                opened[way(decision, door), default: 0] += 1
            }
            for decision in try history.world.auditor.heard(.doorDecisions).map(\.data) where decision.verdict == .refuse {
                refused[(decision.rule?.rawValue ?? decision.refusal?.rawValue ?? "") + " " + way(decision, decision.door), default: 0] += 1
            }
        }
        for way in ["mode", "staff at a locker", "locker", "code", "group at the site", "booking at the site"] {
            #expect(opened[way, default: 0] > 3, "\(opened)")
        }
        for word in [
            "disaster card", "no-item locker", "item-expired locker", "wrong-code code", "too-early code", "no-right group at the site",
        ] {
            #expect(refused[word, default: 0] > 0, "\(refused)")
        }
    }

    private func way(_ decision: DoorDecided, _ door: DoorID) -> String {
        if decision.right?.disaster != nil { return "mode" }
        if decision.means == .code { return "code" }
        if door.text.hasPrefix("shelf") || door.text == "library" { return decision.means == .desk ? "staff at a locker" : "locker" }
        guard door == Station.door else { return "card" }
        return decision.right?.booking == nil ? "group at the site" : "booking at the site"
    }
}
