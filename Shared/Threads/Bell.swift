import CLinux
import Glibc

/// Wakes threads out of `poll`: readable from a ring until it is silenced, however often it was rung.
package final class Bell: Sendable {
    /// The descriptor to poll for reading.
    package let ear: Int32

    package init() throws(ThreadError) {
        ear = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard ear >= 0 else { throw ThreadError(description: "cannot make a bell for a thread: \(String(cString: strerror(errno))).") }
    }

    deinit { close(ear) }

    package func ring() { eventfd_write(ear, 1) }

    package func silence() {
        var rings = eventfd_t()
        eventfd_read(ear, &rings)
    }

    /// Waits for a ring; -1 milliseconds is for ever.
    package func wait(milliseconds: Int32 = -1) {
        var readable = pollfd(fd: ear, events: Int16(POLLIN), revents: 0)
        poll(&readable, 1, milliseconds)
    }
}
