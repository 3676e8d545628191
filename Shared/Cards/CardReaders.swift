import Contracts
import Glibc
import Threads

/// All readers of an agent. One thread waits for cards at all of them; each card is read, and each lamp lit, by a thread of that reader. The owner
/// polls a descriptor and never waits.
package final class CardReaders {
    private let shared: Handover
    private let attendant: Attendant

    package init(readers: [ConfiguredReader], applications: [CardApplication], felica: Bool) throws(ThreadError) {
        let shared = try Handover()
        let attendant = Attendant(shared: shared, applications: applications, felica: felica)
        let watch = ReaderWatch(shared: shared, readers: readers, attendant: attendant)
        (self.shared, self.attendant) = (shared, attendant)
        pthread_detach(try startThread { watch.run() })
        shared.watchBegins()
    }

    deinit { stop() }

    /// Readable while there are events to drain.
    package var fileDescriptor: Int32 { shared.bell.ear }

    /// All events so far, in order; never waits.
    package func drain() -> [CardEvent] { shared.drain() }

    /// Sends an escape to the reader's lamp or buzzer (SCardControl), card or no card. Returns at once. A reader that refuses
    /// is told of once, as an event; an order nobody could take within a second is dropped.
    package func signal(_ reader: ReaderID, _ escape: [UInt8]) {
        attendant.send(.signal(escape, expires: monotonicMilliseconds() + 1000), to: reader)
    }

    /// The PC/SC name of the reader, while it is plugged in; `escapes(for:device:)` chooses by it.
    package func device(of reader: ReaderID) -> String? { shared.device(of: reader) }

    /// Ends all threads and waits for them. Events not yet drained stay.
    package func stop() { shared.end() }
}
