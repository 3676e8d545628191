import CPCSC
import Contracts
import Glibc

/// All readers of an agent. Two threads do the waiting, one for cards and one for lamps, each with its own connection to
/// pcscd; the owner polls a descriptor and never waits.
package final class CardReaders {
    private let shared: Handover
    private let threads: [pthread_t]

    package init(readers: [ConfiguredReader], applications: [CardApplication], felica: Bool) throws(CardReadersError) {
        let shared = try Handover()
        let watch = ReaderWatch(shared: shared, readers: readers, applications: applications, felica: felica)
        let lamps = LampPost(shared: shared)
        self.shared = shared
        do {
            let first = try startThread { watch.run() }
            do { threads = [first, try startThread { lamps.run() }] } catch {
                shared.end(waitingFor: 1)
                pthread_join(first, nil)
                throw error
            }
        }
    }

    deinit { stop() }

    /// Readable while there are events to drain.
    package var fileDescriptor: Int32 { shared.bell.ear }

    /// All events so far, in order; never waits.
    package func drain() -> [CardEvent] { shared.drain() }

    /// Sends an escape to the reader's lamp or buzzer (SCardControl), card or no card. Returns at once. A reader that refuses
    /// is told of once, as an event; an order nobody could take within a second is dropped.
    package func signal(_ reader: ReaderID, _ escape: [UInt8]) { shared.order(reader, escape) }

    /// The PC/SC name of the reader, while it is plugged in; `escapes(for:device:)` chooses by it.
    package func device(of reader: ReaderID) -> String? { shared.device(of: reader) }

    /// Ends both threads and waits for them. Events not yet drained stay.
    package func stop() {
        guard shared.end(waitingFor: threads.count) else { return }
        for thread in threads { pthread_join(thread, nil) }
    }
}

/// Why the readers could not be started. The description is a sentence for a person.
package struct CardReadersError: Error, Equatable, CustomStringConvertible {
    package let description: String
}

/// Starts a thread that runs the body once. It takes no signals: those are for the owner's loop.
private func startThread(_ body: @escaping @Sendable () -> Void) throws(CardReadersError) -> pthread_t {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = Unmanaged.passRetained(Start(body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        start.release()
        throw CardReadersError(description: "cannot start a thread for the card readers: \(String(cString: strerror(result))).")
    }
    return thread
}
