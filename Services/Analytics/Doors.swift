import Contracts
import ServiceKit
import Store

/// How doors were opened: the share of cards is a figure that towns want.
extension Analytics {
    func count(_ decision: Envelope<DoorDecided>, in turn: borrowing Turn) throws {
        let isOpen = decision.data.verdict == .open
        if decision.data.means == nil, !policy.uncounted.contains("door") { try admit(decision.data.tap, isOpen: isOpen, in: turn) }
        guard isOpen else { return }
        try turn.db.run(
            "INSERT INTO unlocked (day, means, count) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
            day(of: decision.time, in: turn).number, decision.data.means?.rawValue ?? "card")
    }
}
