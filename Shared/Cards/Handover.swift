import CPCSC
import Contracts
import Synchronization
import Threads

/// What the threads of the readers and their owner share: events one way, errands and the end the other way.
final class Handover: Sendable {
    private struct State {
        var events: [CardEvent] = []
        var devices: [ReaderID: String] = [:]
        /// What waits to be done. A thread is at the reader as long as there is an entry, be it an empty one.
        var errands: [ReaderID: [Errand]] = [:]
        /// Readers whose lamps do not obey.
        var refusing: Set<ReaderID> = []
        /// The connection the watching thread may be asleep in.
        var context: SCARDCONTEXT?
        var isWatching = false
        var isEnding = false
    }

    /// With so many undrained events the owner is stuck; the threads then wait for it instead of filling the memory.
    static let mostEvents = 4096
    private static let mostErrands = 16
    /// How long the end waits for a thread that is stuck in a reader's driver, milliseconds; longer than any card is read.
    private static let longestEnd: Int64 = 4000

    private let state = Mutex(State())
    /// Readable while events wait.
    let bell: Bell
    /// Readable unless there were too many events.
    private let roomBell: Bell
    /// Readable from the end on.
    private let endBell: Bell
    /// Readable when a thread has left after the end.
    private let leaveBell: Bell

    init() throws(ThreadError) {
        (bell, roomBell, endBell, leaveBell) = (try Bell(), try Bell(), try Bell(), try Bell())
    }

    // The owner's side.

    func drain() -> [CardEvent] {
        state.withLock { state in
            bell.silence()
            if state.events.count >= Self.mostEvents { roomBell.ring() }
            defer { state.events = [] }
            return state.events
        }
    }

    func device(of reader: ReaderID) -> String? { state.withLock { $0.devices[reader] } }

    /// Wakes the threads for the last time and waits until all have left.
    func end() {
        state.withLock { $0.isEnding = true }
        endBell.ring()
        roomBell.ring()
        let deadline = monotonicMilliseconds() + Self.longestEnd
        while monotonicMilliseconds() < deadline {
            let (isOver, context) = state.withLock { state in
                leaveBell.silence()
                return (!state.isWatching && state.errands.isEmpty, state.context)
            }
            if isOver { return }
            // A cancel that comes a moment before the watching thread sleeps is lost, so it is repeated until that thread is out.
            if let context { SCardCancel(context) }
            leaveBell.wait(milliseconds: 10)
        }
    }

    // The threads' side.

    var isEnding: Bool { state.withLock { $0.isEnding } }

    func post(_ event: CardEvent) {
        while true {
            let isPosted = state.withLock { state in
                guard state.events.count < Self.mostEvents || state.isEnding else {
                    roomBell.silence()
                    return false
                }
                state.events.append(event)
                bell.ring()
                return true
            }
            if isPosted { return }
            roomBell.wait()
        }
    }

    /// Waits so long or until the end.
    func pause(milliseconds: Int64) { endBell.wait(milliseconds: Int32(milliseconds)) }

    func watchBegins() { state.withLock { $0.isWatching = true } }

    func watchEnds() {
        state.withLock { $0.isWatching = false }
        leaveBell.ring()
    }

    func setContext(_ context: SCARDCONTEXT?) { state.withLock { $0.context = context } }

    func setDevice(_ device: String?, of reader: ReaderID) { state.withLock { $0.devices[reader] = device } }

    /// Says that this reader's lamp does not obey; whether that is new.
    func noteRefusal(of reader: ReaderID) -> Bool { state.withLock { $0.refusing.insert(reader).inserted } }

    // Errands.

    /// - Returns: whether the reader needs a thread now; it counts as having one until `nextErrand` gives it nothing.
    func add(_ errand: Errand, at reader: ReaderID) -> Bool {
        state.withLock { state in
            guard !state.isEnding else { return false }
            guard var waiting = state.errands[reader] else {
                state.errands[reader] = [errand]
                return true
            }
            // A card that nobody has got round to has been lifted when the next one comes.
            if errand.isCard { waiting.removeAll(where: \.isCard) } else if waiting.count >= Self.mostErrands { return false }
            state.errands[reader] = waiting + [errand]
            return false
        }
    }

    /// The next errand, or nil: then the thread that asks must leave.
    func nextErrand(at reader: ReaderID) -> Errand? {
        state.withLock { state in
            guard !state.isEnding, let errand = state.errands[reader]?.first else {
                state.errands[reader] = nil
                if state.isEnding { leaveBell.ring() }
                return nil
            }
            state.errands[reader]?.removeFirst()
            return errand
        }
    }
}

/// Something to be done at a reader.
enum Errand: Sendable {
    /// Read the card that came at that time.
    case read(device: String, atr: [UInt8], since: TapTime)
    /// Light the lamp or sound the buzzer; worthless after `expires`, monotonic milliseconds.
    case signal(_ escape: [UInt8], expires: Int64)

    var isCard: Bool { if case .read = self { true } else { false } }
}
