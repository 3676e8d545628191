import Contracts
import ServiceKit
import Store

/// A till says what the next card at its reader pays. The amount goes with the tap, so that a shop whose network is down sells too.
extension ReaderAgent {
    /// How long a customer has to hold the card.
    private static let chargeLife = Duration.seconds(60)

    func charge(_ command: Envelope<Charge>, in turn: borrowing Turn) throws -> Reply<Done> {
        let wish = command.data
        guard let reader = readers[wish.reader] else {
            return .refuse("unknown-reader", "Agent \(turn.identity.address.instance) has no reader \(wish.reader).")
        }
        let purpose = try purpose(of: reader, in: turn)
        guard let shop = purpose.shop, turn.actor == Role.till.user(shop.named()) else {
            return .refuse("not-yours", "Reader \(wish.reader) is for \(purpose) now, and not for the till of \(turn.actor).")
        }
        guard TapCharge.amounts.contains(wish.amount) else {
            return .refuse("bad-amount", "A card pays \(TapCharge.amounts.lowerBound) to \(TapCharge.amounts.upperBound) yen.")
        }
        let charge = TapCharge(wish.amount, hold: wish.hold == true, partial: wish.partial == true)
        try turn.db.run(
            "INSERT OR REPLACE INTO charge (reader, row, until) VALUES (?, ?, ?)", reader.id.text, try charge.json(),
            (turn.now + Self.chargeLife).milliseconds)
        return .accept(Done())
    }

    /// What this card pays: one card, once.
    func takeCharge(at reader: ReaderID, _ purpose: Purpose, in turn: borrowing Turn) throws -> TapCharge? {
        guard purpose.shop != nil else { return nil }
        let charge = try turn.db.first("SELECT row FROM charge WHERE reader = ? AND until > ?", reader.text, turn.now.milliseconds) {
            try $0.blob(0).decoded(as: TapCharge.self)
        }
        try turn.db.run("DELETE FROM charge WHERE reader = ?", reader.text)
        return charge
    }

    func show(_ feedback: Envelope<PointsFeedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        let said = feedback.data
        guard isWaited(for: said, at: said.reader, in: turn) else { return }
        let kind: Signal.Kind =
            switch said.signal {
            case .earned: .earned
            case .paid: .paid
            case .part: .part
            case .cash: .cash
            case .refused: .refused
            }
        turn.perform(Signal(said.reader, kind, because: said.amount.map { "\($0)" }))
    }
}
