import Glibc
import Seal
import Synchronization

/// What goes wrong with a card.
package struct CardFaults: Sendable {
    /// No ATR: held too far away, or broken.
    package var isMute = false
    /// Leaves the field instead of answering the APDU of this number, counted from 0 at each insertion.
    package var leavesAtAPDU: Int?
    /// Milliseconds each answer takes.
    package var delay = 0
    /// Called before each answer, on the slot's thread: a card that is silent for as long as a test wants.
    package var waits: @Sendable () -> Void = {}
    /// Answers a READ BINARY for too much with 6Cxx.
    package var insistsOnLength = false
    /// Answers the APDU of this number (from 0 at each insertion) with these bytes, whatever the card would say.
    package var answers: [Int: [UInt8]] = [:]

    package init() {}
}

/// One command and its answer, as they crossed the wire.
package struct Exchange: Sendable, Equatable {
    package let command: [UInt8]
    package let answer: [UInt8]
}

/// A card made of a table. It remembers every APDU, and alarms when it is asked for what only a PIN may open.
///
/// Safe to share: a slot's thread answers with it while a test looks at its log.
package final class VirtualCard: Sendable {
    private struct State {
        var card: FileCard
        var faults: CardFaults
        var count = 0
        var log: [Exchange] = []
        var escapes: [[UInt8]] = []
    }

    /// A card that stays for days in a demonstration must not fill the memory.
    static let longestLog = 10_000

    private let atr: [UInt8]
    /// A type B card gives a new pseudo-unique identifier (PUPI) at every activation, ISO 14443-3, 7.9.2.
    private let drawsIdentifier: Bool
    private let state: Mutex<State>

    init(
        atr: [UInt8], identifier: [UInt8], drawsIdentifier: Bool = false, applications: [[UInt8]: FileApplication] = [:],
        trapped: Set<[UInt8]> = [], faults: CardFaults = CardFaults()
    ) {
        self.atr = atr
        self.drawsIdentifier = drawsIdentifier
        let card = FileCard(applications: applications, trapped: trapped, identifier: identifier)
        state = Mutex(State(card: card, faults: faults))
    }

    /// Everything asked and answered so far, all insertions.
    package var log: [Exchange] { state.withLock { $0.log } }
    /// Every forbidden thing that was tried. Must stay empty.
    package var alarms: [String] { state.withLock { $0.card.alarms } }
    /// Escapes that reached the reader while this card lay there: 4 bytes of control code, then the data.
    package var escapes: [[UInt8]] { state.withLock { $0.escapes } }
    /// What FF CA answers now.
    package var identifier: [UInt8] { state.withLock { $0.card.identifier } }

    package func with(_ change: (inout CardFaults) -> Void) -> Self {
        state.withLock {
            change(&$0.faults)
            $0.card.insistsOnLength = $0.faults.insistsOnLength
        }
        return self
    }

    /// The card enters the field.
    func enter() {
        state.withLock {
            $0.card.reset()
            $0.count = 0
            if drawsIdentifier { $0.card.identifier = freshPUPI() }
        }
    }

    func power(on: Bool) -> [UInt8] {
        state.withLock {
            $0.card.reset()
            return on && !$0.faults.isMute ? atr : []
        }
    }

    /// Takes the card's time over an answer.
    func think() {
        let faults = state.withLock { $0.faults }
        if faults.delay > 0 { usleep(UInt32(faults.delay) * 1000) }
        faults.waits()
    }

    /// The answer, or nil when the card leaves the field instead.
    func answer(_ apdu: [UInt8]) -> [UInt8]? {
        state.withLock {
            let number = $0.count
            $0.count += 1
            if number == $0.faults.leavesAtAPDU { return nil }
            let own = $0.card.answer(apdu)
            let answer = $0.faults.answers[number] ?? own
            if $0.log.count < Self.longestLog { $0.log.append(Exchange(command: apdu, answer: answer)) }
            return answer
        }
    }

    func escape(_ body: [UInt8]) -> [UInt8] {
        state.withLock {
            if $0.escapes.count < Self.longestLog { $0.escapes.append(body) }
            return Status.good
        }
    }
}

/// 4 random bytes. Without them a test could take a PUPI for an identity and not notice.
private func freshPUPI() -> [UInt8] {
    guard let bytes = try? randomBytes(4) else { preconditionFailure("this machine gives no random bytes") }
    return bytes
}
