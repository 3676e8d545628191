import Glibc
import Synchronization
import Threads

/// A place on a virtual reader where cards come and go, served by a thread of its own.
///
/// Any thread may call it; calls for one slot are put in order by its lock.
package final class VirtualSlot: Sendable {
    /// What the slot's thread and its callers share.
    private struct State {
        var card: (fd: Int32, card: VirtualCard)?
        /// Connections of lifted cards. Only the serving thread closes them, for it may be reading one right now.
        var lifted: [Int32] = []
        var isClosed = false
    }

    /// Where the driver listens.
    package let path: String
    private let state = Mutex(State())
    private let bell: Bell
    private let thread = Mutex<pthread_t?>(nil)

    package init(path: String) throws(VirtualReaderError) {
        self.path = path
        bell = try VirtualReaderError.wrap(Bell.init)
        let id = try VirtualReaderError.wrap { () throws(ThreadError) in try startThread { [self] in serve() } }
        thread.withLock { $0 = id }
    }

    /// Lays the card on the reader, in place of the one that lay there.
    package func insert(_ card: VirtualCard) throws(VirtualReaderError) {
        lift()
        card.enter()
        let fd = try Wire.connect(to: path)
        state.withLock { $0.card = (fd, card) }
        bell.ring()
    }

    /// Lifts the card, if one lies there.
    package func remove() {
        lift()
        bell.ring()
    }

    /// The card that lies there; nil after it was lifted or left by itself.
    package var card: VirtualCard? { state.withLock { $0.card?.card } }

    /// The reader itself fails: PC/SC says unavailable until `recover()`.
    package func fail() throws(VirtualReaderError) {
        try mark(".off")
        remove()
        // The driver sleeps until something comes or goes; a connection that is dropped at once wakes it.
        if let knock = try? Wire.connect(to: path) { Glibc.close(knock) }
    }

    package func recover() { unlink(path + ".off") }

    /// From now on the driver refuses escapes, as CCID drivers do unless their configuration allows them.
    package func refuseEscapes() throws(VirtualReaderError) { try mark(".deaf") }
    package func acceptEscapes() { unlink(path + ".deaf") }

    /// Every escape the reader took, card or no card, in hexadecimal: 4 bytes of control code, then the data.
    package var escapes: [String] {
        guard let file = try? readFile(path + ".escapes") else { return [] }
        return file.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    package func forgetEscapes() { unlink(path + ".escapes") }

    /// Ends the serving thread. The slot is of no use afterwards.
    package func close() {
        remove()
        state.withLock { $0.isClosed = true }
        bell.ring()
        let id = thread.withLock { id in
            defer { id = nil }
            return id
        }
        if let id { pthread_join(id, nil) }
    }

    private func mark(_ suffix: String) throws(VirtualReaderError) {
        let fd = open(path + suffix, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard fd >= 0 else { throw VirtualReaderError(cannot: "create \(path)\(suffix)") }
        Glibc.close(fd)
    }

    /// Hangs up at once, so that the driver notices before this returns; the serving thread closes later.
    private func lift() {
        state.withLock {
            guard let (fd, _) = $0.card else { return }
            shutdown(fd, Int32(SHUT_RDWR))
            $0.lifted.append(fd)
            $0.card = nil
        }
    }

    // The serving thread.

    private func serve() {
        while true {
            let (current, isClosed) = state.withLock {
                for fd in $0.lifted { Glibc.close(fd) }
                $0.lifted = []
                return ($0.card, $0.isClosed)
            }
            if isClosed { return }
            var watched = [
                pollfd(fd: bell.ear, events: Int16(POLLIN), revents: 0), pollfd(fd: current?.fd ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            poll(&watched, 2, -1)
            if watched[0].revents != 0 { bell.silence() }
            if watched[1].revents != 0, let current, !answer(on: current.fd, with: current.card) { leave(current.fd) }
        }
    }

    /// One question and its answer; false when the card is gone.
    private func answer(on fd: Int32, with card: VirtualCard) -> Bool {
        guard let question = Wire.question(from: fd) else { return false }
        switch question {
        case .off:
            _ = card.power(on: false)
            return true
        case .power: return Wire.answer(card.power(on: true), on: fd)
        case .escape(let body): return Wire.answer(card.escape(body), on: fd)
        case .apdu(let apdu):
            guard let answer = card.answer(apdu) else { return false }
            card.think()
            return Wire.answer(answer, on: fd)
        }
    }

    private func leave(_ fd: Int32) {
        state.withLock {
            guard $0.card?.fd == fd else { return }
            Glibc.close(fd)
            $0.card = nil
        }
    }
}
