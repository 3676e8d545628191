import Contracts
import ServiceKit
import Store

extension ReaderAgent {
    /// A card was read: a tap, unless it is the last one going on.
    func tap(_ card: IdentifiedCard, in turn: borrowing Turn) throws {
        guard let reader = readers[card.reader] else { return }
        guard turn.unsent < journalLimit else { return turn.perform(Signal(card.reader, .failed)) }
        let purpose = try self.purpose(of: reader, in: turn)
        // Before keys were changed, this very card was noted under the former token.
        let last = try turn.db.all(
            "SELECT uptime FROM recent WHERE reader = ? AND token IN (?, ?) AND boot = ?", card.reader.text, card.token.text,
            card.former?.text, boot
        ) {
            $0.int(0)
        }
        .max()
        if isSameTap(uptime: card.uptime, last: last, window: doubleTap(purpose)) {
            return turn.perform(Signal(card.reader, turn.isConnected ? .accepted : .offline))
        }
        try turn.db.run(
            "INSERT OR REPLACE INTO recent (reader, token, boot, uptime) VALUES (?, ?, ?, ?)", card.reader.text, card.token.text, boot,
            card.uptime)
        // An hour is longer than any window. What is much later than now is left from an earlier start of the machine; what is a little later came at
        // another reader while this card was slow to read.
        try turn.db.run(
            "DELETE FROM recent WHERE uptime < ? OR uptime > ?", card.uptime - 3_600_000, card.uptime + watermarkLag.milliseconds)
        let tapped = Tapped(
            token: card.token, former: card.former, scheme: card.scheme, assurance: card.assurance, reader: card.reader,
            place: reader.place, purpose: purpose,
            direction: reader.direction, position: reader.position, clock: card.clock, uptime: card.clock == .boot ? card.uptime : nil,
            charge: try takeCharge(at: reader.id, purpose, in: turn))
        let tap = try turn.emitRoot(tapped, on: .taps, subject: card.reader.text, time: card.at)
        for hashes in card.leases { try tell(hashes, with: tap, in: turn) }
        turn.perform(Signal(card.reader, turn.isConnected ? .accepted : .offline))
    }

    func refuse(_ id: ReaderID, _ reason: CardRefused.Reason, at: Instant, in turn: borrowing Turn) throws {
        guard let reader = readers[id] else { return }
        turn.perform(Signal(id, .refused))
        guard turn.unsent < journalLimit else { return }
        let refused = CardRefused(place: reader.place, purpose: try purpose(of: reader, in: turn), reader: id, reason: reason)
        try turn.emitRoot(refused, on: .refusedCards, subject: id.text, time: at)
    }

    /// What a service has to say to the person, while the person is still there.
    func show(_ feedback: Envelope<Feedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        guard turn.isLive, readers[feedback.data.reader] != nil else { return }
        let said = feedback.data
        let reason = said.rule?.rawValue ?? said.reason?.rawValue
        turn.perform(Signal(said.reader, said.signal == .opened ? .opened : .refused, because: reason))
    }

    func show(_ feedback: Envelope<ShelterFeedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        guard isWaited(for: feedback.data, at: feedback.data.reader, in: turn) else { return }
        let kind: Signal.Kind =
            switch feedback.data.signal {
            case .in: .in
            case .out: .out
            case .already: .already
            case .received: .received
            case .receivedBefore: .receivedBefore
            }
        turn.perform(Signal(feedback.data.reader, kind))
    }

    func show(_ feedback: Envelope<ReceptionFeedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        let said = feedback.data
        guard isWaited(for: said, at: said.reader, in: turn) else { return }
        switch said.outcome {
        case .accepted: turn.perform(Signal(said.reader, .received))
        case .repeated: turn.perform(Signal(said.reader, .receivedBefore))
        default: turn.perform(Signal(said.reader, .refused, because: said.outcome.rawValue))
        }
    }

    /// Shelters, points and receptions take late taps too: whoever made one that waited here has gone. Its id says when that was, by this agent's own clock.
    func isWaited(for feedback: some FeedbackBody, at reader: ReaderID, in turn: borrowing Turn) -> Bool {
        turn.isLive && readers[reader] != nil && turn.now - feedback.tap.time < .seconds(10)
    }
}

/// Whether a reading goes on with the last tap of the same card at the same reader. Time is counted since the machine started, so that setting the
/// clock makes no tap and loses none. `last` is of the same start; one that lies ahead belongs to a machine that was put back to an earlier moment.
func isSameTap(uptime: Int64, last: Int64?, window: Duration) -> Bool {
    guard let last, last <= uptime else { return false }
    return uptime - last < window.milliseconds
}
