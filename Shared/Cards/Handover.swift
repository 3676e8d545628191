import CPCSC
import Contracts
import Glibc
import Synchronization

/// What the threads of the readers and their owner share: events one way, lamp orders and the end the other way.
final class Handover: Sendable {
    private struct State {
        var events: [CardEvent] = []
        var orders: [LampOrder] = []
        var devices: [ReaderID: String] = [:]
        /// The connection the watching thread may be asleep in.
        var context: SCARDCONTEXT?
        var isEnding = false
        var finished = 0
    }

    /// An order for a lamp or buzzer, worthless after `expires` (monotonic milliseconds).
    struct LampOrder {
        let reader: ReaderID
        let escape: [UInt8]
        let expires: Int64
    }

    /// With so many undrained events the owner is stuck; the watch then waits for it instead of filling the memory.
    private static let mostEvents = 4096
    private static let mostOrders = 64
    private static let orderLife: Int64 = 1000

    private let state = Mutex(State())
    /// Readable while events wait.
    let bell: Bell
    /// Readable when orders wait or the end has come.
    private let orderBell: Bell
    /// Readable from the end on.
    private let endBell: Bell

    init() throws(CardReadersError) {
        guard let bell = Bell(), let orderBell = Bell(), let endBell = Bell() else {
            throw CardReadersError(description: "cannot make bells for the card readers: \(String(cString: strerror(errno))).")
        }
        (self.bell, self.orderBell, self.endBell) = (bell, orderBell, endBell)
    }

    deinit { for bell in [bell, orderBell, endBell] { bell.close() } }

    // The owner's side.

    func drain() -> [CardEvent] {
        state.withLock { state in
            bell.silence()
            defer { state.events = [] }
            return state.events
        }
    }

    func order(_ reader: ReaderID, _ escape: [UInt8]) {
        state.withLock {
            guard $0.orders.count < Self.mostOrders else { return }
            $0.orders.append(LampOrder(reader: reader, escape: escape, expires: monotonicMilliseconds() + Self.orderLife))
        }
        orderBell.ring()
    }

    func device(of reader: ReaderID) -> String? { state.withLock { $0.devices[reader] } }

    /// Wakes the threads for the last time and waits until so many have finished; false if that was done before.
    @discardableResult
    func end(waitingFor count: Int) -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isEnding = true }
            return !state.isEnding
        }
        guard isFirst else { return false }
        orderBell.ring()
        endBell.ring()
        while true {
            let (context, finished) = state.withLock { ($0.context, $0.finished) }
            if finished >= count { return true }
            // A cancel that comes a moment before the other thread sleeps is lost, so repeat it until the thread is out.
            if let context { SCardCancel(context) }
            usleep(1000)
        }
    }

    // The threads' side.

    var isEnding: Bool { state.withLock { $0.isEnding } }

    func finish() { state.withLock { $0.finished += 1 } }

    func post(_ event: CardEvent) {
        while true {
            let posted = state.withLock {
                guard $0.events.count < Self.mostEvents || $0.isEnding else { return false }
                $0.events.append(event)
                bell.ring()
                return true
            }
            if posted { return }
            usleep(10_000)
        }
    }

    func setContext(_ context: SCARDCONTEXT?) { state.withLock { $0.context = context } }

    func setDevice(_ device: String?, of reader: ReaderID) { state.withLock { $0.devices[reader] = device } }

    /// Waits for orders; empty at the end.
    func nextOrders() -> [LampOrder] {
        while true {
            orderBell.wait()
            let (orders, isEnding) = state.withLock { state in
                orderBell.silence()
                defer { state.orders = [] }
                return (state.orders, state.isEnding)
            }
            if isEnding { return [] }
            if !orders.isEmpty { return orders }
        }
    }

    /// Waits so long or until the end.
    func pause(milliseconds: Int64) { endBell.wait(milliseconds: Int32(milliseconds)) }
}
