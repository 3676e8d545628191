import Contracts
import Seal
import ServiceKit
import Store

/// Points that are given once staff have confirmed who was really there: reserved at the tap, paid in one go later, or not at all.
extension Points {
    private static let atOnce = 500

    func confirm(_ command: Envelope<ConfirmAttendance>, in turn: borrowing Turn) throws -> Reply<AttendanceConfirmed> {
        let wish = command.data
        guard let rule = policy.rule(wish.rule), rule.needsConfirmation else {
            let known = policy.rules.filter(\.needsConfirmation).map(\.id.text).joined(separator: ", ")
            return .refuse(
                "unknown-rule", "No rule \(wish.rule) waits for confirmation. Those that do: \(known.isEmpty ? "none" : known).")
        }
        let waiting = try turn.db.all(
            "SELECT transfer, at, person, amount FROM unconfirmed WHERE rule = ? AND at >= ? AND at < ? ORDER BY at, transfer LIMIT ?",
            rule.id.text, wish.from.milliseconds, wish.until.milliseconds, Self.atOnce + 1
        ) { (EventID(bytes: $0.blob(0)), Instant(milliseconds: $0.int(1)), PersonID($0.text(2)), $0.int(3)) }
        var (count, sum): (Int, Int64) = (0, 0)
        for case (let held?, let at, let person?, let amount) in waiting.prefix(Self.atOnce) {
            let move: Transfer.Move = wish.refuse == true ? .void(held) : .post(held, nil)
            let result = try make(
                Transfer(.derived(from: held, type: "confirmation"), move, for: rule.id.named(), cause: held, moment: at), in: turn)
            try turn.db.run(
                "DELETE FROM unconfirmed WHERE rule = ? AND at = ? AND transfer = ?", rule.id.text, at.milliseconds, held.bytes)
            guard result == .created else { continue }
            (count, sum) = (count + 1, sum + amount)
            if wish.refuse != true { try exchangeWhatIsFull(rule.purse, of: person, cause: held, at: at, in: turn) }
        }
        return .accept(AttendanceConfirmed(count, sum, more: waiting.count > Self.atOnce))
    }
}
